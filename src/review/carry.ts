/** Carries a person's edit from the load at which it was made to another one. */
import { diffArrays } from 'diff';
import type { IntervalUnit } from '../domain/schedules.ts';
import { type IntervalLiteral, scaleIntervals, scanIntervals } from '../intervals/scale.ts';

/** A check file that somebody edited at a load. */
export interface Edit {
  readonly baseline: Uint8Array;
  readonly edited: Uint8Array;
  /** The load of the intervals that the edit left alone. */
  readonly from: number;
  /** Undefined for a file that no load scales. */
  readonly unit: IntervalUnit | undefined;
}

/** What becomes of an interval that a person set: baseline × load, the same multiple of it, or the value itself. */
export type FixesChoice = 'baseline' | 'scale' | 'keep';

/** An interval that a person set, at the load of the edit (`fixed`) and at the new one (`now`). */
export interface SetInterval {
  readonly line: number;
  readonly unit: IntervalUnit;
  /** Undefined for an interval that the person added. */
  readonly baseline?: number;
  readonly fixed: number;
  readonly now: number;
}

/**
 * A three-way merge: baseline × `from`, the edited file, baseline × `to`. The outer two differ in the digits of
 * intervals alone, so the merge keeps the edited text, scales each interval that still reads as before, and can
 * only conflict where a person set an interval; `choice` decides those.
 */
export function carryEdit(
  { baseline, edited, from, unit }: Edit,
  to: number,
  choice: FixesChoice,
): { bytes: Uint8Array; set: readonly SetInterval[] } {
  if (unit === undefined || to === from) return { bytes: edited, set: [] };
  const set: SetInterval[] = [];
  const source = textOf(edited);
  let text = '';
  let copied = 0;
  for (const { literal, original } of pairIntervals({ baseline, edited, from, unit })) {
    const isAsBefore = original !== undefined && literal.value === original * BigInt(from);
    const value = isAsBefore
      ? original * BigInt(to)
      : valueOfSet(literal.value, original, { from, to, choice });
    if (!isAsBefore)
      set.push({
        line: literal.line,
        unit,
        ...(original === undefined ? {} : { baseline: Number(original) }),
        fixed: Number(literal.value),
        now: Number(value),
      });
    if (value === literal.value) continue;
    text += source.slice(copied, literal.start) + String(value);
    copied = literal.end;
  }
  return { bytes: copied === 0 ? edited : Buffer.from(text + source.slice(copied)), set };
}

/** A multiple that is no whole number is baseline × load instead; an added interval has no baseline and stays. */
function valueOfSet(
  value: bigint,
  original: bigint | undefined,
  { from, to, choice }: { from: number; to: number; choice: FixesChoice },
): bigint {
  const scaled = value * BigInt(to);
  if (choice === 'scale' && scaled % BigInt(from) === 0n) return scaled / BigInt(from);
  return choice === 'keep' || original === undefined ? value : original * BigInt(to);
}

/**
 * The load that the intervals of an edited file are at: `usual` (that of the level on disk), unless at least two of
 * them, and more than at `usual`, read as another whole multiple.
 */
export function loadOfEdit({ baseline, edited, unit }: Omit<Edit, 'from'>, usual: number): number {
  if (unit === undefined) return usual;
  const asBefore = (load: number) =>
    pairIntervals({ baseline, edited, from: load, unit }).filter(
      ({ literal, original }) => original !== undefined && literal.value === original * BigInt(load),
    ).length;
  let best = { load: usual, count: Math.max(1, asBefore(usual)) };
  for (const load of wholeRatios(baseline, edited, unit)) {
    const count = load === usual ? 0 : asBefore(load);
    if (count > best.count) best = { load, count };
  }
  return best.load;
}

