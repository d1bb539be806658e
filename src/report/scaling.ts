import type { Timing } from './checkTimes.ts';
import type { Comparison } from './comparisonModel.ts';
import { ownNoise, pooledNoise } from './noise.ts';
import { believableUpTo, upperTail } from './normalTail.ts';
import { percentile } from './statistics.ts';

export type ScalingWord = Comparison['checks'][number]['word'];

/** At most this share of the checks that are called super-linear may be wrong. */
const falseShare = 0.01;
/** One-sided 5%: worth another round. */
const suspectZ = 1.645;

/**
 * How each check's time grows with the load, in words. A check is confirmed super-linear only by rounds that were
 * repeated at two loads or more: the slope of log time over log load against 1, with the noise of the repeats. With one round a
 * level the spread of the checks among themselves stands in for the noise, and nothing is confirmed.
 */
export function scalingWords(timings: ReadonlyMap<string, readonly Timing[]>): Map<string, ScalingWord> {
  const noise = pooledNoise(timings.values());
  const tests = new Map<string, { z: number; repeated: boolean }>();
  const spread = noise ?? spreadOfChecks(timings);
  for (const [key, check] of timings) {
    const slope = slopeOf(check);
    if (!slope || spread === undefined) continue;
    const own = ownNoise(check);
    const deviation = Math.max(spread, own.degrees > 0 ? Math.sqrt(own.squares / own.degrees) : 0, 1e-9);
    tests.set(key, { z: (slope.slope - 1) / (deviation / Math.sqrt(slope.sxx)), repeated: slope.repeated });
  }
  const repeated = [...tests.values()].filter((test) => test.repeated);
  const believable = believableUpTo(
    repeated.map((test) => upperTail(test.z)),
    falseShare,
  );
  return new Map([...timings.keys()].map((key) => [key, wordOf(tests.get(key), believable)]));
}

function wordOf(test: { z: number; repeated: boolean } | undefined, believable: number): ScalingWord {
  if (!test) return 'insufficient data';
  if (test.repeated && upperTail(test.z) <= believable) return 'super-linear (confirmed)';
  return test.z > suspectZ ? 'suspect: repeat the round' : 'within noise';
}

/** Least squares of log seconds over log load; undefined below two loads. */
function slopeOf(check: readonly Timing[]): { slope: number; sxx: number; repeated: boolean } | undefined {
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
