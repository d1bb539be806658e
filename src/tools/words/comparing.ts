/** What compareReports says in a sentence or two. */
import type { Comparison } from '../../report/comparisonModel.ts';
import { count } from './text.ts';

export function comparisonSummary(comparison: Comparison, schedule: string): string {
  const { baseline, candidate, ratios, forecast, newFailures } = comparison;
  const pair = `${candidate.load}x against ${baseline.load}x (${schedule})`;
  if (!comparison.comparable) return `${pair}: not comparable. ${comparison.why ?? ''}`.trim();
  const grew =
    ratios.geometricMean === null
      ? `${pair}: no check completed in both rounds.`
      : `${pair}: a ${comparison.unscaled === null ? '' : 'scaled '}check takes ${ratios.geometricMean.toFixed(2)} times as long on average (${(ratios.low ?? 0).toFixed(2)} to ${(ratios.high ?? 0).toFixed(2)}, ${count(ratios.n, 'check')})${ratios.withinNoise ? ', which is within the noise' : ''}.`;
  const failed = newFailures.length === 0 ? '' : ` ${count(newFailures.length, 'check')} failed only now.`;
  return `${grew}${failed}${forecast === null ? '' : ` ${forecast.sentence}`}`;
}
