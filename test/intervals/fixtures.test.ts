/** The project's own check files, which cover every form: `baseline` is 1x, `2x` is what they must become. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ruleFor } from '../../src/domain/schedules.ts';
import { type Rewritten, scaleIntervals } from '../../src/intervals/scale.ts';

const folder = new URL('../fixtures/checks/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder));

function scaled(name: string, load: number): Rewritten {
  const unit = ruleFor(name)?.scales;
  if (unit === undefined) throw new Error(`${name} is not scaled`);
  return scaleIntervals(read(`baseline/${name}`), unit, load);
}

const names = readdirSync(new URL('baseline', folder)).filter((name) => name !== 'latin1_15m.yml');

test.each(names)('%s becomes its 2x file byte by byte, and 1x is the baseline', (name) => {
  expect(Buffer.from(scaled(name, 2).bytes).equals(read(`2x/${name}`))).toBe(true);
  expect(Buffer.from(scaled(name, 1).bytes).equals(read(`baseline/${name}`))).toBe(true);
});

test('what stays unscaled in the 15m file is listed by line', () => {
  const { notScaled, remarks } = scaled('events_15m.yml', 2);
  expect(notScaled.map(({ line, text, reason }) => `${line} ${text}: ${reason}`)).toMatchInlineSnapshot(`
    [
      "5 INTERVAL '3' hour: prose: the value of owner",
      "10 INTERVAL '3' hour: prose: the value of name",
      "12 INTERVAL '3' hour: prose: the value of description",
      "61 INTERVAL '1' DAY: only hour intervals scale in this file",
      "62 INTERVAL '90' minute: only hour intervals scale in this file",
      "63 INTERVAL 1 DAY 2 HOURS: a compound interval",
      "64 INTERVAL '1 day 2 hours': a compound interval",
      "65 INTERVAL 2 HOUR -'3' MINUTE: a compound interval",
      "66 INTERVAL '2' hour TO minute: a range from one unit to another",
      "67 INTERVAL '1.5' hour: a fraction",
      "68 INTERVAL '{{ hours }}' hour: a template in the value",
      "69 INTERVAL \${HOURS} hour: a template in place of the value",
      "70 INTERVAL 2 * {HOURS} hour: an expression in place of the value",
      "71 date_add('hour', -3, now()): written as date_add, not as an INTERVAL literal",
      "72 DATEADD(hour, -3, now()): written as dateadd, not as an INTERVAL literal",
      "73 TIMESTAMPADD(HOUR, -3, now()): written as timestampadd, not as an INTERVAL literal",
      "74 make_interval(0, 0, 0, 0, 3): written as make_interval, not as an INTERVAL literal",
      "75 '3 hours'::interval: written as a cast, not as an INTERVAL literal",
    ]
  `);
  expect(remarks.map(({ line, text }) => `${line} ${text}`)).toMatchInlineSnapshot(`
    [
      "48 two-sided interval (INTERVAL 3 HOURS and INTERVAL "1" HOUR): it moves as well as widens",
      "51 two-sided interval (INTERVAL '6' hour and INTERVAL '2' hour): it moves as well as widens",
    ]
  `);
});

test('what stays unscaled in the daily file is listed by line', () => {
  const { notScaled, remarks } = scaled('orders_daily.yml', 2);
  expect(notScaled.map(({ line, text, reason }) => `${line} ${text}: ${reason}`)).toMatchInlineSnapshot(`
    [
      "13 INTERVAL '6' hour: only day intervals scale in this file",
    ]
  `);
  expect(remarks.map(({ line, text }) => `${line} ${text}`)).toMatchInlineSnapshot(`
    [
      "12 two-sided interval (interval 10 days and interval '7 days'): it moves as well as widens",
    ]
  `);
});

test('a template file is invalid, and its bytes stay', () => {
  const { bytes, invalid } = scaled('template_15m.yml', 2);
  expect(Buffer.from(bytes).equals(read('baseline/template_15m.yml'))).toBe(true);
  expect(invalid).toEqual({
    kind: 'yaml',
    line: 2,
    message: 'Plain value cannot start with directive indicator character % (a template?)',
  });
});

test('a file in Latin-1 is rejected before it is read as YAML', () => {
  expect(scaled('latin1_15m.yml', 2).invalid).toEqual({ kind: 'bytes', line: 2, message: 'not UTF-8' });
});
