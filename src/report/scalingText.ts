import type { Comparison } from './comparisonModel.ts';
import { counted } from './words.ts';

const namesShown = 20;

/**
 * What a comparison says of a check, as a reader meets it. "Within noise" is about the growth beyond the load's, not about the
 * ratio beside it: a check that takes twice as long at twice the load has not grown more than linearly.
 */
export function scalingText(
  word: Comparison['checks'][number]['word'],
  varies: Comparison['varies'],
): string {
  if (word !== 'within noise') return word;
  return varies === 'load'
    ? 'no more than linear, as far as these rounds tell'
    : 'changed no more than the other checks';
}

/** Which checks no ratio is given of, and why. */
export function fixedText(checks: readonly string[]): string {
  const more = checks.length - namesShown;
  const names = checks.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `Left out, because a person fixed the window in one of the rounds: ${counted(checks.length, 'check')} (${names})`;
}
