/** Intervals that are not written as INTERVAL literals: listed, never changed. */
import { intervalAt, type Unscalable, unscalable } from './interval.ts';
import type { Token } from './sql.ts';

const functions = new Set([
  'date_add',
  'date_sub',
  'dateadd',
  'datesub',
  'datetime_add',
  'datetime_sub',
  'timestampadd',
  'timestamp_add',
  'timestamp_sub',
  'make_interval',
  'make_dt_interval',
  'make_ym_interval',
  'parse_duration',
]);

/** Functions whose result is an interval when it is compared with a number. */
const differences = new Set([
  'datediff',
  'date_diff',
  'datetime_diff',
  'timestampdiff',
  'timestamp_diff',
  'days_between',
  'months_between',
]);

/** Dates from which a number takes days: `current_date - 31`. */
const dates = new Set(['current_date', 'curdate', 'today', 'date', 'to_date']);

/** SQL that contains an interval in any form contains one of these words. */
export const intervalWords =
  /interval|date_?(?:time_?)?(?:add|sub|diff)|timestamp_?(?:add|sub|diff)|parse_duration|(?:days|months)_between|current_date|curdate|today\s*\(|date\s*\(|::\s*date/gi;

/** Longer than any call in real SQL. */
const mostTokens = 200;

const inTemplate =
  /\binterval\s*(?:[+-]\s*)?['"\d]|\b(?:date_?(?:add|sub)|timestamp_?(?:add|sub)|make_interval)\s*\(/i;

/** Reads the unscalable interval that begins at `tokens[at]`. */
export function unscalableAt(tokens: readonly Token[], at: number): Unscalable | undefined {
  const token = tokens[at];
  if (token === undefined) return undefined;
  if (token.kind === 'template')
    return inTemplate.test(token.value) ? unscalable(token, token, 'inside a template') : undefined;
  const next = tokens[at + 1];
  if (token.kind === 'string' || token.kind === 'number') {
    const type = tokens[at + 2];
    return next?.value === '::' && type?.value === 'interval'
      ? unscalable(token, type, writtenAs('a cast'))
      : differenceAfter(tokens, at);
  }
  if (token.kind !== 'word' || tokens[at - 1]?.value === '.') return undefined;
  if (dates.has(token.value)) return daysFrom(tokens, at);
  if (next?.value !== '(') return undefined;
  if (differences.has(token.value)) return differenceBefore(tokens, at);
  if (token.value === 'cast' || token.value === 'try_cast') return castAt(tokens, at);
  if (!functions.has(token.value)) return undefined;
  const close = closing(tokens, at + 1);
  // The literal in `date_sub(x, INTERVAL 7 DAY)` is found on its own.
  for (let inner = at + 2; inner < close; inner += 1) if (intervalAt(tokens, inner)) return undefined;
  return unscalable(token, tokens[close] ?? token, writtenAs(token.value));
}

/** `current_date - 31`, `date(now()) - 7`, `created_at::date + 1`: engines of this field count days. */
function daysFrom(tokens: readonly Token[], at: number): Unscalable | undefined {
  const [first, next] = [tokens[at], tokens[at + 1]];
  const isCall = next?.value === '(';
  const isDate = isCall || first?.value === 'current_date' || tokens[at - 1]?.value === '::';
  const after = isCall ? closing(tokens, at + 1) + 1 : at + 1;
  const [sign, days] = [tokens[after], tokens[after + 1]];
  const isShift = sign?.kind === 'symbol' && (sign.value === '-' || sign.value === '+');
  const isNumber = days?.kind === 'number' || days?.kind === 'template';
  return first && isDate && isShift && isNumber
    ? unscalable(first, days, writtenAs('date arithmetic'))
    : undefined;
}

function isComparison(token: Token | undefined): boolean {
  return token?.kind === 'symbol' && /^[<>=!]+$/.test(token.value);
}

/** `datediff(day, a, b) > 31`. */
function differenceBefore(tokens: readonly Token[], at: number): Unscalable | undefined {
  const first = tokens[at];
  let after = closing(tokens, at + 1) + 1;
  const isBetween = tokens[after]?.value === 'between';
  if (isBetween) after += 1;
  else if (!isComparison(tokens[after])) return undefined;
  while (isComparison(tokens[after])) after += 1;
  if (tokens[after]?.value === '-') after += 1;
  const last = tokens[isBetween ? after + 2 : after];
  if (!first || tokens[after]?.kind !== 'number' || last?.kind !== 'number') return undefined;
  return unscalable(first, last, writtenAs(first.value));
}

/** `31 < datediff(day, a, b)`. */
function differenceAfter(tokens: readonly Token[], at: number): Unscalable | undefined {
  const first = tokens[at];
  let next = at + 1;
  while (isComparison(tokens[next])) next += 1;
  const name = tokens[next];
  if (first?.kind !== 'number' || next === at + 1 || name === undefined) return undefined;
  if (!differences.has(name.value) || tokens[next + 1]?.value !== '(') return undefined;
  return unscalable(first, tokens[closing(tokens, next + 1)] ?? name, writtenAs(name.value));
}

function castAt(tokens: readonly Token[], at: number): Unscalable | undefined {
  const [value, as, type] = tokens.slice(at + 2, at + 5);
  const isInterval =
    (value?.kind === 'string' || value?.kind === 'number') &&
    as?.value === 'as' &&
    type?.value === 'interval';
  const [first, last] = [tokens[at], tokens[closing(tokens, at + 1)]];
  if (!isInterval || !first || !last) return undefined;
  return unscalable(first, last, writtenAs('a cast'));
}

function writtenAs(form: string): string {
  return `written as ${form}, not as an INTERVAL literal`;
}

/** The closing parenthesis, or the last token before the search gives up. */
function closing(tokens: readonly Token[], open: number): number {
  const limit = Math.min(tokens.length, open + mostTokens);
  let depth = 0;
  for (let at = open; at < limit; at += 1) {
    const value = tokens[at]?.kind === 'symbol' ? tokens[at]?.value : '';
    if (value === '(') depth += 1;
    else if (value === ')' && --depth === 0) return at;
  }
  return limit - 1;
}
