import { type Schedule, schedules } from '../checks/schedules.ts';
import type { ClusterSummary, Step } from '../ports.ts';
import { identifyStep } from '../report/stepIdentity.ts';
import type { Round } from '../state/session.ts';
import { waitingRound } from './choice.ts';
import { startMs, stepsIn, windowOf } from './window.ts';

/** How far back an unmarked DAG run is looked for, in milliseconds. */
export const lookBackMs = 24 * 3600 * 1000;

/** What was seen of the clusters on which an unmarked DAG run may be. */
export interface Sightings {
  readonly clusters: readonly ClusterSummary[];
  /** Cluster id -> its steps, oldest first. */
  readonly steps: ReadonlyMap<string, readonly Step[]>;
}

/**
 * When the first sign appeared of a DAG run that no known round owns, in milliseconds since the epoch: its first step,
 * or the cluster that was created for it. undefined when every step and cluster has an owner.
 */
export function firstUnownedMs(
  rounds: readonly Round[],
  schedule: string,
  seen: Sightings,
  configsPrefix: string,
): number | undefined {
  const stepOwners = new Set<Step>();
  const ownedClusters = new Set<string>();
  for (const round of rounds)
    for (const [clusterId, steps] of seen.steps) {
      if (round.clusterId !== undefined && round.clusterId !== clusterId) continue;
      const own = ownedSteps(round, rounds, steps, configsPrefix);
      for (const step of own) stepOwners.add(step);
      if (own.length > 0 || round.clusterId === clusterId) ownedClusters.add(clusterId);
    }
  const signs = [...seen.steps.values()].flatMap((steps) =>
    steps
      .filter(
        (step) =>
          !stepOwners.has(step) && (identifyStep(step, configsPrefix).schedule ?? schedule) === schedule,
      )
      .map((step) => step.createdMs),
  );
  for (const cluster of seen.clusters) if (!ownedClusters.has(cluster.id)) signs.push(cluster.createdMs);
  return signs.length === 0 ? undefined : Math.min(...signs);
}

/**
 * The steps in a round's window, of its first DAG run only: a second run in the same window is somebody else's, or the
 * one that is about to be marked. Steps without a run id are the round's until it was seen to be finished.
 */
function ownedSteps(
  round: Round,
  rounds: readonly Round[],
  steps: readonly Step[],
  configsPrefix: string,
): readonly Step[] {
  const { own } = stepsIn(windowOf(round, rounds), round.schedule, steps, configsPrefix);
  const [first] = own;
  if (first === undefined) return [];
  const { runId } = identifyStep(first, configsPrefix);
  if (runId === undefined) return own.slice(0, round.finished?.steps ?? own.length);
  return own.filter((step) => identifyStep(step, configsPrefix).runId === runId);
}

export interface UnownedRun {
  readonly clusterId: string;
  readonly schedule: Schedule;
}

/**
 * The newest cluster of a DAG of ours that `markRound` with `already` would give a round: younger than the latest
 * round and its cluster, known to no round, and awaited by none.
 */
export function unownedRun(
  rounds: readonly Round[],
  latestCluster: Pick<ClusterSummary, 'createdMs'> | undefined,
  names: Readonly<Record<string, string>>,
  clusters: readonly ClusterSummary[],
  nowMs: number,
): UnownedRun | undefined {
  const sinceMs = Math.max(nowMs - lookBackMs, latestCluster?.createdMs ?? 0, latestStartMs(rounds));
  const [newest] = clusters
    .filter(({ id, createdMs }) => createdMs > sinceMs && rounds.every((round) => round.clusterId !== id))
    .flatMap((cluster) => {
      const schedule = scheduleNamed(cluster.name, names);
      return schedule === undefined || isAwaited(cluster, schedule, rounds) ? [] : [{ cluster, schedule }];
    })
    .sort((a, b) => b.cluster.createdMs - a.cluster.createdMs);
  return newest === undefined ? undefined : { clusterId: newest.cluster.id, schedule: newest.schedule };
}

/** A round that still waits is the one that would be moved, so that the one before it counts. */
function latestStartMs(rounds: readonly Round[]): number {
  const waiting = waitingRound(rounds);
  const latest = rounds.findLast((round) => round !== waiting);
  return latest === undefined ? 0 : startMs(latest);
}

/** By what the names of its DAG's clusters begin with; the longest wins where one name begins with another. */
function scheduleNamed(name: string, names: Readonly<Record<string, string>>): Schedule | undefined {
  return schedules
    .filter((schedule) => names[schedule] !== undefined && name.startsWith(names[schedule]))
    .sort((a, b) => (names[b]?.length ?? 0) - (names[a]?.length ?? 0))[0];
}

/** A round without a cluster finds it by itself. */
function isAwaited({ createdMs }: ClusterSummary, schedule: Schedule, rounds: readonly Round[]): boolean {
  return rounds.some((round) => {
    if (round.abandoned || round.clusterId !== undefined || round.schedule !== schedule) return false;
    const { fromMs, untilMs } = windowOf(round, rounds);
    return createdMs >= fromMs && createdMs < untilMs;
  });
}
