/** A small part of `npm run bench:forecast`, so that a change that spoils docs/measurements/forecast.md does not go unseen. */
import { describe, expect, it } from 'vitest';
import { alarmShare, designs, figuresOf, scoreWorld, widest } from '../../bench/forecast.ts';
import { worlds } from '../../bench/forecastWorlds.ts';

const campaigns = 40;
/** Fewer campaigns stray further than the bounds of the bench allow for. */
const slack = 1.1;

describe.each(designs)('rounds at $loads, $rounds each, forecast $unseen', (design) => {
  const each = Object.keys(worlds).map((world) => figuresOf(scoreWorld(world, design, campaigns)));
  const meanOf = (of: (one: (typeof each)[number]) => number) =>
    each.reduce((sum, one) => sum + of(one), 0) / each.length;

  it('are never given an upper end far above the forecast', () => {
    expect(Math.max(...each.map(({ upper }) => upper))).toBeLessThan(widest);
  });

  it('end inside a range that is neither too wide nor too often missed', () => {
    expect(meanOf(({ score }) => score)).toBeLessThan(slack * design.mostScore);
    expect(meanOf(({ inside }) => inside)).toBeGreaterThan(0.74);
    expect(meanOf(({ later }) => later)).toBeLessThan(0.1);
  });
});

it('a check that grows by the load is hardly ever called faster, and one that grows by its square is found', () => {
  expect(alarmShare(1, { noise: 0.1, rounds: 1 }, 4000)).toBeLessThan(0.02);
  expect(alarmShare(2, { noise: 0.1, rounds: 1 }, 4000)).toBeGreaterThan(0.95);
  expect(alarmShare(1.3, { noise: 0.03, rounds: 2 }, 4000)).toBeGreaterThan(0.9);
});
