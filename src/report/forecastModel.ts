import type { Timing } from './checkTimes.ts';
import { fitLinear, type LinearFit, predictSeconds } from './linearFit.ts';

/** Every measurement of the checks to be forecast, in the order in which their steps are started. */
export type Checks = readonly (readonly Timing[])[];

/** Each check's T(x) = a + b·x; undefined for a check that was measured at a single load. */
export type Fits = readonly (LinearFit | undefined)[];

/** The same measurements at load^exponent: what is a straight line over those is a bent one over the load. */
export function bendLoads(checks: Checks, exponent: number): Checks {
  if (exponent === 1) return checks;
  return checks.map((check) => check.map((timing) => ({ ...timing, load: timing.load ** exponent })));
}

export function fitChecks(checks: Checks): Fits {
  return checks.map((check) => fitLinear(check));
}

/**
 * Seconds of each check at a load. One that was measured at a single load grows as the others do together.
 *
 * @param into takes the answer, where many are asked for
 */
export function predictRuns(
  checks: Checks,
  fits: Fits,
  load: number,
  into: Float64Array = new Float64Array(checks.length),
): Float64Array {
  const since = new Map<number, number>();
  for (let index = 0; index < checks.length; index++) {
    const fit = fits[index];
    if (fit) {
      into[index] = predictSeconds(fit, load);
      continue;
    }
    const check = checks[index] ?? [];
    const timing = check[0];
    if (timing) {
      const factor = since.get(timing.load) ?? together(fits, load) / together(fits, timing.load);
      since.set(timing.load, factor);
      into[index] = (factor * check.reduce((sum, { seconds }) => sum + seconds, 0)) / check.length;
    }
  }
  return into;
}

function together(fits: Fits, load: number): number {
  let seconds = 0;
  for (const fit of fits) if (fit) seconds += predictSeconds(fit, load);
  return seconds;
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
