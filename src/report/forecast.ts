import { checkKey } from './checkKey.ts';
import { type Timing, timingsOf } from './checkTimes.ts';
import type { ComparedReport } from './comparison.ts';
import type { Forecast } from './comparisonModel.ts';
import { forecastSentence } from './forecastSentence.ts';
import { fitLinear, type LinearFit, predictSeconds, residualNoise, unseenError } from './linearFit.ts';
import { inStartOrder, makespan } from './makespan.ts';
import { pooledNoise } from './noise.ts';
import { type Random, randomFrom } from './random.ts';
import { milli, percentile } from './statistics.ts';

/** Noise of one measurement where neither a repeat nor a third level shows it. */
const assumedNoise = 0.1;
const pointsAtMost = 16;
/** Steps to schedule in all resamples together: what a forecast may cost. */
const scheduledAtMost = 6_000_000;

/**
 * Total runtime at other loads: each check's time is fitted as a + b·N over the loads at hand, the predicted times are
 * scheduled on the slots of the newest round, and what that round took beside its steps is added. The 80% band comes
 * from fitting again to resampled measurements. Up to twice the largest measured load.
 */
export function forecastFrom(rounds: readonly ComparedReport[], newest: ComparedReport): Forecast {
  const levels = [...new Set(rounds.map((round) => round.load))].sort((a, b) => a - b);
  const slots = newest.findings.slots.limit;
  const largest = levels.at(-1);
  if (levels.length < 2 || largest === undefined || slots === null)
    return nothing(levels, levels.length < 2 ? 'one level alone shows no growth' : 'no step has run');
  const timings = timingsOf(rounds);
  const checks = startOrder(newest).flatMap((key) => {
    const check = timings.get(key);
    return check && fitLinear(check) ? [check] : [];
  });
  if (checks.length === 0) return nothing(levels, 'no check completed at two levels');
  const fits = checks.flatMap((check) => fitLinear(check) ?? []);
  const beside = Math.max(
    0,
    (newest.verdict.runtimeSeconds ?? 0) - (newest.findings.model.makespanSeconds ?? 0),
  );
  const runtimeAt = (load: number, some: readonly LinearFit[]) =>
    beside +
    makespan(
      some.map((fit) => predictSeconds(fit, load)),
      slots,
    );
  const loads = loadsUpTo(2 * largest);
  const noise = pooledNoise(checks) ?? residualNoise(checks) ?? assumedNoise;
  const beyond = { largest, error: Math.abs(unseenError(checks, largest) ?? 0) };
  const bands = resample(checks, loads, noise, slots, beyond);
  const points = loads.map((load, index) => ({
    load,
    makespanSeconds: milli(runtimeAt(load, fits)),
    lowSeconds: milli(beside + (percentile(bands[index] ?? [], 0.1) ?? 0)),
    highSeconds: milli(beside + (percentile(bands[index] ?? [], 0.9) ?? 0)),
  }));
  const window = newest.verdict.windowSeconds;
  const fitsUpTo = points.findLast((point) => point.highSeconds <= window)?.load ?? null;
  const breaks = points.find((point) => point.lowSeconds > window)?.load;
  const result = {
    levels,
    measured: rounds.flatMap(({ load, verdict: { runtimeSeconds } }) =>
      runtimeSeconds === null ? [] : [{ load, seconds: runtimeSeconds }],
    ),
    errors: rounds.flatMap((round) => {
      const observed = round.verdict.runtimeSeconds;
      return observed ? [{ load: round.load, error: milli(runtimeAt(round.load, fits) / observed - 1) }] : [];
    }),
    points,
    fitsUpTo,
    breaksBetween: breaks === undefined ? null : ([fitsUpTo ?? 0, breaks] as [number, number]),
  };
  return { ...result, sentence: forecastSentence(result, largest) };
}

function nothing(levels: readonly number[], why: string): Forecast {
  return {
    why,
    levels: [...levels],
    measured: [],
    errors: [],
    points: [],
    fitsUpTo: null,
    breaksBetween: null,
    sentence: `No forecast: ${why}.`,
  };
}

function startOrder(newest: ComparedReport): string[] {
  return [...new Set(inStartOrder(newest.steps).map(checkKey))];
}

/** Every whole load where there are few, else spread evenly by ratio. */
function loadsUpTo(largest: number): number[] {
  if (largest <= pointsAtMost) return Array.from({ length: largest }, (_, index) => index + 1);
  const ratio = largest ** (1 / (pointsAtMost - 1));
  return [...new Set(Array.from({ length: pointsAtMost }, (_, index) => Math.round(ratio ** index)))];
}

/**
 * Rising makespans at each load: every measurement is drawn again with its noise, fitted again, and met by new noise.
 * Beyond the largest load all bend together, by what the fits missed when that load was hidden from them.
 */
function resample(
  checks: readonly (readonly Timing[])[],
  loads: readonly number[],
  noise: number,
  slots: number,
  beyond: { largest: number; error: number },
): number[][] {
  const [first] = checks;
  const random = randomFrom(`${checks.length}:${first?.map((timing) => timing.seconds).join()}`);
  const draws = Math.max(40, Math.min(400, Math.floor(scheduledAtMost / (checks.length * loads.length))));
  const bands: number[][] = loads.map(() => []);
  for (let draw = 0; draw < draws; draw++) {
    const fits = checks.map((check) => refit(check, noise, random));
    const straightness = beyond.error * random.normal();
    for (const [index, load] of loads.entries()) {
      const bend = Math.exp(straightness * Math.max(0, Math.log2(load / beyond.largest)));
      const runs = fits.map((fit) => predictSeconds(fit, load) * noisy(noise, random));
      bands[index]?.push(bend * makespan(runs, slots));
    }
  }
  for (const band of bands) band.sort((a, b) => a - b);
  return bands;
}

function refit(check: readonly Timing[], noise: number, random: Random): LinearFit {
  const drawn = check.map(({ load, seconds }) => ({
    load,
    seconds: seconds * Math.exp(noise * random.normal()),
  }));
  return fitLinear(drawn) ?? { fixedSeconds: 0, secondsPerLoad: 0 };
}

/** A factor with mean 1. */
function noisy(noise: number, random: Random): number {
  return Math.exp(noise * random.normal() - (noise * noise) / 2);
}
