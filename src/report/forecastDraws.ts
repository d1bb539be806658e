import type { Timing } from './checkTimes.ts';
import type { Checks, Fits } from './forecastModel.ts';
import { predictSeconds } from './linearFit.ts';
import type { Noise } from './noise.ts';
import type { Random } from './random.ts';

/** The same rounds over and over, as they might have come out were the fits the truth. */
export interface Redrawn {
  /** The latest draw. The same objects every time: a forecast of 10,000 checks draws millions. */
  readonly checks: Checks;
  draw(): void;
}

export function redraw(checks: Checks, fits: Fits, noise: Noise, random: Random): Redrawn {
  const drawn: { -readonly [Key in keyof Timing]: Timing[Key] }[][] = checks.map((check) =>
    check.map((timing) => ({ ...timing })),
  );
  const truths = checks.flatMap((check, index) => {
    const fit = fits[index];
    return check.map(({ load, seconds }) => (fit ? predictSeconds(fit, load) : seconds));
  });
  const rounds = 1 + Math.max(0, ...new Set(checks.flatMap((check) => check.map(({ round }) => round))));
  return {
    checks: drawn,
    draw() {
      const shared = Array.from({ length: rounds }, () => noise.round * random.normal());
      let place = 0;
      for (const check of drawn)
        for (const timing of check) {
          const stray = (shared[timing.round] ?? 0) + noise.step * random.normal();
          timing.seconds = (truths[place++] ?? 0) * Math.exp(stray);
        }
    },
  };
}
