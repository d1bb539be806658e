import { groupBy } from '../model/checkKey.ts';
import type { Report } from '../model/model.ts';
import { isDecided } from '../model/outcomes.ts';
import { mean, median, milli, presumedNoise } from '../statistics/statistics.ts';
import type { MeasuredRound, Timing } from './checkTimes.ts';
import { clusterAgrees, notComparable } from './comparable.ts';

/** Presumed of all checks of one round together: a day of slower machines. */
export const roundNoise = 0.03;
const [leastNoise, mostNoise] = [0.03, 0.3];
/** The deviation of a normal variable over its median distance from the middle. */
const deviationsInMad = 1.4826;
/** Repeated rounds are few: their common noise is drawn towards the presumed one as if by so many more. */
const presumedRounds = 2;

/** The noise of one measurement: from rounds that were repeated at a load, by the median so that stragglers do not set it. */
export function stepNoise(checks: readonly (readonly Timing[])[]): number {
  const distances = repeatsOf(checks).flatMap((same) => {
    const widened = Math.sqrt(same.length / (same.length - 1));
    return same.map(({ shift }) => Math.abs(shift) * widened);
  });
  const middle = median(distances);
  if (middle === null) return presumedNoise;
  return Math.min(mostNoise, Math.max(leastNoise, deviationsInMad * middle));
}

/** How far whole rounds differ, as deviation of log seconds: measured where rounds were repeated, else presumed. */
export function measuredRoundNoise(checks: readonly (readonly Timing[])[]): number {
  const repeats = repeatsOf(checks).flat();
  const rounds = [...groupBy(repeats, ({ round }) => round).values()];
  const step = stepNoise(checks);
  const degrees = rounds.length - new Set(repeats.map(({ load }) => load)).size;
  const squares = rounds.reduce((sum, round) => {
    // The mean over a round's checks also varies by their own noise.
    const own = (step ** 2 / round.length) * (degrees / rounds.length);
    return sum + Math.max(0, mean(round.map(({ shift }) => shift)) ** 2 - own);
  }, 0);
  return Math.sqrt((squares + presumedRounds * roundNoise ** 2) / (degrees + presumedRounds));
}

/**
 * How far rounds of one load differ, in seconds of runtime: the standard deviation of this round and its repeats on the same cluster
 * configuration, else what is presumed of every round.
 */
export function runtimeNoise(
  round: MeasuredRound,
  runtimeSeconds: number,
  earlier: readonly Report[],
): number {
  const repeats = earlier.filter(
    (one) =>
      one.load === round.load &&
      isDecided(one.verdict) &&
      clusterAgrees(one.clusterConfig, round.clusterConfig) === true &&
      notComparable(one, round).why === undefined,
  );
  const runtimes = [runtimeSeconds, ...repeats.flatMap(({ verdict }) => verdict.runtimeSeconds ?? [])];
  if (runtimes.length < 2) return milli(roundNoise * runtimeSeconds);
  const middle = mean(runtimes);
  const squares = runtimes.reduce((sum, seconds) => sum + (seconds - middle) ** 2, 0);
  return milli(Math.sqrt(squares / (runtimes.length - 1)));
}

/** The measurements of a check that were repeated at one load, each with how far it lies from their mean of log seconds. */
function repeatsOf(checks: readonly (readonly Timing[])[]): (Timing & { readonly shift: number })[][] {
  return checks
    .flatMap((check) => [...groupBy(check, ({ load }) => load).values()])
    .filter((same) => same.length > 1)
    .map((same) => {
      const middle = mean(same.map(({ seconds }) => Math.log(seconds)));
      return same.map((timing) => ({ ...timing, shift: Math.log(timing.seconds) - middle }));
    });
}
