/** Finds the intervals in the SQL of one scalar and maps them to places in the source. */
import type { IntervalUnit } from '../domain/schedules.ts';
import { boundsOf } from './sql/bounds.ts';
import { intervalsIn } from './sql/find.ts';
import type { Interval, Literal } from './sql/interval.ts';
import { intervalWords } from './sql/unscalable.ts';
import type { CheckScalar, DecodedText, ScalarFilter } from './yaml/decode.ts';

export interface SurveyedLiteral {
  /** That of its digits, 1-based. */
  readonly line: number;
  /** Source offsets (UTF-16 code units) of the digits. */
  readonly start: number;
  readonly end: number;
  readonly value: bigint;
  /** On one line: `INTERVAL '3' hour`. */
  readonly text: string;
  /** Where the digits are in `text`. */
  readonly digitsStart: number;
  readonly digitsEnd: number;
  /** A filter that lets fewer rows through when the value grows: `created_at < now - INTERVAL '31' day`. */
  readonly readsLess: boolean;
}

/** Why an interval is left alone, as data: prose is no interval at all. */
export type LeftKind = 'another unit' | 'not a literal' | 'prose';

/** An interval that is not scaled, with the whole numbers in it that can be replaced. */
export interface SurveyedRest {
  readonly offset: number;
  readonly text: string;
  readonly reason: string;
  readonly kind: LeftKind;
  readonly numbers: readonly SurveyedLiteral[];
  /** Known for literals only. */
  readonly unit: string | undefined;
}

export interface Survey {
  readonly literals: SurveyedLiteral[];
  readonly notScaled: SurveyedRest[];
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

/** YAML allows an implicit key 1,024 characters: a longer number must not exceed that. */
const longestKey = 1000;
const longestPart = 60;
const longestText = 100;

/**
 * Makes the filter of the scalars that can contain an interval: the source spells one of its words, or an escape may
 * hide one. It can be called in any order; it is fast in the order of the file.
 */
export function mayContainInterval(source: string): ScalarFilter {
  const places = [...source.matchAll(intervalWords)].map(({ index }) => index);
  let next = 0;
  return (start, end, escaped) => {
    if (escaped) return true;
    while (next > 0 && (places[next - 1] ?? 0) >= start) next -= 1;
    while ((places[next] ?? Number.POSITIVE_INFINITY) < start) next += 1;
    return (places[next] ?? Number.POSITIVE_INFINITY) < end;
  };
}

export interface CheckText {
  readonly source: string;
  /** The 1-based line of an offset. */
  lineOf(offset: number): number;
}

export function surveyScalar({ source, lineOf }: CheckText, scalar: CheckScalar, unit: IntervalUnit): Survey {
  const decoded = scalar.decode();
  const { found, tokens } = intervalsIn(decoded.text);
  const survey: Survey = { literals: [], notScaled: [], twoSided: [] };
  const scaled = new Map<number, Literal>();
  for (const interval of found) {
    const left = reasonToLeave(interval, source, scalar, decoded, unit);
    if (interval.kind === 'literal' && left === undefined) scaled.set(interval.start, interval);
    else if (left !== undefined) {
      const text = cut(oneLine(decoded.text.slice(interval.start, interval.end)), longestText);
      const offset = decoded.sourceSpan(interval.start, interval.end).start;
      const numbers = numbersIn(interval, { source, lineOf }, decoded);
      const found = interval.kind === 'literal' ? interval.unit : undefined;
      const { reason, kind } = left;
      survey.notScaled.push({ offset, text, reason, kind, numbers, unit: found });
    }
  }
  if (scaled.size === 0) return survey;
  const { pairs, readLess } = boundsOf(tokens, scaled);
  const surveyed = new Map<Literal, SurveyedLiteral>();
  for (const literal of scaled.values()) {
    const inFile = inSource(literal, decoded, lineOf, readLess.has(literal));
    surveyed.set(literal, inFile);
    survey.literals.push(inFile);
  }
  for (const [one, other] of pairs) {
    const [first, second] = [surveyed.get(one), surveyed.get(other)];
    if (first && second && first.value > 0n && second.value > 0n)
      survey.twoSided.push({ offset: second.start, first, second });
  }
  return survey;
}

function reasonToLeave(
  interval: Interval,
  source: string,
  scalar: CheckScalar,
  decoded: DecodedText,
  unit: IntervalUnit,
): { reason: string; kind: LeftKind } | undefined {
  const parentKey = scalar.parentKey?.toLowerCase() ?? '';
  if (proseKeys.has(parentKey)) return { reason: `prose: the value of ${parentKey}`, kind: 'prose' };
  if (interval.kind === 'unscalable') return { reason: interval.reason, kind: 'not a literal' };
  if (interval.unit !== unit)
    return { reason: `only ${unit} intervals scale in this file`, kind: 'another unit' };
  if (scalar.isKey && scalar.end - scalar.start > longestKey)
    return { reason: 'in a mapping key close to the length limit of YAML', kind: 'not a literal' };
  const digits = decoded.sourceSpan(interval.digitsStart, interval.digitsEnd);
  if (source.slice(digits.start, digits.end).includes('\n'))
    return { reason: 'a number split across two lines', kind: 'not a literal' };
  return undefined;
}

/** Digits that stand alone: no part of a fraction, a name, a time or a date. */
const wholeNumber = /(?<![\w.:]|\d-)\d{1,18}(?![\w:]|\.\d|-\d)/g;

/** The whole numbers of an interval that the source spells on one line. */
function numbersIn(
  interval: Interval,
  { source, lineOf }: CheckText,
  decoded: DecodedText,
): SurveyedLiteral[] {
  const { start, end } = interval;
  const places =
    interval.kind === 'literal'
      ? [interval]
      : [...decoded.text.slice(start, end).matchAll(wholeNumber)].map(({ index, 0: digits }) => ({
          start,
          end,
          digitsStart: start + index,
          digitsEnd: start + index + digits.length,
        }));
  return places
    .map((place) => inSource(place, decoded, lineOf, false))
    .filter((found) => /^\d+$/.test(source.slice(found.start, found.end)));
}

function inSource(
  literal: NumberSpan,
  { text, sourceSpan }: DecodedText,
  lineOf: CheckText['lineOf'],
  readsLess: boolean,
): SurveyedLiteral {
  const digits = text.slice(literal.digitsStart, literal.digitsEnd);
  const head = cut(oneLine(text.slice(literal.start, literal.digitsStart)), longestPart);
  const { start, end } = sourceSpan(literal.digitsStart, literal.digitsEnd);
  // Not by a spread: V8 keeps such objects until a full collection, which takes most of the memory.
  return {
    line: lineOf(start),
    start,
    end,
    value: BigInt(digits),
    text: head + digits + cut(oneLine(text.slice(literal.digitsEnd, literal.end)), longestPart),
    digitsStart: head.length,
    digitsEnd: head.length + digits.length,
    readsLess,
  };
}

type NumberSpan = Pick<Literal, 'start' | 'end' | 'digitsStart' | 'digitsEnd'>;

const plainLine = /^ ?[!-~]+(?: [!-~]+)* ?$/;

/** Breaks, tabs and invisible characters become single blanks. */
function oneLine(text: string): string {
  if (plainLine.test(text)) return text;
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ');
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
