import { type Schedule, schedules } from '../domain/schedules.ts';
import { identifyStep } from '../domain/stepIdentity.ts';
import type { ClusterSummary, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';
import { waitingRound } from './choice.ts';
import { startMs, stepsIn, windowOf } from './window.ts';

const always = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

/** How far back to look for an unmarked DAG run, in milliseconds. */
export const lookBackMs = 24 * 3600 * 1000;

/** The clusters on which an unmarked DAG run may be, with their steps. */
export interface Sightings {
  readonly clusters: readonly ClusterSummary[];
  /** Cluster id -> its steps, oldest first. */
  readonly steps: ReadonlyMap<string, readonly Step[]>;
}

/**
 * When an unmarked DAG run first appeared, in milliseconds since the epoch: its first step, or the creation of its
 * cluster. undefined if every step and cluster belongs to a round.
 */
export function firstUnmarkedMs(
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
    stepsIn(always, schedule, steps, configsPrefix).own.flatMap((step) =>
      stepOwners.has(step) ? [] : step.createdMs,
    ),
  );
  for (const cluster of seen.clusters) if (!ownedClusters.has(cluster.id)) signs.push(cluster.createdMs);
  return signs.length === 0 ? undefined : Math.min(...signs);
}

/**
 * The steps in a round's window that belong to its first DAG run: a second run in the same window is unmarked. Steps
 * without a run id belong to the round up to its recorded number of steps.
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

export interface UnmarkedRun {
  readonly clusterId: string;
  readonly schedule: Schedule;
}

/**
 * The newest cluster that `markRound` with `already` would give a round: named by one of our DAGs, newer than the latest
 * round and its cluster, and neither known to a round nor expected by one.
 */
export function unmarkedRun(
  rounds: readonly Round[],
  latestCluster: Pick<ClusterSummary, 'createdMs'> | undefined,
  names: Readonly<Record<string, string>>,
  clusters: readonly ClusterSummary[],
  nowMs: number,
): UnmarkedRun | undefined {
  const sinceMs = Math.max(nowMs - lookBackMs, latestCluster?.createdMs ?? 0, latestStartMs(rounds));
  const [newest] = clusters
    .filter(({ id, createdMs }) => createdMs > sinceMs && rounds.every((round) => round.clusterId !== id))
    .flatMap((cluster) => {
      const schedule = scheduleNamed(cluster.name, names);
      return schedule === undefined || isExpected(cluster, schedule, rounds) ? [] : [{ cluster, schedule }];
    })
    .sort((a, b) => b.cluster.createdMs - a.cluster.createdMs);
  return newest === undefined ? undefined : { clusterId: newest.cluster.id, schedule: newest.schedule };
}

/** Ignores a waiting round: a mark would move that one. */
function latestStartMs(rounds: readonly Round[]): number {
  const waiting = waitingRound(rounds);
  const latest = rounds.findLast((round) => round !== waiting);
  return latest === undefined ? 0 : startMs(latest);
}

/** The schedule whose cluster name prefix matches; the longest prefix wins. */
function scheduleNamed(name: string, names: Readonly<Record<string, string>>): Schedule | undefined {
  return schedules
    .filter((schedule) => names[schedule] !== undefined && name.startsWith(names[schedule]))
    .sort((a, b) => (names[b]?.length ?? 0) - (names[a]?.length ?? 0))[0];
}

/** True if a round without a cluster will find this one. */
function isExpected({ createdMs }: ClusterSummary, schedule: Schedule, rounds: readonly Round[]): boolean {
  return rounds.some((round) => {
    if (round.abandoned || round.clusterId !== undefined || round.schedule !== schedule) return false;
    const { fromMs, untilMs } = windowOf(round, rounds);
    return createdMs >= fromMs && createdMs < untilMs;
  });
}
