export const percentileMethod = 'linear interpolation (R-7)';

export interface Statistics {
  /** How many durations; every figure is null when it is 0. */
  readonly n: number;
  readonly averageSeconds: number | null;
  readonly p50Seconds: number | null;
  readonly p95Seconds: number | null;
  readonly p99Seconds: number | null;
  readonly minSeconds: number | null;
  readonly maxSeconds: number | null;
}

/**
 * The percentile `p` (0 to 1) of values in rising order: between the two nearest ranks of h = (n-1)p, definition
 * 7 of Hyndman and Fan (1996), the default of numpy and R. Null for no values.
 */
export function percentile(rising: readonly number[], p: number): number | null {
  const h = (rising.length - 1) * p;
  const below = rising[Math.floor(h)];
  const above = rising[Math.ceil(h)];
  if (below === undefined || above === undefined) return null;
  return below + (h - Math.floor(h)) * (above - below);
}

/** The middle of values in any order, between the two middle ones of an even number; null for no values. */
export function median(values: readonly number[]): number | null {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** The arithmetic mean; NaN for no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** The metrics of the report for durations in seconds, in any order. */
export function summarise(seconds: readonly number[]): Statistics {
  const rising = seconds.toSorted((a, b) => a - b);
  return {
    n: rising.length,
    averageSeconds: rising.length === 0 ? null : milli(sum(rising) / rising.length),
    p50Seconds: milliOrNull(percentile(rising, 0.5)),
    p95Seconds: milliOrNull(percentile(rising, 0.95)),
    p99Seconds: milliOrNull(percentile(rising, 0.99)),
    minSeconds: rising[0] ?? null,
    maxSeconds: rising.at(-1) ?? null,
  };
}

/** Adds in rising order of size, so that the order of the steps cannot change a digit. */
export function sum(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).reduce((total, value) => total + value, 0);
}

/** Rounded to the millisecond, which is what EMR measures. */
export function milli(seconds: number): number {
  // Adding 0 turns -0, which JSON would write as 0 and so not give back, into 0.
  return Math.round(seconds * 1000) / 1000 + 0;
}

function milliOrNull(seconds: number | null): number | null {
  return seconds === null ? null : milli(seconds);
}

/** Presumed of one measurement, as deviation of log seconds (0.10 is about 10%), where no round was repeated. */
export const presumedNoise = 0.1;

/** Two-sided 95% of the normal distribution. */
const z = 1.959964;

export interface MeanRatio {
  readonly mean: number;
  /** 95% interval. */
  readonly low: number;
  readonly high: number;
}

/**
 * The geometric mean of ratios with its 95% interval: Student's t over the log ratios, and beside it how far two whole rounds
 * differ. A single ratio has no spread: the presumed noise of a measurement is taken instead. Undefined for none.
 *
 * @param roundNoise of all checks of one round together, as deviation of log seconds: a ratio has it twice
 */
export function meanRatio(ratios: readonly number[], roundNoise: number): MeanRatio | undefined {
  const n = ratios.length;
  if (n === 0) return undefined;
  const logs = ratios.map(Math.log);
  const middle = mean(logs);
  const squares = logs.reduce((total, log) => total + (log - middle) ** 2, 0);
  const ofChecks =
    n === 1 ? z * Math.SQRT2 * presumedNoise : studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  const half = Math.hypot(ofChecks, z * Math.SQRT2 * roundNoise);
  return { mean: Math.exp(middle), low: Math.exp(middle - half), high: Math.exp(middle + half) };
}

/**
 * The two-sided 95% quantile of Student's t: exact for one and two degrees of freedom, else the expansion of Abramowitz and
 * Stegun (26.7.5), within 0.2%.
 */
export function studentQuantile(degrees: number): number {
  if (degrees === 1) return 12.7062;
  if (degrees === 2) return 4.30265;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((total, term, index) => total + term / degrees ** (index + 1), z);
}
