import { describe, expect, test } from 'vitest';
import type { IntervalUnit } from '../../src/domain/schedules.ts';
import { scaleText } from './texts.ts';

/** Scales the hours (or days) of one piece of SQL by two, as the content of a literal block. */
function scaled(sql: string, unit: IntervalUnit = 'hour') {
  const head = 'query: |2\n';
  const source = `${head}${sql.replace(/^/gm, '  ')}\n`;
  const result = scaleText(source, unit, 2);
  expect(result.invalid).toBeUndefined();
  return { ...result, sql: result.text.slice(head.length, -1).replace(/^ {2}/gm, '') };
}

function reasonsOf(sql: string, unit?: IntervalUnit) {
  return scaled(sql, unit).notScaled.map(({ text, reason }) => `${text}: ${reason}`);
}

describe('a literal that an engine of this field reads is scaled', () => {
  const rows: [form: string, before: string, after: string][] = [
    ['the canonical form', "INTERVAL '3' hour", "INTERVAL '6' hour"],
    ['lower case', "interval '3' hour", "interval '6' hour"],
    ['mixed case of keyword and unit', "InterVal '3' HoUr", "InterVal '6' HoUr"],
    ['a plural', "INTERVAL '3' HOURS", "INTERVAL '6' HOURS"],
    ['no whitespace at all', "now()-INTERVAL'3'HOUR", "now()-INTERVAL'6'HOUR"],
    ['two blanks, as Athena prints', "INTERVAL  '7' HOUR", "INTERVAL  '14' HOUR"],
    ['tabs', "INTERVAL\t'3'\thour", "INTERVAL\t'6'\thour"],
    ['line breaks between the tokens', "INTERVAL\n'3'\n\nhour", "INTERVAL\n'6'\n\nhour"],
    ['a block comment between the tokens', "INTERVAL /* x '9' */ '3' hour", "INTERVAL /* x '9' */ '6' hour"],
    ['a nested comment', "INTERVAL /* a /* b */ '9' */ '3' hour", "INTERVAL /* a /* b */ '9' */ '6' hour"],
    ['a line comment between the tokens', "INTERVAL -- '9' hour\n'3' hour", "INTERVAL -- '9' hour\n'6' hour"],
    ['a sign outside the quotes', "INTERVAL -'3' hour", "INTERVAL -'6' hour"],
    ['a sign inside the quotes', "INTERVAL '-3' hour", "INTERVAL '-6' hour"],
    ['a plus', "INTERVAL +'5' hour", "INTERVAL +'10' hour"],
    ['a plus inside', "INTERVAL '+5' hour", "INTERVAL '+10' hour"],
    ['both signs', "INTERVAL - '-3' hour", "INTERVAL - '-6' hour"],
    ['blanks inside the quotes', "INTERVAL ' 3 ' hour", "INTERVAL ' 6 ' hour"],
    ['bare, as in Spark', 'INTERVAL 3 HOURS', 'INTERVAL 6 HOURS'],
    ['bare with a sign', 'INTERVAL -3 HOURS', 'INTERVAL -6 HOURS'],
    ['bare with a loose sign', 'INTERVAL - 3 HOURS', 'INTERVAL - 6 HOURS'],
    ['double quotes, as in Spark', 'INTERVAL "3" HOURS', 'INTERVAL "6" HOURS'],
    ['the unit inside the quotes', "INTERVAL '3 hours'", "INTERVAL '6 hours'"],
    ['the unit inside, no blank before', "INTERVAL'3 HOURS'", "INTERVAL'6 HOURS'"],
    ['the unit inside, signed', "INTERVAL '- 3  hour '", "INTERVAL '- 6  hour '"],
    ['the unit inside double quotes', 'INTERVAL "3 hours"', 'INTERVAL "6 hours"'],
    ['leading zeros', "INTERVAL '007' hour", "INTERVAL '14' hour"],
    ['zero stays zero', "INTERVAL '0' hour", "INTERVAL '0' hour"],
    ['zero keeps its spelling', "INTERVAL '000' hour", "INTERVAL '000' hour"],
    [
      'more digits than a double can represent',
      "INTERVAL '9007199254740993' hour",
      "INTERVAL '18014398509481986' hour",
    ],
    [
      'two literals that are subtracted',
      "x - INTERVAL '3' hour - INTERVAL '2' hour",
      "x - INTERVAL '6' hour - INTERVAL '4' hour",
    ],
    [
      'in a function call',
      "date_trunc('hour', now() - interval '3' hour)",
      "date_trunc('hour', now() - interval '6' hour)",
    ],
    [
      'in a call that names itself date_sub',
      'date_sub(ts, INTERVAL 3 HOUR)',
      'date_sub(ts, INTERVAL 6 HOUR)',
    ],
    ['before an alias', "INTERVAL '3' hour AS w, 1 AS interval", "INTERVAL '6' hour AS w, 1 AS interval"],
    ['multiplied', "2 * INTERVAL '3' hour", "2 * INTERVAL '6' hour"],
    [
      'after templates',
      "{{ now }} - INTERVAL '3' hour {{ more }}",
      "{{ now }} - INTERVAL '6' hour {{ more }}",
    ],
    [
      'between template blocks, one of them with a quote',
      "{% if it's %} now() - INTERVAL '3' hour {% endif %}",
      "{% if it's %} now() - INTERVAL '6' hour {% endif %}",
    ],
    [
      'after an empty template, and one with a quote',
      "{{}} {{ it's }} - INTERVAL '3' hour",
      "{{}} {{ it's }} - INTERVAL '6' hour",
    ],
    [
      'after a template with quotes in a string',
      "ts > '{{ ds('x') }}' - INTERVAL '3' hour",
      "ts > '{{ ds('x') }}' - INTERVAL '6' hour",
    ],
    ['after characters of two code units', "'😀' <> x - INTERVAL '3' hour", "'😀' <> x - INTERVAL '6' hour"],
    [
      'after a string that ends in a backslash',
      "x <> 'a\\' - INTERVAL '3' hour",
      "x <> 'a\\' - INTERVAL '6' hour",
    ],
    [
      'after a string with an escaped quote',
      "x <> 'it\\'s' - INTERVAL '3' hour",
      "x <> 'it\\'s' - INTERVAL '6' hour",
    ],
    ['after a doubled quote', "x <> 'it''s' - INTERVAL '3' hour", "x <> 'it''s' - INTERVAL '6' hour"],
    [
      'after a comment that Spark reads as open',
      "/* a /* b */ INTERVAL '3' hour",
      "/* a /* b */ INTERVAL '6' hour",
    ],
    ['after count(*)/2', "count(*)/2 > INTERVAL '3' hour", "count(*)/2 > INTERVAL '6' hour"],
    ['with the next line commented', "INTERVAL '3' hour -- to minute\n", "INTERVAL '6' hour -- to minute\n"],
  ];
  test.each(rows)('%s', (_form, before, after) => {
    expect(scaled(before)).toMatchObject({ sql: after, notScaled: [] });
  });
});

