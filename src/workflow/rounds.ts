/** Which round is meant, which one is under way, and what to warn of before a new level. */
import { QuotaUsedUp, ToolError } from '../domain/errors.ts';
import { formatDuration, plural } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { chooseRound, type RoundSelector } from '../rounds/choice.ts';
import { isActive, isEnding } from '../rounds/progress.ts';
import { startMs } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import type { ChosenCluster } from './clusters.ts';
import { missedWarnings, shortLooks } from './deadline.ts';
import { lookAtRound, type ObservedRound, type RoundLook, type RoundPorts, recordLook } from './looks.ts';
import { strangerWarnings } from './otherRuns.ts';

/**
 * The rounds that `abandon` gives up: those not seen to finish, and one that finished but whose cluster runs again (an
 * unmarked run). Without an answer of AWS, only the former.
 */
export async function roundsToLeave(
  ports: RoundPorts & Pick<Ports, 'clock'>,
  session: Session,
  watch: Watch,
): Promise<{ abandoned: number[]; warnings: string[] }> {
  const deadline = shortLooks(ports.clock, watch);
  const running =
    session.rounds.length === 0
      ? undefined
      : await deadline.look('whether the newest round runs again', (inTime) =>
          roundUnderWay(ports, session, inTime, lookNow),
        );
  const open = session.rounds.filter((round) => round.finished === undefined && !round.abandoned);
  const left = [...open, ...(running === undefined ? [] : [running.round])];
  return { abandoned: [...new Set(left.map(({ round }) => round))], warnings: missedWarnings(deadline) };
}

/** What is said of abandoned rounds, before and after they are. */
export function leavingWarnings(rounds: readonly number[], isDone: boolean): string[] {
  if (rounds.length === 0) return [];
  const [noun, pronoun] = rounds.length === 1 ? ['round', 'it'] : ['rounds', 'them'];
  const named = `${noun} ${rounds.join(', ')}`;
  if (!isDone) return [`Would abandon ${named}.`];
  return [`Abandoned ${named}: uploads no longer wait for ${pronoun}.`];
}

/** Warns before scaling of a running round and of what others do; files on disk do not affect them. Says if AWS did not answer in time. */
export async function roundWarnings(
  ports: RoundPorts & Pick<Ports, 'clock' | 'store'>,
  session: Session,
  watch: Watch,
): Promise<{ isRunning: boolean; warnings: string[] }> {
  const deadline = shortLooks(ports.clock, { ...watch, mayWaitForQuota: false });
  const running =
    session.rounds.length === 0
      ? undefined
      : await deadline.look('whether a round is running', (inTime) => roundUnderWay(ports, session, inTime));
  // The look may have recorded the cluster of a round, which is nobody else's.
  const strangers = await strangerWarnings(ports, await ports.sessions.load(), deadline);
  const others = [...strangers, ...missedWarnings(deadline)];
  if (running === undefined) return { isRunning: false, warnings: others };
  const warning = `${stillRunningText(running)}; uploads wait until it is done.`;
  return { isRunning: true, warnings: [warning, ...others] };
}

/** A reported round of another load than `load` that is not committed. Its bytes are kept, so scaling does not lose them. */
export function uncommittedWarning(session: Session, load: number | undefined): string[] {
  const missed = session.rounds.findLast(
    (round) => round.load !== load && round.report !== undefined && !round.committed && !round.abandoned,
  );
  if (missed === undefined) return [];
  const upload = session.uploads.findLast((one) => one.load === missed.load);
  const how =
    upload?.bytes === undefined
      ? `commitResults commits its configs only while ${missed.load}x is on disk.`
      : `commitResults with load ${missed.load} commits it, whatever is on disk.`;
  return [
    `The report of round ${missed.round} (${missed.load}x ${missed.schedule}) is not committed; ${how}`,
  ];
}

/**
 * The round of that number, otherwise the latest (of the schedule, preferably of the load).
 * @throws ToolError NOT_FOUND
 */
export function requireRound(session: Session, selector: RoundSelector): Round {
  const found = chooseRound(session.rounds, selector);
  if (found !== undefined) return found;
  const what = selector.round === undefined ? 'No round is known' : `There is no round ${selector.round}`;
  const where = selector.schedule === undefined ? '' : ` for ${selector.schedule}`;
  throw new ToolError('NOT_FOUND', `${what}${where}. Nothing was changed.`, {
    next: 'call markRound before the DAG is triggered, or with already: true after; or call buildReport with clusterId and afterTimestamp.',
  });
}

/** A round that runs, or one of several runs that could be a round's. */
export interface RoundUnderWay {
  readonly round: Round;
  /** The load that runs. */
  readonly load: number;
  readonly clusterId: string;
  /** Absent where it was not seen. */
  readonly state?: string | undefined;
  /** Absent for one of several possible runs. */
  readonly activeSteps?: number | undefined;
  /** How old an earlier look is that stands for one now. */
  readonly agoMs?: number | undefined;
}

/** `Round 3 (4x 15m) is still running on j-X (RUNNING, 5 active steps)`, or when it was, if that was seen earlier. */
export function stillRunningText(running: RoundUnderWay): string {
  const { round, load, clusterId, state, activeSteps, agoMs } = running;
  const what = `Round ${round.round} (${load}x ${round.schedule})`;
  const active = activeSteps === undefined ? [] : [plural(activeSteps, 'active step')];
  const details = [...(state === undefined ? [] : [state]), ...active].join(', ');
  const where = details === '' ? clusterId : `${clusterId} (${details})`;
  return `${what} ${agoMs === undefined ? 'is' : 'was'} still running on ${where}${staleText(agoMs)}`;
}

