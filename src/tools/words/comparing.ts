/** What compareReports says in a sentence or two. */
import type { Comparison, Forecast } from '../../report/comparisonModel.ts';
import { formatDuration } from '../../report/durations.ts';
import type { SettingChange } from '../../report/settingChanges.ts';
import { count } from '../text.ts';

interface Runtimes {
  readonly baselineSeconds: number | null;
  readonly candidateSeconds: number | null;
}

export function comparisonSummary(
  comparison: Comparison,
  schedule: string,
  rounds: { readonly runtimes: Runtimes; readonly changes: readonly SettingChange[] } | undefined,
): string {
  const { baseline, candidate, ratios, forecast, newFailures } = comparison;
  const pair = `${candidate.load}x against ${baseline.load}x (${schedule})${rounds === undefined ? '' : wholeRound(rounds.runtimes, rounds.changes)}`;
  if (!comparison.comparable)
    return `${pair}: not comparable${comparison.why === undefined ? '' : `, because ${comparison.why}`}.`;
  const grew =
    ratios.geometricMean === null
      ? `${pair}: no check completed in both rounds`
      : `${pair}: a ${comparison.unscaled === null ? '' : 'scaled '}check takes ${ratios.geometricMean.toFixed(2)} times as long on average (${(ratios.low ?? 0).toFixed(2)} to ${(ratios.high ?? 0).toFixed(2)}, ${count(ratios.n, 'check')})${ratios.withinNoise ? ', which is within the noise' : ''}`;
  const failed = newFailures.length === 0 ? '' : `; ${count(newFailures.length, 'check')} failed only now`;
  return `${grew}${failed}.${forecast === null ? '' : ` ${forecast.sentence}`}`;
}

/** How long each round took, and what changed between their clusters: settings of the person's own only by their number. */
function wholeRound({ baselineSeconds, candidateSeconds }: Runtimes, changes: readonly SettingChange[]) {
  if (baselineSeconds === null || candidateSeconds === null) return '';
  const slots = changes.find(({ setting }) => setting === 'StepConcurrencyLevel');
  const others = changes.length - (slots === undefined ? 0 : 1);
  const what = [
    ...(slots === undefined ? [] : [`StepConcurrencyLevel ${slots.from} → ${slots.to}`]),
    ...(others === 0 ? [] : [`${count(others, slots ? 'other setting' : 'setting')} of the cluster changed`]),
  ];
  const because = what.length === 0 ? '' : ` (${what.join(', ')})`;
  return `, the round ${formatDuration(baselineSeconds)} → ${formatDuration(candidateSeconds)}${because}`;
}

/** The forecast above the largest load that ran: the next load, half as much again, and twice as much. */
export function pointsToTell({ points, levels }: Forecast): Forecast['points'] {
  const largest = Math.max(...levels);
  const wanted = [largest + 1, Math.round(1.5 * largest), 2 * largest];
  return points.filter(({ load }) => wanted.includes(load));
}

export function pointText({ load, makespanSeconds, lowSeconds, highSeconds }: Forecast['points'][number]) {
  return `${load}x ${formatDuration(makespanSeconds)} (80% band ${formatDuration(lowSeconds)} to ${formatDuration(highSeconds)})`;
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
