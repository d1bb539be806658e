/** The parts that make an interval more than one value and one unit. */
import type { Token } from './sql.ts';
import { unitNamed } from './units.ts';

/** Words that end an operand: an expression never contains one. */
const reserved = new Set(
  'all and any as asc between by case cross desc distinct else end except exists false for from full group having in inner intersect into is join left like limit not null on or order outer over partition right select then true union using when where with'.split(
    ' ',
  ),
);

const operators = new Set(['+', '-', '*', '/', '%', '.', '::', '(', ')', ',', '[', ']', '|']);

/** Longer than any expression in real SQL. */
const mostTokens = 40;

export function isValue(token: Token | undefined): boolean {
  return token?.kind === 'string' || token?.kind === 'double' || token?.kind === 'number';
}

/** The last token of `TO second` after the first unit. */
export function rangeEnd(tokens: readonly Token[], at: number): Token | undefined {
  const to = tokens[at];
  const unit = tokens[at + 1];
  return to?.kind === 'word' && to.value === 'to' && isUnit(unit) ? unit : undefined;
}

/** The last token of the parts after the first: `2 HOURS`, `- '5' minute`. */
export function furtherPart(tokens: readonly Token[], at: number): Token | undefined {
  let last: Token | undefined;
  for (let next = at; ; ) {
    const sign = tokens[next]?.value;
    if (sign === '-' || sign === '+') next += 1;
    const value = tokens[next];
    const unit = tokens[next + 1];
    if (!(isValue(value) || value?.kind === 'template') || !isUnit(unit)) return last;
    last = unit;
    next += 2;
  }
}

/** A value that is not a number: `{{ n }} day`, `2 * {X} day`, `lookback day`, or a template for value and unit. */
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
    const reason = 'a template in place of the value and the unit';
    return { reason, last: next?.kind === 'template' ? next : first };
  }
  const alone = first.kind === 'template' && tokens[at + 1] === last;
  const reason = alone ? 'a template in place of the value' : 'an expression in place of the value';
  return { reason, last };
}

/** The unit after the expression that begins at `at`. */
function expressionEnd(tokens: readonly Token[], at: number): Token | undefined {
  let depth = 0;
  for (let next = at; next < at + mostTokens; next += 1) {
    const token = tokens[next];
    if (token === undefined) return undefined;
    if (next > at && depth === 0 && isUnit(token)) return token;
    if (!canContinue(token, tokens[next - 1], next === at, depth)) return undefined;
    if (token.value === '(') depth += 1;
    if (token.value === ')') depth -= 1;
    if (depth < 0) return undefined;
  }
  return undefined;
}

function canContinue(token: Token, previous: Token | undefined, first: boolean, depth: number): boolean {
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
