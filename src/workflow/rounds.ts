/** Observes rounds: their steps, whether they are done, which one is under way, and what to warn of before a new level. */
import { ToolError } from '../domain/errors.ts';
import type { Cluster, ObservedSteps } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { chooseRound, type RoundSelector } from '../rounds/choice.ts';
import { isActive, isDone, isEnding } from '../rounds/progress.ts';
import { loadOfSteps, type RoundSteps, stepsIn, windowOf } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { type ChosenCluster, type ClusterFrom, chooseCluster, searchCluster } from './clusters.ts';

/** What it takes to observe a round and to record what was seen. */
export type RoundPorts = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags'>;

/**
 * The rounds that `abandon` gives up: those not seen to finish, and one that finished but whose cluster runs again (an
 * unmarked run). Works without AWS: a failed lookup does not keep a round.
 */
export async function roundsToLeave(ports: RoundPorts, session: Session, watch: Watch): Promise<number[]> {
  const running = await roundUnderWay(ports, session, watch).catch(() => undefined);
  const open = session.rounds.filter((round) => round.finished === undefined && !round.abandoned);
  const left = [...open, ...(running === undefined ? [] : [running.round])];
  return [...new Set(left.map(({ round }) => round))];
}

/** What is said of abandoned rounds, before and after they are. */
export function leavingWarnings(rounds: readonly number[], isDone: boolean): string[] {
  if (rounds.length === 0) return [];
  const [noun, pronoun] = rounds.length === 1 ? ['round', 'it'] : ['rounds', 'them'];
  const named = `${noun} ${rounds.join(', ')}`;
  if (!isDone) return [`Would abandon ${named}.`];
  return [`Abandoned ${named}: uploads no longer wait for ${pronoun}.`];
}

/** Warns of a running round before scaling; files on disk do not affect it. */
export async function roundWarnings(ports: RoundPorts, session: Session, watch: Watch): Promise<string[]> {
  if (session.rounds.length === 0) return [];
  // Scaling also works offline, so a failed AWS lookup does not stop it.
  const running = await roundUnderWay(ports, session, watch).catch(() => undefined);
  if (running === undefined) return [];
  return [
    `Round ${running.round.round} (${running.load}x ${running.round.schedule}) is still running on ${running.cluster.id}; uploads wait until it is done.`,
  ];
}

/** Scaling replaces a reported level on disk before its configs are committed. */
export function uncommittedWarning(session: Session, nextLoad: number): string[] {
  const onDisk = session.level?.load;
  const missed = session.rounds.findLast(
    (round) => round.load === onDisk && round.report !== undefined && !round.committed && !round.abandoned,
  );
  if (missed === undefined || onDisk === nextLoad) return [];
  return [
    `Round ${missed.round} (${missed.load}x ${missed.schedule}) has a report but is not committed. commitResults commits the level on disk: to commit these configs, scale to ${missed.load}x again first.`,
  ];
}

