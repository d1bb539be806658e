import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDisk } from '../../src/adapters/disk/disk.ts';
import { draftBeside, isDraft, isLeftDraft } from '../../src/adapters/disk/drafts.ts';
import { readNow } from '../../src/adapters/disk/now.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const disk = () => openDisk(join(folder, 'state'), 'STATE_DIR');
const at = (path: string) => join(folder, 'state', path);
/** What a writer that was killed leaves behind: no process has this id. */
const leftDraft = (path: string) =>
  draftBeside(at(path)).replace(/\.audit-load-test-\d+/, '.audit-load-test-2147483646');

describe('a write', () => {
  test('creates a file with the folders above it, replaces it, and leaves no draft', async () => {
    await disk().write('a/b.json', 'one');
    chmodSync(at('a/b.json'), 0o666);
    await disk().write('a/b.json', Buffer.from('two'));
    expect(readFileSync(at('a/b.json'), 'utf8')).toBe('two');
    expect(statSync(at('a/b.json')).mode & 0o777).toBe(0o666);
    expect(readdirSync(at('a'))).toEqual(['b.json']);
  });

  test('is complete under a draft’s name when the check runs, and a check that throws changes nothing', async () => {
    await disk().write('a', 'theirs');
    const check = () => {
      const draft = readdirSync(at('')).find((name) => isDraft(name)) ?? '';
      expect(readFileSync(at(draft), 'utf8')).toBe('ours');
      throw new Error('changed');
    };
    await expect(disk().write('a', 'ours', { check })).rejects.toThrow(/STATE_DIR: .*\/a was not written/);
    expect(readFileSync(at('a'), 'utf8')).toBe('theirs');
    expect(readdirSync(at(''))).toEqual(['a']);
  });

  test('removes the drafts of dead writers, and keeps those of living ones', async () => {
    await disk().write('a', 'x');
    const [left, living] = [leftDraft('a'), draftBeside(at('a'))];
    for (const draft of [left, living]) writeFileSync(draft, 'half');
    expect([isLeftDraft(left), isLeftDraft(living)]).toEqual([true, false]);
    expect((await disk().list()).map(({ name }) => name)).toEqual(['a']);
    await disk().write('b', 'y');
    expect(readdirSync(at('')).toSorted()).toEqual([basename(living), 'a', 'b'].toSorted());
  });

  test('of several files replaces none when one cannot be drafted, and says how many were written', async () => {
    await disk().write('a', 'old');
    mkdirSync(at('b'));
    const files = [
      { path: 'a', bytes: 'new' },
      { path: 'b', bytes: 'new' },
    ];
    await expect(disk().writeAll(files)).rejects.toThrow(
      /state\/b is a folder, not a plain file\. Completed work/,
    );
    await expect(disk().writeAll([{ path: 'a/x', bytes: 'new' }])).rejects.toThrow(
      /state\/a is a file, not a folder/,
    );
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(at(''))).toEqual(['a', 'b']);
  });

  test('of a new file fails when the name is taken, whoever took it', async () => {
    expect(await disk().create('1', 'first')).toBe(true);
    expect(await disk().create('1', 'second')).toBe(false);
    symlinkSync('/nowhere', at('2'));
    expect(await disk().create('2', 'third')).toBe(false);
    expect(readFileSync(at('1'), 'utf8')).toBe('first');
    expect(readdirSync(at(''))).toEqual(['1', '2']);
  });
});

