import type { Timing } from './checkTimes.ts';

/** T(N) = fixedSeconds + secondsPerLoad · N. */
export interface LinearFit {
  readonly fixedSeconds: number;
  readonly secondsPerLoad: number;
}

/**
 * The fixed and the growing part of a check's time, by least squares of relative errors (a long measurement is off
 * by as many percent as a short one, not by as many seconds). The weights come from the fit itself, twice: weights
 * from the measurements would favour those that happened to be short. Neither part can be negative. Undefined below two loads.
 */
export function fitLinear(check: readonly Timing[]): LinearFit | undefined {
  const [first] = check;
  if (!first || check.every(({ load }) => load === first.load)) return undefined;
  let fit = weighted(check, ({ seconds }) => seconds);
  for (let pass = 0; pass < 2; pass++) {
    const before = fit;
    fit = weighted(check, ({ load }) => predictSeconds(before, load));
  }
  return fit;
}

/** One round of least squares with weights 1 ÷ size². */
function weighted(check: readonly Timing[], sizeOf: (timing: Timing) => number): LinearFit {
  let w = 0;
  let wn = 0;
  let wnn = 0;
  let wt = 0;
  let wnt = 0;
  for (const timing of check) {
    const weight = 1 / sizeOf(timing) ** 2;
    w += weight;
    wn += weight * timing.load;
    wnn += weight * timing.load * timing.load;
    wt += weight * timing.seconds;
    wnt += weight * timing.load * timing.seconds;
  }
  const growing = (w * wnt - wn * wt) / (w * wnn - wn * wn);
  const fixed = (wt - growing * wn) / w;
  if (fixed < 0) return { fixedSeconds: 0, secondsPerLoad: wnt / wnn };
  if (growing < 0) return { fixedSeconds: wt / w, secondsPerLoad: 0 };
  return { fixedSeconds: fixed, secondsPerLoad: growing };
}

export function predictSeconds(fit: LinearFit, load: number): number {
  return fit.fixedSeconds + fit.secondsPerLoad * load;
}

/** Relative deviation of one measurement from its fit, over all checks that leave a degree of freedom. */
export function residualNoise(timings: Iterable<readonly Timing[]>): number | undefined {
  let squares = 0;
  let degrees = 0;
  for (const check of timings) {
    const fit = fitLinear(check);
    if (!fit || check.length < 3) continue;
    for (const { load, seconds } of check) squares += Math.log(seconds / predictSeconds(fit, load)) ** 2;
    degrees += check.length - 2;
  }
  return degrees === 0 ? undefined : Math.sqrt(squares / degrees);
}

/**
 * How far the same fits miss the largest load when they are not shown it, as log of all predicted over all measured
 * time: what a straight line overlooks. Undefined below three loads.
 */
export function unseenError(timings: Iterable<readonly Timing[]>, largest: number): number | undefined {
  let predicted = 0;
  let measured = 0;
  for (const check of timings) {
    const fit = fitLinear(check.filter(({ load }) => load < largest));
    if (!fit) continue;
    for (const { load, seconds } of check)
      if (load === largest) {
        predicted += predictSeconds(fit, load);
        measured += seconds;
      }
  }
  return measured === 0 || predicted === 0 ? undefined : Math.log(predicted / measured);
}
