import type { ClusterSummary, Step } from '../ports.ts';
import { identifyStep } from '../report/stepIdentity.ts';
import type { Round } from '../state/session.ts';
import { stepsIn, windowOf } from './window.ts';

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
