/** What the door to the disk promises of each call: flushed, closed, bounded, and a failure that names the path. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { isInKernelFolder, isOutside, openDisk } from '../../src/adapters/disk/disk.ts';

let folder: string;
/** Of every open file: the machine's own methods, which a test can count or let fail. */
let handles: FileHandle;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'disk-door-'));
  mkdirSync(at(''));
  const handle = await open(folder);
  handles = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const disk = () => openDisk(join(folder, 'state'), 'STATE_DIR');
const at = (path: string) => join(folder, 'state', path);

/** The files of the folder that this process has open, where the system says it. */
function openFiles(): string[] {
  const listed = existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : [];
  return listed.flatMap((name) => {
    try {
      return readlinkSync(join('/proc/self/fd', name)).startsWith(folder) ? name : [];
    } catch {
      return [];
    }
  });
}

test('every write is flushed with its folder, and every file is closed', async () => {
  const sync = vi.spyOn(handles, 'sync');
  const data = vi.spyOn(handles, 'datasync');
  const flushes = async (work: () => Promise<unknown>) => {
    for (const one of [sync, data]) one.mockClear();
    await work();
    expect(openFiles()).toEqual([]);
    return [sync, data].map((one) => one.mock.calls.length);
  };
  expect(await flushes(() => disk().write('a', 'x'))).toEqual([2, 0]);
  expect(await flushes(() => disk().create('b', 'x'))).toEqual([2, 0]);
  expect(await flushes(() => disk().create('b', 'x'))).toEqual([1, 0]);
  expect(await flushes(() => disk().append('a', 'y'))).toEqual([0, 1]);
  expect(await flushes(() => disk().read('a'))).toEqual([0, 0]);
  const files = ['c', 'd', 'below/e'].map((path) => ({ path, bytes: path }));
  expect(await flushes(() => disk().writeAll(files))).toEqual([5, 0]);
  expect(readFileSync(at('below/e'), 'utf8')).toBe('below/e');
});

test('a full disk leaves the old bytes and no draft, and its file is closed', async () => {
  await disk().write('a', 'old');
  vi.spyOn(handles, 'writeFile').mockRejectedValue(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  for (const write of [
    () => disk().write('a', 'new'),
    () => disk().writeAll([{ path: 'a', bytes: 'new' }]),
    () => disk().create('a', 'new'),
  ])
    await expect(write()).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(
        /^STATE_DIR: .*\/state\/a was not written: there is no space left on its disk \(ENOSPC\)\./,
      ),
      next: 'fix that, then call the same tool again: it continues where it stopped.',
    });
  expect(openFiles()).toEqual([]);
  expect(readdirSync(at(''))).toEqual(['a']);
  expect(readFileSync(at('a'), 'utf8')).toBe('old');
});

test('of several files the one that failed is named, with how many were written', async () => {
  const flush = handles.sync;
  let flushed = 0;
  vi.spyOn(handles, 'sync').mockImplementation(async function (this: FileHandle) {
    flushed += 1;
    if (flushed === 3) mkdirSync(at('b'));
    await flush.call(this);
  });
  const files = ['a', 'b', 'c'].map((path) => ({ path, bytes: 'new' }));
  await expect(disk().writeAll(files)).rejects.toThrow(
    /^STATE_DIR: .*\/state\/b was not written: a folder has that name \(EISDIR\)\. 1 of 3 files were written\.$/,
  );
  expect(readdirSync(at(''))).toEqual(['a', 'b']);
});

test('a new file that cannot get its name is a failure, not a name that is taken', async () => {
  vi.spyOn(handles, 'sync').mockImplementation(async () => {
    for (const name of readdirSync(at(''))) rmSync(at(name));
  });
  await expect(disk().create('a', 'x')).rejects.toThrow(
    /\/state\/a was not written: it does not exist \(ENOENT\)/,
  );
  expect(readdirSync(at(''))).toEqual([]);
});

test('a call ends after ten seconds on a disk that is silent, and leaves no timer when it is not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await disk().write('a', 'x');
  expect(vi.getTimerCount()).toBe(0);
  const flush = vi.spyOn(handles, 'sync').mockReturnValue(new Promise(() => undefined));
  const silent = disk().write('b', 'x');
  const outcome = silent.then(
    () => 'written',
    (error: Error) => error.message,
  );
  let isOver = false;
  void outcome.then(() => {
    isOver = true;
  });
  await vi.waitUntil(() => flush.mock.calls.length === 1);
  vi.advanceTimersByTime(9_999);
  await Promise.resolve();
  expect(isOver).toBe(false);
  vi.advanceTimersByTime(1);
  expect(await outcome).toMatch(/^STATE_DIR: .*\/state\/b was not written: its disk does not answer\./);
});

