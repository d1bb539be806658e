/** What differs between the baseline and the disk: the one source of everything that shows a change. */
import { clean } from '../domain/foreignText.ts';
import { type IntervalLiteral, scanIntervals } from '../intervals/scale.ts';
import type { ExpectedFile } from './expected.ts';
import { lineChanges } from './lineChanges.ts';

/** An interval, or a whole line where more than intervals changed. */
export interface Change {
  /** 1-based, on disk. */
  readonly line: number;
  /** In the baseline and on disk. */
  readonly before: string;
  readonly after: string;
  /** What baseline × load is, where the disk has another interval. */
  readonly scaled?: string;
}

interface FileChanges {
  readonly rows: readonly Change[];
  /** How many intervals differ from the baseline. */
  readonly intervals: number;
}

const lineLength = 160;

/** How many intervals of one file differ from the baseline. */
export function changedIntervalsIn(one: ExpectedFile): number {
  const { diskDigest, baselineDigest } = one.file;
  const isScaled = diskDigest !== baselineDigest && diskDigest === one.scaledDigest;
  return isScaled ? one.intervals : changesIn(one).intervals;
}

/** The changes of one file, read from the bytes of the baseline and of the disk. */
export function changesIn(one: ExpectedFile): FileChanges {
  const { diskDigest, baselineDigest } = one.file;
  if (diskDigest === baselineDigest) return { rows: [], intervals: 0 };
  if (diskDigest === one.scaledDigest) return { rows: one.changes, intervals: one.intervals };
  const { baseline, disk } = one.file;
  if (baseline === undefined || disk === undefined)
    return { rows: [{ line: 1, before: 'the whole file', after: 'deleted' }], intervals: 0 };
  const pairs = changedIntervals(one, baseline, disk);
  const rows = lineChanges(textOf(baseline), textOf(disk)).flatMap(({ line, before, after }): Change[] => {
    const onLine = pairs.filter((pair) => pair.line === line);
    if (onLine.length > 0 && onLine.length === changedNumbers(before, after)) return onLine;
    return [{ line, before: clean(before, lineLength), after: clean(after, lineLength) }];
  });
  return { rows, intervals: pairs.length };
}

/** The intervals that differ, each beside what the load alone would make of it; none where intervals came or went. */
function changedIntervals(one: ExpectedFile, baseline: Uint8Array, disk: Uint8Array): Change[] {
  const unit = one.rule.scales;
  if (unit === undefined) return [];
  const [old, now] = [scanIntervals(baseline, unit).literals, scanIntervals(disk, unit).literals];
  if (old.length !== now.length) return [];
  const scalable = old.filter(({ value }) => value > 0n);
  return now.flatMap((literal, index) => {
    const before = old[index];
    if (before === undefined || before.value === literal.value) return [];
    const scaled = one.changes[scalable.indexOf(before)]?.after;
    return {
      ...textsOf(before, literal),
      ...(scaled !== undefined && scaled !== literal.text && { scaled }),
    };
  });
}

function textsOf(before: IntervalLiteral, now: IntervalLiteral) {
  return { line: now.line, before: before.text, after: now.text };
}

/** How many numbers of a line differ; undefined when anything else does. */
function changedNumbers(before: string, after: string): number | undefined {
  const numbers = /\d+/g;
  if (before.replace(numbers, '0') !== after.replace(numbers, '0')) return undefined;
  const [old, now] = [before.match(numbers) ?? [], after.match(numbers) ?? []];
  return old.filter((number, index) => number !== now[index]).length;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
