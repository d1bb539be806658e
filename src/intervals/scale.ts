/** The door of this room: finds the intervals in a check file and rewrites their numbers. Every other byte stays. */
import type { IntervalUnit } from '../domain/schedules.ts';
import { type LeftKind, mayContainInterval, type SurveyedLiteral, surveyScalar } from './survey.ts';
import { readScalars } from './yaml/scalars.ts';
import { decodeCheck, encodeCheck, type InvalidCheck, lineCounter } from './yaml/sourceText.ts';

/** An interval of the chosen unit. `line` is that of its digits, 1-based; offsets count in the decoded file. */
export interface IntervalLiteral extends SurveyedLiteral {
  readonly line: number;
}

/** An interval that a load leaves unscaled, and why. */
export interface NotScaled {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
  readonly kind: LeftKind;
}

export interface Remark {
  readonly line: number;
  readonly text: string;
}

interface Findings {
  readonly notScaled: readonly NotScaled[];
  readonly remarks: readonly Remark[];
  /** Present when the whole file is left alone; every list is empty then. */
  readonly invalid?: InvalidCheck;
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
}

/** Finds every interval of `unit` in the SQL of a check file. */
export function scanIntervals(bytes: Uint8Array, unit: IntervalUnit): Scan {
  const decoded = decodeCheck(bytes);
  return 'invalid' in decoded ? { ...nothing, invalid: decoded.invalid } : scanText(decoded.source, unit);
}

/** Multiplies every value of `unit` by `load`, a whole number from 1. Load 1 changes nothing. */
export function scaleIntervals(bytes: Uint8Array, unit: IntervalUnit, load: number): Rewritten {
  const factor = BigInt(load);
  return rewrite(bytes, [unit], ({ value }) => value * factor);
}

/**
 * Changes every interval of `units` whose value is `from` to `to`; with `line`, only those on that line. Both values
 * are whole numbers without a sign; the sign in the file stays.
 */
export function fixIntervals(
  bytes: Uint8Array,
  units: readonly IntervalUnit[],
  fix: { readonly from: number; readonly to: number; readonly line?: number | undefined },
): Rewritten {
  return rewrite(bytes, units, ({ value, line }) =>
    value === BigInt(fix.from) && (fix.line === undefined || fix.line === line) ? BigInt(fix.to) : undefined,
  );
}

const nothing: Scan = { literals: [], notScaled: [], remarks: [] };

function scanText(source: string, unit: IntervalUnit): Scan {
  const read = readScalars(source, mayContainInterval(source));
  if ('invalid' in read) return { ...nothing, invalid: read.invalid };
  const lineOf = lineCounter(source);
  const literals: IntervalLiteral[] = [];
  const notScaled: NotScaled[] = [];
  const remarks: Remark[] = [];
  for (const scalar of read.scalars) {
    const survey = surveyScalar(source, scalar, unit);
    for (const literal of survey.literals) literals.push({ ...literal, line: lineOf(literal.start) });
    for (const { offset, ...left } of survey.notScaled) notScaled.push({ ...left, line: lineOf(offset) });
    for (const { offset, first, second } of survey.twoSided)
      remarks.push({ line: lineOf(offset), text: twoSidedRemark(first, second) });
  }
  return { literals, notScaled, remarks };
}

/** Writes the value that `valueFor` gives; undefined keeps an interval as it is. Findings are those of the first unit. */
function rewrite(
  bytes: Uint8Array,
  units: readonly IntervalUnit[],
  valueFor: (literal: IntervalLiteral) => bigint | undefined,
): Rewritten {
  const decoded = decodeCheck(bytes);
  if ('invalid' in decoded) return { ...nothing, bytes, changes: [], literals: 0, invalid: decoded.invalid };
  const { source } = decoded;
  const [first = nothing, ...others] = units.map((unit) => scanText(source, unit));
  const literals = [first, ...others].flatMap((scan) => scan.literals).sort((a, b) => a.start - b.start);
  const changes: { line: number; before: string; after: string }[] = [];
  let text = '';
  let copied = 0;
  for (const literal of literals) {
    const value = valueFor(literal);
    if (value === undefined || value === literal.value) continue;
    const digits = String(value);
    changes.push({ line: literal.line, before: literal.text, after: textWith(literal, digits) });
    text += source.slice(copied, literal.start) + digits;
    copied = literal.end;
  }
  const rewritten = changes.length === 0 ? bytes : encodeCheck(text + source.slice(copied));
  return { ...first, bytes: rewritten, changes, literals: literals.length };
}

function textWith({ text, digitsStart, digitsEnd }: SurveyedLiteral, digits: string): string {
  return text.slice(0, digitsStart) + digits + text.slice(digitsEnd);
}

function twoSidedRemark(first: SurveyedLiteral, second: SurveyedLiteral): string {
  return `two-sided interval (${first.text} and ${second.text}): it moves as well as widens`;
}