/**
 * The round under way, if any: its steps are active, or its cluster was created for it and has no step yet, whatever its state
 * is. Also looks at the newest finished round again: on a cluster that stays up, an unmarked run is on its cluster.
 * @param lookAt lookNow where an earlier look must not count
 * @throws ToolError UPSTREAM if AWS does not answer: the caller must not continue without knowing
 */
export async function roundUnderWay(
  ports: RoundPorts,
  session: Session,
  watch: Watch,
  lookAt = lookWhetherRunning,
): Promise<RoundUnderWay | undefined> {
  const present = session.rounds.filter((round) => !round.abandoned);
  const newest = present.findLast((round) => round.clusterId !== undefined);
  for (const round of present.filter((one) => one.finished === undefined || one === newest)) {
    const look = await lookAt(ports, session, round, watch).catch(unknownCluster);
    if (look === undefined) continue;
    if (look.kind === 'undecided') {
      const active = look.runs.findLast((run) => run.active);
      if (active === undefined) continue;
      const { clusterId, load = round.load, state } = active;
      return { round, load, clusterId, state };
    }
    const running = look.kind === 'seen' ? runningOf(look.observed) : undefined;
    if (running !== undefined) return running;
  }
  return undefined;
}

/** A look at most so old, in milliseconds, may say that a round runs. */
const recentMs = 60_000;

/**
 * As lookAtRound, but without waiting for EMR's quota where a look of the last minute saw steps of the round active: that
 * look is returned then.
 * @throws ToolError QuotaUsedUp without such a look, for a watch that may not wait
 */
export async function lookWhetherRunning(
  ports: RoundPorts,
  session: Session,
  round: Round,
  watch: Watch,
): Promise<RoundLook> {
  const look = (inTime: Watch) => lookNow(ports, session, round, inTime);
  if ((await recentlyRunning(ports, session, round)) === undefined) return look(watch);
  try {
    return await look({ ...watch, mayWaitForQuota: false });
  } catch (error) {
    if (!(error instanceof QuotaUsedUp)) throw error;
    // Asked again: meanwhile EMR may have said that the cluster ends.
    const observed = await recentlyRunning(ports, session, round);
    return observed === undefined ? look(watch) : { kind: 'seen', observed };
  }
}

/** As lookAtRound. */
export const lookNow: typeof lookWhetherRunning = (ports, session, round, watch) =>
  lookAtRound(ports, session, round, undefined, watch);

/** What a look of the last minute saw, if steps of the round were active. */
async function recentlyRunning(
  ports: RoundPorts,
  session: Session,
  round: Round,
): Promise<ObservedRound | undefined> {
  const { clusterId } = round;
  const seen = clusterId === undefined ? undefined : ports.clusters.lastLook(clusterId);
  if (clusterId === undefined || !seen?.steps.some(isActive)) return undefined;
  // A clock that was set back makes a look of any age one of the future.
  if (seen.agoMs < 0 || seen.agoMs > recentMs) return undefined;
  const chosen: ChosenCluster = { clusterId, clusterFrom: 'round', certain: true };
  const observed = await recordLook(ports, session, round, chosen, seen);
  return observed.steps.own.some(isActive) ? observed : undefined;
}

/** ` 12s ago, and EMR's …`, for what an earlier look saw; empty for a look now. */
export function staleText(agoMs: number | undefined): string {
  if (agoMs === undefined) return '';
  return ` ${formatDuration(Math.ceil(agoMs / 1000))} ago, and EMR's request quota allows no look now`;
}

/** Nothing runs on a cluster that EMR does not know. */
function unknownCluster(error: unknown): undefined {
  if (!(error instanceof ToolError && error.code === 'NOT_FOUND')) throw error;
}

function runningOf({ round, cluster, steps, load, done, agoMs }: ObservedRound): RoundUnderWay | undefined {
  const { id: clusterId, state } = cluster;
  const unmarked = steps.unowned.find((run) => run.steps.some(isActive));
  const own = done ? [] : steps.own.filter(isActive);
  const active = own.length > 0 ? own : (unmarked?.steps.filter(isActive) ?? []);
  if (active.length > 0)
    return {
      round,
      load: own.length > 0 ? load : (unmarked?.load ?? load),
      clusterId,
      state,
      activeSteps: active.length,
      agoMs,
    };
  const isCreatedFor = cluster.createdMs >= startMs(round);
  const waits = round.finished === undefined && steps.own.length === 0 && isCreatedFor && !isEnding(cluster);
  return waits ? { round, load, clusterId, state, activeSteps: 0, agoMs } : undefined;
}

/** @throws ToolError WRONG_STATE while a round is under way: two loads at once distort each other's measurements. */
export async function requireNoRoundUnderWay(
  ports: RoundPorts,
  session: Session,
  watch: Watch,
): Promise<void> {
  const running = await roundUnderWay(ports, session, watch);
  if (running === undefined) return;
  throw new ToolError(
    'WRONG_STATE',
    `${stillRunningText(running)}; one level runs at a time. Nothing was uploaded or triggered.`,
    {
      next: 'call pollCluster until it is done, or scaleConfigs with abandon: true to abandon a round that hangs.',
    },
  );
}