export interface ObservedRound {
  readonly round: Round;
  readonly cluster: Cluster;
  readonly clusterFrom: ClusterFrom;
  readonly steps: RoundSteps;
  readonly knownFromDiskOnly: number;
  /** AWS's clock at the time of observation. */
  readonly observedMs: number;
  readonly done: boolean;
  /** The load the steps carry, otherwise the round's. */
  readonly load: number;
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

/**
 * Observes a round: finds its cluster, reads its steps, and records what is certain (its cluster, that it is done).
 * A given cluster serves this call; it is bound to the round only if it has steps of it.
 */
export async function observeRound(
  ports: RoundPorts,
  session: Session,
  round: Round,
  givenCluster?: string,
  watch?: Watch,
): Promise<ObservedRound> {
  let chosen = await chooseCluster(ports, session, round, givenCluster, watch);
  let seen = await seeCluster(ports, chosen.clusterId, watch);
  // A retried run has another cluster.
  if (
    chosen.clusterFrom === 'round' &&
    isEnding(seen.cluster) &&
    ownSteps(ports, session, round, seen).own.length === 0
  ) {
    const next = await searchCluster(ports, session, round, watch).catch(unlessNotFound);
    if (next !== undefined) {
      chosen = next;
      seen = await seeCluster(ports, next.clusterId, watch);
    }
  }
  return recordLook(ports, session, round, chosen, seen);
}

/** A cluster and its steps now. */
export interface SeenCluster extends Pick<ObservedSteps, 'steps' | 'knownFromDiskOnly' | 'observedMs'> {
  readonly cluster: Cluster;
}

export async function seeCluster(
  ports: Pick<Ports, 'clusters'>,
  clusterId: string,
  watch?: Watch,
): Promise<SeenCluster> {
  const cluster = await ports.clusters.describe(clusterId, watch);
  return { cluster, ...(await ports.clusters.steps(clusterId, watch)) };
}

function ownSteps(ports: RoundPorts, session: Session, round: Round, seen: SeenCluster): RoundSteps {
  const window = windowOf(round, session.rounds);
  return stepsIn(window, round.schedule, seen.steps, ports.settings.configsPrefix);
}

/** Returns what was observed of a round on a cluster, and records what is certain. */
export async function recordLook(
  ports: RoundPorts,
  session: Session,
  round: Round,
  { clusterId, clusterFrom, certain }: ChosenCluster,
  seen: SeenCluster,
): Promise<ObservedRound> {
  const { cluster, knownFromDiskOnly, observedMs } = seen;
  const steps = ownSteps(ports, session, round, seen);
  const load = loadOfSteps(steps.own, ports.settings.configsPrefix) ?? round.load;
  const done = isDone(steps.own, cluster, observedMs);

  const binds = round.clusterId !== clusterId && (certain || steps.own.length > 0);
  const finishes = done && round.finished === undefined;
  if (binds || finishes)
    await ports.sessions.record(() => [
      ...(binds ? [{ type: 'clusterBound' as const, round: round.round, clusterId }] : []),
      ...(finishes ? [finished(round, load, steps)] : []),
    ]);
  return { round, cluster, clusterFrom, steps, knownFromDiskOnly, observedMs, done, load };
}

/** undefined for an expected failure: the caller's answer is useful without what AWS would have said. */
export function unlessToolError(error: unknown): undefined {
  if (error instanceof ToolError) return undefined;
  throw error;
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof ToolError && error.code === 'NOT_FOUND') return undefined;
  throw error;
}

function finished(round: Round, load: number, steps: RoundSteps) {
  const failed = steps.own.filter((step) => step.state === 'FAILED').length;
  return { type: 'roundFinished' as const, round: round.round, load, steps: steps.own.length, failed };
}

/**
 * The round under way, if any: its steps are active, or its cluster is still starting. Also observes the newest finished
 * round again: on a cluster that stays up, an unmarked run is in its window.
 * @throws ToolError UPSTREAM if AWS does not answer: the caller must not continue without knowing
 */
export async function roundUnderWay(
  ports: RoundPorts,
  session: Session,
  watch?: Watch,
): Promise<ObservedRound | undefined> {
  const present = session.rounds.filter((round) => !round.abandoned);
  const newest = present.findLast((round) => round.clusterId !== undefined);
  for (const round of present.filter((one) => one.finished === undefined || one === newest)) {
    const observed = await observeRound(ports, session, round, undefined, watch).catch(unlessNotFound);
    if (observed === undefined || observed.done) continue;
    if (observed.steps.own.some(isActive)) return observed;
    const isStarting = !isEnding(observed.cluster) && observed.cluster.state !== 'WAITING';
    if (round.finished === undefined && observed.steps.own.length === 0 && isStarting) return observed;
  }
  return undefined;
}

/** @throws ToolError WRONG_STATE while a round is under way: two loads at once distort each other's measurements. */
export async function requireNoRoundUnderWay(
  ports: RoundPorts,
  session: Session,
  watch?: Watch,
): Promise<void> {
  const observed = await roundUnderWay(ports, session, watch);
  if (observed === undefined) return;
  const { round, cluster, steps } = observed;
  const active = steps.own.filter(isActive).length;
  throw new ToolError(
    'WRONG_STATE',
    `Round ${round.round} (${observed.load}x ${round.schedule}) is still running on ${cluster.id} (${cluster.state}, ${active} active steps); one level runs at a time. Nothing was uploaded or triggered.`,
    {
      next: 'call pollCluster until it is done, or scaleConfigs with abandon: true to abandon a round that hangs.',
    },
  );
}
