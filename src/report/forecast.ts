import { checkKey } from './checkKey.ts';
import { leastSeconds, timingsOf } from './checkTimes.ts';
import type { ComparedReport } from './comparison.ts';
import type { Forecast } from './comparisonModel.ts';
import { forecastBands } from './forecastBand.ts';
import { findExponent } from './forecastExponent.ts';
import { growthOf, sizesAt } from './forecastGrowth.ts';
import { fitChecks, predictRuns } from './forecastModel.ts';
import { fittingRange } from './forecastRange.ts';
import { forecastSentence } from './forecastSentence.ts';
import { inStartOrder, makespan } from './makespan.ts';
import { estimateNoise } from './noise.ts';
import { randomFrom } from './random.ts';
import { milli } from './statistics.ts';
import { steadyAmong } from './steadyChecks.ts';
import { isDecided } from './verdict.ts';
import { counted } from './words.ts';

const pointsAtMost = 16;

/**
 * Total runtime at other loads: each check's time is fitted as a + b·N^p over the loads at hand (with a p near the one that all
 * checks share), the predicted times are scheduled on the slots of the newest round, and what that round took
 * beside its steps is added. Up to twice the largest measured load.
 *
 * @param isScaled whether the load asks more of a check: another takes as long at every load
 */
export function forecastFrom(
  rounds: readonly ComparedReport[],
  newest: ComparedReport,
  isScaled: (key: string) => boolean,
): Forecast {
  const levels = [...new Set(rounds.map((round) => round.load))].sort((a, b) => a - b);
  const slots = newest.findings.slots.limit;
  const largest = levels.at(-1);
  if (levels.length < 2 || largest === undefined || slots === null)
    return nothing(levels, levels.length < 2 ? 'one level alone shows no growth' : 'no step has run');
  const timings = timingsOf(rounds);
  // A check that has no time but one with a fixed window still takes its slot; at one load it tells nothing of growth.
  const held = timingsOf([{ ...newest, fixedWindows: [] }]);
  const found = startOrder(newest).flatMap((key) => {
    const check = timings.get(key) ?? held.get(key);
    return check ? [{ check, scaled: isScaled(key) }] : [];
  });
  const checks = found.map(({ check }) => check);
  if (fitChecks(checks).every((fit) => fit === undefined))
    return nothing(levels, 'no check completed at two levels');
  const known = new Set(newest.steps.map(checkKey)).size;
  const leftOut = known - checks.length;
  const without = `${leftOut} of ${counted(known, 'check')} never completed`;
  if (leftOut > known / 2) return nothing(levels, without);
  const random = randomFrom(`${checks.length}:${checks[0]?.map((timing) => timing.seconds).join()}`);
  const noise = estimateNoise(checks);
  const steady = steadyAmong(
    checks,
    found.map(({ scaled }) => scaled),
    noise,
  );
  const growing = checks.filter((_, index) => !steady[index]);
  const exponent = findExponent(growing, largest, noise, random);
  const growth = growthOf(checks, exponent.value, { noise, steady });
  const { bent, fits } = growth;
  const beside = Math.max(
    0,
    (newest.verdict.runtimeSeconds ?? 0) - (newest.findings.model.makespanSeconds ?? 0),
  );
  const stepsAt = (load: number) => makespan(predictRuns(bent, fits, sizesAt(growth, load)), slots);
  const loads = loadsFor(levels, 2 * largest);
  const bands = forecastBands({ checks, exponent, growth, noise, slots }, loads, random);
  const points = loads.map((load, index) => {
    const { low, high } = bands[index] ?? { low: 0, high: 0 };
    const seconds = stepsAt(load);
    const at = (stray: number) => milli(beside + seconds * Math.exp(stray));
    return {
      load,
      makespanSeconds: at(0),
      lowSeconds: at(Math.min(low, 0)),
      highSeconds: at(Math.max(high, 0)),
    };
  });
  if (!points.every((point) => Object.values(point).every(Number.isFinite)))
    return nothing(levels, 'the times of the checks are too far apart to be followed to another load');
  // What a round took of which many steps failed is not what the load takes.
  const decided = rounds.filter((round) => isDecided(round.verdict));
  const range = fittingRange(rounds, points, newest.verdict.windowSeconds);
  return {
    levels,
    measured: decided.flatMap(({ load, verdict: { runtimeSeconds } }) =>
      runtimeSeconds === null ? [] : [{ load, seconds: runtimeSeconds }],
    ),
    errors: decided.flatMap(({ load, verdict: { runtimeSeconds } }) =>
      runtimeSeconds !== null && runtimeSeconds >= leastSeconds
        ? [{ load, error: milli((beside + stepsAt(load)) / runtimeSeconds - 1) }]
        : [],
    ),
    leftOut,
    steady: steady.filter(Boolean).length,
    extrapolated: fits.filter((fit) => fit === undefined).length,
    exponent: milli(exponent.value),
    points,
    ...range,
    sentence: `${forecastSentence({ ...range, points }, largest)}${leftOut > 0 ? ` Left out: ${without}.` : ''}`,
  };
}

function nothing(levels: readonly number[], why: string): Forecast {
  return {
    why,
    levels: [...levels],
    measured: [],
    errors: [],
    leftOut: 0,
    steady: 0,
    extrapolated: 0,
    exponent: 1,
    points: [],
    highestFit: null,
    lowestMiss: null,
    fitsUpTo: null,
    breaksBetween: null,
    mostLikely: null,
    sentence: `No forecast: ${why}.`,
  };
}

function startOrder(newest: ComparedReport): string[] {
  return [...new Set(inStartOrder(newest.steps).map(checkKey))];
}

/** Every whole load where there are few, else spread evenly by ratio; the measured levels in any case. */
function loadsFor(levels: readonly number[], last: number): number[] {
  const ratio = last ** (1 / (pointsAtMost - 1));
  const spread = Array.from({ length: Math.min(last, pointsAtMost) }, (_, index) =>
    last <= pointsAtMost ? index + 1 : Math.round(ratio ** index),
  );
  return [...new Set([...spread, ...levels])].sort((a, b) => a - b);
}