test('a file of the limit is read and a larger one refused: 64 MiB unless told otherwise', async () => {
  writeFileSync(at('a'), 'abc');
  const small = openDisk(at(''), 'STATE_DIR', { maxBytes: 3 });
  expect((await small.read('a'))?.toString()).toBe('abc');
  expect((await small.below('.').read('a'))?.toString()).toBe('abc');
  truncateSync(at('a'), 64 * 1024 * 1024);
  expect((await disk().read('a'))?.length).toBe(67_108_864);
  truncateSync(at('a'), 64 * 1024 * 1024 + 1);
  await expect(disk().read('a')).rejects.toThrow(
    /^STATE_DIR: .*\/state\/a has 67108865 bytes, more than 67108864\. Completed work was kept; nothing else was changed\.$/,
  );
});

test('what took the place of a file since it was looked at is refused', async () => {
  writeFileSync(at('a'), 'x');
  vi.spyOn(handles, 'stat').mockImplementation((async () => statSync('/dev/null')) as never);
  await expect(disk().read('a')).rejects.toThrow('/state/a is a device, not a plain file');
});

test('what is not there is nothing; a failure of any other kind is said', async () => {
  expect(await disk().read('missing')).toBeUndefined();
  expect(await disk().read('no/such/folder')).toBeUndefined();
  expect(await disk().stat('missing')).toBeUndefined();
  expect(await disk().list('missing')).toEqual([]);
  await expect(disk().remove('missing')).resolves.toBeUndefined();
  const long = 'x'.repeat(300);
  await expect(disk().read(long)).rejects.toThrow(/xxx was not read: the name is too long \(ENAMETOOLONG\)/);
  await expect(disk().stat(long)).rejects.toThrow('was not read');
  await expect(disk().list(long)).rejects.toThrow('was not read');
  await expect(disk().append(long, 'x')).rejects.toThrow('was not written');
  await expect(disk().create(long, 'x')).rejects.toThrow('was not written');
  await expect(disk().remove(long)).rejects.toThrow('was not removed');
});

test('a listing is sorted and says what each name is; a file cannot be listed', async () => {
  for (const name of ['b', 'c', 'a']) writeFileSync(at(name), '');
  mkdirSync(at('folder'));
  symlinkSync('/nowhere', at('link'));
  expect(await disk().list()).toEqual([
    { name: 'a', kind: 'file' },
    { name: 'b', kind: 'file' },
    { name: 'c', kind: 'file' },
    { name: 'folder', kind: 'folder' },
    { name: 'link', kind: 'other' },
  ]);
  expect(await disk().list('folder')).toEqual([]);
  await expect(disk().list('a')).rejects.toThrow(/\/state\/a is a file, not a folder/);
  await expect(disk().list('link')).rejects.toThrow(/\/state\/link is a link, not a folder/);
  await expect(openDisk(at('a'), 'STATE_DIR').list()).rejects.toThrow('a file is where a folder should be');
});

test('of a file its size, time and mode are known; of anything else nothing', async () => {
  writeFileSync(at('a'), 'abc');
  chmodSync(at('a'), 0o640);
  utimesSync(at('a'), 1_700_000_000, 1_700_000_000);
  expect(await disk().stat('a')).toEqual({ sizeBytes: 3, modifiedMs: 1_700_000_000_000 });
  mkdirSync(at('folder'));
  expect(await disk().stat('folder')).toBeUndefined();
});

test('what is appended makes the file and its folders, and stands at its end', async () => {
  await disk().append('logs/a', 'one\n');
  await disk().append('logs/a', 'two\n');
  expect(readFileSync(at('logs/a'), 'utf8')).toBe('one\ntwo\n');
  await disk().remove('logs/a');
  expect(existsSync(at('logs/a'))).toBe(false);
});

test('only a path below the folder is inside it', async () => {
  expect(['..', '../a', '/a'].map(isOutside)).toEqual([true, true, true]);
  expect(['', 'a', '..a', 'a/..b', '.../a'].map(isOutside)).toEqual([false, false, false, false, false]);
  await disk().write('..a', 'x');
  expect((await disk().read('below/../..a'))?.toString()).toBe('x');
  await expect(disk().write('..', 'x')).rejects.toThrow(/STATE_DIR: .* is outside the folder/);
  await expect(disk().list('..')).rejects.toThrow('is outside the folder');
});

test('the kernel’s folders are no disk; memory that is used as one is', () => {
  const inside = ['/proc', '/proc/self', '/sys', '/sys/kernel', '/dev', '/dev/null', '/dev/shmx'];
  expect(inside.map(isInKernelFolder)).toEqual(inside.map(() => true));
  const outside = ['/dev/shm', '/dev/shm/a', '/devices', '/process', '/system', '/home/proc', '/a/dev/'];
  expect(outside.map(isInKernelFolder)).toEqual(outside.map(() => false));
});

test('a root that does not exist yet is made by the first write', async () => {
  const deep = openDisk(at('not/there/yet'), 'REPORTS_DIR');
  expect(await deep.list()).toEqual([]);
  expect(await deep.read('a')).toBeUndefined();
  await deep.below('more').write('a', { pieces: ['x', 'yz'] });
  expect(readFileSync(at('not/there/yet/more/a'), 'utf8')).toBe('xyz');
});
