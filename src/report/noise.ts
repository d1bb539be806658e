import type { Timing } from './checkTimes.ts';

/**
 * The noise of one measurement as a deviation of log seconds (0.1 is about 10%), pooled over all checks that were
 * measured more than once at a load. Undefined where nothing was repeated.
 */
export function pooledNoise(timings: Iterable<readonly Timing[]>): number | undefined {
  let squares = 0;
  let degrees = 0;
  for (const check of timings) {
    const own = ownNoise(check);
    squares += own.squares;
    degrees += own.degrees;
  }
  return degrees === 0 ? undefined : Math.sqrt(squares / degrees);
}

/** Squared deviations of one check from its mean at each load, and their degrees of freedom. */
export function ownNoise(check: readonly Timing[]): { squares: number; degrees: number } {
  const levels = new Map<number, number[]>();
  for (const { load, seconds } of check) levels.set(load, [...(levels.get(load) ?? []), Math.log(seconds)]);
  let squares = 0;
  let degrees = 0;
  for (const logs of levels.values()) {
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    for (const log of logs) squares += (log - mean) ** 2;
    degrees += logs.length - 1;
  }
  return { squares, degrees };
}
