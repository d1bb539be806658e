import type { Timing } from './checkTimes.ts';
import type { Comparison } from './comparisonModel.ts';
import { estimateNoise, ownNoise, typicalNoise } from './noise.ts';
import { believableUpTo, chiSquaredQuantile, studentTail, upperTail } from './significance.ts';
import { percentile } from './statistics.ts';

export type ScalingWord = Comparison['checks'][number]['word'];

/** At most this share of the checks that are called super-linear may be wrong. */
const falseShare = 0.01;
/** One-sided 5%: worth another round; noisier than the other checks; slower rounds all at the higher load. */
const fivePercent = 1.645;

/** How likely chance alone makes a check look super-linear. */
interface Test {
  readonly p: number;
  readonly repeated: boolean;
}

/**
 * How each check's time grows with the load, in words. A check is confirmed super-linear only by rounds that were
 * repeated at two loads or more: the slope of log time over log load against 1, with the noise of the repeats. With one round a
 * level the spread of the checks among themselves stands in for the noise, and nothing is confirmed.
 */
export function scalingWords(timings: ReadonlyMap<string, readonly Timing[]>): Map<string, ScalingWord> {
  const checks = [...timings.values()];
  const typical = typicalNoise(checks);
  const spread = typical ?? spreadOfChecks(timings);
  // Whole rounds are slow or fast, too, and all checks with them: so much may be the rounds' and not the load's.
  const shared = typical === undefined ? 0 : fivePercent * estimateNoise(checks).round;
  const tests = new Map<string, Test>();
  for (const [key, check] of timings) {
    const slope = slopeOf(check);
    if (slope && spread !== undefined) tests.set(key, testOf(check, slope, Math.max(spread, 1e-9), shared));
  }
  const believable = believableUpTo(
    [...tests.values()].filter((test) => test.repeated).map((test) => test.p),
    falseShare,
  );
  return new Map([...timings.keys()].map((key) => [key, wordOf(tests.get(key), believable)]));
}

/** By the noise of all checks; a check that strays clearly more than they do is held to its own, known less well. */
function testOf(
  check: readonly Timing[],
  { slope, sxx, repeated }: Slope,
  spread: number,
  shared: number,
): Test {
  const excess = (slope - 1) * Math.sqrt(sxx) - shared;
  const { squares, degrees } = ownNoise(check);
  const isNoisier = degrees > 0 && squares > spread ** 2 * chiSquaredQuantile(degrees, fivePercent);
  const p = isNoisier
    ? studentTail(excess / Math.sqrt(squares / degrees), degrees)
    : upperTail(excess / spread);
  return { p, repeated };
}

function wordOf(test: Test | undefined, believable: number): ScalingWord {
  if (!test) return 'insufficient data';
  if (test.repeated && test.p <= believable) return 'super-linear (confirmed)';
  return test.p < upperTail(fivePercent) ? 'suspect: repeat the round' : 'within noise';
}

interface Slope {
  readonly slope: number;
  readonly sxx: number;
  readonly repeated: boolean;
}

/** Least squares of log seconds over log load; undefined below two loads. */
function slopeOf(check: readonly Timing[]): Slope | undefined {
  const loads = new Map<number, number>();
  for (const { load } of check) loads.set(load, (loads.get(load) ?? 0) + 1);
  if (loads.size < 2) return undefined;
  const xs = check.map(({ load }) => Math.log(load));
  const ys = check.map(({ seconds }) => Math.log(seconds));
  const meanX = xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  let sxx = 0;
  let sxy = 0;
  for (const [index, x] of xs.entries()) {
    sxx += (x - meanX) ** 2;
    sxy += (x - meanX) * ((ys[index] ?? 0) - meanY);
  }
  return { slope: sxy / sxx, sxx, repeated: [...loads.values()].filter((count) => count > 1).length > 1 };
}

/** The spread of the checks' slopes around their median, as noise of one measurement; robust (1.4826 × MAD). */
function spreadOfChecks(timings: ReadonlyMap<string, readonly Timing[]>): number | undefined {
  const slopes = [...timings.values()].flatMap((check) => slopeOf(check) ?? []);
  if (slopes.length < 5) return undefined;
  const middle =
    percentile(
      slopes.map((one) => one.slope).sort((a, b) => a - b),
      0.5,
    ) ?? 0;
  const distances = slopes.map((one) => Math.abs(one.slope - middle) * Math.sqrt(one.sxx));
  return (
    1.4826 *
    (percentile(
      distances.sort((a, b) => a - b),
      0.5,
    ) ?? 0)
  );
}
