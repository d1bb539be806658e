import type { Timing } from './checkTimes.ts';
import type { Comparison } from './comparisonModel.ts';
import { ownNoise } from './noise.ts';
import { believableUpTo, chiSquaredQuantile, fivePercent, studentTail, upperTail } from './significance.ts';
import { excessOf, measuredYardstick, type Yardstick, yardstickAmong } from './yardstick.ts';

export type ScalingWord = Comparison['checks'][number]['word'];

/** At most this share of the checks that are called super-linear may be wrong. */
const falseShare = 0.01;

/** How likely chance alone makes a check look super-linear. */
interface Test {
  readonly p: number;
  readonly repeated: boolean;
}

/**
 * How each check's time grows with the load, in words. A check is confirmed super-linear only by rounds that were
 * repeated at two loads or more: how far it bends up from a start-up and a straight line, with the noise of the repeats. With
 * one round a level the spread of the checks among themselves stands in for the noise, and nothing is confirmed.
 */
export function scalingWords(timings: ReadonlyMap<string, readonly Timing[]>): Map<string, ScalingWord> {
  const checks = [...timings.values()];
  const yardstick = measuredYardstick(checks) ?? yardstickAmong(checks);
  const tests = new Map<string, Test>();
  for (const [key, check] of timings) {
    const p = yardstick && chanceOf(check, yardstick);
    if (p !== undefined) tests.set(key, { p, repeated: roundsAtTwoLoads(check) > 1 });
  }
  const believable = believableUpTo(
    [...tests.values()].filter((test) => test.repeated).map((test) => test.p),
    falseShare,
  );
  return new Map([...timings.keys()].map((key) => [key, wordOf(tests.get(key), believable)]));
}

/** By the noise of all checks; a check that strays clearly more than they do is held to its own, known less well. */
function chanceOf(check: readonly Timing[], yardstick: Yardstick): number | undefined {
  const { squares, degrees } = ownNoise(check);
  const isNoisier = degrees > 0 && squares > yardstick.noise ** 2 * chiSquaredQuantile(degrees, fivePercent);
  const noise = isNoisier ? Math.sqrt(squares / degrees) : yardstick.noise;
  const excess = excessOf(check, { ...yardstick, noise });
  if (excess === undefined) return undefined;
  return isNoisier ? studentTail(excess, degrees) : upperTail(excess);
}

function wordOf(test: Test | undefined, believable: number): ScalingWord {
  if (!test) return 'insufficient data';
  if (test.repeated && test.p <= believable) return 'super-linear (confirmed)';
  return test.p < upperTail(fivePercent) ? 'suspect: repeat the round' : 'within noise';
}

/** The rounds at the load that has the second most. */
export function roundsAtTwoLoads(check: readonly Timing[]): number {
  const loads = new Map<number, number>();
  for (const { load } of check) loads.set(load, (loads.get(load) ?? 0) + 1);
  return [...loads.values()].sort((a, b) => b - a)[1] ?? 0;
}
