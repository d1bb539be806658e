import { bendOf } from './bend.ts';
import type { Timing } from './checkTimes.ts';
import { estimateNoise, typicalNoise } from './noise.ts';
import { fivePercent } from './significance.ts';
import { commonStartUp, type StartUp } from './startUp.ts';
import { median } from './statistics.ts';

/** What the growth of each check is held against: taken from all checks together. */
export interface Yardstick {
  /** Of one measurement of a typical check, as deviation of log seconds. */
  readonly noise: number;
  /** So much, as log, may be the rounds' and not the load's. */
  readonly shared: number;
  readonly startUp: StartUp | undefined;
}

/** By the rounds that were repeated; undefined where none was. */
export function measuredYardstick(checks: readonly (readonly Timing[])[]): Yardstick | undefined {
  const typical = typicalNoise(checks);
  if (typical === undefined) return undefined;
  const noise = Math.max(typical, leastNoise);
  // Whole rounds are slow or fast, too, and all checks with them.
  return { noise, shared: fivePercent * estimateNoise(checks).round, startUp: commonStartUp(checks, noise) };
}

/** Without repeats the spread of the checks among themselves stands in for the noise; undefined for a handful of checks. */
export function yardstickAmong(checks: readonly (readonly Timing[])[]): Yardstick | undefined {
  const bends = checks.flatMap((check) => bendOf(check, 1, undefined) ?? []);
  if (bends.length < fewestChecks) return undefined;
  const middle = median(bends) ?? 0;
  const spread = deviationsInMad * (median(bends.map((bend) => Math.abs(bend - middle))) ?? 0);
  return { noise: Math.max(spread, leastNoise), shared: 0, startUp: undefined };
}

/** What the forecast takes for the noise where nothing was repeated. */
export function presumedYardstick(checks: readonly (readonly Timing[])[]): Yardstick {
  const { step, round } = estimateNoise(checks);
  return { noise: Math.max(step, leastNoise), shared: fivePercent * round, startUp: undefined };
}

/**
 * How far a check grows more than the load, in deviations: from nothing, or from the start-up that the checks have in common,
 * whichever shows it better. Undefined below two loads.
 */
export function excessOf(
  check: readonly Timing[],
  { noise, shared, startUp }: Yardstick,
): number | undefined {
  const fromNothing = bendOf(check, noise, undefined);
  const fromStartUp = startUp && bendOf(check, noise, startUp);
  if (fromNothing === undefined) return undefined;
  return Math.max(fromNothing, fromStartUp ?? fromNothing) - shared / noise;
}

const leastNoise = 1e-9;
const fewestChecks = 5;
/** The deviation of a normal variable over its median distance from the middle. */
const deviationsInMad = 1.4826;
