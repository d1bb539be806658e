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

/** SQL that contains an interval in any form contains one of these words. */
export const intervalWords = /interval|date_?(?:time_?)?(?:add|sub)|timestamp_?(?:add|sub)|parse_duration/gi;

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
      : undefined;
  }
  if (token.kind !== 'word' || next?.value !== '(' || tokens[at - 1]?.value === '.') return undefined;
  if (token.value === 'cast' || token.value === 'try_cast') return castAt(tokens, at);
  if (!functions.has(token.value)) return undefined;
  const close = closing(tokens, at + 1);
  // The literal in `date_sub(x, INTERVAL 7 DAY)` is found on its own.
  for (let inner = at + 2; inner < close; inner += 1) if (intervalAt(tokens, inner)) return undefined;
  return unscalable(token, tokens[close] ?? token, writtenAs(token.value));
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