describe('an interval that the rule does not cover is left unscaled, with the reason', () => {
  const rows: [sql: string, reason: string][] = [
    ["INTERVAL '1' DAY", "INTERVAL '1' DAY: only hour intervals scale in this file"],
    ["INTERVAL '15' minute", "INTERVAL '15' minute: only hour intervals scale in this file"],
    ["INTERVAL '2 weeks'", "INTERVAL '2 weeks': only hour intervals scale in this file"],
    ['INTERVAL 1 DAY 2 HOURS', 'INTERVAL 1 DAY 2 HOURS: a compound interval'],
    ["INTERVAL '1 day 2 hours'", "INTERVAL '1 day 2 hours': a compound interval"],
    ['INTERVAL 2 HOUR -3 MINUTE', 'INTERVAL 2 HOUR -3 MINUTE: a compound interval'],
    ["INTERVAL 2 HOUR - '3' MINUTE", "INTERVAL 2 HOUR - '3' MINUTE: a compound interval"],
    ['INTERVAL 2 HOUR {{ m }} MINUTE', 'INTERVAL 2 HOUR {{ m }} MINUTE: a compound interval'],
    ["INTERVAL '2-6' YEAR TO MONTH", "INTERVAL '2-6' YEAR TO MONTH: a range from one unit to another"],
    ["INTERVAL '2' hour to\nsecond", "INTERVAL '2' hour to second: a range from one unit to another"],
    ["INTERVAL '2' hour(3)", "INTERVAL '2' hour: a unit with a precision"],
    ["INTERVAL '1.5' hour", "INTERVAL '1.5' hour: a fraction"],
    ['INTERVAL 1.5 hour', 'INTERVAL 1.5 hour: a fraction'],
    ['INTERVAL .5 hour', 'INTERVAL .5 hour: a fraction'],
    ["INTERVAL '1e1' hour", "INTERVAL '1e1' hour: a fraction"],
    ["INTERVAL '1.5 hours'", "INTERVAL '1.5 hours': a fraction"],
    ["INTERVAL '{{ n }}' hour", "INTERVAL '{{ n }}' hour: a template in the value"],
    ["INTERVAL '{{ f('n') }}' hour", "INTERVAL '{{ f('n') }}' hour: a template in the value"],
    [`INTERVAL '\${HOURS}' hour`, `INTERVAL '\${HOURS}' hour: a template in the value`],
    ["INTERVAL '1{{ n }}' hour", "INTERVAL '1{{ n }}' hour: a template in the value"],
    ["INTERVAL '{{ n }} hours'", "INTERVAL '{{ n }} hours': a template in the value"],
    ['INTERVAL {{ n }} hour', 'INTERVAL {{ n }} hour: a template in place of the value'],
    [`INTERVAL \${HOURS} hour`, `INTERVAL \${HOURS} hour: a template in place of the value`],
    ['INTERVAL $x hour', 'INTERVAL $x hour: a template in place of the value'],
    ['INTERVAL {HOURS} hour', 'INTERVAL {HOURS} hour: a template in place of the value'],
    ['INTERVAL %(h)s hour', 'INTERVAL %(h)s hour: a template in place of the value'],
    ['INTERVAL -{HOURS} hour', 'INTERVAL -{HOURS} hour: a template in place of the value'],
    ['INTERVAL {{ window }}', 'INTERVAL {{ window }}: a template in place of the value and the unit'],
    ['INTERVAL $n $unit', 'INTERVAL $n $unit: a template in place of the value and the unit'],
    ["INTERVAL '3' {{ unit }}", "INTERVAL '3' {{ unit }}: a template follows the value"],
    ["INTERVAL '3' hour{{ s }}", "INTERVAL '3' hour{{ s }}: a template follows the unit"],
    ['INTERVAL 2 * {X} hour', 'INTERVAL 2 * {X} hour: an expression in place of the value'],
    ['INTERVAL (a + 1) HOUR', 'INTERVAL (a + 1) HOUR: an expression in place of the value'],
    ['INTERVAL t.lookback HOUR', 'INTERVAL t.lookback HOUR: an expression in place of the value'],
    ["INTERVAL 'three' hour", "INTERVAL 'three' hour: the value is not a whole number"],
    ["INTERVAL '' hour", "INTERVAL '' hour: the value is not a whole number"],
    ["INTERVAL '３' hour", "INTERVAL '３' hour: the value is not a whole number"],
    ['INTERVAL 3L hour', 'INTERVAL 3L hour: the value is not a whole number'],
    ["INTERVAL '03:00:00'", "INTERVAL '03:00:00': no known unit"],
    ["INTERVAL '3hours'", "INTERVAL '3hours': no known unit"],
    [
      "INTERVAL '1234567890123456789' hour",
      "INTERVAL '1234567890123456789' hour: a value of more than 18 digits",
    ],
    [
      "date_add('hour', -3, now())",
      "date_add('hour', -3, now()): written as date_add, not as an INTERVAL literal",
    ],
    [
      'date_sub(current_date, 3)',
      'date_sub(current_date, 3): written as date_sub, not as an INTERVAL literal',
    ],
    ['DATEADD(hour, -3, ts)', 'DATEADD(hour, -3, ts): written as dateadd, not as an INTERVAL literal'],
    [
      'TIMESTAMPADD(HOUR, -3, ts)',
      'TIMESTAMPADD(HOUR, -3, ts): written as timestampadd, not as an INTERVAL literal',
    ],
    [
      'make_interval(0, 0, 0, 0, 3)',
      'make_interval(0, 0, 0, 0, 3): written as make_interval, not as an INTERVAL literal',
    ],
    ["'3 hours'::interval", "'3 hours'::interval: written as a cast, not as an INTERVAL literal"],
    ['d > current_date - 31', 'current_date - 31: written as date arithmetic, not as an INTERVAL literal'],
    [
      'd > CURRENT_DATE() - 31',
      'CURRENT_DATE() - 31: written as date arithmetic, not as an INTERVAL literal',
    ],
    ['d > date(now()) - 7', 'date(now()) - 7: written as date arithmetic, not as an INTERVAL literal'],
    ['d > ts::date + 1', 'date + 1: written as date arithmetic, not as an INTERVAL literal'],
    [
      'd > current_date - {{ days }}',
      'current_date - {{ days }}: written as date arithmetic, not as an INTERVAL literal',
    ],
    [
      'DATEDIFF(day, a, b) >= 31',
      'DATEDIFF(day, a, b) >= 31: written as datediff, not as an INTERVAL literal',
    ],
    [
      "date_diff('hour', a, now()) between 1 and 3 or c",
      "date_diff('hour', a, now()) between 1 and 3: written as date_diff, not as an INTERVAL literal",
    ],
    [
      '-3 < timestampdiff(HOUR, a, b)',
      '3 < timestampdiff(HOUR, a, b): written as timestampdiff, not as an INTERVAL literal',
    ],
    [
      "CAST('3' AS INTERVAL HOUR)",
      "CAST('3' AS INTERVAL HOUR): written as a cast, not as an INTERVAL literal",
    ],
    ["{{ dateadd('hour', -3, 'now()') }}", "{{ dateadd('hour', -3, 'now()') }}: inside a template"],
    [
      "x <> '\\' or INTERVAL '3' hour > \\' y '",
      "INTERVAL '3' hour: engines read the quotes and comments around it differently",
    ],
    ["x = 'a and INTERVAL 3 hour", 'INTERVAL 3 hour: a quote or a comment in this text never closes'],
    [
      "-- go on \\\nINTERVAL '3' hour",
      "INTERVAL '3' hour: engines read the quotes and comments around it differently",
    ],
    ["INTERVAL '3' hour /* soon", "INTERVAL '3' hour: a quote or a comment in this text never closes"],
  ];
  test.each(rows)('%s', (sql, reason) => {
    const result = scaled(sql);
    expect(reasonsOf(sql)).toEqual([reason]);
    expect(result.sql).toBe(sql);
    expect(result.literals).toBe(0);
  });

  test('an hour in a daily file', () => {
    expect(reasonsOf("INTERVAL '3' hour", 'day')).toEqual([
      "INTERVAL '3' hour: only day intervals scale in this file",
    ]);
  });

  test('a quote that a backslash hides from one engine, in a template file', () => {
    expect(reasonsOf("x like '{{%' and y > interval '3' hour and z like '%}}'")).toEqual([
      "interval '3' hour: engines read the quotes and comments around it differently",
    ]);
  });
});

