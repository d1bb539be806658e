import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../../src/report/build.ts';
import { makespan } from '../../../src/report/steps/makespan.ts';
import { replayOf, smallestCount } from '../../../src/report/toFit/replay.ts';
import { factsOf, stepOf } from '../rounds.ts';

const { steps } = assembleReport(
  factsOf([
    stepOf('check_a_15m', { started: 0, ended: 60 }),
    stepOf('check_b_15m', { started: 1, ended: 101 }),
    stepOf('check_long_15m', { started: 60, ended: 460 }),
    stepOf('check_waits_15m', {}),
  ]),
);
const checks = new Set(['check_long_15m.yml']);

describe('a replayed round', () => {
  it.each([
    ['as it was', {}, 460],
    ['a tuned check is at most the target', { tuned: { checks, targetSeconds: 200 } }, 260],
    ['a target above the run changes nothing', { tuned: { checks, targetSeconds: 900 } }, 460],
    ['the longest first', { longestFirst: true }, 400],
    ['with more slots', { slots: 3 }, 400],
    ['all of it at once', { slots: 3, longestFirst: true, tuned: { checks, targetSeconds: 200 } }, 200],
  ])('ends when its last step does: %s', (_, change, seconds) => {
    expect(replayOf(steps, 2)(change)).toBe(seconds);
  });

  it('never ends later with one slot more, so that the fewest that are enough are found by halving', () => {
    const runs = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 5000 }), (seconds, atMostSeconds) => {
        const on = (slots: number) => makespan(seconds, slots);
        const counts = Array.from({ length: 64 }, (_, index) => index + 1);
        for (const slots of counts.slice(1)) expect(on(slots)).toBeLessThanOrEqual(on(slots - 1));
        expect(smallestCount(on, { least: 1, most: 64, atMostSeconds })).toBe(
          counts.find((slots) => on(slots) <= atMostSeconds),
        );
      }),
    );
  });
});
