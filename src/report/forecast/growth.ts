import { mean } from '../statistics/statistics.ts';
import { endsOf, leastSeconds, type Timing } from '../steps/checkTimes.ts';
import { makespan } from '../steps/makespan.ts';
import { roundNoise, stepNoise } from '../steps/noise.ts';

/** How far the exponents of real checks lie from 1, as a deviation: how strongly a noisy check is drawn to "in proportion". */
const exponentSpread = 0.3;
const steepest = 2;
/** One-sided 1% of the normal distribution. */
const onePercent = 2.33;
/** What a round still varies by at a load that was measured. */
const leastWidth = 0.1;
/** The P80 of the error a doubling beyond what was measured: of many like checks, and what one check adds that is all of the round. */
const [widthOfMany, widthOfOne] = [0.15, 0.2];

/** A check's time at the highest load that was measured, and the exponent with which it grows. */
export interface Growth {
  readonly topSeconds: number;
  readonly exponent: number;
}

export interface GrowthFacts {
  /** Of one measurement, as deviation of log seconds. */
  readonly noise: number;
  /** The highest load that was measured. */
  readonly top: number;
  /** Whether the load asks more of the check. */
  readonly isScaled: boolean;
}

/**
 * The growth of one check by least squares of log seconds over log load, shrunk towards an exponent of 1 as if one more
 * measurement of weight (noise ÷ spread of exponents)² said so. A check that certainly grows faster than the load keeps its own
 * exponent. Measured at one load only, it grows in proportion.
 *
 * @param check at least one measurement
 */
export function growthOf(check: readonly Timing[], { noise, top, isScaled }: GrowthFacts): Growth {
  const logs = check.map(({ load, seconds }) => ({ x: Math.log(load / top), y: Math.log(seconds) }));
  const meanX = mean(logs.map(({ x }) => x));
  const meanY = mean(logs.map(({ y }) => y));
  if (!isScaled) return { topSeconds: Math.exp(meanY), exponent: 0 };
  const squares = logs.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const products = logs.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const keepsItsOwn = check.length >= 3 && growsFaster(check, noise);
  const prior = keepsItsOwn ? 0 : (noise / exponentSpread) ** 2;
  const exponent = Math.min(steepest, Math.max(0, (products + prior) / (squares + prior)));
  return { topSeconds: Math.exp(meanY - exponent * meanX), exponent };
}

/**
 * Seconds at a load, given as a share of the highest that was measured. Growth slower than the load is a start-up and a
 * straight line through the time at the top and at half of it, so that it does not flatten out.
 */
export function secondsAt({ topSeconds, exponent }: Growth, share: number): number {
  if (exponent >= 1) return topSeconds * share ** exponent;
  return Math.max(leastSeconds, topSeconds * (1 + 2 * (1 - 0.5 ** exponent) * (share - 1)));
}

/**
 * Whether a check grew faster than the load between its lowest and its highest level: by more than noise explains in one of a
 * hundred checks, and in every pair of their rounds.
 *
 * @param noise of one measurement, as deviation of log seconds
 */
export function growsFaster(check: readonly Timing[], noise: number): boolean {
  const ends = endsOf(check);
  if (!ends) return false;
  const { low, high, before, after } = ends;
  const chance =
    onePercent * Math.sqrt((noise ** 2 + roundNoise ** 2) * (1 / before.length + 1 / after.length));
  const excess = mean(after.map(Math.log)) - mean(before.map(Math.log)) - Math.log(high / low);
  return excess > chance && Math.min(...after) / Math.max(...before) > high / low;
}

/** Checks that grew faster than the load, by their key, with whether they did so in repeated rounds. */
export function fasterChecks(
  timings: ReadonlyMap<string, readonly Timing[]>,
): Map<string, 'once' | 'in every round'> {
  const noise = stepNoise([...timings.values()]);
  return new Map(
    [...timings].flatMap(([key, check]) =>
      growsFaster(check, noise) ? [[key, isRepeated(check) ? 'in every round' : 'once'] as const] : [],
    ),
  );
}

/** Whether the lowest and the highest level were both measured more than once. */
function isRepeated(check: readonly Timing[]): boolean {
  const { before, after } = endsOf(check) ?? { before: [], after: [] };
  return before.length > 1 && after.length > 1;
}

export interface ForecastModel {
  /** In the order in which the steps start. */
  readonly growths: readonly Growth[];
  readonly slots: number;
  /** Seconds of a round beside its steps. */
  readonly unmodelled: number;
  /** The lowest and the highest load that were measured. */
  readonly lowest: number;
  readonly top: number;
  /** How far earlier forecasts of this campaign missed: 0.2 is 20%. */
  readonly missedBy: number;
}

/** A check with all of its times; another than a scaled one takes as long at every load. */
export interface TimedCheck {
  readonly check: readonly Timing[];
  readonly isScaled: boolean;
}

/** The model of checks in the order in which their steps start. */
export function modelOf(checks: readonly TimedCheck[], round: Omit<ForecastModel, 'growths'>): ForecastModel {
  const noise = stepNoise(checks.map(({ check }) => check));
  const { top } = round;
  return {
    ...round,
    growths: checks.map(({ check, isScaled }) => growthOf(check, { noise, top, isScaled })),
  };
}

/**
 * The total runtime at a load with its range, in seconds and in closed form: no draws, no seed. With it the check that takes
 * longest, by its place among the growths, and its share of the replay.
 */
export function totalAt(model: ForecastModel, load: number) {
  const { growths, slots, unmodelled, lowest, top, missedBy } = model;
  const runs = growths.map((growth) => secondsAt(growth, load / top));
  const replayed = makespan(runs, slots);
  const place = runs.reduce((most, seconds, index) => (seconds > (runs[most] ?? 0) ? index : most), 0);
  const share = Math.min(1, (runs[place] ?? 0) / replayed);
  const doublings = Math.max(0, Math.log2(load / top), Math.log2(lowest / load));
  const width = Math.max(leastWidth, (widthOfMany + widthOfOne * share) * doublings, missedBy);
  const seconds = unmodelled + replayed;
  return { seconds, low: seconds / (1 + width), high: seconds * (1 + width), longest: { place, share } };
}
