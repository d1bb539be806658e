import type { Suggestion } from './findingsModel.ts';
import { metricWords } from './metricWords.ts';
import type { Report } from './model.ts';
import { notTried } from './settingTried.ts';

type Judged = Report['judged'][number];
type Judgeable = Pick<Report, 'load' | 'verdict' | 'findings' | 'failures' | 'steps' | 'clusterConfig'>;

/**
 * What became of the suggestions of the last report at the same load: confirmed when the metric went where the suggestion said,
 * refuted when it did not, not tried when the setting is known to be as it was, not comparable when the metric is gone.
 */
export function judgeSuggestions(before: Report | undefined, now: Judgeable): Judged[] {
  if (!before) return [];
  return before.suggestions.map((suggestion) => judgeOne(suggestion, before, now));
}

function judgeOne(suggestion: Suggestion, before: Report, now: Judgeable): Judged {
  const { id, title, setting, nextRound, metric } = suggestion;
  const words = metricWords(metric.name);
  const value = metricOf(now, suggestion);
  const unchanged = notTried(setting, before.clusterConfig, now.clusterConfig);
  if (unchanged !== undefined)
    return { id, outcome: 'not_tried', sentence: `${title}: not tried, ${unchanged}.` };
  if (value === undefined)
    return {
      id,
      outcome: 'not_comparable',
      sentence: `${title}: not comparable, ${words.name} was not measured this time.`,
    };
  const met = nextRound.is === 'at most' ? value <= nextRound.value : value >= nextRound.value;
  const numbers = `${words.name} was ${words.value(metric.value)}, is ${words.value(value)}, was to be ${nextRound.is} ${words.value(nextRound.value)}`;
  return {
    id,
    outcome: met ? 'confirmed' : 'refuted',
    sentence: `${title}: ${met ? 'confirmed' : 'refuted'} (${numbers}).`,
  };
}

function metricOf(report: Judgeable, { metric: { name }, checks }: Suggestion): number | undefined {
  const [kind, ...rest] = name.split(':');
  const subject = rest.join(':');
  if (kind === 'failed')
    return report.failures.find((group) => group.signature === subject)?.steps.length ?? 0;
  if (kind === 'runSeconds') return longestRun(report, [subject]);
  if (kind === 'longestRunSeconds') return longestRun(report, checks ?? []);
  const { findings, verdict } = report;
  const known: Readonly<Record<string, number | null>> = {
    runtimeSeconds: verdict.runtimeSeconds,
    tailSeconds: findings.tail.seconds,
    meanRunning: findings.meanRunning,
    peakActive: findings.peakActive,
    startGapSeconds: findings.startGapSeconds,
    overheadShare: findings.overhead.shareOfWork,
  };
  return known[name] ?? undefined;
}

/** Undefined when one of the checks was not measured. */
function longestRun({ steps }: Judgeable, checks: readonly string[]): number | undefined {
  const runs = checks.map((check) =>
    steps.filter((step) => step.check === check && step.runSeconds !== null),
  );
  if (runs.length === 0 || runs.some((same) => same.length === 0)) return undefined;
  return Math.max(...runs.flat().map((step) => step.runSeconds ?? 0));
}
