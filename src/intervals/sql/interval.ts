/** Reads one interval literal from the tokens of a piece of SQL, also one with more than one value and one unit. */
import type { Token } from './sql.ts';

/** Words that end an operand: an expression never contains one. */
const reserved = new Set(
  'all and any as asc between by case cross desc distinct else end except exists false for from full group having in inner intersect into is join left like limit not null on or order outer over partition right select then true union using when where with'.split(
    ' ',
  ),
);

const operators = new Set(['+', '-', '*', '/', '%', '.', '::', '(', ')', ',', '[', ']', '|']);

/** Longer than any expression in real SQL. */
const mostTokens = 40;

function isValue(token: Token | undefined): boolean {
  return token?.kind === 'string' || token?.kind === 'double' || token?.kind === 'number';
}

/** The last token of `TO second` after the first unit. */
function rangeEnd(tokens: readonly Token[], at: number): Token | undefined {
  const to = tokens[at];
  const unit = tokens[at + 1];
  return to?.kind === 'word' && to.value === 'to' && isUnit(unit) ? unit : undefined;
}

/** The last token of the parts after the first: `2 HOURS`, `- '5' minute`. */
function furtherPart(tokens: readonly Token[], at: number): Token | undefined {
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
function templatedOrComputed(
  tokens: readonly Token[],
  at: number,
  first: Token,
): { reason: string; last: Token } | undefined {
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

/** Positions are those of the decoded SQL. */
export interface Literal {
  readonly kind: 'literal';
  readonly start: number;
  readonly end: number;
  /** The digits of the value, without a sign. */
  readonly digitsStart: number;
  readonly digitsEnd: number;
  readonly unit: Unit;
  /** Subtracted: an odd number of minus signs before the keyword, before the value and in its quotes. */
  readonly backwards: boolean;
}

/** An interval that cannot be scaled safely, and why. */
export interface Unscalable {
  readonly kind: 'unscalable';
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

export type Interval = Literal | Unscalable;

interface Span {
  readonly start: number;
  readonly end: number;
}

export function unscalable(first: Span, last: Span, reason: string): Unscalable {
  return { kind: 'unscalable', start: first.start, end: last.end, reason };
}

const wholeValue = /^\s*(?:[+-]\s*)?(\d+)\s*$/;
const wholeValueAndUnit = /^\s*(?:[+-]\s*)?(\d+)\s+([a-z]+)\s*$/i;
const fraction = /^\s*(?:[+-]\s*)?(?:\d+\.\d*|\.\d+|\d+(?:\.\d*)?e[+-]?\d+)(?:\s*[a-z]+)?\s*$/i;
const severalParts = /^(?:\s*(?:[+-]\s*)?\d[\d.]*\s*[a-z]+){2,}\s*$/i;
const templateMark = /[{}$%@]/;

/** Every number of eighteen digits fits into an engine's 64 bits. */
const mostDigits = 18;

/** Reads the interval whose keyword is `tokens[at]`; undefined when that token is not the keyword of one. */
export function intervalAt(tokens: readonly Token[], at: number): Interval | undefined {
  const keyword = tokens[at];
  if (keyword === undefined || !isKeyword(keyword, tokens[at - 1])) return undefined;
  const sign = tokens[at + 1]?.value;
  const valueAt = sign === '-' || sign === '+' ? at + 2 : at + 1;
  const literalValue = tokens[valueAt];
  if (literalValue === undefined) return undefined;
  const cannotScale = (reason: string, last: Token) => unscalable(keyword, last, reason);

  const next = tokens[valueAt + 1];
  const unit = next?.kind === 'word' ? unitNamed(next.value) : undefined;
  if (isValue(literalValue) && next?.kind === 'template')
    return cannotScale('a template follows the value', next);
  if (!isValue(literalValue) || (literalValue.kind === 'number' && unit === undefined)) {
    const found = templatedOrComputed(tokens, valueAt, literalValue);
    return found && cannotScale(found.reason, found.last);
  }

  if (unit === undefined || next === undefined) {
    const inQuotes = wholeValueAndUnit.exec(literalValue.value);
    const named = unitNamed((inQuotes?.[2] ?? '').toLowerCase());
    if (inQuotes?.[1] && named) return literal(inQuotes[1], named, literalValue);
    const reason = reasonFor(literalValue.value, 'no known unit');
    const looksLikeValue = /\d/.test(literalValue.value) || templateMark.test(literalValue.value);
    return literalValue.kind === 'string' && looksLikeValue ? cannotScale(reason, literalValue) : undefined;
  }

  const range = rangeEnd(tokens, valueAt + 2);
  if (range) return cannotScale('a range from one unit to another', range);
  const further = furtherPart(tokens, valueAt + 2);
  if (further) return cannotScale('a compound interval', further);
  const following = tokens[valueAt + 2];
  if (following?.value === '(') return cannotScale('a unit with a precision', next);
  if (following?.kind === 'template' && following.start === next.end)
    return cannotScale('a template follows the unit', following);
  const digits = wholeValue.exec(literalValue.value)?.[1];
  if (digits === undefined)
    return cannotScale(reasonFor(literalValue.value, 'the value is not a whole number'), next);
  return literal(digits, unit, next);

  function literal(digits: string, unit: Unit, last: Token): Interval {
    if (digits.length > mostDigits) return cannotScale(`a value of more than ${mostDigits} digits`, last);
    const { start, value, kind } = literalValue as Token;
    const digitsStart = start + (kind === 'number' ? 0 : 1) + value.indexOf(digits);
    const minuses = [tokens[at - 1]?.value === '-', sign === '-', value.includes('-')].filter(Boolean);
    return {
      kind: 'literal',
      start: (keyword as Token).start,
      end: last.end,
      digitsStart,
      digitsEnd: digitsStart + digits.length,
      unit,
      backwards: minuses.length % 2 === 1,
    };
  }
}

/** Whether the word is the keyword: not a column, part of a templated name, the type of a cast, nor an alias. */
function isKeyword(token: Token, previous: Token | undefined): boolean {
  if (token.kind !== 'word' || token.value !== 'interval') return false;
  if (previous === undefined) return true;
  if (previous.kind === 'template') return previous.end < token.start;
  return previous.value !== '.' && previous.value !== '::' && previous.value !== 'as';
}

function reasonFor(value: string, otherwise: string): string {
  if (templateMark.test(value)) return 'a template in the value';
  if (fraction.test(value)) return 'a fraction';
  if (severalParts.test(value)) return 'a compound interval';
  return otherwise;
}

/** The units of an interval literal, in the singular. */
const units = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
  'nanosecond',
] as const;

export type Unit = (typeof units)[number];

const bySpelling = new Map<string, Unit>(
  units.flatMap((unit): [string, Unit][] => [
    [unit, unit],
    [`${unit}s`, unit],
  ]),
);

/** Finds the unit that a lower-case word names, singular or plural. */
function unitNamed(word: string): Unit | undefined {
  return bySpelling.get(word);
}
