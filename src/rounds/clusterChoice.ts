import type { ClusterSummary } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';
import type { RoundWindow } from './window.ts';

/** The DAG names its clusters `{Name}_{LOAD}x_{run id}`. */
export function isNamedFor(
  { name }: Pick<ClusterSummary, 'name'>,
  namePrefix: string,
  load: number,
): boolean {
  return name.startsWith(`${namePrefix}_${load}x_`);
}

/**
 * The newest cluster created in the round's window under the DAG's name for its load; otherwise the newest one with
 * the cluster config's name prefix, which may belong to other work.
 */
export function clusterFor(
  window: RoundWindow,
  { namePrefix, load }: { readonly namePrefix: string; readonly load: number },
  clusters: readonly ClusterSummary[],
): ClusterSummary | undefined {
  const newestFirst = clusters
    .filter((cluster) => cluster.createdMs >= window.fromMs && cluster.createdMs < window.untilMs)
    .filter((cluster) => cluster.name.startsWith(namePrefix))
    .sort((a, b) => b.createdMs - a.createdMs);
  return newestFirst.find((cluster) => isNamedFor(cluster, namePrefix, load)) ?? newestFirst[0];
}

/** Clusters of earlier rounds, newest first: a round may reuse one of them. */
export function earlierClusters(round: Round, rounds: readonly Round[]): string[] {
  const earlier = rounds.filter((other) => other.round < round.round && other.clusterId !== undefined);
  const same = earlier.filter((other) => other.schedule === round.schedule);
  const ids = [...same.reverse(), ...earlier.reverse()].flatMap((other) => other.clusterId ?? []);
  return [...new Set(ids)];
}
