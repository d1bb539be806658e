/** Prints durations, rounds and the report's figures for them, as JSON for test/numpy/compare.py. */
import { meanRatio, summarise } from '../src/report/statistics/statistics.ts';
import { reportOf } from './campaigns.ts';
import { numpyReports } from './numpyReports.ts';
import { randomFrom } from './random.ts';

const random = randomFrom('durations');

/** Seconds in whole milliseconds, as in EMR's timestamps, with a long tail and with ties. */
function draw(size: number): number[] {
  return Array.from({ length: size }, () => Math.round(60_000 * Math.exp(1.5 * random.normal())) / 1000);
}

export function main(): void {
  const sizes = [1, 2, 3, 4, 5, 10, 20, 21, 99, 100, 101, 1000, 10_000];
  const drawn = sizes.flatMap((size) => Array.from({ length: 20 }, () => draw(size)));
  const known = [3.1, 4.0, 4.4, 5.2, 6.0, 7.7, 9.5, 12.3, 20.0, 61.5];
  const durations = [known, ...drawn].map((seconds) => ({ seconds, ours: summarise(seconds) }));
  const rounds = [1, 2, 7, 31, 100, 400].flatMap((size) =>
    [1, 3, 8, 32].map((slots) => {
      const { steps, findings } = reportOf(draw(size), { load: 2, slots });
      const stamps = steps.map((step) => [step.createdAt, step.startedAt, step.endedAt]);
      return { slots, stamps, ours: findings };
    }),
  );
  const ratios = [1, 2, 30, 500].map((size) => {
    const values = draw(size);
    return { values, ours: meanRatio(values, 0)?.mean };
  });
  console.log(JSON.stringify({ durations, rounds, ratios, reports: numpyReports() }));
}
