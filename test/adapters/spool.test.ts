import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSpool } from '../../src/adapters/disk/spool.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Of no bytes up to more than are written at once. */
const bytesOf = (index: number) =>
  Buffer.from(`${index} `.repeat([0, 1, 900, 6_000, 70_000][index % 5] ?? 0));

test('bytes are read as they were put, in any order and again, from memory and from the file', () => {
  const spool = openSpool(join(folder, 'state'), 'STATE_DIR', 100_000);
  const spooled = Array.from({ length: 100 }, (_, index) => spool.put(bytesOf(index)));
  for (const order of [spooled, spooled.toReversed(), spooled])
    for (const one of order) expect(one.read().equals(bytesOf(spooled.indexOf(one)))).toBe(true);
});

test('a few bytes need no file, and the file of many has no name that a crash could leave', () => {
  const spool = openSpool(join(folder, 'state'), 'STATE_DIR', 200_000);
  spool.put(Buffer.alloc(100_000));
  spool.put(Buffer.alloc(100_000));
  expect(readdirSync(folder)).toEqual([]);
  const inFile = spool.put(Buffer.from('more'));
  spool.put(Buffer.alloc(100_000));
  expect(readdirSync(join(folder, 'state'))).toEqual([]);
  rmSync(join(folder, 'state'), { recursive: true });
  expect(inFile.read().toString()).toBe('more');
});

test('a folder that cannot be made is named with its setting', () => {
  writeFileSync(join(folder, 'state'), 'a file');
  const spool = openSpool(join(folder, 'state'), 'STATE_DIR', 0);
  spool.put(Buffer.alloc(100_000));
  expect(() => spool.put(Buffer.from('more'))).toThrow(
    expect.objectContaining({
      code: 'CONFIG',
      message: expect.stringContaining(`STATE_DIR: ${folder}/state`),
    }),
  );
});
