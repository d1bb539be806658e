import { changedToo } from './changedToo.ts';
import type { MeasuredRound } from './checkTimes.ts';
import { notRepeated } from './comparable.ts';
import type { Suggestion } from './findingsModel.ts';
import { queryNotTried, runOf, unfinishedOf } from './judgedChecks.ts';
import { medianMoved, runtimeUnclear, runtimeUndecided } from './judgedRuntime.ts';
import { metricWords } from './metricWords.ts';
import type { Report } from './model.ts';
import { orderUntried } from './orderTried.ts';
import { isLevelUnknown, notAsSuggested, notTried } from './settingTried.ts';

type Judged = Report['judged'][number];
export type Judgeable = MeasuredRound &
  Pick<Report, 'cluster' | 'counts' | 'verdict' | 'statistics' | 'findings' | 'failures'>;

/**
 * What became of the suggestions of the last report before this round: confirmed when the metric went where the suggestion said,
 * refuted when it did not, not tried when what it wants to change is as it was or was changed otherwise, not comparable when this
 * round cannot tell. What else changed is said beside.
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
  const { id, title, nextRound, metric } = suggestion;
  const open = untried(suggestion, before, now) ?? unlike(suggestion, before, now);
  if (open) return open;
  const words = metricWords(metric.name);
  const value = metricOf(now, suggestion);
  if (value === undefined) return notComparable(suggestion, `${words.name} was not measured this time`);
  const met = nextRound.is === 'at most' ? value <= nextRound.value : value >= nextRound.value;
  const unfinished = met ? unfinishedOf(suggestion, before, now) : undefined;
  if (unfinished !== undefined)
    return { id, outcome: 'not_comparable', sentence: `${title}: not confirmed, ${unfinished}.` };
  const isRuntime = metric.name === 'runtimeSeconds';
  const unclear = isRuntime
    ? runtimeUnclear(before, now, { seconds: value, mostSeconds: nextRound.value })
    : undefined;
  if (unclear !== undefined) return notComparable(suggestion, unclear);
  const unmoved = met ? undefined : queryNotTried(suggestion, value);
  if (unmoved !== undefined)
    return { id, outcome: 'not_tried', sentence: `${title}: not tried or without effect, ${unmoved}.` };
  const outcome = met ? 'confirmed' : 'refuted';
  const numbers = [
    `${words.name} was ${words.value(metric.value)}, is ${words.value(value)}, was to be ${nextRound.is} ${words.value(nextRound.value)}`,
    isRuntime ? medianMoved(before, now) : undefined,
    changedToo(suggestion, before, now),
  ].filter((text) => text !== undefined);
  return { id, outcome, sentence: `${title}: ${outcome} (${numbers.join('; ')}).` };
}

/** Where the change was not made, or not as suggested. */
function untried(suggestion: Suggestion, before: Report, now: Judgeable): Judged | undefined {
  const { id, title, setting } = suggestion;
  const unchanged = notTried(setting, before.clusterConfig, now.clusterConfig);
  if (unchanged !== undefined)
    return { id, outcome: 'not_tried', sentence: `${title}: not tried, ${unchanged}.` };
  const otherwise = notAsSuggested(suggestion, before.clusterConfig, now.clusterConfig);
  if (otherwise !== undefined)
    return { id, outcome: 'not_tried', sentence: `${title}: not tried as suggested, ${otherwise}.` };
  const order = id === 'order' ? orderUntried(before, now) : undefined;
  if (!order) return undefined;
  if (order.outcome === 'not_comparable') return notComparable(suggestion, order.why);
  return { id, outcome: 'not_tried', sentence: `${title}: not tried, ${order.why}.` };
}

/** Where the two rounds show nothing of the change, whatever they measured. */
function unlike(suggestion: Suggestion, before: Report, now: Judgeable): Judged | undefined {
  const { setting, metric } = suggestion;
  const why =
    notRepeated(before, now) ??
    (isLevelUnknown(setting, before.clusterConfig, now.clusterConfig)
      ? `${setting} of this round is not known`
      : undefined) ??
    (metric.name === 'runtimeSeconds' ? runtimeUndecided(before, now) : undefined);
  return why === undefined ? undefined : notComparable(suggestion, why);
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