describe('what is not an interval is ignored', () => {
  test.each([
    ["-- INTERVAL '3' hour"],
    ["select 1 -- INTERVAL '3' hour"],
    ["/* INTERVAL '3' hour */ select 1"],
    ["/* a /* b */ INTERVAL '3' hour */ select 1"],
    ["{# INTERVAL '3' hour #} select 1"],
    ['-- spark goes on \\\nselect 1'],
    ["select 'older than INTERVAL ''3'' hour'"],
    ["select 'INTERVAL 3 hour'"],
    ['select "INTERVAL 3 hour"'],
    ['select "INTERVAL \'3\' hour"'],
    ['select `INTERVAL 3 hour`'],
    ['my_interval 3 hour'],
    ['interval_3 hour'],
    ['t.interval 3 hour'],
    ["t . interval '3' hour"],
    ["{{ prefix }}interval '3' hour"],
    ['$interval 3 hour'],
    ['--health-interval 3 hour'],
    ['interval: 3 hour'],
    ['interval 3'],
    ['interval = 3 and hour > 2'],
    ["interval in ('3 hours')"],
    ['select 1 as interval from hour'],
    ['select 1 as interval {{ further_columns }}'],
    ['select interval, hour from t'],
    ['order by interval desc, hour'],
    ['where interval is not null and hour = 3'],
    ['select interval - 3 from t'],
    ['max(interval) over hour'],
    ['x::interval'],
    ['cast(x as interval hour)'],
    ['w interval day to second'],
    ["interval '' "],
    ['select current_date, 31'],
    ['d > current_date - n'],
    ['avg(datediff(day, a, b))'],
    ['datediff(day, a, b) > n and c = 3'],
    ['t.date - 3'],
    ['date - 3'],
    ['ınterval 3 hour'],
  ])('%s', (sql) => {
    expect(scaled(sql)).toMatchObject({ sql, changes: [], notScaled: [], literals: 0 });
  });
});

