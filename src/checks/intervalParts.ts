/** The parts of an interval that make it more than one amount and one unit. */
import type { Token } from './sql.ts';
import { unitNamed } from './units.ts';

/** Words that end an operand: what stands before them is no amount. */
const reserved = new Set(
  'all and any as asc between by case cross desc distinct else end except exists false for from full group having in inner intersect into is join left like limit not null on or order outer over partition right select then true union using when where with'.split(
    ' ',
  ),
);

const operators = new Set(['+', '-', '*', '/', '%', '.', '::', '(', ')', ',', '[', ']', '|']);

/** No amount that a person writes is longer. */
const mostTokens = 40;

export function isAmount(token: Token | undefined): boolean {
  return token?.kind === 'string' || token?.kind === 'double' || token?.kind === 'number';
}

/** The last token of `TO second` behind the first unit. */
export function rangeEnd(tokens: readonly Token[], at: number): Token | undefined {
  const to = tokens[at];
  const unit = tokens[at + 1];
  return to?.kind === 'word' && to.value === 'to' && isUnit(unit) ? unit : undefined;
}

/** The last token of the parts behind the first: `2 HOURS`, `- '5' minute`. */
export function furtherPart(tokens: readonly Token[], at: number): Token | undefined {
  let last: Token | undefined;
  for (let next = at; ; ) {
    const sign = tokens[next]?.value;
    if (sign === '-' || sign === '+') next += 1;
    const amount = tokens[next];
    const unit = tokens[next + 1];
    if (!(isAmount(amount) || amount?.kind === 'template') || !isUnit(unit)) return last;
    last = unit;
    next += 2;
  }
}

/** An amount that is not written out: `{{ n }} day`, `2 * {X} day`, `lookback day`, or a template for all of it. */
export function templatedOrComputed(
  tokens: readonly Token[],
  at: number,
): { reason: string; last: Token } | undefined {
  const first = tokens[at];
  if (first === undefined) return undefined;
  const last = expressionEnd(tokens, at);
  if (last === undefined) {
    if (first.kind !== 'template' || !/^(?:\$|\{(?!%))/.test(first.value)) return undefined;
    const next = tokens[at + 1];
    const reason = 'a template in place of the amount and the unit';
    return { reason, last: next?.kind === 'template' ? next : first };
  }
  const alone = first.kind === 'template' && tokens[at + 1] === last;
  const reason = alone ? 'a template in place of the amount' : 'an expression in place of the amount';
  return { reason, last };
}

/** The unit behind an expression that begins at `at`. */
function expressionEnd(tokens: readonly Token[], at: number): Token | undefined {
  let depth = 0;
  for (let next = at; next < at + mostTokens; next += 1) {
    const token = tokens[next];
    if (token === undefined) return undefined;
    if (next > at && depth === 0 && isUnit(token)) return token;
    if (!canStand(token, tokens[next - 1], next === at, depth)) return undefined;
    if (token.value === '(') depth += 1;
    if (token.value === ')') depth -= 1;
    if (depth < 0) return undefined;
  }
  return undefined;
}

function canStand(token: Token, previous: Token | undefined, first: boolean, depth: number): boolean {
  if (token.kind === 'symbol') {
    if (first) return token.value === '(';
    return operators.has(token.value) && (token.value !== ',' || depth > 0);
  }
  if (token.kind !== 'word' || depth > 0) return true;
  if (reserved.has(token.value) || (first && isUnit(token))) return false;
  return first || previous?.kind === 'symbol' || previous?.kind === 'template';
}

function isUnit(token: Token | undefined): token is Token {
  return token?.kind === 'word' && unitNamed(token.value) !== undefined;
}
