/** Git's own lock files: who holds one, how it is named, and which of a killed call are removed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { isInUse, lockedError, lockFileIn, removeLeftLocks } from '../../src/adapters/git/gitLocks.ts';

const nowMs = Date.parse('2026-11-29T12:00:00Z');
let repository: string;
let git: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'git-locks-'));
  git = join(repository, '.git');
  mkdirSync(join(git, 'refs/heads'), { recursive: true });
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(repository, { recursive: true, force: true });
});

/** A lock file that was made so many milliseconds ago. */
function lockFile(path: string, ageMs: number): string {
  const file = join(git, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  const madeAt = (nowMs - ageMs) / 1000;
  utimesSync(file, madeAt, madeAt);
  return file;
}

/** A git at work in the repository: it waits for its input. */
async function gitAtWork(words: readonly string[] = []): Promise<{ pid: number; end: () => void }> {
  const child = spawn('git', [...words, 'hash-object', '--stdin'], { cwd: repository });
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, end: () => child.stdin.end() };
}

test('the lock file is read from what git says, and from nothing else that it says', () => {
  const said =
    "fatal: Unable to create '/r/it's/.git/index.lock': File exists.\n\nAnother git process seems to run";
  expect(lockFileIn(said)).toBe("/r/it's/.git/index.lock");
  expect(lockFileIn("fatal: Unable to create '/r/.git/index.lock': Permission denied")).toBeUndefined();
});

test('a lock file is worth a wait for two seconds, while git works in the repository, and when it is gone', async () => {
  const young = lockFile('young.lock', 1_999);
  const old = lockFile('old.lock', 2_000);
  expect(await isInUse(join(git, 'gone.lock'), repository)).toBe(true);
  expect(await isInUse(young, repository)).toBe(true);
  expect(await isInUse(old, repository)).toBe(false);
  await gitAtWork();
  expect(await isInUse(old, repository)).toBe(true);
});

test.each([
  [-1_000, '0 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_199_000, '120 min'],
  [7_200_000, '2 h'],
  [150 * 3_600_000, '150 h'],
])('a lock file of %i ms that nobody holds is named as %s old, with how to remove it', async (ageMs, age) => {
  const path = lockFile('index.lock', ageMs);
  const cause = new Error('git');
  const error = await lockedError(path, repository, cause);
  expect(error).toMatchObject({ code: 'CONFLICT', cause });
  expect(error.message).toBe(
    `The repository is locked by git: ${path} (${age} old; no git process holds it). Nothing more was committed.`,
  );
  expect(error.next).toBe(
    `make sure that no git runs in that repository, type: rm "${path}", then call the same tool again.`,
  );
});

test('a lock file that went away, and a process that holds one', async () => {
  const gone = await lockedError(join(git, 'index.lock'), repository, undefined);
  expect(gone.message).toContain('index.lock (gone by now; no git process holds it).');
  const option = `--git-dir=${join(repository, 'x'.repeat(80))}`;
  const { pid } = await gitAtWork([option]);
  const held = await lockedError(lockFile('index.lock', 0), repository, undefined);
  expect(held.message).toContain(`(0 s old; process ${pid} (${`git ${option}`.slice(0, 60)}) holds it).`);
  expect(held.next).toBe('let that process finish, then call the same tool again.');
});

test('of a killed call exactly those lock files go that git made in its time', async () => {
  const span = { fromMs: nowMs - 10_000, toMs: nowMs - 4_000 };
  const theirs = ['audit-load-test-1.lock', 'objects/pack.lock', 'index', 'lock.index'];
  for (const path of [...theirs, 'HEAD.lock']) lockFile(path, 5_000);
  lockFile('first.lock', 11_000);
  lockFile('last.lock', 4_000);
  lockFile('before.lock', 11_001);
  lockFile('after.lock', 3_999);
  lockFile('refs/heads/main.lock', 5_000);
  lockFile('refs/heads/team/a/main.lock', 5_000);
  lockFile('refs/heads/team/main', 5_000);
  mkdirSync(join(git, 'folder.lock'));
  await removeLeftLocks(git, span);
  const left = readdirSync(git, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !/^(?:refs|objects)/.test(path),
  );
  expect(left.toSorted()).toEqual([
    'after.lock',
    'audit-load-test-1.lock',
    'before.lock',
    'folder.lock',
    'index',
    'lock.index',
  ]);
  expect(readdirSync(join(git, 'refs/heads'), { recursive: true }).toSorted()).toEqual([
    'team',
    'team/a',
    'team/main',
  ]);
  expect(readdirSync(join(git, 'objects'))).toEqual(['pack.lock']);
});

test('a git that outlived its call may finish first; its lock file stays as long as it works', async () => {
  const span = { fromMs: nowMs - 10_000, toMs: nowMs };
  lockFile('index.lock', 5_000);
  const atWork = await gitAtWork();
  await removeLeftLocks(git, span);
  expect(readdirSync(git)).toContain('index.lock');
  const removed = removeLeftLocks(git, span);
  atWork.end();
  await removed;
  expect(readdirSync(git)).not.toContain('index.lock');
});

test('a git directory that cannot be read is named as part of TARGET_REPO', async () => {
  const file = lockFile('index.lock', 5_000);
  const refused = expect.stringMatching(/^TARGET_REPO: .*index\.lock/);
  await expect(removeLeftLocks(join(file, 'below'), { fromMs: 0, toMs: nowMs })).rejects.toMatchObject({
    message: refused,
  });
  await expect(isInUse(join(file, 'index.lock'), repository)).rejects.toMatchObject({ message: refused });
});
