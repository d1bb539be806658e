/** Windows that are not interval literals: told, not touched. */
import { intervalAt, type Left } from './intervals.ts';
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

/** One of these has to occur in a piece of SQL that holds a window in any dress. */
export const windowWords = /interval|date_?(?:time_?)?(?:add|sub)|timestamp_?(?:add|sub)|parse_duration/gi;

/** No call that a person writes is longer. */
const mostTokens = 200;

const inTemplate =
  /\binterval\s*(?:[+-]\s*)?['"\d]|\b(?:date_?(?:add|sub)|timestamp_?(?:add|sub)|make_interval)\s*\(/i;

/** The window in another dress that begins at `tokens[at]`. */
export function otherDressAt(tokens: readonly Token[], at: number): Left | undefined {
  const token = tokens[at];
  if (token === undefined) return undefined;
  if (token.kind === 'template')
    return inTemplate.test(token.value) ? left(token, token, 'written in a template') : undefined;
  const next = tokens[at + 1];
  if (token.kind === 'string' || token.kind === 'number') {
    const type = tokens[at + 2];
    return next?.value === '::' && type?.value === 'interval'
      ? left(token, type, 'a window written as a cast, not as an INTERVAL literal')
      : undefined;
  }
  if (token.kind !== 'word' || next?.value !== '(' || tokens[at - 1]?.value === '.') return undefined;
  if (token.value === 'cast' || token.value === 'try_cast') return castAt(tokens, at);
  if (!functions.has(token.value)) return undefined;
  const close = closing(tokens, at + 1);
  // `date_sub(x, INTERVAL 7 DAY)` is an interval literal, found by itself.
  for (let inner = at + 2; inner < close; inner += 1) if (intervalAt(tokens, inner)) return undefined;
  return left(
    token,
    tokens[close] ?? token,
    `a window written as ${token.value}, not as an INTERVAL literal`,
  );
}

function castAt(tokens: readonly Token[], at: number): Left | undefined {
  const [value, as, type] = tokens.slice(at + 2, at + 5);
  const isWindow =
    (value?.kind === 'string' || value?.kind === 'number') &&
    as?.value === 'as' &&
    type?.value === 'interval';
  const [first, last] = [tokens[at], tokens[closing(tokens, at + 1)]];
  if (!isWindow || !first || !last) return undefined;
  return left(first, last, 'a window written as a cast, not as an INTERVAL literal');
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

function left(first: Token, last: Token, reason: string): Left {
  return { kind: 'left', start: first.start, end: last.end, reason };
}
