import { checkName } from '../model/checkKey.ts';
import type { ReportStep } from '../model/model.ts';
import { inStartOrder, makespan } from '../steps/makespan.ts';

/** What changes of a round, as far as a replay can measure it; what is absent stays as it was. */
export interface ReplayChange {
  readonly slots?: number;
  /** By name; these checks take at most so long. */
  readonly tuned?: { readonly checks: ReadonlySet<string>; readonly targetSeconds: number };
  readonly longestFirst?: boolean;
}

/** Seconds from the first start to the last end, had the steps of the round run with these changes. */
export type Replay = (change: ReplayChange) => number;

/** Replays the steps in the order in which they were started, each on the slot that is free first. */
export function replayOf(steps: readonly ReportStep[], presentSlots: number): Replay {
  const runs = inStartOrder(steps).flatMap((step) =>
    step.runSeconds === null ? [] : { name: checkName(step), seconds: step.runSeconds },
  );
  // Many numbers of slots are tried with the same runs.
  const known = new Map<ReplayChange['tuned'], Partial<Record<'asStarted' | 'longestFirst', Float64Array>>>();
  const secondsOf = ({ tuned, longestFirst = false }: ReplayChange): Float64Array => {
    const kept = known.get(tuned) ?? {};
    known.set(tuned, kept);
    kept.asStarted ??= Float64Array.from(runs, ({ name, seconds }) =>
      tuned?.checks.has(name) ? Math.min(seconds, tuned.targetSeconds) : seconds,
    );
    if (!longestFirst) return kept.asStarted;
    kept.longestFirst ??= kept.asStarted.toSorted().reverse();
    return kept.longestFirst;
  };
  return ({ slots = presentSlots, ...change }) => makespan(secondsOf(change), slots);
}

/**
 * The smallest count (of slots, or of tuned checks) from `least` to `most` with which a round takes at most so long; undefined
 * where none does. With one more, list scheduling of independent steps never takes longer, so that halving the range finds it.
 */
export function smallestCount(
  secondsWith: (count: number) => number,
  { least, most, atMostSeconds }: Record<'least' | 'most' | 'atMostSeconds', number>,
): number | undefined {
  if (most < least || secondsWith(most) > atMostSeconds) return undefined;
  let [low, high] = [least, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (secondsWith(middle) <= atMostSeconds) high = middle;
    else low = middle + 1;
  }
  return low;
}
