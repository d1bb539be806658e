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
  const fixed = fixText(source, { from: 6, to: 4, unit: 'hour' });
  expect(fixed.text).toBe(source.replace("'6' hour\nb", "'4' hour\nb").replace("'-6'", "'-4'"));
  expect(fixed.changes).toEqual([
    { line: 1, before: "INTERVAL '6' hour", after: "INTERVAL '4' hour" },
    { line: 2, before: "INTERVAL '-6' hour", after: "INTERVAL '-4' hour" },
  ]);
  expect(fixed.literals).toBe(3);
});

test('a line limits the fix to that line', () => {
  expect(fixText(source, { from: 6, to: 4, unit: 'hour', line: 2 }).changes.map(({ line }) => line)).toEqual([
    2,
  ]);
});

test('text for people is changed only where nothing else matches', () => {
  expect(fixText(source, { from: 6, to: 4, line: 4 }).changes).toEqual([
    { line: 4, before: "INTERVAL '6' hour", after: "INTERVAL '4' hour" },
  ]);
});

test('both units are fixed in the order of the file', () => {
  expect(fixText(source, { from: 6, to: 8 }).changes).toEqual([
    { line: 1, before: "INTERVAL '6' hour", after: "INTERVAL '8' hour" },
    { line: 2, before: "INTERVAL '-6' hour", after: "INTERVAL '-8' hour" },
    { line: 2, before: 'interval 06 days', after: 'interval 8 days' },
  ]);
});

test('a value that is not in the file, or needs no change, changes nothing', () => {
  expect(fixText(source, { from: 5, to: 4, unit: 'hour' })).toMatchObject({ text: source, changes: [] });
  expect(fixText(source, { from: 6, to: 6, unit: 'day' })).toMatchObject({ text: source, changes: [] });
});

test('in a file that is not valid YAML nothing is fixed', () => {
  const fixed = fixText(`${source}x: y: z\n`, { from: 6, to: 4, unit: 'hour' });
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
  expect(fixIntervals(bytes, { from: 5, to: 4 }).bytes).toBe(bytes);
});

test('bytes that are not UTF-8 are invalid for all three functions, and stay', () => {
  const bytes = Buffer.concat([Buffer.from(source), Buffer.from([0xe9])]);
  const invalid = { kind: 'bytes', line: 5, message: 'not UTF-8' };
  const empty = { literals: [], notScaled: [], remarks: [] };
  expect(scanIntervals(bytes, 'hour')).toEqual({ ...empty, invalid });
  for (const result of [scaleIntervals(bytes, 'hour', 2), fixIntervals(bytes, { from: 6, to: 4 })]) {
    expect(result).toEqual({ ...empty, bytes, changes: [], literals: 0, invalid });
    expect(result.bytes).toBe(bytes);
  }
});

const otherForms: [form: string, source: string, given: object, fixed: string][] = [
  ['another unit', "a: INTERVAL '90' minute\n", { from: 90, to: 180 }, "a: INTERVAL '180' minute\n"],
  ['a week', "a: x - INTERVAL '1' week\n", { from: 1, to: 2 }, "a: x - INTERVAL '2' week\n"],
  [
    'an argument',
    'a: date_sub(current_date(), 31)\n',
    { from: 31, to: 62 },
    'a: date_sub(current_date(), 62)\n',
  ],
  ['a signed argument', "a: date_add('hour', -3, t)\n", { from: 3, to: 6 }, "a: date_add('hour', -6, t)\n"],
  ['a cast', "a: t - '3 hours'::interval\n", { from: 3, to: 4 }, "a: t - '4 hours'::interval\n"],
  [
    'a part of a compound',
    "a: INTERVAL '1 day 2 hours'\n",
    { from: 2, to: 4, unit: 'hour' },
    "a: INTERVAL '1 day 4 hours'\n",
  ],
  ['date arithmetic', 'a: d > current_date - 31\n', { from: 31, to: 62 }, 'a: d > current_date - 62\n'],
  [
    'a compared difference',
    'a: DATEDIFF(day, x, y) > 31\n',
    { from: 31, to: 62, unit: 'day' },
    'a: DATEDIFF(day, x, y) > 62\n',
  ],
  [
    'a call in a call, once',
    "a: date_add('hour', -3, date_sub(x, 5))\n",
    { from: 5, to: 6 },
    "a: date_add('hour', -3, date_sub(x, 6))\n",
  ],
];
test.each(otherForms)('%s is fixed wherever a scan lists it', (_form, text, given, fixed) => {
  expect(fixText(text, given as { from: number; to: number })).toMatchObject({ text: fixed });
  expect(scanIntervals(Buffer.from(text), 'day').notScaled[0]).not.toHaveProperty('fixable');
});

test.each([
  "a: INTERVAL '1.5' hour\n",
  "a: INTERVAL '{{ hours }}' hour\n",
  "a: date_add('day', n, date '2024-01-07')\n",
])('%s contains no whole number to fix, and says so', (text) => {
  expect(scanIntervals(Buffer.from(text), 'hour').notScaled).toMatchObject([{ fixable: false }]);
  for (const from of [1, 5, 7, 2024]) expect(fixText(text, { from, to: 9 }).changes).toEqual([]);
});

test('a unit narrows the fix, and a call without a unit counts days', () => {
  const text = "a: INTERVAL '7' hour\nb: INTERVAL '7' day\nc: date_sub(x, 7)\nd: date_add('hour', 7, x)\n";
  const lines = (unit?: string) => fixText(text, { from: 7, to: 8, unit }).changes.map(({ line }) => line);
  expect([lines(), lines('hour'), lines('day'), lines('week')]).toEqual([[1, 2, 3, 4], [1, 4], [2, 3], []]);
});
