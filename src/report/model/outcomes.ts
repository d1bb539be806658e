/** How rounds and checks came out: the one classifier for reports, comparisons and forecasts. */
import { checkKey, groupBy } from './checkKey.ts';
import type { Report, ReportStep, Verdict } from './model.ts';

/** `cause` is absent where neither a log nor EMR says why. */
export type CheckOutcome =
  | { readonly kind: 'completed' | 'interrupted' | 'cancelled' | 'unfinished' | 'never_ran' }
  | { readonly kind: 'failed'; readonly cause?: string };

/** By the key of a check; one that did not run is `never_ran`. Where a check ran more than once, its last step speaks for it. */
export function outcomesOf({ steps }: Pick<Report, 'steps'>): (key: string) => CheckOutcome {
  const last = new Map([...groupBy(steps, checkKey)].map(([key, same]) => [key, same.at(-1)]));
  return (key) => outcomeOf(last.get(key));
}

/** An interrupted or cancelled step is no failure of its check. */
export function outcomeOf(step: Pick<ReportStep, 'state' | 'failure'> | undefined): CheckOutcome {
  switch (step?.state) {
    case undefined:
      return { kind: 'never_ran' };
    case 'COMPLETED':
      return { kind: 'completed' };
    case 'FAILED': {
      const cause = causeOf(step);
      return { kind: 'failed', ...(cause !== undefined && { cause }) };
    }
    case 'INTERRUPTED':
      return { kind: 'interrupted' };
    case 'CANCELLED':
      return { kind: 'cancelled' };
    default:
      return { kind: 'unfinished' };
  }
}

/** The cause found in a log, otherwise the words of EMR. */
function causeOf({ failure }: Pick<ReportStep, 'failure'>): string | undefined {
  const words = failure?.message ?? failure?.reason;
  return failure?.cause?.signature ?? (words === undefined ? undefined : `EMR: ${words}`);
}

/** True if both failed, and for the same known cause. */
export function failedAlike(one: CheckOutcome, other: CheckOutcome): boolean {
  if (one.kind !== 'failed' || other.kind !== 'failed') return false;
  return one.cause !== undefined && one.cause === other.cause;
}

/** Whether the round is a fact about the load: only then is its runtime that of all its steps, or over the window anyway. */
export function isDecided({ outcome }: Pick<Verdict, 'outcome'>): boolean {
  return outcome === 'missed' || isFit({ outcome });
}

/** Whether the load fits its window, with however little to spare. */
export function isFit({ outcome }: Pick<Verdict, 'outcome'>): boolean {
  return outcome === 'fits' || outcome === 'fits_just';
}
