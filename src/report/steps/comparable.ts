import { plural } from '../../domain/text.ts';
import { byText, checkKey, checkName } from '../model/checkKey.ts';
import type { Comparison } from '../model/comparisonModel.ts';
import type { ClusterConfigUsed, Report } from '../model/model.ts';
import { isDecided } from '../model/outcomes.ts';
import { mean, median, milli } from '../statistics/statistics.ts';
import { carriedIn } from './checkLoad.ts';
import { endsOf, type MeasuredRound, type Timing, timingsOf } from './checkTimes.ts';

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
  const isCluster = sameCluster === false;
  const isLoad = baseline.load !== candidate.load;
  const why = apartBecause(baseline, candidate, sameCluster);
  return {
    varies: isLoad ? (isCluster ? 'both' : 'load') : isCluster ? 'cluster' : 'repeat',
    ...(why !== undefined && { why }),
  };
}

function apartBecause(
  baseline: MeasuredRound,
  candidate: MeasuredRound,
  sameCluster: boolean | undefined,
): string | undefined {
  if (baseline.schedule !== candidate.schedule)
    return `one is of the ${baseline.schedule} schedule, the other of ${candidate.schedule}`;
  if (baseline.round.partial || candidate.round.partial)
    return 'a provisional report has not seen its whole round';
  if (baseline.round.partOf || candidate.round.partOf) return 'a partial round ran only some of its checks';
  if (sameCluster === undefined) return 'the cluster configuration of one of the rounds is not known';
  if (!sameCluster && baseline.load !== candidate.load)
    return 'load and cluster configuration changed together, so neither can be given the credit';
  return differingChecks(baseline, candidate);
}

/** Two rounds may be compared over the checks that they share, if these are at least so much of all. */
const sharedAtLeast = 0.8;

function differingChecks(baseline: MeasuredRound, candidate: MeasuredRound): string | undefined {
  const before = new Set(baseline.steps.map(checkKey));
  const after = new Set(candidate.steps.map(checkKey));
  const gone = [...before].filter((key) => !after.has(key)).length;
  const added = [...after].filter((key) => !before.has(key)).length;
  const shared = before.size - gone;
  if (shared >= sharedAtLeast * (shared + gone + added)) return undefined;
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

/** Whether two rounds were scaled from one baseline commit, as far as both know it: older reports do not. */
export function isOneCampaign(one: Pick<Report, 'baseCommit'>, other: Pick<Report, 'baseCommit'>): boolean {
  return one.baseCommit === null || other.baseCommit === null || one.baseCommit === other.baseCommit;
}

/** Reports of the same campaign whose rounds started before this one, which may be built again much later; oldest first. */
export function earlierRounds(
  earlier: readonly Report[],
  round: { schedule: string; startedAt: string; baseCommit: string | null },
): Report[] {
  const startMs = Date.parse(round.startedAt);
  return earlier
    .filter((report) => report.schedule === round.schedule && roundStartMs(report) < startMs)
    .filter((report) => isOneCampaign(report, round))
    .sort((a, b) => roundStartMs(a) - roundStartMs(b) || byText(a.clusterId, b.clusterId));
}

/**
 * The report to compare with: the highest lower load that is comparable, else the same load once before, on this cluster
 * configuration or another; among several the newest, a decided one first. Where nothing is comparable, the newest of the highest lower load,
 * else of the same load: the reason is then given.
 */
export function levelBefore(candidate: MeasuredRound, others: readonly Report[]): Report | undefined {
  const lower = highestLoad(others.filter((report) => report.load < candidate.load));
  const same = others.filter((report) => report.load === candidate.load);
  const comparable = others.filter((report) => notComparable(report, candidate).why === undefined);
  const comparableLower = highestLoad(comparable.filter((report) => report.load < candidate.load));
  return (
    newestDecided(comparableLower) ??
    newestDecided(same.filter((report) => comparable.includes(report))) ??
    lower.at(-1) ??
    same.at(-1)
  );
}

/** An undecided round is a baseline only where there is no other; the comparison says so. */
function newestDecided(reports: readonly Report[]): Report | undefined {
  return reports.findLast(({ verdict }) => isDecided(verdict)) ?? reports.at(-1);
}

function highestLoad(reports: readonly Report[]): Report[] {
  const level = Math.max(...reports.map((report) => report.load));
  return reports.filter((report) => report.load === level);
}

/**
 * The fixed seconds of a typical step: the median over the checks that were measured at two loads or more on this cluster
 * configuration. Unscaled checks say nothing: all of their time looks fixed; so does a round of unknown coverage. Not the mean: no check's seconds go below 0, so that
 * noise would add up in it. Undefined where no check was measured so.
 */
export function fittedOverheadSeconds(round: MeasuredRound, others: readonly Report[]): number | undefined {
  const same = others.filter(
    (report) => !report.round.partial && clusterAgrees(report.clusterConfig, round.clusterConfig) === true,
  );
  const carried = carriedIn([...same, round]);
  if (carried === undefined) return undefined;
  const scaled = new Set(
    round.steps.flatMap((step) => (carried.inAll(checkName(step)) ? checkKey(step) : [])),
  );
  const fixed = [...timingsOf([...same, round])].flatMap(([key, check]) =>
    scaled.has(key) ? (fixedSeconds(check) ?? []) : [],
  );
  const seconds = median(fixed);
  return seconds === null ? undefined : milli(seconds);
}

/** Where the straight line through the mean times at the lowest and the highest load meets load 0; undefined below two loads. */
function fixedSeconds(check: readonly Timing[]): number | undefined {
  const ends = endsOf(check);
  if (!ends) return undefined;
  const { low, high } = ends;
  const [before, after] = [mean(ends.before), mean(ends.after)];
  return Math.min(before, Math.max(0, before - (low * (after - before)) / (high - low)));
}

/** When a round started, in milliseconds since the epoch. */
export function roundStartMs(report: Pick<Report, 'round'>): number {
  return Date.parse(report.round.startedAt);
}
