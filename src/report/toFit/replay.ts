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
  // Searches ask for the same numbers of slots with the same runs again.
  const known = new Map<ReplayChange['tuned'], Map<boolean, Runs>>();
  const runsOf = ({ tuned, longestFirst = false }: ReplayChange): Runs => {
    const same = known.get(tuned) ?? new Map<boolean, Runs>();
    known.set(tuned, same);
    const kept = same.get(longestFirst);
    if (kept) return kept;
    const seconds = Float64Array.from(runs, (run) =>
      tuned?.checks.has(run.name) ? Math.min(run.seconds, tuned.targetSeconds) : run.seconds,
    );
    const made = { seconds: longestFirst ? seconds.sort().reverse() : seconds, onSlots: new Map() };
    same.set(longestFirst, made);
    return made;
  };
  return ({ slots = presentSlots, ...change }) => {
    const { seconds, onSlots } = runsOf(change);
    const replayed = onSlots.get(slots) ?? makespan(seconds, slots);
    onSlots.set(slots, replayed);
    return replayed;
  };
}

/** The runs in the order in which they are started, with what they take on each number of slots that was asked for. */
interface Runs {
  readonly seconds: Float64Array;
  readonly onSlots: Map<number, number>;
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
