import { checkKey } from './checkKey.ts';
import type { MeasuredRound } from './checkTimes.ts';

/** An order with this Gini correlation or more has the longest checks in front, if not all of them in order. */
const leastCorrelation = 0.5;

export interface Untried {
  readonly outcome: 'not_tried' | 'not_comparable';
  readonly why: string;
}

/**
 * Why handing in the longest checks first was not tried between two rounds: the order is the same, or not at least half of the way
 * from what it was to the longest first, by the times of the earlier round. Undefined where it was tried.
 */
export function orderUntried(before: MeasuredRound, now: MeasuredRound): Untried | undefined {
  const seconds = secondsOf(before);
  const is = longestFirstCorrelation(now, seconds);
  if (is === undefined)
    return {
      outcome: 'not_comparable',
      why: "EMR's stamps do not tell in which order the checks were submitted",
    };
  const was = longestFirstCorrelation(before, seconds);
  if (was !== undefined && submissionOrder(before) === submissionOrder(now))
    return { outcome: 'not_tried', why: 'the checks were submitted in the same order' };
  if (is >= Math.max(leastCorrelation, (1 + (was ?? 0)) / 2)) return undefined;
  const words = `the correlation of their order with it was ${was?.toFixed(2) ?? 'not known'}, is ${is.toFixed(2)}`;
  return { outcome: 'not_tried', why: `the checks were not submitted the longest first (${words})` };
}

/**
 * How near the order of submission is to the longest first: 1 where it is that, -1 where it is the reverse. Two checks count by the
 * seconds between them, so that a long check at the end weighs more than two that are nearly equal: Gini's correlation
 * (Schechtman and Yitzhaki 1987). Undefined where fewer than half of the pairs have stamps of their own.
 */
function longestFirstCorrelation(
  { steps }: MeasuredRound,
  seconds: ReadonlyMap<string, number>,
): number | undefined {
  const known = steps.flatMap((step) => {
    const one = seconds.get(checkKey(step));
    return one === undefined ? [] : [{ seconds: one, createdMs: Date.parse(step.createdAt) }];
  });
  const created = ranks(known.map(({ createdMs }) => createdMs));
  const pairs = (known.length * (known.length - 1)) / 2;
  const told = created.reduce((sum, { below, above }) => sum + below + above, 0) / 2;
  if (told === 0 || told < pairs / 2) return undefined;
  const times = ranks(known.map((one) => one.seconds));
  const weigh = (at: readonly Rank[], sign: number) =>
    known.reduce((sum, one, index) => {
      const { below = 0, above = 0 } = at[index] ?? {};
      return sum + sign * (above - below) * one.seconds;
    }, 0);
  const most = weigh(times, -1);
  return most > 0 ? weigh(created, 1) / most : undefined;
}

interface Rank {
  /** How many of the values are smaller. */
  readonly below: number;
  readonly above: number;
}

function ranks(values: readonly number[]): Rank[] {
  const rising = values.toSorted((a, b) => a - b);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [index, value] of rising.entries()) {
    if (!first.has(value)) first.set(value, index);
    last.set(value, index);
  }
  return values.map((value) => ({
    below: first.get(value) ?? 0,
    above: values.length - 1 - (last.get(value) ?? 0),
  }));
}

/** The longest run of each check. */
function secondsOf({ steps }: MeasuredRound): Map<string, number> {
  const longest = new Map<string, number>();
  for (const step of steps)
    if (step.runSeconds !== null)
      longest.set(checkKey(step), Math.max(step.runSeconds, longest.get(checkKey(step)) ?? 0));
  return longest;
}

function submissionOrder({ steps }: MeasuredRound): string {
  return steps
    .toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
    .map(checkKey)
    .join('\n');
}
