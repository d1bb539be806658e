import { redraw } from './forecastDraws.ts';
import type { Exponent } from './forecastExponent.ts';
import { beyondLargest, fitGrowth, type Growth, growthOf, sizesAt } from './forecastGrowth.ts';
import { type Checks, predictRuns } from './forecastModel.ts';
import { makespan } from './makespan.ts';
import type { Noise } from './noise.ts';
import type { Random } from './random.ts';
import { percentile } from './statistics.ts';

const fewestDraws = 25;
const mostDraws = 400;
/** Steps to schedule in all draws together: what a forecast may cost. */
const scheduledAtMost = 2_500_000;

/** Log of seconds over the model's seconds at one load: the ends of the 80% band. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

export interface ForecastModel {
  readonly checks: Checks;
  readonly exponent: Exponent;
  readonly growth: Growth;
  readonly noise: Noise;
  readonly slots: number;
}

/**
 * The 80% band of a new round at each load, by a parametric bootstrap of the prediction itself: the fits are taken for the
 * truth, rounds are drawn from them with the noise that was seen, fitted and scheduled again, and held against a
 * new round of that truth. So the model's own bias (the longest of many noisy fits is too long) is in the band. What is
 * not known of the exponents, the common one and each check's own, widens it.
 */
export function forecastBands(model: ForecastModel, loads: readonly number[], random: Random): Band[] {
  const { checks, growth, noise, slots } = model;
  const { bent, fits, known, steady, heldBack } = growth;
  const bends = bendEffects(model, loads);
  const sizes = loads.map((load) => sizesAt(growth, load));
  const beyond = loads.map((load) => beyondLargest(growth, load));
  const fixed = fits.map((fit) => fit?.fixedSeconds ?? 0);
  const growing = sizes.map((size) =>
    predictRuns(bent, fits, size).map((seconds, check) => seconds - (fixed[check] ?? 0)),
  );
  const deviations = growth.variances.map(Math.sqrt);
  const own = new Float64Array(checks.length);
  const rounds = redraw(bent, fits, noise, random);
  const runs = new Float64Array(checks.length);
  const draws = Math.floor(scheduledAtMost / (2 * checks.length * loads.length));
  const strays: number[][] = loads.map(() => []);
  for (let draw = 0; draw < Math.max(fewestDraws, Math.min(mostDraws, draws)); draw++) {
    rounds.draw();
    const again = fitGrowth(rounds.checks, known, steady);
    const shared = noise.round * random.normal();
    const bend = random.normal();
    for (let check = 0; check < own.length; check++) {
      const stray = random.normal();
      const upwards = stray > 0 ? (heldBack[check] ?? 0) : 0;
      own[check] = stray * ((deviations[check] ?? 0) + upwards);
    }
    for (const [index, size] of sizes.entries()) {
      const predicted = makespan(predictRuns(rounds.checks, again, size, runs), slots);
      const growth = growing[index] ?? runs;
      const far = beyond[index] ?? 0;
      for (let check = 0; check < runs.length; check++) {
        const grown = (growth[check] ?? 0) * (far === 0 ? 1 : Math.exp(far * (own[check] ?? 0)));
        runs[check] = ((fixed[check] ?? 0) + grown) * Math.exp(shared + noise.step * random.normal());
      }
      strays[index]?.push(Math.log(makespan(runs, slots) / predicted) + bend * (bends[index] ?? 0));
    }
  }
  return strays.map((stray) => {
    stray.sort((a, b) => a - b);
    return { low: percentile(stray, 0.1) ?? 0, high: percentile(stray, 0.9) ?? 0 };
  });
}

/** What one deviation of the common exponent makes of the total runtime at each load, as log. */
function bendEffects(
  { checks, exponent, growth, noise, slots }: ForecastModel,
  loads: readonly number[],
): number[] {
  const secondsIn = (one: Growth) =>
    loads.map((load) => makespan(predictRuns(one.bent, one.fits, sizesAt(one, load)), slots));
  const straight = secondsIn(growth);
  return secondsIn(
    growthOf(checks, exponent.value + exponent.deviation, { noise, steady: growth.steady }),
  ).map((bent, index) => Math.log(bent / (straight[index] ?? bent)));
}
