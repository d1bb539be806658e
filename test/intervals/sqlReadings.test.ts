/** Where engines read a text differently, and how far an interval that is left alone reaches. */
import { expect, test } from 'vitest';
import { scaleText } from './texts.ts';

/** What is scaled by two in a piece of SQL, and what is left alone with its reason. */
function readingOf(sql: string) {
  const { changes, notScaled } = scaleText(`query: |2\n${sql.replace(/^/gm, '  ')}\n`, 'hour', 2);
  return {
    scaled: changes.map(({ after }) => after),
    left: notScaled.map(({ text, reason }) => `${text}: ${reason}`),
  };
}
const differently = 'engines read the quotes and comments around it differently';
const expression = 'an expression in place of the value';

test.each([
  ["INTERVAL '3' /* /* */ hour -- */ day\n", [], [`INTERVAL '3' /* /* */ hour: ${differently}`]],
  [
    "INTERVAL /* /* */ '3' -- */ '4'\n hour",
    [],
    [expect.stringMatching(new RegExp(`^INTERVAL .* hour: ${differently}$`, 's'))],
  ],
  // Only Spark closes each quote, and there the comment continues.
  ["'a\\'b' -- x \\\n INTERVAL '3' hour", [], []],
  ["'a\\'b' -- x \r INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
  ["'a\\'b' -- x\n INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
  [`{% if x == "it's" %} INTERVAL '3' hour {% endif %}`, ["INTERVAL '6' hour"], []],
  ["{{}} INTERVAL '3' hour {{ x }}", ["INTERVAL '6' hour"], []],
  ["'{{ \"it's\" }}' < INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
  ["{##} INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
  ["{# a #}{# b #} INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
  ["{#} INTERVAL '9' hour #} INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
  ["'it\\'' < INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
  ["f(INTERVAL '3' hour, day)", ["INTERVAL '6' hour"], []],
  // Only Spark closes each quote; a backslash in a quoted name is one.
  ["'it\\'s' < `a\\` - INTERVAL '3' hour", ["INTERVAL '6' hour"], []],
] as const)('%j', (sql, scaled, left) => {
  expect(readingOf(sql)).toEqual({ scaled, left });
});

test.each([
  ['INTERVAL 1 day 2 hours 3 minutes + x', 'INTERVAL 1 day 2 hours 3 minutes: a compound interval'],
  ["INTERVAL 1 day - '2' hours + 3 minutes", "INTERVAL 1 day - '2' hours + 3 minutes: a compound interval"],
  ['INTERVAL 1 day {{ n }} hours', 'INTERVAL 1 day {{ n }} hours: a compound interval'],
  ["INTERVAL '1.5 HOURS'", "INTERVAL '1.5 HOURS': a fraction"],
  ["INTERVAL '1E2' hour", "INTERVAL '1E2' hour: a fraction"],
  ["INTERVAL '1.5 hour 3'", "INTERVAL '1.5 hour 3': no known unit"],
  ["INTERVAL 'x 1.5 hour'", "INTERVAL 'x 1.5 hour': no known unit"],
  ["INTERVAL 'x 1 day 2 hours'", "INTERVAL 'x 1 day 2 hours': no known unit"],
  ["INTERVAL '1 day 2 hours 3'", "INTERVAL '1 day 2 hours 3': no known unit"],
  ["INTERVAL '3''4' hour", "INTERVAL '3''4' hour: the value is not a whole number"],
  ['INTERVAL (case when a then 1 end) hour', `INTERVAL (case when a then 1 end) hour: ${expression}`],
  ["INTERVAL '3' wee\u212a", "INTERVAL '3': no known unit"],
  ["INTERVAL '2 DAYS 3 HOURS'", "INTERVAL '2 DAYS 3 HOURS': a compound interval"],
  ["INTERVAL a || '0' hour", `INTERVAL a || '0' hour: ${expression}`],
  ['INTERVAL a::int hour', `INTERVAL a::int hour: ${expression}`],
  ['INTERVAL a.b hour', `INTERVAL a.b hour: ${expression}`],
  ['INTERVAL a * 2 hour', `INTERVAL a * 2 hour: ${expression}`],
  ['INTERVAL a / 2 hour', `INTERVAL a / 2 hour: ${expression}`],
  ['INTERVAL a % 2 hour', `INTERVAL a % 2 hour: ${expression}`],
  ['INTERVAL a + 2 hour', `INTERVAL a + 2 hour: ${expression}`],
  ['INTERVAL a - 2 hour', `INTERVAL a - 2 hour: ${expression}`],
  ['INTERVAL a[1] hour', `INTERVAL a[1] hour: ${expression}`],
  ['INTERVAL f(a, b) hour', `INTERVAL f(a, b) hour: ${expression}`],
  ['INTERVAL (a) hour', `INTERVAL (a) hour: ${expression}`],
])('%s is left alone as a whole', (sql, left) => {
  expect(readingOf(sql)).toEqual({ scaled: [], left: [left] });
});

test.each(['select interval {% further_columns %}', 'select interval x, y hour'])(
  '%s has no interval',
  (sql) => {
    expect(readingOf(sql)).toEqual({ scaled: [], left: [] });
  },
);

test('a template has at most 4,000 characters: the quote in a longer one is a quote', () => {
  const sql = (length: number) => `{{ it's ${'x'.repeat(length)} }} INTERVAL '3' hour`;
  expect(readingOf(sql(3_900)).scaled).toEqual(["INTERVAL '6' hour"]);
  expect(readingOf(sql(4_100))).toEqual({
    scaled: [],
    left: ["INTERVAL '3' hour: a quote or a comment in this text never closes"],
  });
});
