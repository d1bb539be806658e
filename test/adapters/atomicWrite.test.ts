import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { atomicWrite, atomicWriteAll, draftWriter } from '../../src/adapters/atomicWrite.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a file is created or replaced, and no draft is left', () => {
  const path = join(folder, 'a.json');
  atomicWrite(path, 'one');
  atomicWrite(path, Buffer.from('two'), { flush: true });
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('the new file has the requested mode', () => {
  const path = join(folder, 'run.sh');
  atomicWrite(path, '#!/bin/sh', { mode: 0o700 });
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('the draft is complete, and named after its writer, when the check runs', () => {
  const path = join(folder, 'a.json');
  const check = () => {
    const [draft = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, draft), 'utf8')).toBe('whole');
    expect(draftWriter(join(folder, draft))).toBe(process.pid);
  };
  atomicWrite(path, 'whole', { check });
  expect(draftWriter(path)).toBeUndefined();
});

test('a check that throws leaves the file as it was, and no draft', () => {
  const path = join(folder, 'a.json');
  writeFileSync(path, 'theirs');
  const check = () => {
    throw new Error('changed');
  };
  expect(() => atomicWrite(path, 'ours', { check })).toThrow('changed');
  expect(readFileSync(path, 'utf8')).toBe('theirs');
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('a rename that fails leaves no draft', () => {
  mkdirSync(join(folder, 'taken'));
  expect(() => atomicWrite(join(folder, 'taken'), 'x')).toThrow();
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('no file is replaced when one of several cannot be written', () => {
  const path = join(folder, 'a.json');
  writeFileSync(path, 'old');
  const files = [
    { path, bytes: 'new' },
    { path: join(folder, 'missing/b.json'), bytes: 'new' },
  ];
  expect(() => atomicWriteAll(files)).toThrow('ENOENT');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['a.json']);
});
