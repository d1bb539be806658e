import { byText, checkKey, checkName } from '../model/checkKey.ts';
import type { Report } from '../model/model.ts';
import { median, milli } from '../statistics/statistics.ts';
import { type MeasuredRound, type Timing, timingsOf } from './checkTimes.ts';
import { clusterAgrees, notComparable } from './comparable.ts';
import { isScaledFile } from './scaledChecks.ts';

/** Reports of the same schedule whose rounds started before this one, which may be built again much later; oldest first. */
export function earlierRounds(
  earlier: readonly Report[],
  round: { schedule: string; startedAt: string },
): Report[] {
  return earlier
    .filter((report) => report.schedule === round.schedule)
    .filter((report) => startOf(report) < Date.parse(round.startedAt))
    .sort((a, b) => startOf(a) - startOf(b) || byText(a.clusterId, b.clusterId));
}

/**
 * The report to compare with: the highest lower load that is comparable, else the same load once before, on this cluster
 * configuration or another; among several the newest. Where nothing is comparable, the newest of the highest lower load,
 * else of the same load: the reason is then given.
 */
export function levelBefore(candidate: MeasuredRound, others: readonly Report[]): Report | undefined {
  const lower = highestLoad(others.filter((report) => report.load < candidate.load));
  const same = others.filter((report) => report.load === candidate.load);
  const comparable = others.filter((report) => notComparable(report, candidate).why === undefined);
  const comparableLower = highestLoad(comparable.filter((report) => report.load < candidate.load));
  return (
    comparableLower.at(-1) ??
    same.findLast((report) => comparable.includes(report)) ??
    lower.at(-1) ??
    same.at(-1)
  );
}

function highestLoad(reports: readonly Report[]): Report[] {
  const level = Math.max(...reports.map((report) => report.load));
  return reports.filter((report) => report.load === level);
}

/**
 * The fixed seconds of a typical step: the median over the checks that were measured at two loads or more on this cluster
 * configuration. Unscaled checks say nothing: all of their time looks fixed. Not the mean: no check's seconds go below 0, so that
 * noise would add up in it. Undefined where no check was measured so.
 */
export function fittedOverheadSeconds(round: MeasuredRound, others: readonly Report[]): number | undefined {
  const same = others.filter(
    (report) => !report.round.partial && clusterAgrees(report.clusterConfig, round.clusterConfig) === true,
  );
  const scaled = new Set(
    round.steps.flatMap((step) => (isScaledFile(checkName(step)) ? checkKey(step) : [])),
  );
  const fixed = [...timingsOf([...same, round])].flatMap(([key, check]) =>
    scaled.has(key) ? (fixedSeconds(check) ?? []) : [],
  );
  const seconds = median(fixed);
  return seconds === null ? undefined : milli(seconds);
}

/** Where the straight line through the mean times at the lowest and the highest load meets load 0; undefined below two loads. */
function fixedSeconds(check: readonly Timing[]): number | undefined {
  const loads = check.map(({ load }) => load);
  const [low, high] = [Math.min(...loads), Math.max(...loads)];
  if (!(high > low)) return undefined;
  const meanAt = (at: number) => {
    const same = check.filter(({ load }) => load === at);
    return same.reduce((sum, { seconds }) => sum + seconds, 0) / same.length;
  };
  const [before, after] = [meanAt(low), meanAt(high)];
  return Math.min(before, Math.max(0, before - (low * (after - before)) / (high - low)));
}

function startOf(report: Report): number {
  return Date.parse(report.round.startedAt);
}
