import { roundNoise, stepNoise } from '../statistics/noise.ts';
import { leastSeconds, type Timing } from '../steps/checkTimes.ts';

/** How far the exponents of real checks lie from 1, as a deviation: how strongly a noisy check is drawn to "in proportion". */
const exponentSpread = 0.3;
const steepest = 2;
/** One-sided 1% of the normal distribution. */
const onePercent = 2.33;

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
  const loads = check.map(({ load }) => load);
  const [low, high] = [Math.min(...loads), Math.max(...loads)];
  if (!(high > low)) return false;
  const before = check.filter(({ load }) => load === low).map(({ seconds }) => seconds);
  const after = check.filter(({ load }) => load === high).map(({ seconds }) => seconds);
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
  const loads = check.map(({ load }) => load);
  const times = (at: number) => loads.filter((load) => load === at).length;
  return times(Math.min(...loads)) > 1 && times(Math.max(...loads)) > 1;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
