import type { Timing } from './checkTimes.ts';
import { fitLinear, predictSeconds, weightedSums } from './linearFit.ts';
import { fivePercent } from './significance.ts';

/** What a step takes before its work, at any load. */
export interface StartUp {
  /** Of a typical check. */
  readonly seconds: number;
  /** How far single checks may be from it, as a deviation. */
  readonly spreadSeconds: number;
}

/** Fewer checks do not show how much their start-ups differ. */
const fewestChecks = 10;
/** The median of |Z|, and the deviation of a median over that of a mean, for a normal variable. */
const medianDistance = 0.6745;
const medianPrice = 1.2533;
const passes = 4;
/**
 * The spread is at least this share, however alike the others start: a straight check without any start-up is then 2.5 deviations
 * off, and not taken for a bent one.
 */
const leastSpread = 0.4;

/**
 * The start-up that the checks of the same rounds have in common: each check's straight line is followed back to load 0, and
 * the middle of all is taken, each for what it is worth. What the lines stray further than noise makes them is the spread
 * of the start-ups. Middle and spread are medians, and the spread is that of the slower starters: checks that bend up seem to
 * start sooner than they do.
 *
 * @param noise of one measurement, as deviation of log seconds
 * @returns undefined where no start-up is seen for certain
 */
export function commonStartUp(checks: readonly (readonly Timing[])[], noise: number): StartUp | undefined {
  const starts = checks.flatMap((check) => startOf(check, noise) ?? []);
  if (starts.length < fewestChecks) return undefined;
  let spread = 0;
  let middle = 0;
  for (let pass = 0; pass < passes; pass++) {
    middle = weightedMedian(starts, spread);
    spread = spreadAround(
      middle,
      starts.filter((one) => one.seconds >= middle),
    );
  }
  const precision = starts.reduce((sum, { deviation }) => sum + 1 / (deviation ** 2 + spread ** 2), 0);
  const deviation = medianPrice / Math.sqrt(precision);
  if (middle < fivePercent * deviation) return undefined;
  return { seconds: middle, spreadSeconds: Math.hypot(Math.max(spread, leastSpread * middle), deviation) };
}

interface Start {
  readonly seconds: number;
  readonly deviation: number;
}

/** Where the straight line of least squares of relative errors meets load 0; it may be below 0. */
function startOf(check: readonly Timing[], noise: number): Start | undefined {
  const sizes = fitLinear(check);
  if (!sizes) return undefined;
  const { w, wn, wnn, wt, wnt } = weightedSums(
    check,
    ({ load }) => 1 / (noise * predictSeconds(sizes, load)) ** 2,
  );
  const determinant = w * wnn - wn * wn;
  return { seconds: (wnn * wt - wn * wnt) / determinant, deviation: Math.sqrt(wnn / determinant) };
}

function weightedMedian(starts: readonly Start[], spread: number): number {
  const rising = starts
    .map(({ seconds, deviation }) => ({ seconds, weight: 1 / (deviation ** 2 + spread ** 2) }))
    .sort((a, b) => a.seconds - b.seconds);
  let left = rising.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { seconds, weight } of rising) {
    left -= weight;
    if (left <= 0) return seconds;
  }
  return rising.at(-1)?.seconds ?? 0;
}

/** The spread with which half of the starts lie within the median distance of their own deviation. */
function spreadAround(middle: number, starts: readonly Start[]): number {
  const isTooNarrow = (spread: number) => {
    let far = 0;
    for (const { seconds, deviation } of starts)
      if ((seconds - middle) ** 2 > medianDistance ** 2 * (deviation ** 2 + spread ** 2)) far++;
    return far * 2 > starts.length;
  };
  let low = 0;
  let high = starts.reduce((most, { seconds }) => Math.max(most, Math.abs(seconds - middle)), 0) * 2;
  for (let halving = 0; halving < 30; halving++) {
    const spread = (low + high) / 2;
    if (isTooNarrow(spread)) low = spread;
    else high = spread;
  }
  return high;
}
