/** One scalar of a check file: the windows in its SQL, told in places of the source. */
import type { DecodedText } from './decodedText.ts';
import type { Literal, Window } from './intervals.ts';
import { windowWords } from './otherDress.ts';
import type { CheckScalar, Wanted } from './scalars.ts';
import type { IntervalUnit } from './schedules.ts';
import { twoSidedWindows } from './twoSided.ts';
import { windowsIn } from './windows.ts';

export interface SurveyedLiteral {
  /** Source offsets (UTF-16 code units) of the digits. */
  readonly start: number;
  readonly end: number;
  readonly amount: bigint;
  /** The literal on one line: `head`, digits, `tail`. */
  readonly head: string;
  readonly digits: string;
  readonly tail: string;
}

export interface Survey {
  readonly literals: SurveyedLiteral[];
  readonly notScaled: { offset: number; text: string; reason: string }[];
  readonly twoSided: { offset: number; first: SurveyedLiteral; second: SurveyedLiteral }[];
}

/** Keys whose values are written for people. */
const proseKeys = new Set([
  'description',
  'name',
  'title',
  'summary',
  'message',
  'comment',
  'notes',
  'doc',
  'owner',
]);

/** YAML allows an implicit key 1,024 characters; a longer number must not be the one too many. */
const longestKey = 1000;
const longestPart = 60;
const longestText = 100;

/**
 * Tells which scalars of a file can hold a window at all: no decoding joins two letters but an escape. Asked in
 * any order; quick in the order of the file.
 */
export function mayHoldWindow(source: string): Wanted {
  const places = [...source.matchAll(windowWords)].map(({ index }) => index);
  let next = 0;
  return (start, end, escaped) => {
    if (escaped) return true;
    while (next > 0 && (places[next - 1] ?? 0) >= start) next -= 1;
    while ((places[next] ?? Number.POSITIVE_INFINITY) < start) next += 1;
    return (places[next] ?? Number.POSITIVE_INFINITY) < end;
  };
}

export function surveyScalar(source: string, scalar: CheckScalar, unit: IntervalUnit): Survey {
  const decoded = scalar.decode();
  const { found, tokens } = windowsIn(decoded.text);
  const survey: Survey = { literals: [], notScaled: [], twoSided: [] };
  const scaled = new Map<number, Literal>();
  const surveyed = new Map<Literal, SurveyedLiteral>();
  for (const window of found) {
    const reason = reasonToLeave(window, source, scalar, decoded, unit);
    if (window.kind === 'literal' && reason === undefined) {
      const literal = inSource(window, decoded);
      scaled.set(window.start, window);
      surveyed.set(window, literal);
      survey.literals.push(literal);
    } else {
      const text = cut(oneLine(decoded.text.slice(window.start, window.end)), longestText);
      const offset = decoded.sourceSpan(window.start, window.end).start;
      survey.notScaled.push({ offset, text, reason: reason ?? '' });
    }
  }
  if (scaled.size > 1)
    for (const [one, other] of twoSidedWindows(tokens, scaled)) {
      const [first, second] = [surveyed.get(one), surveyed.get(other)];
      if (first && second && first.amount > 0n && second.amount > 0n)
        survey.twoSided.push({ offset: second.start, first, second });
    }
  return survey;
}

function reasonToLeave(
  window: Window,
  source: string,
  scalar: CheckScalar,
  decoded: DecodedText,
  unit: IntervalUnit,
): string | undefined {
  const parentKey = scalar.parentKey?.toLowerCase() ?? '';
  if (proseKeys.has(parentKey)) return `prose: the value of ${parentKey}`;
  if (window.kind === 'left') return window.reason;
  if (window.unit !== unit) return `${window.unit}: only ${unit} intervals scale in this file`;
  if (scalar.isKey && scalar.end - scalar.start > longestKey) return 'in a key that must not grow';
  const digits = decoded.sourceSpan(window.digitsStart, window.digitsEnd);
  if (source.slice(digits.start, digits.end).includes('\n')) return 'a number broken over two lines';
  return undefined;
}

function inSource(literal: Literal, { text, sourceSpan }: DecodedText): SurveyedLiteral {
  const digits = text.slice(literal.digitsStart, literal.digitsEnd);
  const { start, end } = sourceSpan(literal.digitsStart, literal.digitsEnd);
  return {
    start,
    end,
    amount: BigInt(digits),
    head: cut(oneLine(text.slice(literal.start, literal.digitsStart)), longestPart),
    digits,
    tail: cut(oneLine(text.slice(literal.digitsEnd, literal.end)), longestPart),
  };
}

const plainLine = /^ ?[!-~]+(?: [!-~]+)* ?$/;

/** Breaks, tabs and invisible characters become single blanks. */
function oneLine(text: string): string {
  if (plainLine.test(text)) return text;
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ');
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
