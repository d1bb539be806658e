import { redraw } from './forecastDraws.ts';
import type { Exponent } from './forecastExponent.ts';
import { bendLoads, type Checks, fitChecks, predictRuns } from './forecastModel.ts';
import { makespan } from './makespan.ts';
import type { Noise } from './noise.ts';
import type { Random } from './random.ts';
import { percentile } from './statistics.ts';

const fewestDraws = 40;
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
  readonly noise: Noise;
  readonly slots: number;
}

/**
 * The 80% band of a new round at each load, by a parametric bootstrap of the prediction itself: the fits are taken for the
 * truth, rounds are drawn from them with the noise that was seen, fitted and scheduled again, and held against a
 * new round of that truth. So the model's own bias (the longest of many noisy fits is too long) is in the band. What is
 * not known of the exponent widens it.
 */
export function forecastBands(model: ForecastModel, loads: readonly number[], random: Random): Band[] {
  const { checks, exponent, noise, slots } = model;
  const bent = bendLoads(checks, exponent.value);
  const fits = fitChecks(bent);
  const bends = bendEffects(model, loads);
  const bentLoads = loads.map((load) => load ** exponent.value);
  const truths = bentLoads.map((load) => predictRuns(bent, fits, load));
  const rounds = redraw(bent, fits, noise, random);
  const runs = new Float64Array(checks.length);
  const draws = Math.floor(scheduledAtMost / (2 * checks.length * loads.length));
  const strays: number[][] = loads.map(() => []);
  for (let draw = 0; draw < Math.max(fewestDraws, Math.min(mostDraws, draws)); draw++) {
    rounds.draw();
    const again = fitChecks(rounds.checks);
    const shared = noise.round * random.normal();
    const bend = random.normal();
    for (const [index, load] of bentLoads.entries()) {
      const predicted = makespan(predictRuns(rounds.checks, again, load, runs), slots);
      const truth = truths[index] ?? runs;
      for (let check = 0; check < runs.length; check++)
        runs[check] = (truth[check] ?? 0) * Math.exp(shared + noise.step * random.normal());
      strays[index]?.push(Math.log(makespan(runs, slots) / predicted) + bend * (bends[index] ?? 0));
    }
  }
  return strays.map((stray) => {
    stray.sort((a, b) => a - b);
    return { low: percentile(stray, 0.1) ?? 0, high: percentile(stray, 0.9) ?? 0 };
  });
}

/** What one deviation of the exponent makes of the total runtime at each load, as log. */
function bendEffects({ checks, exponent, slots }: ForecastModel, loads: readonly number[]): number[] {
  const secondsAt = (value: number) => {
    const bent = bendLoads(checks, value);
    const fits = fitChecks(bent);
    return loads.map((load) => makespan(predictRuns(bent, fits, load ** value), slots));
  };
  const straight = secondsAt(exponent.value);
  return secondsAt(exponent.value + exponent.deviation).map((bent, index) =>
    Math.log(bent / (straight[index] ?? bent)),
  );
}