/** The load at which baseline × load is exactly these bytes; undefined without one. */
export function wholeLoad(
  baseline: Uint8Array,
  bytes: Uint8Array,
  unit: IntervalUnit | undefined,
): number | undefined {
  if (unit === undefined) return undefined;
  return wholeRatios(baseline, bytes, unit).find((load) =>
    Buffer.from(scaleIntervals(baseline, unit, load).bytes).equals(bytes),
  );
}

const mostLoads = 8;
const highestLoad = 1000n;

/** The whole ratios of the intervals in their order, each once. */
function wholeRatios(baseline: Uint8Array, bytes: Uint8Array, unit: IntervalUnit): number[] {
  const [before, after] = [baseline, bytes].map((one) => scanIntervals(one, unit).literals);
  const ratios = new Set<number>();
  for (const [index, { value }] of (before ?? []).entries()) {
    const now = after?.[index]?.value ?? 0n;
    if (value > 0n && now > 0n && now % value === 0n && now / value <= highestLoad)
      ratios.add(Number(now / value));
  }
  return [...ratios].slice(0, mostLoads);
}

interface PairedInterval {
  readonly literal: IntervalLiteral;
  /** The value of the same interval in the baseline; undefined for an added one. */
  readonly original: bigint | undefined;
}

/** Beyond this many differences two texts have nothing in common. */
const mostDifferences = 4000;

/** The intervals of an edited file, each with the one of the baseline that it was. */
function pairIntervals({ baseline, edited, from, unit }: Edit & { unit: IntervalUnit }): PairedInterval[] {
  const { literals: originals } = scanIntervals(baseline, unit);
  const scaled = scaleIntervals(baseline, unit, from).bytes;
  const ours = tokensOf(scaled, scanIntervals(scaled, unit).literals);
  const { literals } = scanIntervals(edited, unit);
  const theirs = tokensOf(edited, literals);
  const parts = diffArrays(ours, theirs, { maxEditLength: mostDifferences }) ?? [
    { value: ours, removed: true, added: false },
    { value: theirs, removed: false, added: true },
  ];
  const pairs: PairedInterval[] = [];
  let left = 0;
  let removed: bigint[] = [];
  for (const part of parts) {
    const count = part.value.filter(isInterval).length;
    const taken = originals.slice(left, left + count).map(({ value }) => value);
    if (!part.added) left += count;
    if (part.removed) {
      removed.push(...taken);
      continue;
    }
    const found = literals.slice(pairs.length, pairs.length + count);
    const partners = part.added ? partnersOf(found, removed, from) : taken;
    pairs.push(...found.map((literal, index) => ({ literal, original: partners[index] })));
    removed = [];
  }
  return pairs;
}

/** In a rewritten passage: in their order where as many were removed, else those of the same value. */
function partnersOf(
  found: readonly IntervalLiteral[],
  removed: readonly bigint[],
  from: number,
): (bigint | undefined)[] {
  if (found.length === removed.length) return [...removed];
  const rest = [...removed];
  return found.map(({ value }) => {
    const at = rest.findIndex((original) => original * BigInt(from) === value);
    return at < 0 ? undefined : rest.splice(at, 1)[0];
  });
}

const intervalMark = '\u0000';

function isInterval(token: string): boolean {
  return token.startsWith(intervalMark);
}

/** Words, blanks and signs; the digits of an interval are a token of their own. */
function tokensOf(bytes: Uint8Array, literals: readonly IntervalLiteral[]): string[] {
  const source = textOf(bytes);
  const tokens: string[] = [];
  let at = 0;
  for (const { start, end } of literals) {
    tokens.push(...wordsOf(source.slice(at, start)), intervalMark + source.slice(start, end));
    at = end;
  }
  return [...tokens, ...wordsOf(source.slice(at))];
}

function wordsOf(text: string): string[] {
  return text.match(/\n|[^\S\n]+|\w+|[^\w\s]/gu) ?? [];
}

/** As the scanner decodes a file; bytes that it cannot decode contain no interval, and are not rewritten. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
