import { describe, expect, it } from 'vitest';
import { assembleReport } from '../../../src/report/build.ts';
import { replay } from '../../../src/report/suggestions/order.ts';
import { factsOf, stepOf } from '../rounds.ts';

const { steps } = assembleReport(
  factsOf([
    stepOf('check_a_15m', { started: 0, ended: 60 }),
    stepOf('check_b_15m', { started: 1, ended: 101 }),
    stepOf('check_long_15m', { started: 60, ended: 460 }),
    stepOf('check_waits_15m', {}),
  ]),
);
const checks = ['check_long_15m'];

describe('a replayed round', () => {
  it.each([
    ['as it was', {}, 460],
    ['a tuned check is at most the target', { tuned: { checks, targetSeconds: 200 } }, 260],
    ['a target above the run changes nothing', { tuned: { checks, targetSeconds: 900 } }, 460],
    ['a split check keeps its work', { split: { checks, startUpSeconds: 0 } }, 300],
    ['each half pays the start-up', { split: { checks, startUpSeconds: 100 } }, 350],
    ['the longest first', { longestFirst: true }, 400],
    ['with more slots', { slots: 3 }, 400],
    ['all of it at once', { slots: 3, longestFirst: true, tuned: { checks, targetSeconds: 200 } }, 200],
  ])('ends when its last step does: %s', (_, change, seconds) => {
    expect(replay(steps, 2, change)).toBe(seconds);
  });

  it('ends later where a slot works off both halves and pays the start-up twice', () => {
    const alone = replay(steps, 1, {});
    expect(replay(steps, 1, { split: { checks, startUpSeconds: 50 } })).toBe(alone + 50);
  });
});
