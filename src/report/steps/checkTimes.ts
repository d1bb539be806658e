import { checkKey, checkName, groupBy } from '../model/checkKey.ts';
import type { Report, ReportStep, StepCounts } from '../model/model.ts';
import { mean } from '../statistics/statistics.ts';

/** A round as a comparison sees it. */
export type MeasuredRound = Pick<
  Report,
  'load' | 'schedule' | 'clusterConfig' | 'coverage' | 'round' | 'steps' | 'fixedWindows'
>;

/** EMR's stamps are of whole milliseconds: anything shorter is no time, and would make ratios of nothing. */
export const leastSeconds = 0.001;

/**
 * Seconds of each check that completed in a round; a check that ran more than once has its mean. Left out are checks whose
 * interval the user fixed: whatever their times are, the load did not set them.
 */
export function checkTimes(round: Pick<Report, 'steps' | 'fixedWindows'>): Map<string, number> {
  const fixed = new Set(round.fixedWindows);
  const timed = round.steps.filter(
    (step) =>
      step.state === 'COMPLETED' && (step.runSeconds ?? 0) >= leastSeconds && !fixed.has(checkName(step)),
  );
  return new Map(
    [...groupBy(timed, checkKey)].map(([key, same]) => [
      key,
      mean(same.map(({ runSeconds }) => runSeconds ?? 0)),
    ]),
  );
}

/** One measurement of a check: how long it took at a load. */
export interface Timing {
  readonly load: number;
  readonly seconds: number;
  /** Which of the rounds it was taken in. */
  readonly round: number;
}

/** Every measurement of every check over several rounds, in the order of the rounds. */
export function timingsOf(rounds: readonly MeasuredRound[]): Map<string, Timing[]> {
  const timings = new Map<string, Timing[]>();
  for (const [index, round] of rounds.entries())
    for (const [key, seconds] of checkTimes(round)) {
      const timing = { load: round.load, seconds, round: index };
      const known = timings.get(key);
      if (known) known.push(timing);
      else timings.set(key, [timing]);
    }
  return timings;
}

/** The lowest and the highest load of a check with their seconds; undefined where it was measured at one load only. */
export function endsOf(check: readonly Timing[]) {
  const loads = check.map(({ load }) => load);
  const [low, high] = [Math.min(...loads), Math.max(...loads)];
  if (!(high > low)) return undefined;
  const secondsAtLoad = (at: number) => check.flatMap(({ load, seconds }) => (load === at ? seconds : []));
  return { low, high, before: secondsAtLoad(low), after: secondsAtLoad(high) };
}

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
  const none = { successful: 0, failed: 0, cancelled: 0, interrupted: 0, unfinished: 0 };
  const counts = { total: steps.length, ...none };
  for (const step of steps) counts[bucketOf(step.state)]++;
  return counts;
}

/** COMPLETED prints as SUCCESS, as the report always did; every other word as EMR spells it. */
export function statusWord(state: string): string {
  return state === 'COMPLETED' ? 'SUCCESS' : state;
}
