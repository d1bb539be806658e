/** Durations and what the report makes of them, as JSON for test/numpy/compare.py. */
import { randomFrom } from '../src/report/random.ts';
import { summarise } from '../src/report/statistics.ts';

export function main(): void {
  const random = randomFrom('durations');
  const sizes = [1, 2, 3, 4, 5, 10, 20, 21, 99, 100, 101, 1000, 10_000];
  const drawn = sizes.flatMap((size) =>
    Array.from({ length: 20 }, () =>
      // Whole milliseconds, as EMR's stamps give them, with a long tail and with ties.
      Array.from({ length: size }, () => Math.round(60_000 * Math.exp(1.5 * random.normal())) / 1000),
    ),
  );
  const known = [3.1, 4.0, 4.4, 5.2, 6.0, 7.7, 9.5, 12.3, 20.0, 61.5];
  console.log(JSON.stringify([known, ...drawn].map((seconds) => ({ seconds, ours: summarise(seconds) }))));
}
