import type { MeasuredRound } from './checkTimes.ts';
import { notRepeated } from './comparable.ts';
import { formatDuration } from './durations.ts';
import type { Suggestion } from './findingsModel.ts';
import { noiseShare, queryNotTried, runOf, unfinishedOf } from './judgedChecks.ts';
import { metricWords } from './metricWords.ts';
import type { Report } from './model.ts';
import { notTried, orderNotTried } from './settingTried.ts';

type Judged = Report['judged'][number];
export type Judgeable = MeasuredRound & Pick<Report, 'verdict' | 'statistics' | 'findings' | 'failures'>;

/**
 * What became of the suggestions of the last report before this round: confirmed when the metric went where the suggestion said,
 * refuted when it did not, not tried when what it wants to change is as it was, not comparable when this round cannot tell.
 *
 * @param earlier oldest first
 */
export function judgeSuggestions(earlier: readonly Report[], now: Judgeable): Judged[] {
  // An older round whose report is built again is not judged by what came after it.
  const startedMs = Date.parse(now.round.startedAt);
  const before = earlier.filter((report) => Date.parse(report.round.startedAt) < startedMs);
  const last = before.findLast((report) => report.load === now.load);
  if (last) return last.suggestions.map((suggestion) => judgeOne(suggestion, last, now));
  const other = before.at(-1);
  return (other?.suggestions ?? []).map((suggestion) =>
    notComparable(suggestion, `the last report is of another load (${other?.load}x)`),
  );
}

function judgeOne(suggestion: Suggestion, before: Report, now: Judgeable): Judged {
  const { id, title, setting, nextRound, metric } = suggestion;
  const unchanged =
    notTried(setting, before.clusterConfig, now.clusterConfig) ?? orderNotTried(suggestion, before, now);
  if (unchanged !== undefined)
    return { id, outcome: 'not_tried', sentence: `${title}: not tried, ${unchanged}.` };
  const why = notRepeated(before, now);
  if (why !== undefined) return notComparable(suggestion, why);
  const words = metricWords(metric.name);
  const value = metricOf(now, suggestion);
  if (value === undefined) return notComparable(suggestion, `${words.name} was not measured this time`);
  const met = nextRound.is === 'at most' ? value <= nextRound.value : value >= nextRound.value;
  const unfinished = met ? unfinishedOf(suggestion, before, now) : undefined;
  if (unfinished !== undefined)
    return { id, outcome: 'not_comparable', sentence: `${title}: not confirmed, ${unfinished}.` };
  const unmoved = met ? undefined : queryNotTried(suggestion, value);
  if (unmoved !== undefined)
    return { id, outcome: 'not_tried', sentence: `${title}: not tried or without effect, ${unmoved}.` };
  const numbers = `${words.name} was ${words.value(metric.value)}, is ${words.value(value)}, was to be ${nextRound.is} ${words.value(nextRound.value)}`;
  return met
    ? { id, outcome: 'confirmed', sentence: `${title}: confirmed (${numbers}).` }
    : { id, outcome: 'refuted', sentence: `${title}: refuted (${numbers}${slowerSteps(id, before, now)}).` };
}

/** More slots were promised to help "if no step gets slower": where steps did, that is why the promise was not kept. */
function slowerSteps(
  id: string,
  { statistics: { p50Seconds: was } }: Report,
  { statistics: { p50Seconds: is } }: Judgeable,
): string {
  if (id !== 'slots' || was === null || is === null || is < (1 + noiseShare) * was) return '';
  return `; the steps ran longer: the median was ${formatDuration(was)}, is ${formatDuration(is)}`;
}

function notComparable({ id, title }: Suggestion, why: string): Judged {
  return { id, outcome: 'not_comparable', sentence: `${title}: not comparable, ${why}.` };
}

function metricOf(report: Judgeable, suggestion: Suggestion): number | undefined {
  const { name } = suggestion.metric;
  if (name.startsWith('failed:')) {
    const signature = name.slice('failed:'.length);
    return report.failures.find((group) => group.signature === signature)?.steps.length ?? 0;
  }
  const { findings, verdict } = report;
  const known: Readonly<Record<string, number | null>> = {
    runtimeSeconds: verdict.runtimeSeconds,
    tailSeconds: findings.tail.seconds,
    meanRunning: findings.meanRunning,
    peakActive: findings.peakActive,
    startGapSeconds: findings.startGapSeconds,
    overheadShare: findings.overhead.shareOfWork,
  };
  return known[name] ?? runOf(suggestion, report);
}
