import type { Timing } from './checkTimes.ts';
import { fitLinear, type KnownStart, type LinearFit, predictSeconds } from './linearFit.ts';

/** Every measurement of the checks to be forecast, in the order in which their steps are started. */
export type Checks = readonly (readonly Timing[])[];

/** Each check's T(x) = a + b·x; undefined for a check that was measured at a single load. */
export type Fits = readonly (LinearFit | undefined)[];

/** The same measurements at load^exponent: what is a straight line over those is a bent one over the load. */
export function bendLoads(checks: Checks, exponents: number | ArrayLike<number>): Checks {
  if (exponents === 1) return checks;
  return checks.map((check, index) => {
    const exponent = typeof exponents === 'number' ? exponents : (exponents[index] ?? 1);
    return check.map((timing) => ({ ...timing, load: timing.load ** exponent }));
  });
}

export function fitChecks(checks: Checks, known?: KnownStart): Fits {
  return checks.map((check) => fitLinear(check, known));
}

/**
 * Seconds of each check.
 *
 * @param sizes of the load, for each check: what its growing part is multiplied with, or for one without a fit what all of its
 * time is
 * @param into takes the answer, where many are asked for
 */
export function predictRuns(
  checks: Checks,
  fits: Fits,
  sizes: Float64Array,
  into: Float64Array = new Float64Array(checks.length),
): Float64Array {
  for (let index = 0; index < checks.length; index++) {
    const fit = fits[index];
    const size = sizes[index] ?? 0;
    into[index] = fit ? predictSeconds(fit, size) : size * meanSeconds(checks[index] ?? []);
  }
  return into;
}

function meanSeconds(check: readonly Timing[]): number {
  let seconds = 0;
  for (const timing of check) seconds += timing.seconds;
  return seconds / Math.max(1, check.length);
}

/** The measurements below the largest load. */
export function below(checks: Checks, largest: number): Checks {
  return checks.map((check) => check.filter(({ load }) => load < largest));
}

/**
 * How far the fits miss the largest load when they are not shown it, as log of all predicted over all measured time: what
 * the shape of the curve overlooks. Undefined below three loads.
 */
export function unseenError(checks: Checks, shown: Checks, largest: number): number | undefined {
  let predicted = 0;
  let measured = 0;
  for (const [index, check] of checks.entries()) {
    const fit = fitLinear(shown[index] ?? []);
    if (!fit) continue;
    for (const { load, seconds } of check)
      if (load === largest) {
        predicted += predictSeconds(fit, load);
        measured += seconds;
      }
  }
  return measured === 0 || predicted === 0 ? undefined : Math.log(predicted / measured);
}
