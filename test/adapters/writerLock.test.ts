import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openDisk } from '../../src/adapters/disk/disk.ts';
import { createWriterLock } from '../../src/adapters/git/writerLock.ts';
import type { ToolError } from '../../src/domain/errors.ts';
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
  const nowMs = Date.parse('2026-11-29T12:00:00Z');
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  onTestFinished(() => void vi.useRealTimers());
  const elsewhere = { place: 'another machine', host: 'e'.repeat(100), beatMs: nowMs - 20_000 };
  const since = (seconds: number) => ({ sinceMs: nowMs - seconds * 1_000 });
  const told: [change: Record<string, unknown>, message: string, next: string][] = [
    [since(20), 'scaleConfigs of another call', 'writing in TARGET_REPO for 20 s. Nothing was changed. 30'],
    [{ sinceMs: nowMs - 20_600 }, 'scaleConfigs of another call', 'for 21 s. Nothing was changed. 29'],
    [since(44), 'scaleConfigs of', 'for 44 s. Nothing was changed. 6'],
    [since(300), 'scaleConfigs of', 'for 300 s. Nothing was changed. 5'],
    [since(0), 'scaleConfigs of', 'for 0 s. Nothing was changed. 50'],
    [since(-300), 'scaleConfigs of', 'for 0 s. Nothing was changed. 50'],
    [{ tool: 'x\u001b[31m\npassword=abc' }, 'x password=[masked] of another call', '. 45'],
    [{ tool: 't'.repeat(60) }, `${'t'.repeat(39)}… of another call`, '. 45'],
    [elsewhere, `(process ${child.pid} on ${'e'.repeat(79)}…) has`, '. 45'],
  ];
  for (const [change, message, next] of told) {
    const name = claimOf(child.pid ?? 0, change);
    const call = waiting().exclusively('revertConfigs', watch, async () => 1);
    const refused = await call.then(
      () => undefined,
      (error: ToolError) => error,
    );
    expect(refused).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(message) });
    const [, seconds] =
      /^try again in (\d+) s: the other call ends by then\.$/.exec(refused?.next ?? '') ?? [];
    expect(`${refused?.message} ${seconds}`.endsWith(next), `${refused?.message} ${seconds}`).toBe(true);
    // The claims that the waiting call made are gone.
    expect(claims()).toEqual([name]);
  }
});

test('an unreadable claim of a living process counts as one', async () => {
  const name = claimOf(process.ppid);
  writeFileSync(join(folder, name), '{"pid":');
  await expect(waiting().exclusively('scaleConfigs', watch, async () => 1)).rejects.toThrow(
    `a call of another call (process ${process.ppid} on `,
  );
  expect(claims()).toEqual([name]);
});

test('without a sign of life for 30 seconds an owner on another machine is dead', async () => {
  const nowMs = Date.parse('2026-11-29T12:00:00Z');
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs });
  onTestFinished(() => void vi.useRealTimers());
  // The same process id as this one's means nothing there.
  const place = 'another machine';
  claimOf(process.pid, { place, beatMs: nowMs - 29_999 });
  await expect(waiting().exclusively('scaleConfigs', watch, async () => 1)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  claimOf(process.pid, { place, beatMs: nowMs - 30_000 });
  expect(await lock().exclusively('scaleConfigs', watch, async () => 1)).toBe(1);
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
    'x-audit-load-test-1-0123456789ab.lock',
    'audit-load-test-1-0123456789ab.lock.old',
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

test('many may listen for the end of a call, and its heart stops with it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const warnings: string[] = [];
  const warned = (warning: Error) => warnings.push(warning.name);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  await lock().exclusively('scaleConfigs', watch, async ({ signal }) => {
    for (let count = 0; count < 20; count += 1) signal.addEventListener('abort', () => count);
    expect(vi.getTimerCount()).toBe(1);
  });
  expect(vi.getTimerCount()).toBe(0);
  expect(warnings).toEqual([]);
});

test('a claim that cannot be read now was not taken away', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let during: AbortSignal | undefined;
  await lock().exclusively('scaleConfigs', watch, async ({ signal }) => {
    during = signal;
    const claim = join(folder, claims()[0] ?? '');
    rmSync(claim);
    mkdirSync(claim);
    vi.advanceTimersByTime(2_000);
  });
  // The call waited for its heartbeat.
  expect(during?.aborted).toBe(false);
});

