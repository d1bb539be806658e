/** Reads one interval literal from the tokens of a piece of SQL. */
import { furtherPart, isValue, rangeEnd, templatedOrComputed } from './intervalParts.ts';
import type { Token } from './sql.ts';
import { type Unit, unitNamed } from './units.ts';

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
    const found = templatedOrComputed(tokens, valueAt);
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
