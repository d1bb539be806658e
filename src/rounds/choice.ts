/** Which round is meant when its number is not given, and which round a cluster belongs to. */
import type { Schedule } from '../domain/schedules.ts';
import type { Cluster, ClusterSummary, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';
import { isActive, isEnding } from './progress.ts';
import { loadOfName, stepsOfRound } from './runs.ts';
import { type RoundWindow, scheduleOfSteps } from './window.ts';

/** The facts that show whether anything ran under a mark. */
interface Marked {
  readonly round: number;
  readonly clusterId?: string | undefined;
  readonly finished?: unknown;
  readonly report?: unknown;
}

function hasRun({ clusterId, finished, report }: Marked): boolean {
  return clusterId !== undefined || Boolean(finished) || report !== undefined;
}

/** A mark under which nothing ran before a later round had its cluster. */
export function isUnused(one: Marked, rounds: readonly Marked[]): boolean {
  return !hasRun(one) && rounds.some((other) => other.round > one.round && hasRun(other));
}

export interface RoundSelector {
  readonly schedule?: Schedule | undefined;
  /** A preference: a round may be marked with another load than its steps have. */
  readonly load?: number | undefined;
  readonly round?: number | undefined;
}

/**
 * The round of that number, otherwise the latest round that was not abandoned: of the schedule, preferably of the
 * load. Unused marks come last.
 */
export function chooseRound(
  rounds: readonly Round[],
  { schedule, load, round }: RoundSelector,
): Round | undefined {
  const ofSchedule = rounds.filter((one) => schedule === undefined || one.schedule === schedule);
  if (round !== undefined) return ofSchedule.find((one) => one.round === round);
  const present = ofSchedule.filter((one) => !one.abandoned);
  const used = present.filter((one) => !isUnused(one, rounds));
  return (
    used.findLast((one) => one.load === load) ??
    present.findLast((one) => one.load === load) ??
    used.at(-1) ??
    present.at(-1)
  );
}

/** The newest round of that load in which anything ran: the fallback if a later one has no cluster yet. */
export function latestThatRan(
  rounds: readonly Round[],
  { schedule, load }: RoundSelector,
): Round | undefined {
  return chooseRound(
    rounds.filter((one) => hasRun(one) && one.load === load),
    { schedule },
  );
}

/** The latest round, if no DAG run of it was seen yet. */
export function waitingRound(rounds: readonly Round[]): Round | undefined {
  const latest = rounds.findLast((one) => !one.abandoned);
  return latest === undefined || hasRun(latest) ? undefined : latest;
}

/** The DAG names its clusters `{Name}_{LOAD}x_{run id}`. */
export function isNamedFor(
  { name }: Pick<ClusterSummary, 'name'>,
  namePrefix: string,
  load: number,
): boolean {
  return name.startsWith(`${namePrefix}_${load}x_`);
}

/**
 * The clusters created in a round's window that may be its own, newest first: those under the DAG's name for its load; without
 * one, those under the DAG's name for another load (the run's own load decides); without one, those with the cluster
 * config's name prefix. A task that Airflow repeats creates another cluster of the same name: only the newest counts.
 */
export function clustersFor(
  window: RoundWindow,
  { namePrefix, load }: { readonly namePrefix: string; readonly load: number },
  clusters: readonly ClusterSummary[],
): ClusterSummary[] {
  const newestFirst = clusters
    .filter((cluster) => cluster.createdMs >= window.fromMs && cluster.createdMs < window.untilMs)
    .filter((cluster) => cluster.name.startsWith(namePrefix))
    .sort((a, b) => b.createdMs - a.createdMs);
  const ofLoad = newestFirst.filter((cluster) => isNamedFor(cluster, namePrefix, load));
  const ofOtherLoad = newestFirst.filter((cluster) => loadOfName(cluster, namePrefix) !== undefined);
  const [best = []] = [ofLoad, ofOtherLoad].filter((some) => some.length > 0);
  if (best.length === 0) return newestFirst;
  return best.filter((one, index) => best.findIndex(({ name }) => name === one.name) === index);
}

/** Clusters of earlier rounds, newest first: a round may reuse one of them. */
export function earlierClusters(round: Round, rounds: readonly Round[]): string[] {
  const earlier = rounds.filter((other) => other.round < round.round && other.clusterId !== undefined);
  const same = earlier.filter((other) => other.schedule === round.schedule);
  const ids = [...same.reverse(), ...earlier.reverse()].flatMap((other) => other.clusterId ?? []);
  return [...new Set(ids)];
}

export interface NamedCluster extends Pick<Cluster, 'id' | 'state'> {
  readonly steps: readonly Step[];
}

/** True if the round ended or was fully reported on its cluster: it is never bound to another. */
export function isSettled({ clusterId, finished, report }: Round): boolean {
  return clusterId !== undefined && (finished !== undefined || report?.partial === false);
}

/**
 * The round that a cluster belongs to: `preferred` if it has steps there or may still get some; otherwise the newest
 * round with steps there that is bound to this cluster or to none; otherwise one bound to it. undefined: no round.
 */
export function ownerOfCluster(
  rounds: readonly Round[],
  preferred: Round | undefined,
  cluster: NamedCluster,
  configsPrefix: string,
): Round | undefined {
  const hasSteps = (round: Round): boolean =>
    stepsOfRound(round, rounds, cluster, configsPrefix).own.length > 0;
  const mayTake = (round: Round) =>
    (round.clusterId === cluster.id || !isSettled(round)) &&
    (hasSteps(round) || mayYetRunOn(cluster, round, rounds, configsPrefix));
  if (preferred !== undefined && mayTake(preferred)) return preferred;
  const bound = rounds.filter((round) => round.clusterId === cluster.id);
  const unbound = rounds.filter((round) => round.clusterId === undefined && !round.abandoned);
  return (
    [...bound, ...unbound].sort((a, b) => a.round - b.round).findLast(hasSteps) ??
    bound.findLast((round) => !round.abandoned) ??
    bound.at(-1)
  );
}

/** True if the round waits for its first step, the cluster is up, and no other work runs on it. */
function mayYetRunOn(
  cluster: NamedCluster,
  round: Round,
  rounds: readonly Round[],
  configsPrefix: string,
): boolean {
  const waits = round.finished === undefined && round.report === undefined;
  const isElsewhere = round.clusterId !== undefined && round.clusterId !== cluster.id;
  if (!waits || isElsewhere || isEnding(cluster) || cluster.steps.some(isActive)) return false;
  const others = rounds.filter((other) => other.clusterId === cluster.id && other.round !== round.round);
  const ran = scheduleOfSteps(cluster.steps, configsPrefix) ?? round.schedule;
  return (
    ran === round.schedule && others.every((other) => isSettled(other) && other.schedule === round.schedule)
  );
}