test('a heartbeat that is under way at the end of a call does not bring its claim back', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const handle = await open(folder);
  const flush = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync');
  onTestFinished(() => flush.mockRestore());
  await handle.close();
  let flushed: (() => void) | undefined;
  const isWriting = () => readdirSync(folder).some((name) => name.startsWith('.audit-load-test-'));
  const ended = lock().exclusively('scaleConfigs', watch, async () => {
    flush.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          flushed = resolve;
        }),
    );
    vi.advanceTimersByTime(2_000);
    while (flushed === undefined) await turn();
  });
  while (flushed === undefined) await turn();
  // The disk takes longer for the heartbeat than for everything else that a call does at its end.
  for (let removals = 0; removals < 20; removals += 1) await openDisk(folder, 'TARGET_REPO').remove('none');
  flushed();
  await ended;
  while (isWriting()) await turn();
  expect(claims()).toEqual([]);
});

test('a claim that cannot be removed is removed later, and stops nobody meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let claim = '';
  const aside = join(folder, 'aside');
  const result = await lock().exclusively('scaleConfigs', watch, async () => {
    claim = join(folder, claims()[0] ?? '');
    renameSync(claim, aside);
    mkdirSync(claim);
    return 'done';
  });
  expect(result).toBe('done');
  rmSync(claim, { recursive: true });
  renameSync(aside, claim);
  vi.advanceTimersByTime(1_999);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1);
  vi.useRealTimers();
  await vi.waitFor(() => expect(claims()).toEqual([]));
});

test('the claim of a call that ended, and could not be removed, stops nobody', async () => {
  let bytes = '';
  let name = '';
  await lock().exclusively('scaleConfigs', watch, async () => {
    name = claims()[0] ?? '';
    bytes = readFileSync(join(folder, name), 'utf8');
  });
  writeFileSync(join(folder, name), bytes);
  expect(await lock().exclusively('scaleConfigs', watch, async () => claims().length)).toBe(1);
});

test('a call whose claim was taken away ends in that conflict, whatever it failed with', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const taken = lock().exclusively('scaleConfigs', watch, async ({ signal }) => {
    const gone = once(signal, 'abort');
    rmSync(join(folder, claims()[0] ?? ''));
    vi.advanceTimersByTime(2_000);
    await gone;
    throw new Error('request aborted');
  });
  await expect(taken).rejects.toThrow(/^Another server took over TARGET_REPO/);
});

test('on a full disk the call ends at once and says so', async () => {
  const handle = await open(folder);
  const write = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'writeFile');
  onTestFinished(() => write.mockRestore());
  await handle.close();
  write.mockRejectedValue(Object.assign(new Error('full'), { code: 'ENOSPC' }));
  await expect(waiting().exclusively('scaleConfigs', watch, async () => 1)).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('no space left on its disk'),
  });
  expect(write).toHaveBeenCalledTimes(1);
});

test('a call that cannot see the other claims any more leaves none of its own', async () => {
  const unreadable = join(folder, claimOf(nobody));
  rmSync(unreadable);
  for (let refused: unknown; refused === undefined; ) {
    let isOver = false;
    const taken = lock().exclusively('scaleConfigs', watch, async () => undefined);
    const outcome = taken
      .catch((error: unknown) => error)
      .finally(() => {
        isOver = true;
      });
    while (!isOver && claims().length === 0) await turn();
    // Between its claim and its last look at the others.
    mkdirSync(unreadable);
    refused = await outcome;
    rmSync(unreadable, { recursive: true });
  }
  expect(claims()).toEqual([]);
  expect(await lock().exclusively('scaleConfigs', watch, async () => 'free')).toBe('free');
});

test('a git directory that cannot be written is named as TARGET_REPO', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const refused = createWriterLock(async () => file).exclusively('scaleConfigs', watch, async () => 1);
  await expect(refused).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringMatching(/^TARGET_REPO: /),
  });
});

test('a call that was cancelled and taken over ends in its own reason', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const call = new AbortController();
  const both = lock().exclusively('scaleConfigs', { ...watch, signal: call.signal }, async ({ signal }) => {
    const gone = once(signal, 'abort');
    rmSync(join(folder, claims()[0] ?? ''));
    vi.advanceTimersByTime(2_000);
    await gone;
    call.abort();
    throw new Error('the user');
  });
  await expect(both).rejects.toThrow('the user');
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
