import type { Timing } from './checkTimes.ts';
import { fitLinear, type LinearFit, predictSeconds } from './linearFit.ts';

/** Every measurement of the checks to be forecast, in the order in which their steps are started. */
export type Checks = readonly (readonly Timing[])[];

/** Each check's T(N) = a + b·N^exponent, with one exponent for all; no fit for a check measured at a single load. */
export interface Growth {
  readonly exponent: number;
  readonly fits: readonly (LinearFit | undefined)[];
}

export function fitGrowth(checks: Checks, exponent: number): Growth {
  return { exponent, fits: checks.map((check) => fitLinear(bent(check, exponent))) };
}

/** Seconds of each check at a load. One that was measured at a single load grows as the others do together. */
export function predictRuns(checks: Checks, growth: Growth, load: number): number[] {
  const since = new Map<number, number>();
  return checks.map((check, index) => {
    const fit = growth.fits[index];
    if (fit) return predictSeconds(fit, load ** growth.exponent);
    const [timing] = check;
    if (!timing) return 0;
    const factor = since.get(timing.load) ?? together(growth, load) / together(growth, timing.load);
    since.set(timing.load, factor);
    return (factor * check.reduce((sum, { seconds }) => sum + seconds, 0)) / check.length;
  });
}

function together({ fits, exponent }: Growth, load: number): number {
  let seconds = 0;
  for (const fit of fits) if (fit) seconds += predictSeconds(fit, load ** exponent);
  return seconds;
}

/**
 * How far the fits miss the largest load when they are not shown it, as log of all predicted over all measured time:
 * what the shape of the curve overlooks. Undefined below three loads.
 */
export function unseenError(checks: Checks, exponent: number, largest: number): number | undefined {
  let predicted = 0;
  let measured = 0;
  for (const check of checks) {
    const fit = fitLinear(
      bent(
        check.filter(({ load }) => load < largest),
        exponent,
      ),
    );
    if (!fit) continue;
    for (const { load, seconds } of check)
      if (load === largest) {
        predicted += predictSeconds(fit, load ** exponent);
        measured += seconds;
      }
  }
  return measured === 0 || predicted === 0 ? undefined : Math.log(predicted / measured);
}

function bent(check: readonly Timing[], exponent: number): readonly Timing[] {
  return exponent === 1 ? check : check.map((timing) => ({ ...timing, load: timing.load ** exponent }));
}
