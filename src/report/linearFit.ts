import type { Timing } from './checkTimes.ts';

type Measurement = Pick<Timing, 'load' | 'seconds'>;

/** T(N) = fixedSeconds + secondsPerLoad · N. */
export interface LinearFit {
  readonly fixedSeconds: number;
  readonly secondsPerLoad: number;
}

/** What is known of the fixed part beside the measurements, for what it is worth: one of weight 1 is a measurement of 1 s at load 0. */
export interface KnownStart {
  readonly seconds: number;
  readonly weight: number;
}

/**
 * The fixed and the growing part of a check's time, by least squares of relative errors (a long measurement is off
 * by as many percent as a short one, not by as many seconds). The weights come from the fit itself, twice: weights
 * from the measurements would favour those that happened to be short. Neither part can be negative. Undefined below two loads.
 */
export function fitLinear(check: readonly Measurement[], known?: KnownStart): LinearFit | undefined {
  const [first] = check;
  if (!first || check.every(({ load }) => load === first.load)) return undefined;
  let fit = weighted(check, undefined, known);
  for (let pass = 0; pass < 2; pass++) fit = weighted(check, fit, known);
  return fit;
}

/** One round of least squares with weights 1 ÷ size², the size by a fit, else as measured. */
function weighted(
  check: readonly Measurement[],
  sizes: LinearFit | undefined,
  known: KnownStart = { seconds: 0, weight: 0 },
): LinearFit {
  const sums = weightedSums(check, ({ load, seconds }) => {
    const size = sizes ? predictSeconds(sizes, load) : seconds;
    return 1 / (size * size);
  });
  const { wn, wnn, wnt } = sums;
  const w = known.weight + sums.w;
  const wt = known.weight * known.seconds + sums.wt;
  const growing = (w * wnt - wn * wt) / (w * wnn - wn * wn);
  const fixed = (wt - growing * wn) / w;
  // One measurement outweighs all others so far that they are lost in rounding.
  if (!Number.isFinite(growing)) return { fixedSeconds: wt / w, secondsPerLoad: 0 };
  if (fixed < 0) return { fixedSeconds: 0, secondsPerLoad: wnt / wnn };
  if (growing < 0) return { fixedSeconds: wt / w, secondsPerLoad: 0 };
  return { fixedSeconds: fixed, secondsPerLoad: growing };
}

/** The sums of weighted least squares: of the weights, with the loads n, their squares, the seconds t, and n times t. */
export interface WeightedSums {
  readonly w: number;
  readonly wn: number;
  readonly wnn: number;
  readonly wt: number;
  readonly wnt: number;
}

export function weightedSums(
  check: readonly Measurement[],
  weightOf: (measurement: Measurement) => number,
): WeightedSums {
  const sums = { w: 0, wn: 0, wnn: 0, wt: 0, wnt: 0 };
  for (const measurement of check) {
    const { load, seconds } = measurement;
    const weight = weightOf(measurement);
    sums.w += weight;
    sums.wn += weight * load;
    sums.wnn += weight * load * load;
    sums.wt += weight * seconds;
    sums.wnt += weight * load * seconds;
  }
  return sums;
}

export function predictSeconds(fit: LinearFit, load: number): number {
  return fit.fixedSeconds + fit.secondsPerLoad * load;
}

/** A start-up that was learned elsewhere, as a fit of measurements with this noise (deviation of log seconds) takes it. */
export function knownStart(startUp: { seconds: number; spreadSeconds: number }, noise: number): KnownStart {
  return { seconds: startUp.seconds, weight: (noise / startUp.spreadSeconds) ** 2 };
}
