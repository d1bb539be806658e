/**
 * One writer at a time in a repository, across servers, STATE_DIRs and worktrees. Each call that writes puts a claim
 * with a name of its own into the git common directory; it may go on when no other living claim is there. Names are
 * never used again, so a dead owner's claim can be removed without a race.
 */
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { ToolError } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Watch } from '../../ports/time.ts';
import { openDisk } from '../disk/disk.ts';
import { isSameRunning, processStart, thisPlace } from '../disk/processes.ts';
import { machineClock, type WaitingClock } from '../waiting.ts';
import { removeLeftLocks } from './gitLocks.ts';

interface Claim {
  readonly pid: number;
  readonly start: string;
  readonly host: string;
  readonly place: string;
  readonly tool: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly beatMs: number;
  /** The git directories that the call is writing to right now: a kill leaves git's lock files there. */
  readonly gitDirectories: readonly string[];
}

export interface WriterLock {
  /** @throws ToolError CONFLICT with who writes, after a short wait */
  exclusively<Result>(tool: string, watch: Watch, work: (watch: Watch) => Promise<Result>): Promise<Result>;
  /** Runs git commands that take git's own locks in this git directory, so that a killed call's can be told. */
  whileInGit<Result>(gitDirectory: string, work: () => Promise<Result>): Promise<Result>;
}

const claimName = /^audit-load-test-(\d+)-[0-9a-f]{12}\.lock$/;
const beatEveryMs = 2_000;
/** Without a sign of life for so long, an owner on another machine is dead. */
const silentMs = 30_000;
const waitStepMs = 100;
const longestWaitMs = 3_000;
/** No call takes longer, so the lock is free then. */
const longestCallMs = 50_000;

/** The claims of this process whose calls still run. One that could not be removed is not among them. */
const active = new Set<string>();

/** @param commonDirectory finds the git common directory of the repository */
export function createWriterLock(
  commonDirectory: () => Promise<string>,
  clock: WaitingClock = machineClock,
): WriterLock {
  let held: { disk: Disk; name: string; claim: Claim } | undefined;

  async function save(change: Partial<Claim>): Promise<void> {
    if (held === undefined) return;
    held.claim = { ...held.claim, ...change, beatMs: Date.now() };
    await held.disk.write(held.name, JSON.stringify(held.claim));
  }

  return {
    async exclusively(tool, watch, work) {
      const disk = openDisk(await commonDirectory(), 'TARGET_REPO');
      const mine = await take(disk, tool, watch, clock);
      held = { disk, ...mine };
      const lost = new AbortController();
      const signal = AbortSignal.any([watch.signal, lost.signal]);
      setMaxListeners(0, signal);
      let beating = Promise.resolve();
      const timer = setInterval(() => {
        beating = beating.then(async () => {
          // Another machine may have taken this process for dead, for example after it was suspended.
          const found = await disk.read(mine.name).catch(() => null);
          if (found === undefined) lost.abort(takenOver());
          else await save({}).catch(() => undefined);
        });
      }, beatEveryMs).unref();
      try {
        return await work({ ...watch, signal });
      } catch (error) {
        throw lost.signal.aborted && !watch.signal.aborted ? lost.signal.reason : error;
      } finally {
        clearInterval(timer);
        // A heartbeat under way would bring the claim back.
        await beating;
        held = undefined;
        await giveUp(disk, mine.name);
      }
    },

    async whileInGit(gitDirectory, work) {
      await save({ gitDirectories: [...(held?.claim.gitDirectories ?? []), gitDirectory] });
      const result = await work();
      // After a failure the claim still says it, until the call ends: git may have left a lock file.
      await save({ gitDirectories: [] }).catch(() => undefined);
      return result;
    },
  };
}

async function giveUp(disk: Disk, name: string): Promise<void> {
  active.delete(name);
  await release(disk, name);
}

