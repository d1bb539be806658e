/** Reads the windows of a check file and rewrites the numbers in them; every other unit of the text stays. */
import { readScalars } from './scalars.ts';
import type { IntervalUnit } from './schedules.ts';
import { type InvalidCheck, lineCounter } from './sourceText.ts';
import { mayHoldWindow, type SurveyedLiteral, surveyScalar } from './survey.ts';

/** A literal of the chosen unit. `line` is 1-based and that of its digits; offsets are UTF-16 code units. */
export interface IntervalLiteral extends SurveyedLiteral {
  readonly line: number;
}

/** What a reader may take for a window of this check, and why a load leaves it. */
export interface NotScaled {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface Remark {
  readonly line: number;
  readonly text: string;
}

/** In the order of the file. `invalid` is there when the file is left alone whole; the lists are empty then. */
export interface Scan {
  readonly literals: readonly IntervalLiteral[];
  readonly notScaled: readonly NotScaled[];
  readonly remarks: readonly Remark[];
  readonly invalid?: InvalidCheck;
}

export interface Rewritten {
  readonly text: string;
  /** The literals on one line each: `INTERVAL '3' hour`, `INTERVAL '6' hour`. */
  readonly changes: readonly { readonly line: number; readonly before: string; readonly after: string }[];
  /** How many literals of the unit the file holds, changed or not. */
  readonly literals: number;
  readonly notScaled: readonly NotScaled[];
  readonly remarks: readonly Remark[];
  readonly invalid?: InvalidCheck;
}

/** What to say of a file of a scaled schedule in which `literals` is 0. */
export function noLiteralRemark(unit: IntervalUnit): string {
  return `no INTERVAL literal in ${unit}s: a load does not change what this check reads`;
}

/** Every interval literal of `unit` in the SQL of a check file. */
export function scanIntervals(source: string, unit: IntervalUnit): Scan {
  const read = readScalars(source, mayHoldWindow(source));
  if ('invalid' in read) return { literals: [], notScaled: [], remarks: [], invalid: read.invalid };
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

/** The file with every amount of `unit` multiplied by `load`, a whole number from 1. Load 1 gives the same text. */
export function scaleIntervals(source: string, unit: IntervalUnit, load: number): Rewritten {
  const factor = BigInt(load);
  const scan = scanIntervals(source, unit);
  return rewrite(source, scan, ({ amount }) => amount * factor);
}

/**
 * The file with every literal of `units` whose amount is `from` changed to `to`, on `line` only when it is given.
 * Both are whole numbers without a sign; the sign in the file stays.
 */
export function fixIntervals(
  source: string,
  units: readonly IntervalUnit[],
  fix: { readonly from: number; readonly to: number; readonly line?: number | undefined },
): Rewritten {
  const scans = units.map((unit) => scanIntervals(source, unit));
  const literals = scans.flatMap((scan) => scan.literals).sort((a, b) => a.start - b.start);
  const [first = { notScaled: [], remarks: [] }] = scans;
  return rewrite(source, { ...first, literals }, ({ amount, line }) =>
    amount === BigInt(fix.from) && (fix.line === undefined || fix.line === line) ? BigInt(fix.to) : undefined,
  );
}

function rewrite(
  source: string,
  scan: Scan,
  amountFor: (literal: IntervalLiteral) => bigint | undefined,
): Rewritten {
  const { literals, ...told } = scan;
  const changes: { line: number; before: string; after: string }[] = [];
  let text = '';
  let copied = 0;
  for (const literal of literals) {
    const amount = amountFor(literal);
    if (amount === undefined || amount === literal.amount) continue;
    const digits = String(amount);
    changes.push({ line: literal.line, before: spelt(literal), after: spelt(literal, digits) });
    text += source.slice(copied, literal.start) + digits;
    copied = literal.end;
  }
  return { ...told, text: text + source.slice(copied), changes, literals: literals.length };
}

function spelt({ head, digits, tail }: SurveyedLiteral, amount = digits): string {
  return head + amount + tail;
}

function twoSidedRemark(first: SurveyedLiteral, second: SurveyedLiteral): string {
  return `holds a two-sided window (${spelt(first)} and ${spelt(second)}): it moves as well as widens`;
}
