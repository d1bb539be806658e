/** A small part of `npm run bench:forecast`, so that a change that spoils docs/simulation.md does not go unseen. */
import { expect, it } from 'vitest';
import { verdictsOf } from '../../bench/comparisonVerdicts.ts';
import { coverageOf } from '../../bench/forecastCoverage.ts';
import { calledChanged } from '../../bench/roundChanges.ts';
import { truths } from '../../bench/truths.ts';

it.each([
  [[1, 2, 4], 0],
  [[1, 4], 0],
  [[1, 2, 4], 0.03],
])(
  'three rounds at each of %j find four in five super-linear checks, and hardly ever another',
  (loads, roundNoise) => {
    const counts = verdictsOf({ name: 'test', loads, rounds: 3, noise: 0.1, roundNoise }, 200);
    expect(counts.confirmed / counts.superLinear).toBeGreaterThan(0.8);
    expect(counts.falselyConfirmed / (counts.confirmed + counts.falselyConfirmed)).toBeLessThan(0.01);
  },
);

it('one round a level confirms nothing, whatever the noise', () => {
  for (const noise of [0.01, 0.1, 0.5])
    expect(verdictsOf({ name: 'test', loads: [1, 2, 4], rounds: 1, noise, roundNoise: 0 }, 20)).toMatchObject(
      { confirmed: 0, falselyConfirmed: 0 },
    );
});

it('two rounds of the same checks are hardly ever called a change, and a fifth more time is', () => {
  const design = { noise: 0.1, roundNoise: 0.03, rounds: 1 };
  expect(calledChanged({ ...design, name: 'same', change: 1 }, 100)).toBeLessThanOrEqual(10);
  expect(calledChanged({ ...design, name: 'slower', change: 1.2 }, 100)).toBeGreaterThanOrEqual(90);
});

it('repeats before show how far whole rounds stray, where they stray further than is presumed', () => {
  const design = { name: 'repeats', noise: 0.1, roundNoise: 0.08, change: 1 };
  const alone = calledChanged({ ...design, rounds: 1 }, 100);
  expect(calledChanged({ ...design, rounds: 4 }, 100)).toBeLessThan(alone / 2);
});

it('the forecast’s 80% band holds a round that nobody ran about four times in five', () => {
  const design = { loads: [1, 2], rounds: 1, unseen: 4, noise: 0.1, roundNoise: 0.03 };
  const found = (['straight', 'mixed', 'steep'] as const).map((truth) =>
    coverageOf({ ...design, name: truth, truth: truths[truth] }, 12),
  );
  const inside = found.reduce((sum, one) => sum + one.inside, 0);
  expect(inside / 36).toBeGreaterThan(0.65);
  expect(inside / 36).toBeLessThan(0.95);
});
