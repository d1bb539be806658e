import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createWriterLock } from '../../src/adapters/git/writerLock.ts';
import { instantClock } from './instantClock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const watch = { signal: new AbortController().signal, progress: () => undefined };
/** As another server has it: nothing is shared but the directory. */
const lock = () => createWriterLock(async () => folder);
/** The same, for one that waits in vain: its seconds take no time. */
const waiting = (where = folder) => createWriterLock(async () => where, instantClock());
const claims = () => readdirSync(folder).filter((name) => name.endsWith('.lock'));

/** A claim as a killed call leaves it. */
function claimOf(pid: number, change: Record<string, unknown> = {}, where = folder): string {
  const name = `audit-load-test-${pid}-0123456789ab.lock`;
  const sinceMs = Date.now() - 5_000;
  const { place } = JSON.parse(ownClaim) as { place: string };
  const claim = { pid, start: '', host: 'here', place, tool: 'scaleConfigs', sinceMs, beatMs: sinceMs };
  writeFileSync(join(where, name), JSON.stringify({ ...claim, gitDirectories: [], ...change }));
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
    await expect(waiting().exclusively('commitResults', watch, async () => 'both')).rejects.toMatchObject({
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
  await expect(waiting().exclusively('scaleConfigs', watch, async () => 1)).rejects.toThrow(
    `(process ${nobody} on elsewhere)`,
  );
  expect(claims()).toEqual([name]);
  claimOf(nobody, { place, beatMs: Date.now() - 60_000 });
  expect(await lock().exclusively('scaleConfigs', watch, async () => 1)).toBe(1);
});

test('what a second writer is told: who writes, since when, and when that ends', async () => {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => void child.kill());
  const now = Date.now();
  const elsewhere = { place: 'another machine', host: 'elsewhere' };
  const told: [change: Record<string, unknown>, message: RegExp, next: RegExp][] = [
    [
      { sinceMs: now - 20_000 },
      /^scaleConfigs of .* writing in TARGET_REPO for (?:19|2\d) s\./,
      /in (?:2|3)\d s:/,
    ],
    [{ sinceMs: now - 300_000 }, /for 3\d\d s\./, /^try again in 5 s:/],
    [{ sinceMs: now + 300_000 }, /for 0 s\. Nothing was changed\.$/, /^try again in 50 s:/],
    [{ tool: 'x\u001b[31m\npassword=abc' }, /^x password=\[masked\] of another call/, /./],
    [{ ...elsewhere, beatMs: now - 20_000 }, /\(process \d+ on elsewhere\)/, /./],
  ];
  await Promise.all(
    told.map(async ([change, message, next]) => {
      const where = mkdtempSync(join(tmpdir(), 'lock-'));
      const name = claimOf(child.pid ?? 0, change, where);
      await expect(waiting(where).exclusively('revertConfigs', watch, async () => 1)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(message),
        next: expect.stringMatching(next),
      });
      // The claims that the waiting call made are gone.
      expect(readdirSync(where)).toEqual([name]);
      rmSync(where, { recursive: true });
    }),
  );
});

test('claims of nobody are taken over: unreadable, of this process but of no call, of a clock that was wrong', async () => {
  writeFileSync(join(folder, claimOf(nobody)), '{"pid":');
  claimOf(process.pid);
  claimOf(nobody - 1, { place: 'another machine', beatMs: Date.now() + 60_000 });
  expect(await lock().exclusively('scaleConfigs', watch, async () => claims().length)).toBe(1);
  expect(claims()).toEqual([]);
});

test('files of other names in the git directory are no claims', async () => {
  const others = [
    'audit-load-test-id',
    'audit-load-test-1-xyz.lock',
    'x-audit-load-test-1-0123456789ab.lock.old',
  ];
  for (const name of others) writeFileSync(join(folder, name), 'theirs');
  expect(await lock().exclusively('scaleConfigs', watch, async () => 1)).toBe(1);
  expect(readdirSync(folder).toSorted()).toEqual(others.toSorted());
});

test('a call shows that it lives, and ends in a conflict when another machine took its claim away', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const claim = () => join(folder, claims()[0] ?? '');
  const beat = () => (JSON.parse(readFileSync(claim(), 'utf8')) as { beatMs: number }).beatMs;
  const taken = lock().exclusively('scaleConfigs', watch, async ({ signal }) => {
    const first = beat();
    vi.advanceTimersByTime(2_000);
    while (beat() === first) await sleep(1);
    expect(signal.aborted).toBe(false);
    const gone = once(signal, 'abort');
    rmSync(claim());
    vi.advanceTimersByTime(2_000);
    await gone;
    signal.throwIfAborted();
  });
  await expect(taken).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/^Another server took over TARGET_REPO/),
    next: 'call showSession, then the same tool again.',
  });
  expect(claims()).toEqual([]);
});

test('a call that its caller cancels ends in that reason, and its own failure stays its own', async () => {
  const call = new AbortController();
  const cancelled = lock().exclusively(
    'scaleConfigs',
    { ...watch, signal: call.signal },
    async ({ signal }) => {
      call.abort(new Error('the user'));
      expect(signal.aborted).toBe(true);
      signal.throwIfAborted();
    },
  );
  await expect(cancelled).rejects.toThrow('the user');
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
    const second = join(folder, 'second');
    await one.whileInGit(git, () =>
      one.whileInGit(second, async () => expect(directories()).toEqual([git, second])),
    );
    await expect(one.whileInGit(git, () => Promise.reject(new Error('locked')))).rejects.toThrow('locked');
    expect(directories()).toEqual([git]);
  });
});

test('outside of a call nothing is claimed', async () => {
  expect(await lock().whileInGit(folder, async () => 'done')).toBe('done');
  expect(claims()).toEqual([]);
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
