import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWriterLock } from '../../src/adapters/git/writerLock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const watch = { signal: new AbortController().signal, progress: () => undefined };
/** As another server has it: nothing is shared but the directory. */
const lock = () => createWriterLock(async () => folder);
const claims = () => readdirSync(folder).filter((name) => name.endsWith('.lock'));

/** A claim as a killed call leaves it. */
function claimOf(pid: number, change: Record<string, unknown> = {}): string {
  const name = `audit-load-test-${pid}-0123456789ab.lock`;
  const sinceMs = Date.now() - 5_000;
  const { place } = JSON.parse(ownClaim) as { place: string };
  const claim = { pid, start: '', host: 'here', place, tool: 'scaleConfigs', sinceMs, beatMs: sinceMs };
  writeFileSync(join(folder, name), JSON.stringify({ ...claim, gitDirectories: [], ...change }));
  return name;
}
let ownClaim = '{}';
beforeEach(() =>
  lock().exclusively('revertConfigs', watch, async () => {
    ownClaim = readFileSync(join(folder, claims()[0] ?? ''), 'utf8');
  }),
);
const nobody = 2_147_483_646;

test('ten writers of ten servers work one after another', async () => {
  let inside = 0;
  let most = 0;
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      lock().exclusively('scaleConfigs', watch, async () => {
        most = Math.max(most, ++inside);
        await sleep(2);
        inside -= 1;
        return index;
      }),
    ),
  );
  expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(1);
  expect(claims()).toEqual([]);
});

test('a second writer is told who writes and when to try again, and the lock is free after a failure', async () => {
  const failing = lock().exclusively('scaleConfigs', watch, async () => {
    await expect(lock().exclusively('commitResults', watch, async () => 'both')).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(
        new RegExp(
          `^scaleConfigs of another call \\(process ${process.pid} on .+\\) has been writing in TARGET_REPO for \\d+ s\\.`,
        ),
      ),
      next: expect.stringMatching(/^try again in \d+ s: the other call ends by then/),
    });
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect(await lock().exclusively('commitResults', watch, async () => 'free')).toBe('free');
});

test('a dead owner’s claim is taken over, also one whose process id was used again', async () => {
  claimOf(nobody);
  claimOf(process.ppid, { start: '1' });
  expect(await lock().exclusively('scaleConfigs', watch, async () => claims().length)).toBe(1);
});

test('an owner on another machine is alive as long as its heart beats', async () => {
  const place = 'another machine';
  const name = claimOf(nobody, { place, host: 'elsewhere', beatMs: Date.now() });
  await expect(lock().exclusively('scaleConfigs', watch, async () => 1)).rejects.toThrow(
    `(process ${nobody} on elsewhere)`,
  );
  expect(claims()).toEqual([name]);
  claimOf(nobody, { place, beatMs: Date.now() - 60_000 });
  expect(await lock().exclusively('scaleConfigs', watch, async () => 1)).toBe(1);
});

test('git’s lock files of a killed call are removed: of its time, and held by nobody', async () => {
  const git = join(folder, 'git');
  execFileSync('git', ['init', '--quiet', '--bare', git]);
  const sinceMs = Date.now() - 10_000;
  const place = (name: string, ageMs: number) => {
    writeFileSync(join(git, name), '');
    utimesSync(join(git, name), new Date(), new Date(Date.now() - ageMs));
  };
  place('index.lock', 9_000);
  place('HEAD.lock', 9_000);
  place('refs/heads/main.lock', 9_000);
  place('config.lock', 600_000);
  place('packed-refs.lock', 0);
  claimOf(nobody, { sinceMs, beatMs: sinceMs + 2_000, gitDirectories: [git] });
  await lock().exclusively('commitResults', watch, async () => undefined);
  expect(readdirSync(git).filter((name) => name.endsWith('.lock'))).toEqual([
    'config.lock',
    'packed-refs.lock',
  ]);
  expect(readdirSync(join(git, 'refs/heads'))).toEqual([]);
});

test('a call that was not in git when it was killed leaves git’s lock files to their owner', async () => {
  const git = join(folder, 'git');
  execFileSync('git', ['init', '--quiet', '--bare', git]);
  writeFileSync(join(git, 'index.lock'), '');
  claimOf(nobody, { beatMs: Date.now() });
  await lock().exclusively('commitResults', watch, async () => undefined);
  expect(readdirSync(git)).toContain('index.lock');
});

test('while a call is in git its claim says so, and a killed process leaves exactly that', async () => {
  const git = join(folder, 'git');
  const one = lock();
  await one.exclusively('commitResults', watch, async () => {
    const directories = () =>
      (JSON.parse(readFileSync(join(folder, claims()[0] ?? ''), 'utf8')) as { gitDirectories: string[] })
        .gitDirectories;
    expect(directories()).toEqual([]);
    await one.whileInGit(git, async () => expect(directories()).toEqual([git]));
    expect(directories()).toEqual([]);
    await expect(one.whileInGit(git, () => Promise.reject(new Error('locked')))).rejects.toThrow('locked');
    expect(directories()).toEqual([git]);
  });
});

test('a waiting call can be cancelled', async () => {
  const child = spawn('sleep', ['30']);
  claimOf(child.pid ?? 0);
  const call = new AbortController();
  const waiting = lock().exclusively('scaleConfigs', { ...watch, signal: call.signal }, async () => 1);
  call.abort();
  await expect(waiting).rejects.toThrow();
  child.kill();
});
