import { byText } from './checkKey.ts';
import { type MeasuredRound, timingsOf } from './checkTimes.ts';
import { clusterAgrees, notComparable } from './comparable.ts';
import { fitLinear } from './linearFit.ts';
import type { Report } from './model.ts';
import { milli } from './statistics.ts';

/** Reports of the same schedule, but not the one that is being built again; oldest first. */
export function otherRounds(
  earlier: readonly Report[],
  round: { schedule: string; clusterId: string; startedAt: string },
): Report[] {
  return earlier
    .filter((report) => report.schedule === round.schedule)
    .filter((report) => report.clusterId !== round.clusterId || report.round.startedAt !== round.startedAt)
    .sort((a, b) => startOf(a) - startOf(b) || byText(a.clusterId, b.clusterId));
}

/**
 * The report to compare with: the highest lower load, else the same load once before; among several the newest that is
 * comparable, else the newest.
 */
export function levelBefore(candidate: MeasuredRound, others: readonly Report[]): Report | undefined {
  const lower = others.filter((report) => report.load < candidate.load);
  const level = Math.max(...lower.map((report) => report.load));
  const choices =
    lower.length > 0 ? lower.filter((report) => report.load === level) : sameLoad(candidate, others);
  return choices.findLast((report) => notComparable(report, candidate).why === undefined) ?? choices.at(-1);
}

function sameLoad(candidate: MeasuredRound, others: readonly Report[]): Report[] {
  return others.filter((report) => report.load === candidate.load);
}

/** The fixed seconds of a step, averaged over the checks that were measured at two loads or more on this cluster configuration. */
export function fittedOverheadSeconds(round: MeasuredRound, others: readonly Report[]): number | undefined {
  const same = others.filter(
    (report) => !report.round.partial && clusterAgrees(report.clusterConfig, round.clusterConfig) === true,
  );
  const fits = [...timingsOf([...same, round]).values()].flatMap((check) => fitLinear(check) ?? []);
  if (fits.length === 0) return undefined;
  return milli(fits.reduce((sum, fit) => sum + fit.fixedSeconds, 0) / fits.length);
}

function startOf(report: Report): number {
  return Date.parse(report.round.startedAt);
}