/** What a call did stays done when its claim cannot be removed: the removal is tried again until it works. */
async function release(disk: Disk, name: string): Promise<void> {
  await disk.remove(name).catch(() => {
    setTimeout(() => void release(disk, name), beatEveryMs).unref();
  });
}

/** Waits until no other claim lives, then returns this call's. */
async function take(
  disk: Disk,
  tool: string,
  watch: Watch,
  clock: WaitingClock,
): Promise<{ name: string; claim: Claim }> {
  for (const startMs = clock.nowMs(); ; ) {
    const now = Date.now();
    const name = `audit-load-test-${process.pid}-${randomBytes(6).toString('hex')}.lock`;
    const me = { pid: process.pid, start: processStart(process.pid), host: hostname(), place: thisPlace };
    const claim: Claim = { ...me, tool, sinceMs: now, beatMs: now, gitDirectories: [] };
    let other = await livingClaim(disk, name);
    if (other === undefined) {
      active.add(name);
      try {
        await disk.create(name, JSON.stringify(claim));
        // Whoever claims at the same time sees this claim, or is seen here.
        other = await livingClaim(disk, name);
        if (other === undefined) return { name, claim };
        await giveUp(disk, name);
      } catch (error) {
        await giveUp(disk, name);
        throw error;
      }
    }
    if (clock.nowMs() - startMs >= longestWaitMs) throw busy(other);
    // Two that saw each other must not meet again.
    await clock.sleep(waitStepMs * (0.5 + clock.random()), watch.signal);
  }
}

/** Another call's claim. Those of the dead are removed, with what a kill in the middle of git left. */
async function livingClaim(disk: Disk, mine: string): Promise<Claim | undefined> {
  const names = (await disk.list()).map(({ name }) => name);
  for (const name of names.filter((one) => claimName.test(one) && one !== mine)) {
    const bytes = await disk.read(name);
    if (bytes === undefined) continue;
    const claim = claimIn(bytes, Number(claimName.exec(name)?.[1]));
    if (isAlive(claim, name)) return claim;
    for (const directory of claim.gitDirectories)
      await removeLeftLocks(directory, { fromMs: claim.sinceMs, toMs: claim.beatMs + 2 * beatEveryMs });
    await disk.remove(name);
  }
  return undefined;
}

function isAlive({ pid, start, place, beatMs }: Claim, name: string): boolean {
  if (place === thisPlace && pid === process.pid) return active.has(name);
  if (place === thisPlace) return isSameRunning(pid, start);
  return Math.abs(Date.now() - beatMs) < silentMs;
}

/** An unreadable claim is of this machine, and its name says whose. */
function claimIn(bytes: Buffer, pid: number): Claim {
  const nameOnly = { pid, start: '', host: '', place: thisPlace, tool: 'a call' };
  const unknown: Claim = { ...nameOnly, sinceMs: Date.now(), beatMs: 0, gitDirectories: [] };
  try {
    return { ...unknown, ...(JSON.parse(bytes.toString('utf8')) as Partial<Claim>) };
  } catch {
    return unknown;
  }
}

function busy({ tool, pid, host, sinceMs }: Claim): ToolError {
  const seconds = Math.max(0, Math.round((Date.now() - sinceMs) / 1000));
  const left = Math.ceil((longestCallMs - seconds * 1000) / 1000);
  return new ToolError(
    'CONFLICT',
    `${cleanLine(tool, 40)} of another call (process ${pid} on ${cleanLine(host, 80)}) has been writing in TARGET_REPO for ${seconds} s. Nothing was changed.`,
    { next: `try again in ${Math.min(50, Math.max(5, left))} s: the other call ends by then.` },
  );
}

function takenOver(): ToolError {
  return new ToolError(
    'CONFLICT',
    'Another server took over TARGET_REPO, because this one gave no sign of life for 30 s. Completed work was kept.',
    { next: 'call showSession, then the same tool again.' },
  );
}
