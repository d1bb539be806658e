/** The door of this room: finds the intervals in a check file and rewrites their numbers. Every other byte stays. */
import type { IntervalUnit } from '../domain/schedules.ts';
import {
  type LeftKind,
  mayContainInterval,
  type SurveyedLiteral,
  type SurveyedRest,
  surveyScalar,
} from './survey.ts';
import { type DuplicateKey, readScalars } from './yaml/scalars.ts';
import { decodeCheck, encodeCheck, type InvalidCheck, lineCounter } from './yaml/sourceText.ts';

/** Changes with the code of this room: the bundle names its file after what it contains. */
export const scalingCode = import.meta.url.replace(/^.*\//, '');

/** An interval of the chosen unit; offsets count in the decoded file. */
export type IntervalLiteral = SurveyedLiteral;

/** An interval that a load leaves unscaled, and why. */
export interface NotScaled {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
  readonly kind: LeftKind;
  /** Contains no whole number that `fixIntervals` can replace. */
  readonly fixable?: false;
}

export interface Remark {
  readonly line: number;
  readonly text: string;
}

interface Findings {
  readonly notScaled: readonly NotScaled[];
  readonly remarks: readonly Remark[];
  /** Present when the whole file is left alone; every list is empty then. */
  readonly invalid?: InvalidCheck | undefined;
}

/** Lists are in the order of the file. */
export interface Scan extends Findings {
  readonly literals: readonly IntervalLiteral[];
}

/** Lists are in the order of the file. */
export interface Rewritten extends Findings {
  /** The very object that was given when nothing changed. */
  readonly bytes: Uint8Array;
  /** Each interval on one line: `INTERVAL '3' hour`, `INTERVAL '6' hour`. */
  readonly changes: readonly { readonly line: number; readonly before: string; readonly after: string }[];
  /** How many intervals of the unit the file contains, changed or not. */
  readonly literals: number;
  /** Of the intervals above zero as they were: the largest value, and whether each lets fewer rows through as it grows. */
  readonly above0?: { readonly largest: bigint; readonly allReadLess: boolean } | undefined;
}

/** Finds every interval of `unit` in the SQL of a check file. */
export function scanIntervals(bytes: Uint8Array, unit: IntervalUnit): Scan {
  const decoded = decodeCheck(bytes);
  if ('invalid' in decoded) return { ...nothing, invalid: decoded.invalid };
  const { rest: _, ...scan } = scanOf(bytes, decoded.source, unit);
  return scan;
}

/** A whole number in an interval of any form and unit. */
export interface IntervalNumber extends IntervalLiteral {
  /** Undefined when the interval is no literal of one unit. */
  readonly unit: string | undefined;
  readonly isProse: boolean;
}

/** Every whole number that `fixIntervals` can replace, in the order of the file. */
export function intervalNumbers(bytes: Uint8Array): IntervalNumber[] {
  const decoded = decodeCheck(bytes);
  return 'invalid' in decoded ? [] : numbersIn(scanOf(bytes, decoded.source, 'hour'));
}

function numbersIn({ literals, rest }: TextScan): IntervalNumber[] {
  const numbers = new Map<number, IntervalNumber>();
  for (const literal of literals) numbers.set(literal.start, { ...literal, unit: 'hour', isProse: false });
  // A call within a call lists the inner numbers twice.
  for (const { numbers: found, unit, kind } of rest)
    for (const number of found) numbers.set(number.start, { ...number, unit, isProse: kind === 'prose' });
  return [...numbers.values()].sort((a, b) => a.start - b.start);
}

/** Multiplies every value of `unit` by `load`, a whole number from 1. Load 1 changes nothing. */
export function scaleIntervals(bytes: Uint8Array, unit: IntervalUnit, load: number): Rewritten {
  const factor = BigInt(load);
  return rewrite(bytes, unit, ({ literals }) =>
    literals.map((literal) => ({ literal, value: literal.value * factor })),
  );
}

/** Which numbers to change: whole numbers without a sign; the sign in the file stays. */
export interface IntervalFix {
  readonly from: number;
  readonly to: number;
  readonly unit?: string | undefined;
  readonly line?: number | undefined;
}

/**
 * Changes every whole number `from` in an interval, scaled or not, to `to`; with `line`, only those on that line;
 * with `unit`, only those of that unit. Text for people is changed only where nothing else matches.
 */
export function fixIntervals(bytes: Uint8Array, { from, to, unit, line }: IntervalFix): Rewritten {
  return rewrite(bytes, 'hour', (scan) => {
    const matches = numbersIn(scan).filter(
      (number) =>
        number.value === BigInt(from) &&
        (line === undefined || line === number.line) &&
        (unit === undefined || isOfUnit(number, unit)),
    );
    const inSql = matches.filter(({ isProse }) => !isProse);
    const chosen = inSql.length > 0 ? inSql : matches;
    return chosen.map((literal) => ({ literal, value: BigInt(to) }));
  });
}

const unitWords = /\b(?:second|minute|hour|day|week|month|quarter|year)s?\b/i;

/** An interval that names no unit (`date_sub(x, 7)`) counts days. */
function isOfUnit({ unit, text }: IntervalNumber, given: string): boolean {
  if (unit !== undefined) return unit === given;
  return unitWords.test(text) ? new RegExp(`\\b${given}s?\\b`, 'i').test(text) : given === 'day';
}

const nothing: Scan = { literals: [], notScaled: [], remarks: [] };

interface TextScan extends Scan {
  readonly rest: readonly SurveyedRest[];
}

/**
 * Scans of large files by bytes and unit. Nobody changes bytes in place, so however many ask about such a file, it is
 * parsed once. For small files parsing again is cheaper than keeping every scan.
 */
const scans = new WeakMap<Uint8Array, Map<IntervalUnit, TextScan>>();
const smallFileBytes = 16_384;

function scanOf(bytes: Uint8Array, source: string, unit: IntervalUnit): TextScan {
  if (bytes.length <= smallFileBytes) return scanText(source, unit);
  const byUnit = scans.get(bytes) ?? new Map<IntervalUnit, TextScan>();
  const scan = byUnit.get(unit) ?? scanText(source, unit);
  scans.set(bytes, byUnit.set(unit, scan));
  return scan;
}

function scanText(source: string, unit: IntervalUnit): TextScan {
  const read = readScalars(source, mayContainInterval(source));
  if ('invalid' in read) return { ...nothing, rest: [], invalid: read.invalid };
  const lineOf = lineCounter(source);
  const literals: IntervalLiteral[] = [];
  const rest: SurveyedRest[] = [];
  const remarks: Remark[] = read.duplicates.map((duplicate) => duplicateRemark(duplicate, lineOf));
  for (const scalar of read.scalars) {
    const survey = surveyScalar({ source, lineOf }, scalar, unit);
    literals.push(...survey.literals);
    rest.push(...survey.notScaled);
    for (const { offset, first, second } of survey.twoSided)
      remarks.push({ line: lineOf(offset), text: twoSidedRemark(first, second) });
  }
  const notScaled = rest.map(({ offset, text, reason, kind, numbers }) => ({
    line: lineOf(offset),
    text,
    reason,
    kind,
    ...(numbers.length === 0 ? { fixable: false as const } : {}),
  }));
  return { literals, notScaled, rest, remarks: remarks.sort((one, other) => one.line - other.line) };
}

interface NewValue {
  readonly literal: IntervalLiteral;
  readonly value: bigint;
}

/** Writes the values that `choose` gives, in the order of the file. Findings are those of `unit`. */
function rewrite(
  bytes: Uint8Array,
  unit: IntervalUnit,
  choose: (scan: TextScan) => readonly NewValue[],
): Rewritten {
  const decoded = decodeCheck(bytes);
  if ('invalid' in decoded) return { ...nothing, bytes, changes: [], literals: 0, invalid: decoded.invalid };
  const { source } = decoded;
  const scan = scanOf(bytes, source, unit);
  const { literals, notScaled, remarks, invalid } = scan;
  const changes: { line: number; before: string; after: string }[] = [];
  let text = '';
  let copied = 0;
  for (const { literal, value } of choose(scan)) {
    if (value === literal.value) continue;
    const digits = String(value);
    changes.push({ line: literal.line, before: literal.text, after: textWith(literal, digits) });
    text += source.slice(copied, literal.start) + digits;
    copied = literal.end;
  }
  const rewritten = changes.length === 0 ? bytes : encodeCheck(text + source.slice(copied));
  const above0 = above0In(literals);
  return {
    bytes: rewritten,
    changes,
    literals: literals.length,
    notScaled,
    remarks,
    above0,
    invalid,
  };
}

function above0In(literals: readonly IntervalLiteral[]): Rewritten['above0'] {
  let largest = 0n;
  let allReadLess = true;
  for (const { value, readsLess } of literals) {
    if (value > largest) largest = value;
    if (value > 0n && !readsLess) allReadLess = false;
  }
  return largest === 0n ? undefined : { largest, allReadLess };
}

function textWith({ text, digitsStart, digitsEnd }: SurveyedLiteral, digits: string): string {
  return text.slice(0, digitsStart) + digits + text.slice(digitsEnd);
}

function twoSidedRemark(first: SurveyedLiteral, second: SurveyedLiteral): string {
  return `two-sided interval (${first.text} and ${second.text}): it moves as well as widens`;
}

function duplicateRemark({ offset, key, first }: DuplicateKey, lineOf: (offset: number) => number): Remark {
  return {
    line: lineOf(offset),
    text: `the key ${JSON.stringify(key.slice(0, 60))} stands twice in its mapping (first on line ${lineOf(first)}): loaders read one of the two, so both are scaled`,
  };
}
