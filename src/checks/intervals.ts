/** The interval literals of one reading of a piece of SQL, and what looks like one but is left alone. */
import { furtherPart, isAmount, rangeEnd, templatedOrComputed } from './intervalParts.ts';
import type { Token } from './sql.ts';
import { type Unit, unitNamed } from './units.ts';

/** Positions are those of the decoded SQL. */
export interface Literal {
  readonly kind: 'literal';
  readonly start: number;
  readonly end: number;
  /** The digits of the amount, without a sign. */
  readonly digitsStart: number;
  readonly digitsEnd: number;
  readonly unit: Unit;
  /** Taken away rather than added: a minus before the keyword, the amount, or in its quotes. */
  readonly backwards: boolean;
}

/** What a person would take for a window, and why it is not scaled. */
export interface Left {
  readonly kind: 'left';
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

export type Window = Literal | Left;

const wholeAmount = /^\s*(?:[+-]\s*)?(\d+)\s*$/;
const wholeAmountAndUnit = /^\s*(?:[+-]\s*)?(\d+)\s+([a-z]+)\s*$/i;
const fraction = /^\s*(?:[+-]\s*)?(?:\d+\.\d*|\.\d+|\d+(?:\.\d*)?e[+-]?\d+)(?:\s*[a-z]+)?\s*$/i;
const severalParts = /^(?:\s*(?:[+-]\s*)?\d[\d.]*\s*[a-z]+){2,}\s*$/i;
const templateMark = /[{}$%@]/;

/** Eighteen digits are as many as an engine's 64 bits hold for any value. */
const mostDigits = 18;

/** The window that begins at the word `interval`; undefined when the word at `at` means something else. */
export function intervalAt(tokens: readonly Token[], at: number): Window | undefined {
  const keyword = tokens[at];
  if (keyword === undefined || !isKeyword(keyword, tokens[at - 1])) return undefined;
  const sign = tokens[at + 1]?.value;
  const amountAt = sign === '-' || sign === '+' ? at + 2 : at + 1;
  const amount = tokens[amountAt];
  if (amount === undefined) return undefined;
  const left = (reason: string, last: Token): Left => {
    return { kind: 'left', start: keyword.start, end: last.end, reason };
  };

  const next = tokens[amountAt + 1];
  const unit = next?.kind === 'word' ? unitNamed(next.value) : undefined;
  if (isAmount(amount) && next?.kind === 'template') return left('a template follows the amount', next);
  if (!isAmount(amount) || (amount.kind === 'number' && unit === undefined)) {
    const found = templatedOrComputed(tokens, amountAt);
    return found && left(found.reason, found.last);
  }

  if (unit === undefined || next === undefined) {
    const spelt = wholeAmountAndUnit.exec(amount.value);
    const named = unitNamed((spelt?.[2] ?? '').toLowerCase());
    if (spelt?.[1] && named) return literal(spelt[1], named, amount);
    const reason = reasonFor(amount.value, 'no unit that is known here');
    const looksLikeAmount = /\d/.test(amount.value) || templateMark.test(amount.value);
    return amount.kind === 'string' && looksLikeAmount ? left(reason, amount) : undefined;
  }

  const range = rangeEnd(tokens, amountAt + 2);
  if (range) return left('a range from one unit to another', range);
  const further = furtherPart(tokens, amountAt + 2);
  if (further) return left('a compound of several parts', further);
  const following = tokens[amountAt + 2];
  if (following?.value === '(') return left('a unit with a precision', next);
  if (following?.kind === 'template' && following.start === next.end)
    return left('a template follows the unit', following);
  const digits = wholeAmount.exec(amount.value)?.[1];
  if (digits === undefined) return left(reasonFor(amount.value, 'the amount is not a whole number'), next);
  return literal(digits, unit, next);

  function literal(digits: string, unit: Unit, last: Token): Window {
    if (digits.length > mostDigits) return left(`an amount of more than ${mostDigits} digits`, last);
    const { start, value, kind } = amount as Token;
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

/** Not a column of a table, a part of a templated name, a cast, nor a name given with AS. */
function isKeyword(token: Token, previous: Token | undefined): boolean {
  if (token.kind !== 'word' || token.value !== 'interval') return false;
  if (previous === undefined) return true;
  if (previous.kind === 'template') return previous.end < token.start;
  return previous.value !== '.' && previous.value !== '::' && previous.value !== 'as';
}

function reasonFor(amount: string, otherwise: string): string {
  if (templateMark.test(amount)) return 'a template in the amount';
  if (fraction.test(amount)) return 'a fraction';
  if (severalParts.test(amount)) return 'a compound of several parts';
  return otherwise;
}
