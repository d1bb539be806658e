import type { Report } from './model/model.ts';
import { isBroken } from './steps/comparable.ts';

/** Why there is no suggestion. Where nothing was measured, no number could have asked for one. */
export function noneText(report: Pick<Report, 'cluster' | 'counts' | 'statistics'>): string {
  const { counts, statistics } = report;
  if (counts.total === 0) return 'Not measured: the round has no steps.';
  if (statistics.n === 0) return 'Not measured: no step completed with a start and an end.';
  if (isBroken(report)) return 'None: most of the round failed, so its numbers say nothing about settings.';
  return 'None: no number of this round asks for a change.';
}
