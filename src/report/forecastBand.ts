import { drawAgain } from './forecastDraws.ts';
import type { Exponent } from './forecastExponent.ts';
import { type Checks, fitGrowth, type Growth, predictRuns } from './forecastModel.ts';
import { makespan } from './makespan.ts';
import type { Noise } from './noise.ts';
import type { Random } from './random.ts';
import { percentile } from './statistics.ts';

/** Steps to schedule in all resamples together: what a forecast may cost. */
const scheduledAtMost = 6_000_000;

/** Log of seconds over the model's seconds at one load: the ends of the 80% band. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/**
 * The 80% band of a new round at each load, by a parametric bootstrap of the prediction itself: the fits are taken for the
 * truth, rounds are drawn from them with the noise that was seen, fitted and scheduled again, and held against a
 * new round of that truth. So the model's own bias (the longest of many noisy fits is too long) is in the band. What is
 * not known of the exponent widens it.
 */
export function forecastBands(
  { checks, growth, exponent, noise, slots }: ForecastModel,
  loads: readonly number[],
  random: Random,
): Band[] {
  const seconds = (one: Growth, load: number) => makespan(predictRuns(checks, one, load), slots);
  const bentMore = fitGrowth(checks, exponent.value + exponent.deviation);
  const bends = loads.map((load) => Math.log(seconds(bentMore, load) / seconds(growth, load)));
  const truths = loads.map((load) => predictRuns(checks, growth, load));
  const perDraw = 2 * checks.length * loads.length;
  const draws = Math.max(40, Math.min(400, Math.floor(scheduledAtMost / perDraw)));
  const strays: number[][] = loads.map(() => []);
  for (let draw = 0; draw < draws; draw++) {
    const drawn = drawAgain(checks, growth, noise, random);
    const again = fitGrowth(drawn, exponent.value);
    const shared = noise.round * random.normal();
    const bend = random.normal();
    for (const [index, load] of loads.entries()) {
      const predicted = makespan(predictRuns(drawn, again, load), slots);
      const runs = truths[index] ?? [];
      const observed = makespan(
        runs.map((run) => run * Math.exp(shared + noise.step * random.normal())),
        slots,
      );
      strays[index]?.push(Math.log(observed / predicted) + bend * (bends[index] ?? 0));
    }
  }
  return strays.map((stray) => {
    stray.sort((a, b) => a - b);
    return { low: percentile(stray, 0.1) ?? 0, high: percentile(stray, 0.9) ?? 0 };
  });
}

export interface ForecastModel {
  readonly checks: Checks;
  readonly growth: Growth;
  readonly exponent: Exponent;
  readonly noise: Noise;
  readonly slots: number;
}
