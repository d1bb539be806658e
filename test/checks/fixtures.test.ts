/** The project's own check files, which hold every form between them: `baseline` at 1x, `2x` as they have to become. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Rewritten, scaleIntervals } from '../../src/checks/scale.ts';
import { ruleFor } from '../../src/checks/schedules.ts';
import { decodeCheck, encodeCheck } from '../../src/checks/sourceText.ts';

const folder = new URL('../fixtures/checks/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder));

function scaled(name: string, load: number): Rewritten {
  const unit = ruleFor(name)?.scales;
  const decoded = decodeCheck(read(`baseline/${name}`));
  if (unit === undefined || 'invalid' in decoded) throw new Error(`${name} is not to be scaled`);
  return scaleIntervals(decoded.source, unit, load);
}

const names = readdirSync(new URL('baseline', folder)).filter((name) => name !== 'latin1_15m.yml');

test.each(names)('%s becomes its 2x file byte by byte, and 1x is the baseline', (name) => {
  expect(Buffer.from(encodeCheck(scaled(name, 2).text)).equals(read(`2x/${name}`))).toBe(true);
  expect(Buffer.from(encodeCheck(scaled(name, 1).text)).equals(read(`baseline/${name}`))).toBe(true);
});

test('what is left in the 15m file is told line by line', () => {
  const { notScaled, remarks } = scaled('events_15m.yml', 2);
  expect(notScaled.map(({ line, text, reason }) => `${line} ${text}: ${reason}`)).toMatchInlineSnapshot(`
    [
      "5 INTERVAL '3' hour: prose: the value of owner",
      "10 INTERVAL '3' hour: prose: the value of name",
      "12 INTERVAL '3' hour: prose: the value of description",
      "61 INTERVAL '1' DAY: day: only hour intervals scale in this file",
      "62 INTERVAL '90' minute: minute: only hour intervals scale in this file",
      "63 INTERVAL 1 DAY 2 HOURS: a compound of several parts",
      "64 INTERVAL '1 day 2 hours': a compound of several parts",
      "65 INTERVAL 2 HOUR -'3' MINUTE: a compound of several parts",
      "66 INTERVAL '2' hour TO minute: a range from one unit to another",
      "67 INTERVAL '1.5' hour: a fraction",
      "68 INTERVAL '{{ hours }}' hour: a template in the amount",
      "69 INTERVAL \${HOURS} hour: a template in place of the amount",
      "70 INTERVAL 2 * {HOURS} hour: an expression in place of the amount",
      "71 date_add('hour', -3, now()): a window written as date_add, not as an INTERVAL literal",
      "72 DATEADD(hour, -3, now()): a window written as dateadd, not as an INTERVAL literal",
      "73 TIMESTAMPADD(HOUR, -3, now()): a window written as timestampadd, not as an INTERVAL literal",
      "74 make_interval(0, 0, 0, 0, 3): a window written as make_interval, not as an INTERVAL literal",
      "75 '3 hours'::interval: a window written as a cast, not as an INTERVAL literal",
    ]
  `);
  expect(remarks.map(({ line, text }) => `${line} ${text}`)).toMatchInlineSnapshot(`
    [
      "48 holds a two-sided window (INTERVAL 3 HOURS and INTERVAL "1" HOUR): it moves as well as widens",
      "51 holds a two-sided window (INTERVAL '6' hour and INTERVAL '2' hour): it moves as well as widens",
    ]
  `);
});

test('what is left in the daily file is told line by line', () => {
  const { notScaled, remarks } = scaled('orders_daily.yml', 2);
  expect(notScaled.map(({ line, text, reason }) => `${line} ${text}: ${reason}`)).toMatchInlineSnapshot(`
    [
      "13 INTERVAL '6' hour: hour: only day intervals scale in this file",
    ]
  `);
  expect(remarks.map(({ line, text }) => `${line} ${text}`)).toMatchInlineSnapshot(`
    [
      "12 holds a two-sided window (interval 10 days and interval '7 days'): it moves as well as widens",
    ]
  `);
});

test('a template file is invalid, and stays', () => {
  expect(scaled('template_15m.yml', 2).invalid).toEqual({
    line: 2,
    message: 'Plain value cannot start with directive indicator character % (a template?)',
  });
});

test('a file in Latin-1 is refused before it is read as YAML', () => {
  expect(decodeCheck(read('baseline/latin1_15m.yml'))).toEqual({
    invalid: { line: 2, message: 'not UTF-8' },
  });
});
