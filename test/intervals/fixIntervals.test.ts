import { expect, test } from 'vitest';
import { fixIntervals, scaleIntervals, scanIntervals } from '../../src/intervals/scale.ts';
import { fixText } from './texts.ts';

const source = [
  "a: x > now() - INTERVAL '6' hour",
  "b: x between now() - INTERVAL '-6' hour and now() - interval 06 days",
  "c: INTERVAL '2' hour",
  "description: INTERVAL '6' hour",
  '',
].join('\n');

test('every interval of the value changes; its sign and the rest of the file stay', () => {
  const fixed = fixText(source, ['hour'], { from: 6, to: 4 });
  expect(fixed.text).toBe(source.replace("'6' hour\nb", "'4' hour\nb").replace("'-6'", "'-4'"));
  expect(fixed.changes).toEqual([
    { line: 1, before: "INTERVAL '6' hour", after: "INTERVAL '4' hour" },
    { line: 2, before: "INTERVAL '-6' hour", after: "INTERVAL '-4' hour" },
  ]);
  expect(fixed.literals).toBe(3);
});

test('a line limits the fix to that line', () => {
  expect(fixText(source, ['hour'], { from: 6, to: 4, line: 2 }).changes.map(({ line }) => line)).toEqual([2]);
  expect(fixText(source, ['hour'], { from: 6, to: 4, line: 4 })).toMatchObject({
    text: source,
    changes: [],
  });
});

test('both units are fixed in the order of the file', () => {
  expect(fixText(source, ['day', 'hour'], { from: 6, to: 8 }).changes).toEqual([
    { line: 1, before: "INTERVAL '6' hour", after: "INTERVAL '8' hour" },
    { line: 2, before: "INTERVAL '-6' hour", after: "INTERVAL '-8' hour" },
    { line: 2, before: 'interval 06 days', after: 'interval 8 days' },
  ]);
});

test('a value that is not in the file, or needs no change, changes nothing', () => {
  expect(fixText(source, ['hour'], { from: 5, to: 4 })).toMatchObject({ text: source, changes: [] });
  expect(fixText(source, ['day'], { from: 6, to: 6 })).toMatchObject({ text: source, changes: [] });
});

test('in a file that is not valid YAML nothing is fixed', () => {
  const fixed = fixText(`${source}x: y: z\n`, ['hour'], { from: 6, to: 4 });
  expect(fixed).toMatchObject({
    text: `${source}x: y: z\n`,
    changes: [],
    invalid: { kind: 'yaml', line: 5 },
  });
});

test('a scan says where the digits are and how the interval reads', () => {
  const [, second] = scanIntervals(Buffer.from(source), 'hour').literals;
  expect(second).toMatchObject({ line: 2, value: 6n, text: "INTERVAL '-6' hour" });
  expect(source.slice(second?.start, second?.end)).toBe('6');
  expect(second?.text.slice(second.digitsStart, second.digitsEnd)).toBe('6');
});

test('when nothing changes, the bytes are the very object that was given', () => {
  const bytes = Buffer.from(source);
  expect(scaleIntervals(bytes, 'hour', 1).bytes).toBe(bytes);
  expect(fixIntervals(bytes, ['hour', 'day'], { from: 5, to: 4 }).bytes).toBe(bytes);
});

test('bytes that are not UTF-8 are invalid for all three functions, and stay', () => {
  const bytes = Buffer.concat([Buffer.from(source), Buffer.from([0xe9])]);
  const invalid = { kind: 'bytes', line: 5, message: 'not UTF-8' };
  const empty = { literals: [], notScaled: [], remarks: [] };
  expect(scanIntervals(bytes, 'hour')).toEqual({ ...empty, invalid });
  for (const result of [
    scaleIntervals(bytes, 'hour', 2),
    fixIntervals(bytes, ['hour', 'day'], { from: 6, to: 4 }),
  ]) {
    expect(result).toEqual({ ...empty, bytes, changes: [], literals: 0, invalid });
    expect(result.bytes).toBe(bytes);
  }
});
