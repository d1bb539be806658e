import type { ReportStep, StepCounts } from './model.ts';

type Bucket = Exclude<keyof StepCounts, 'total'>;

const buckets: Readonly<Record<string, Bucket>> = {
  COMPLETED: 'successful',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  INTERRUPTED: 'interrupted',
};

/** Which count a step belongs to; PENDING, RUNNING, CANCEL_PENDING and words that are new to us are unfinished. */
export function bucketOf(state: string): Bucket {
  return Object.hasOwn(buckets, state) ? (buckets[state] ?? 'unfinished') : 'unfinished';
}

export function countSteps(steps: readonly ReportStep[]): StepCounts {
  const counts = {
    total: steps.length,
    successful: 0,
    failed: 0,
    cancelled: 0,
    interrupted: 0,
    unfinished: 0,
  };
  for (const step of steps) counts[bucketOf(step.state)]++;
  return counts;
}

/** COMPLETED prints as SUCCESS, as the report always did; every other word as EMR spells it. */
export function statusWord(state: string): string {
  return state === 'COMPLETED' ? 'SUCCESS' : state;
}
