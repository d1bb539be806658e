import { plural } from '../../domain/text.ts';
import { checkKey } from '../model/checkKey.ts';
import type { Comparison } from '../model/comparisonModel.ts';
import type { ClusterConfigUsed, Report } from '../model/model.ts';
import type { MeasuredRound } from './checkTimes.ts';

/**
 * A round of which most steps did not complete, or whose cluster failed: where its time went says nothing about the load, so
 * that no setting is suggested from it.
 */
export function isBroken({ cluster, counts }: Pick<Report, 'cluster' | 'counts'>): boolean {
  const ended = counts.total - counts.unfinished;
  return cluster.failure !== undefined || 2 * counts.successful < ended;
}

/** Why two rounds say nothing about each other; undefined when they do. */
export function notComparable(
  baseline: MeasuredRound,
  candidate: MeasuredRound,
): { varies: Comparison['varies']; why?: string } {
  const sameCluster = clusterAgrees(baseline.clusterConfig, candidate.clusterConfig);
  const sameLoad = baseline.load === candidate.load;
  const varies = sameLoad
    ? sameCluster === false
      ? 'cluster'
      : 'repeat'
    : sameCluster === false
      ? 'both'
      : 'load';
  const why = reason(baseline, candidate, varies, sameCluster);
  return { varies, ...(why !== undefined && { why }) };
}

function reason(
  baseline: MeasuredRound,
  candidate: MeasuredRound,
  varies: Comparison['varies'],
  sameCluster: boolean | undefined,
): string | undefined {
  const apart = otherScheduleOrPartial(baseline, candidate);
  if (apart !== undefined) return apart;
  if (sameCluster === undefined) return 'the cluster configuration of one of the rounds is not known';
  if (varies === 'both')
    return 'load and cluster configuration changed together, so neither can be given the credit';
  return differingChecks(baseline, candidate);
}

function otherScheduleOrPartial(baseline: MeasuredRound, candidate: MeasuredRound): string | undefined {
  if (baseline.schedule !== candidate.schedule)
    return `one is of the ${baseline.schedule} schedule, the other of ${candidate.schedule}`;
  if (baseline.round.partial || candidate.round.partial)
    return 'a provisional report has not seen its whole round';
  return undefined;
}

function differingChecks(baseline: MeasuredRound, candidate: MeasuredRound): string | undefined {
  const before = new Set(baseline.steps.map(checkKey));
  const after = new Set(candidate.steps.map(checkKey));
  const gone = [...before].filter((key) => !after.has(key)).length;
  const added = [...after].filter((key) => !before.has(key)).length;
  if (gone + added === 0) return undefined;
  return `the rounds ran different checks: ${plural(gone, 'check')} only in the earlier, ${plural(added, 'check')} only in the later`;
}

/**
 * Whether two rounds ran on the same cluster configuration: by the digest of the config file where both know it,
 * else by what EMR says of the clusters. Undefined when nothing can be compared.
 */
export function clusterAgrees(
  one: ClusterConfigUsed | null,
  other: ClusterConfigUsed | null,
): boolean | undefined {
  if (!one || !other) return undefined;
  if (one.digest !== undefined && other.digest !== undefined) return one.digest === other.digest;
  const facts = ['stepConcurrencyLevel', 'releaseLabel', 'instanceCollectionType'] as const;
  const known = facts.filter((fact) => one[fact] !== undefined && other[fact] !== undefined);
  return known.length === 0 ? undefined : known.every((fact) => one[fact] === other[fact]);
}

/**
 * The checks with an interval that the user fixed, without those that ran with the very same fix in the other round: between two rounds
 * of one load their times may be compared.
 */
export function fixesApart<Round extends Pick<Report, 'load' | 'fixedWindows' | 'fixDigests'>>(
  round: Round,
  other: Round,
): Round {
  if (round.load !== other.load) return round;
  const isShared = (check: string) =>
    round.fixDigests[check] !== undefined && round.fixDigests[check] === other.fixDigests[check];
  return { ...round, fixedWindows: round.fixedWindows.filter((check) => !isShared(check)) };
}
