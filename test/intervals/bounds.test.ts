/** Which intervals read less when they grow: those of a filter that only bounds from above. */
import { expect, test } from 'vitest';
import { scanIntervals } from '../../src/intervals/scale.ts';

const readsLess = (sql: string) =>
  scanIntervals(Buffer.from(`where: >-\n  ${sql}\n`), 'day').literals.map((literal) => literal.readsLess);

test.each([
  "matched_at < current_timestamp - INTERVAL '31' day",
  "matched_at <= date(now() - INTERVAL '31' day)",
  "current_timestamp - INTERVAL '31' day > matched_at",
  "current_timestamp - matched_at > INTERVAL '31' day",
  "expires_at > now() + INTERVAL '31' day",
  "a = 1 and (matched_at < now() - INTERVAL '31' day or b)",
  "not (matched_at > now() - INTERVAL '31' day)",
  "not matched_at > now() - INTERVAL '31' day",
  "matched_at < now() + INTERVAL '-31' day",
  "matched_at < now() + INTERVAL -'31' day",
  "matched_at < now() - INTERVAL - '-31' day",
  "select * from t where matched_at < now() - INTERVAL '31' day",
  "x in (select id from t where t.matched_at < now() - INTERVAL '31' day)",
])('reads less: %s', (sql) => {
  expect(readsLess(sql)).toEqual([true]);
});

test.each([
  "created_at >= current_timestamp - INTERVAL '31' day",
  "matched_at < now() - INTERVAL '-31' day",
  "matched_at < now() + INTERVAL - '-31' day",
  "created_at > date(now() - INTERVAL '31' day) and created_at <= now()",
  "current_timestamp - INTERVAL '31' day < created_at",
  "current_timestamp - created_at < INTERVAL '31' day",
  "expires_at < now() + INTERVAL '31' day",
  "not (created_at < now() - INTERVAL '31' day)",
  "created_at between now() - INTERVAL '31' day and now()",
  "select case when matched_at < now() - INTERVAL '31' day then 1 end from t",
  "INTERVAL '31' day",
])('does not: %s', (sql) => {
  expect(readsLess(sql)).toEqual([false]);
});

test('of a two-sided window the upper side reads less, the lower side more', () => {
  const window = "a between now() - INTERVAL '6' day and now() - INTERVAL '2' day";
  expect(readsLess(window)).toEqual([false, true]);
  expect(readsLess(window.replace('between', 'not between'))).toEqual([true, false]);
});
