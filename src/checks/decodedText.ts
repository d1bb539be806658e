/** A scalar of a check file that may contain SQL. All positions are UTF-16 code units. */
export interface CheckScalar {
  /** Where the source spells it, quotes or block header included. */
  readonly start: number;
  readonly end: number;
  /** Double-quoted with a backslash: an escape may hide a word. */
  readonly escaped: boolean;
  readonly isKey: boolean;
  /** The mapping key whose value it is, or whose sequence it is an item of. */
  readonly parentKey: string | undefined;
  decode(): DecodedText;
}

/** Whether a scalar at this place in the source is of interest; `escaped` as in `CheckScalar`. */
export type ScalarFilter = (start: number, end: number, escaped: boolean) => boolean;

/**
 * The text of a YAML scalar, with a map back to the source.
 *
 * The decoded text is a sequence of runs. A run either repeats the source unit by unit, or stands for a
 * stretch of source that is written differently there (an escape, a doubled quote, a folded line break).
 */
export interface DecodedText {
  readonly text: string;
  /** The source range that spells `text.slice(from, to)`; `from < to`. */
  sourceSpan(from: number, to: number): { start: number; end: number };
}

interface Run {
  readonly decodedStart: number;
  readonly sourceStart: number;
  /** 0 for a run that repeats the source. */
  readonly sourceLength: number;
}

export interface DecodedTextBuilder {
  /** Appends the source from `start` to `end` unchanged. */
  verbatim(start: number, end: number): void;
  /** Appends `text`, which the source spells with `sourceLength` units from `start`. */
  decoded(text: string, start: number, sourceLength: number): void;
  done(): DecodedText;
}

export function decodedTextBuilder(source: string): DecodedTextBuilder {
  const runs: Run[] = [];
  let text = '';
  return {
    verbatim(start, end) {
      if (end <= start) return;
      runs.push({ decodedStart: text.length, sourceStart: start, sourceLength: 0 });
      text += source.slice(start, end);
    },
    decoded(piece, start, sourceLength) {
      if (piece === '') return;
      runs.push({ decodedStart: text.length, sourceStart: start, sourceLength });
      text += piece;
    },
    done: () => ({ text, sourceSpan: (from, to) => sourceSpan(runs, from, to) }),
  };
}

function sourceSpan(runs: readonly Run[], from: number, to: number): { start: number; end: number } {
  const first = runAt(runs, from);
  const last = runAt(runs, to - 1);
  return {
    start: first.sourceLength > 0 ? first.sourceStart : first.sourceStart + from - first.decodedStart,
    end:
      last.sourceLength > 0
        ? last.sourceStart + last.sourceLength
        : last.sourceStart + to - last.decodedStart,
  };
}

function runAt(runs: readonly Run[], position: number): Run {
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((runs[middle]?.decodedStart ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  const run = runs[low];
  if (run === undefined) throw new RangeError('no position in an empty scalar');
  return run;
}
