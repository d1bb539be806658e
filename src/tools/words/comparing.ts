/** What compareReports says in a sentence or two. */
import type { Comparison } from '../../report/comparisonModel.ts';
import { count } from './text.ts';

export function comparisonSummary(comparison: Comparison, schedule: string): string {
  const { baseline, candidate, ratios, forecast, newFailures } = comparison;
  const pair = `${candidate.load}x against ${baseline.load}x (${schedule})`;
  if (!comparison.comparable)
    return `${pair}: not comparable${comparison.why === undefined ? '' : `, because ${comparison.why}`}.`;
  const grew =
    ratios.geometricMean === null
      ? `${pair}: no check completed in both rounds.`
      : `${pair}: a ${comparison.unscaled === null ? '' : 'scaled '}check takes ${ratios.geometricMean.toFixed(2)} times as long on average (${(ratios.low ?? 0).toFixed(2)} to ${(ratios.high ?? 0).toFixed(2)}, ${count(ratios.n, 'check')})${ratios.withinNoise ? ', which is within the noise' : ''}.`;
  const failed = newFailures.length === 0 ? '' : ` ${count(newFailures.length, 'check')} failed only now.`;
  return `${grew}${failed}${forecast === null ? '' : ` ${forecast.sentence}`}`;
}

/** How often, how much, how sure; the whole round beside it. */
export function ratiosLine({
  n,
  geometricMean,
  low,
  high,
  runtime,
  withinNoise,
}: Comparison['ratios']): string {
  const range = low === null || high === null ? '' : ` (${low.toFixed(2)}–${high.toFixed(2)})`;
  const noise = withinNoise ? ', within the noise' : '';
  const each = geometricMean === null ? '' : `, ${geometricMean.toFixed(2)} times as long${range}${noise}`;
  const whole = runtime === null ? '' : `; the whole round ${runtime.toFixed(2)} times`;
  return `Completed in both rounds: ${count(n, 'check')}${each}${whole}.`;
}
