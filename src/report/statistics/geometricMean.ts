import { presumedNoise } from './noise.ts';

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
  const mean = logs.reduce((sum, log) => sum + log, 0) / n;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  const ofChecks =
    n === 1 ? z * Math.SQRT2 * presumedNoise : studentQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  const half = Math.hypot(ofChecks, z * Math.SQRT2 * roundNoise);
  return { mean: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) };
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
  return terms.reduce((sum, term, index) => sum + term / degrees ** (index + 1), z);
}
