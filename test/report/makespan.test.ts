import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowerBounds, makespan } from '../../src/report/steps/makespan.ts';

/** List scheduling told plainly: look for the slot that is free first, every time. */
function plainMakespan(runs: readonly number[], slots: number): number {
  const freeAt = Array.from({ length: slots }, () => 0);
  for (const run of runs) {
    const first = freeAt.indexOf(Math.min(...freeAt));
    freeAt[first] = (freeAt[first] ?? 0) + run;
  }
  return Math.max(0, ...freeAt);
}

const runs = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 80 });
const slots = fc.integer({ min: 1, max: 20 });

describe('the makespan of a list of steps', () => {
  it.each([
    [[5, 4, 3, 2], 2, 7],
    [[1, 1, 1, 9], 2, 10],
    [[9, 1, 1, 1], 2, 9],
    [[4], 8, 4],
    [[], 3, 0],
  ])('of %o on %d slots is %d', (seconds, count, expected) => {
    expect(makespan(seconds, count)).toBe(expected);
  });

  it('is what plain list scheduling gives', () => {
    fc.assert(
      fc.property(runs, slots, (seconds, count) => {
        expect(makespan(seconds, count)).toBe(plainMakespan(seconds, count));
      }),
    );
  });

  it('is never below either lower bound, and at most twice the larger one', () => {
    fc.assert(
      fc.property(runs, slots, (seconds, count) => {
        const { workOverSlotsSeconds, longestStepSeconds } = lowerBounds(seconds, count);
        const span = makespan(seconds, count);
        expect(span).toBeGreaterThanOrEqual(Math.max(workOverSlotsSeconds, longestStepSeconds) - 1e-9);
        expect(span).toBeLessThanOrEqual(workOverSlotsSeconds + longestStepSeconds + 1e-9);
      }),
    );
  });
});