describe('a two-sided interval moves as well as widens', () => {
  const remark = "two-sided interval (INTERVAL '6' hour and INTERVAL '2' hour): it moves as well as widens";
  test.each([
    ["ts between now() - INTERVAL '6' hour and now() - INTERVAL '2' hour"],
    ["ts between (now() - INTERVAL '6' hour) and (now() - INTERVAL '2' hour)"],
    ["t.ts >= now() - INTERVAL '6' hour and t.ts < now() - INTERVAL '2' hour"],
    ["(date(ts) > f(now() - INTERVAL '6' hour)) and (date(ts) <= f(now() - INTERVAL '2' hour))"],
    [
      'select 1 from (select 2 where "ts" > x - INTERVAL \'6\' hour and a = 1 and "ts" < x - INTERVAL \'2\' hour)',
    ],
    ["ts not between now() - INTERVAL '6' hour and now() - INTERVAL '2' hour"],
  ])('%s', (sql) => {
    expect(scaled(sql).remarks.map(({ text }) => text)).toEqual([remark]);
  });

  test.each([
    ["ts >= now() - INTERVAL '6' hour and ts < now()"],
    ["ts between now() - INTERVAL '6' hour and now() + INTERVAL '2' hour"],
    ["ts between now() - INTERVAL '6' hour and now() - INTERVAL '0' hour"],
    ["a >= now() - INTERVAL '6' hour and b < now() - INTERVAL '2' hour"],
    ["ts >= now() - INTERVAL '6' hour or ts < now() - INTERVAL '2' hour"],
    ["ts <> now() - INTERVAL '6' hour and ts < now() - INTERVAL '2' hour"],
    ["ts >= now() - INTERVAL '6' hour and ts > now() - INTERVAL '2' hour"],
    ["select 1 where ts >= now() - INTERVAL '6' hour union select 1 where ts < now() - INTERVAL '2' hour"],
    ["x in (select 1 where ts >= now() - INTERVAL '6' hour) and ts < now() - INTERVAL '2' hour"],
  ])('but not %s', (sql) => {
    expect(scaled(sql)).toMatchObject({ remarks: [] });
  });
});

test('a value is multiplied exactly at any load', () => {
  const value = '123456789012345678';
  const { text } = scaleText(`q: interval '${value}' day\n`, 'day', 1000);
  expect(text).toBe(`q: interval '${value}000' day\n`);
});

test("'007' at load 3 is '21', and load 1 keeps every spelling", () => {
  expect(scaleText("q: interval '007' day\n", 'day', 3).text).toBe("q: interval '21' day\n");
  expect(scaleText("q: interval '01' day\n", 'day', 1)).toMatchObject({
    text: "q: interval '01' day\n",
    changes: [],
    literals: 1,
  });
});
