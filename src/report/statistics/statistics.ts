export const percentileMethod = 'linear interpolation, h = (n-1)p (R-7)';

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
