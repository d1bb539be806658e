import type { Checks, Growth } from './forecastModel.ts';
import { predictSeconds } from './linearFit.ts';
import type { Noise } from './noise.ts';
import type { Random } from './random.ts';

/** The same rounds once more, as they might have come out were the fits the truth. */
export function drawAgain(checks: Checks, growth: Growth, noise: Noise, random: Random): Checks {
  const shared = new Map<number, number>();
  const sharedOf = (round: number) => {
    const known = shared.get(round) ?? noise.round * random.normal();
    shared.set(round, known);
    return known;
  };
  return checks.map((check, index) => {
    const fit = growth.fits[index];
    return check.map((timing) => {
      const truth = fit ? predictSeconds(fit, timing.load ** growth.exponent) : timing.seconds;
      return { ...timing, seconds: truth * Math.exp(sharedOf(timing.round) + noise.step * random.normal()) };
    });
  });
}