describe('what is no plain file is refused by name', () => {
  const kinds = [
    ['a link', (path: string) => symlinkSync('/etc/hostname', path)],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
  ] as const;

  test.each(kinds)('%s', async (kind, make) => {
    mkdirSync(at(''), { recursive: true });
    make(at('x'));
    const refusal = new RegExp(`STATE_DIR: .*/state/x is ${kind}, not a plain file`);
    await expect(disk().read('x')).rejects.toThrow(refusal);
    await expect(disk().write('x', 'ours')).rejects.toThrow(refusal);
    await expect(disk().append('x', 'ours')).rejects.toThrow(refusal);
    await expect(disk().remove('x')).rejects.toThrow(refusal);
    expect(await disk().stat('x')).toBeUndefined();
    expect(lstatSync(at('x')).isFile()).toBe(false);
  });

  test('a device', async () => {
    await expect(openDisk('/dev', 'DAG_FILE').read('zero')).rejects.toThrow(
      'DAG_FILE: /dev is not on a disk',
    );
    expect(() => readNow('/dev/zero', '.env')).toThrow('.env: /dev/zero is a device, not a plain file');
  });

  test('a folder that a link leads to', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    mkdirSync(at(''));
    symlinkSync(join(folder, 'elsewhere'), at('reports'));
    const refusal = /state\/reports is a link, not a folder/;
    await expect(disk().write('reports/a', 'x')).rejects.toThrow(refusal);
    await expect(disk().writeAll([{ path: 'reports/a', bytes: 'x' }])).rejects.toThrow(refusal);
    await expect(disk().below('reports').write('a', 'x')).rejects.toThrow(refusal);
    await expect(disk().below('reports').list('charts')).rejects.toThrow(refusal);
    await expect(disk().list('reports')).rejects.toThrow(refusal);
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
  });

  test.each(['/proc/self', '/sys/kernel', '/dev/fd'])('a root in %s', async (root) => {
    const refusal = /is not on a disk \(\/proc, \/sys, \/dev\)/;
    await expect(openDisk(root, 'STATE_DIR').read('status')).rejects.toThrow(refusal);
    await expect(openDisk(root, 'STATE_DIR').list()).rejects.toThrow(refusal);
    symlinkSync(root, join(folder, 'link'));
    await expect(openDisk(join(folder, 'link/below'), 'STATE_DIR').write('a', 'x')).rejects.toThrow(refusal);
  });

  test('a path out of the root, and a file with a second name for whoever shows files', async () => {
    await expect(disk().read('../x')).rejects.toThrow('is outside the folder');
    await disk().write('a', 'x');
    linkSync(at('a'), at('b'));
    expect(await disk().stat('a')).toBeUndefined();
  });
});

test('what is appended to a file does not reach its second name', async () => {
  writeFileSync(join(folder, 'theirs'), 'one\n');
  mkdirSync(at(''));
  linkSync(join(folder, 'theirs'), at('log'));
  await disk().append('log', 'two\n');
  await disk().append('log', 'three\n');
  expect(readFileSync(at('log'), 'utf8')).toBe('one\ntwo\nthree\n');
  expect(readFileSync(join(folder, 'theirs'), 'utf8')).toBe('one\n');
});

test('the folder that the user chose may be a link, those below it may not', async () => {
  mkdirSync(at('clusters'), { recursive: true });
  symlinkSync(at(''), join(folder, 'chosen'));
  const chosen = openDisk(join(folder, 'chosen'), 'STATE_DIR');
  await chosen.below('clusters').append('a', 'x');
  expect(readFileSync(at('clusters/a'), 'utf8')).toBe('x');
  rmSync(at('clusters'), { recursive: true });
  symlinkSync(folder, at('clusters'));
  await expect(chosen.below('clusters').append('a', 'x')).rejects.toThrow(/clusters is a link, not a folder/);
});

test('a file over the limit is not read, and a disk that does not answer is said', async () => {
  await disk().write('a', 'too long');
  const small = openDisk(join(folder, 'state'), 'STATE_DIR', { maxBytes: 3 });
  await expect(small.read('a')).rejects.toThrow(/\/a has 8 bytes, more than 3/);
  const silent = openDisk(join(folder, 'state'), 'STATE_DIR', { limitMs: 0 });
  await expect(silent.write('b', 'x'.repeat(1_000_000))).rejects.toThrow(
    /STATE_DIR: .*\/b was not written: its disk does not answer/,
  );
});

test('a root that is a link is the user’s own choice', async () => {
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), at(''));
  await disk().write('a', 'x');
  expect((await disk().list()).map(({ name }) => name)).toEqual(['a']);
  expect(readFileSync(join(folder, 'real/a'), 'utf8')).toBe('x');
});
