/** Facts about a round: which of a cluster's steps are its own, whether it is done, which rounds are under way. */
import { ToolError } from '../errors.ts';
import type { Cluster, ObservedSteps, Ports, Watch } from '../ports.ts';
import { chooseRound, type RoundSelector } from '../rounds/choice.ts';
import { isActive, isDone, isEnding } from '../rounds/progress.ts';
import { loadOfSteps, type RoundSteps, stepsIn, windowOf } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { type ChosenCluster, type ClusterFrom, chooseCluster, searchCluster } from './clusters.ts';

export interface ObservedRound {
  readonly round: Round;
  readonly cluster: Cluster;
  readonly clusterFrom: ClusterFrom;
  readonly steps: RoundSteps;
  readonly knownFromDiskOnly: number;
  /** AWS's clock at the look. */
  readonly observedMs: number;
  readonly done: boolean;
  /** The load that the steps carry, else the round's. */
  readonly load: number;
}

type Wanted = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags'>;

/**
 * The round of that number, else the latest (of the schedule, and of the load when one was marked with it).
 * @throws ToolError NOT_FOUND
 */
export function requireRound(session: Session, wanted: RoundSelector): Round {
  const found = chooseRound(session.rounds, wanted);
  if (found !== undefined) return found;
  const what = wanted.round === undefined ? 'No round is known' : `There is no round ${wanted.round}`;
  const where = wanted.schedule === undefined ? '' : ` for ${wanted.schedule}`;
  throw new ToolError('NOT_FOUND', `${what}${where}. Nothing was changed.`, {
    next: 'call markRound before the DAG is triggered, or with already: true after; or give buildReport clusterId and afterTimestamp.',
  });
}

/**
 * Looks at a round: finds its cluster, reads its steps, and records what became certain (the cluster that it is
 * bound to, that it is done). A given cluster serves this look; it is bound only when it has steps of the round.
 */
export async function observeRound(
  ports: Wanted,
  session: Session,
  round: Round,
  givenCluster?: string,
  watch?: Watch,
): Promise<ObservedRound> {
  let chosen = await chooseCluster(ports, session, round, givenCluster, watch);
  let seen = await seeCluster(ports, chosen.clusterId, watch);
  // A run that is tried again has another cluster.
  if (chosen.clusterFrom === 'round' && isEnding(seen.cluster) && !hasSteps(ports, session, round, seen)) {
    const next = await searchCluster(ports, session, round, watch).catch(unlessNotFound);
    if (next !== undefined) {
      chosen = next;
      seen = await seeCluster(ports, next.clusterId, watch);
    }
  }
  return recordLook(ports, session, round, chosen, seen);
}

/** A cluster and its steps as they are now. */
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

function ownSteps(ports: Wanted, session: Session, round: Round, seen: SeenCluster): RoundSteps {
  const window = windowOf(round, session.rounds);
  return stepsIn(window, round.schedule, seen.steps, ports.settings.configsPrefix);
}

function hasSteps(ports: Wanted, session: Session, round: Round, seen: SeenCluster): boolean {
  return ownSteps(ports, session, round, seen).own.length > 0;
}

/** Says what was seen of a round on a cluster, and records what is certain of it. */
export async function recordLook(
  ports: Wanted,
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

function unlessNotFound(error: unknown): undefined {
  if (error instanceof ToolError && error.code === 'NOT_FOUND') return undefined;
  throw error;
}

function finished(round: Round, load: number, steps: RoundSteps) {
  const failed = steps.own.filter((step) => step.state === 'FAILED').length;
  return { type: 'roundFinished' as const, round: round.round, load, steps: steps.own.length, failed };
}

/**
 * The round that is under way, when one is: its steps are active, or its cluster is still starting. Of the rounds that
 * are known to be finished the newest is looked at again: on a cluster that stays up, a run that nobody marked is in
 * its window.
 * @throws ToolError UPSTREAM when AWS cannot be asked: then nobody knows, and the caller must not go on
 */
export async function roundUnderWay(
  ports: Wanted,
  session: Session,
  watch?: Watch,
): Promise<ObservedRound | undefined> {
  const present = session.rounds.filter((round) => !round.abandoned);
  const newest = present.findLast((round) => round.clusterId !== undefined);
  for (const round of present.filter((one) => one.finished === undefined || one === newest)) {
    const observed = await observeRound(ports, session, round, undefined, watch).catch(unlessNotFound);
    if (observed === undefined || observed.done) continue;
    if (observed.steps.own.some(isActive)) return observed;
    if (round.finished !== undefined) continue;
    if (
      observed.steps.own.length === 0 &&
      !isEnding(observed.cluster) &&
      observed.cluster.state !== 'WAITING'
    )
      return observed;
  }
  return undefined;
}

/** @throws ToolError WRONG_STATE while a round is under way: two loads at once measure neither. */
export async function requireNoRoundUnderWay(ports: Wanted, session: Session, watch?: Watch): Promise<void> {
  const observed = await roundUnderWay(ports, session, watch);
  if (observed === undefined) return;
  const { round, cluster, steps } = observed;
  const active = steps.own.filter(isActive).length;
  throw new ToolError(
    'WRONG_STATE',
    `Round ${round.round} (${observed.load}x ${round.schedule}) is still running on ${cluster.id} (${cluster.state}, ${active} active steps); one level runs at a time. Nothing was uploaded or triggered.`,
    {
      next: 'call pollCluster until it is done, or scaleConfigs with abandon: true to leave a round that hangs.',
    },
  );
}
