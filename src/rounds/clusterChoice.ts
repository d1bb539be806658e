import type { ClusterSummary } from '../ports.ts';
import type { Round } from '../state/session.ts';
import type { RoundWindow } from './window.ts';

/** The newest cluster that was created in the round's time under the name of the schedule's cluster config. */
export function clusterFor(
  window: RoundWindow,
  namePrefix: string,
  clusters: readonly ClusterSummary[],
): ClusterSummary | undefined {
  return clusters
    .filter((cluster) => cluster.createdMs >= window.fromMs && cluster.createdMs < window.untilMs)
    .filter((cluster) => cluster.name.startsWith(namePrefix))
    .sort((a, b) => b.createdMs - a.createdMs)[0];
}

/** Clusters of earlier rounds, newest first: on one of them a "same cluster" round may run. */
export function earlierClusters(round: Round, rounds: readonly Round[]): string[] {
  const earlier = rounds.filter((other) => other.round < round.round && other.clusterId !== undefined);
  const same = earlier.filter((other) => other.schedule === round.schedule);
  const ids = [...same.reverse(), ...earlier.reverse()].flatMap((other) => other.clusterId ?? []);
  return [...new Set(ids)];
}
