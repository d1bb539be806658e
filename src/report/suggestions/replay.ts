import type { Suggestion } from '../model/findings.ts';
import type { ReportStep } from '../model/model.ts';
import { inStartOrder, makespan } from '../steps/makespan.ts';

/** What a suggestion changes of a round, as far as a replay can measure it; what is absent stays as it was. */
export interface Change {
  readonly slots?: number;
  /** These checks take at most so long: there is less work. */
  readonly tuned?: { readonly checks: readonly string[]; readonly targetSeconds: number };
  /** These checks become two steps each: the work stays, and each half pays the start-up again. */
  readonly split?: { readonly checks: readonly string[]; readonly startUpSeconds: number };
  readonly longestFirst?: boolean;
}

/** A suggestion whose gain was replayed, with the change that was. */
export interface Replayable {
  readonly suggestion: Suggestion;
  readonly change: Change;
}

/** Two runs of the same round differ by several percent: a gain below this share could not be distinguished from that. */
export const worthwhileShare = 0.1;

/** Seconds from the first start to the last end, had the steps of the round run with these changes. */
export function replay(steps: readonly ReportStep[], presentSlots: number, change: Change): number {
  const { slots = presentSlots, tuned, split, longestFirst = false } = change;
  const runs = inStartOrder(steps).flatMap(({ check, runSeconds }) => {
    if (runSeconds === null) return [];
    const seconds = tuned?.checks.includes(check) ? Math.min(runSeconds, tuned.targetSeconds) : runSeconds;
    return split?.checks.includes(check) ? halves(seconds, split.startUpSeconds) : [seconds];
  });
  return makespan(longestFirst ? runs.toSorted((a, b) => b - a) : runs, slots);
}

function halves(seconds: number, startUpSeconds: number): [number, number] {
  const startUp = Math.min(startUpSeconds, seconds);
  const half = startUp + (seconds - startUp) / 2;
  return [half, half];
}
