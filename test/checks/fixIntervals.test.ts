import { expect, test } from 'vitest';
import { fixIntervals, noLiteralRemark, scanIntervals } from '../../src/checks/scale.ts';

const source = [
  "a: x > now() - INTERVAL '6' hour",
  "b: x between now() - INTERVAL '-6' hour and now() - interval 06 days",
  "c: INTERVAL '2' hour",
  "description: INTERVAL '6' hour",
  '',
].join('\n');

test('every literal of the amount changes back, its sign and the rest of the file stay', () => {
  const fixed = fixIntervals(source, ['hour'], { from: 6, to: 4 });
  expect(fixed.text).toBe(source.replace("'6' hour\nb", "'4' hour\nb").replace("'-6'", "'-4'"));
  expect(fixed.changes).toEqual([
    { line: 1, before: "INTERVAL '6' hour", after: "INTERVAL '4' hour" },
    { line: 2, before: "INTERVAL '-6' hour", after: "INTERVAL '-4' hour" },
  ]);
  expect(fixed.literals).toBe(3);
});

test('a line narrows the places', () => {
  expect(fixIntervals(source, ['hour'], { from: 6, to: 4, line: 2 }).changes.map(({ line }) => line)).toEqual(
    [2],
  );
  expect(fixIntervals(source, ['hour'], { from: 6, to: 4, line: 4 })).toMatchObject({
    text: source,
    changes: [],
  });
});

test('both units are fixed in the order of the file', () => {
  expect(fixIntervals(source, ['day', 'hour'], { from: 6, to: 8 }).changes).toEqual([
    { line: 1, before: "INTERVAL '6' hour", after: "INTERVAL '8' hour" },
    { line: 2, before: "INTERVAL '-6' hour", after: "INTERVAL '-8' hour" },
    { line: 2, before: 'interval 06 days', after: 'interval 8 days' },
  ]);
});

test('an amount that is not there, or is that already, changes nothing', () => {
  expect(fixIntervals(source, ['hour'], { from: 5, to: 4 })).toMatchObject({ text: source, changes: [] });
  expect(fixIntervals(source, ['day'], { from: 6, to: 6 })).toMatchObject({ text: source, changes: [] });
});

test('in a file that is not valid YAML nothing is fixed', () => {
  const fixed = fixIntervals(`${source}x: y: z\n`, ['hour'], { from: 6, to: 4 });
  expect(fixed).toMatchObject({ text: `${source}x: y: z\n`, changes: [], invalid: { line: 5 } });
});

test('a scan tells where the digits are and how the literal reads', () => {
  const [, second] = scanIntervals(source, 'hour').literals;
  expect(second).toMatchObject({ line: 2, amount: 6n, head: "INTERVAL '-", digits: '6', tail: "' hour" });
  expect(source.slice(second?.start, second?.end)).toBe('6');
});

test('the sentence for a check whose load does not change names the unit', () => {
  expect(noLiteralRemark('day')).toBe(
    'no INTERVAL literal in days: a load does not change what this check reads',
  );
});
