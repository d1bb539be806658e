import type { Comparison } from './comparisonModel.ts';
import { startText } from './localTime.ts';
import { counted } from './words.ts';

const namesShown = 20;

/**
 * What a comparison says of a check, as a reader meets it. "Within noise" is about the growth beyond the load's, not about the
 * ratio beside it: a check that takes twice as long at twice the load has not grown more than linearly.
 */
export function scalingText(
  { word, scaled }: Pick<Comparison['checks'][number], 'word' | 'scaled'>,
  varies: Comparison['varies'],
): string {
  if (!scaled) return 'window not scaled';
  if (word !== 'within noise') return word;
  return varies === 'load' ? 'not clearly more than linear' : 'changed no more than the other checks';
}

/** Which two rounds are compared, and what they differ in. */
export function comparedText({ varies, baseline, candidate }: Comparison): string {
  const before = startText(baseline.startedAt);
  if (varies === 'repeat') return `${candidate.load}x again, against the round of ${before}`;
  if (varies === 'cluster')
    return `${candidate.load}x on another cluster configuration, against the round of ${before}`;
  return `${candidate.load}x against ${baseline.load}x (the round of ${before})`;
}

/** The columns of times: by load, or before and now. */
export function timeTitles({ varies, baseline, candidate }: Comparison): [before: string, now: string] {
  return varies === 'load' ? [`${baseline.load}x`, `${candidate.load}x`] : ['Before', 'Now'];
}

/** How many times as long the checks take, the scaled ones apart from those that no load asks more of. */
export function meanTexts({ ratios, unscaled }: Comparison): string[] {
  const { n, geometricMean, low, high, withinNoise } = ratios;
  const what = unscaled === null ? 'A check' : 'A check whose window is scaled';
  return [
    ...(geometricMean === null
      ? []
      : [
          `${what} takes ${withinNoise ? '~ ' : ''}${times(geometricMean)} as long (geometric mean of ${counted(n, 'check')}; 95% interval ${times(low ?? 0)} to ${times(high ?? 0)}${withinNoise ? ': inside the noise' : ''})`,
        ]),
    ...(unscaled === null
      ? []
      : [
          `A check that is uploaded as it is takes ${times(unscaled.geometricMean)} as long (${counted(unscaled.n, 'check')})`,
        ]),
  ];
}

/** What a table that was cut leaves out; undefined when nothing. */
export function moreText(checks: number, shown: number): string | undefined {
  return checks > shown ? `And ${counted(checks - shown, 'more check')}, in report.json.` : undefined;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** Which checks no ratio is given of, and why. */
export function fixedText(checks: readonly string[]): string {
  const more = checks.length - namesShown;
  const names = checks.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `Left out, because a person fixed the window in one of the rounds: ${counted(checks.length, 'check')} (${names})`;
}
