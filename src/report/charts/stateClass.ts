import type { ReportStep } from '../model/model.ts';

const classes: Readonly<Record<string, string>> = {
  COMPLETED: 'lt-completed',
  FAILED: 'lt-failed',
  CANCELLED: 'lt-cancelled',
};

/** In the order in which they are drawn: what failed lies on top. */
export const stateClasses = ['lt-completed', 'lt-other', 'lt-cancelled', 'lt-failed'] as const;

/** The CSS class of a step's state; a word that is new to us is `lt-other`. */
export function classOf(step: Pick<ReportStep, 'state'>): string {
  return (Object.hasOwn(classes, step.state) ? classes[step.state] : undefined) ?? 'lt-other';
}
