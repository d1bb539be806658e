import type { Report } from './model.ts';

/** Why there is no suggestion. Where nothing was measured, no number could have asked for one. */
export function noneText({ counts, statistics }: Pick<Report, 'counts' | 'statistics'>): string {
  if (counts.total === 0) return 'Not measured: the round has no steps.';
  if (statistics.n === 0) return 'Not measured: no step completed with a start and an end.';
  return 'None: no number of this round asks for a change.';
}
