/**
 * Decodes the scalars of YAML 1.2.2: literal (`|`) and folded (`>`) by section 8.1; plain, single-quoted and
 * double-quoted by sections 7.3 and 6.5 (line folding).
 */

export interface BlockScalar {
  /** `|` or `>` with its indicators, for example `>2-`. */
  readonly header: string;
  /** The column that an explicit indentation indicator counts from. */
  readonly parentIndent: number;
  /** From the beginning of the first content line to the end of the last. */
  readonly start: number;
  readonly end: number;
}

interface Line {
  readonly start: number;
  /** The end of the leading spaces. */
  readonly content: number;
  /** Without the line break. */
  readonly end: number;
}

export function decodeBlock(source: string, block: BlockScalar): DecodedText {
  const out = decodedTextBuilder(source);
  const lines = linesOf(source, block.start, block.end);
  const isEmpty = (line: Line) => line.content === line.end;
  const firstWithText = lines.findIndex((line) => !isEmpty(line));
  const explicit = Number(/[1-9]/.exec(block.header)?.[0] ?? 0);
  const first = lines[firstWithText];
  const indent = explicit > 0 ? block.parentIndent + explicit : first ? first.content - first.start : 0;
  const isInside = (line: Line) => !isEmpty(line) || line.content - line.start > indent;
  const bodyEnd = first ? lines.findLastIndex(isInside) + 1 : 0;
  const folds = block.header.startsWith('>');

  // Between two lines that both begin at the indentation, one break folds into a blank and n breaks into n - 1.
  let breaks = 0;
  let previousFlush = false;
  for (const line of lines.slice(0, bodyEnd)) {
    const begin = Math.min(line.start + indent, line.content);
    const empty = begin === line.end;
    const flush = !empty && begin === line.content && source[begin] !== '\t';
    if (!empty || !folds) {
      if (folds && flush && previousFlush)
        out.decoded(breaks === 1 ? ' ' : feeds(breaks - 1), line.start - 1, 1);
      else out.decoded(feeds(breaks), line.start - 1, 1);
      breaks = 0;
      previousFlush = flush;
    }
    out.verbatim(begin, line.end);
    breaks += 1;
  }
  const feedsAtEnd = lines.length - bodyEnd + Number(source[block.end - 1] === '\n') - Number(!first);
  const kept = block.header.includes('+') ? Math.max(1, feedsAtEnd) : Number(bodyEnd > 0);
  if (!block.header.includes('-') && lines.length > 0) out.decoded(feeds(kept), block.end - 1, 1);
  return out.done();
}

function feeds(count: number): string {
  return '\n'.repeat(Math.max(0, count));
}

function linesOf(source: string, start: number, end: number): Line[] {
  const lines: Line[] = [];
  for (let at = start; at < end; ) {
    const feed = source.indexOf('\n', at);
    const next = feed === -1 || feed >= end ? end : feed;
    const lineEnd = next > at && source[next - 1] === '\r' ? next - 1 : next;
    let content = at;
    while (content < lineEnd && source[content] === ' ') content += 1;
    lines.push({ start: at, content, end: lineEnd });
    at = next + 1;
  }
  return lines;
}

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

function decodedTextBuilder(source: string): DecodedTextBuilder {
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

/** Decodes a plain scalar on one or several lines. */
export function decodePlain(source: string, start: number, end: number): DecodedText {
  const out = decodedTextBuilder(source);
  foldLines(source, start, end, out, out.verbatim);
  return out.done();
}

/** Decodes a single-quoted scalar; `start` and `end` are outside the quotes. */
export function decodeSingleQuoted(source: string, start: number, end: number): DecodedText {
  const out = decodedTextBuilder(source);
  foldLines(source, start + 1, end - 1, out, (from, to) => {
    let at = from;
    for (let quote = source.indexOf("''", at); quote !== -1 && quote + 1 < to; ) {
      out.verbatim(at, quote);
      out.decoded("'", quote, 2);
      at = quote + 2;
      quote = source.indexOf("''", at);
    }
    out.verbatim(at, to);
  });
  return out.done();
}

/** Drops the blanks around inner line breaks; one break becomes a blank, n breaks become n - 1 line feeds. */
function foldLines(
  source: string,
  start: number,
  end: number,
  out: DecodedTextBuilder,
  emit: (from: number, to: number) => void,
): void {
  let at = start;
  let firstLine = true;
  let breakAt = -1;
  let breaks = 0;
  for (;;) {
    const feed = source.indexOf('\n', at);
    const lastLine = feed === -1 || feed >= end;
    let lineEnd = lastLine ? end : feed;
    if (!lastLine) {
      if (lineEnd > at && source[lineEnd - 1] === '\r') lineEnd -= 1;
      while (lineEnd > at && isBlank(source[lineEnd - 1])) lineEnd -= 1;
    }
    if (!firstLine) while (at < lineEnd && isBlank(source[at])) at += 1;
    if (!firstLine && (at < lineEnd || lastLine)) {
      out.decoded(breaks === 1 ? ' ' : feeds(breaks - 1), breakAt, 1);
      breaks = 0;
    }
    emit(at, lineEnd);
    if (lastLine) return;
    if (breaks === 0) breakAt = feed;
    breaks += 1;
    firstLine = false;
    at = feed + 1;
  }
}

/** Decodes a double-quoted scalar; `start` and `end` are outside the quotes. Escapes: section 5.7. */
export function decodeDoubleQuoted(source: string, start: number, end: number): DecodedText {
  const out = decodedTextBuilder(source);
  const inner = end - 1;
  let at = start + 1;
  while (at < inner) {
    const special = nextSpecial(source, at, inner);
    if (source[special] === '\\') {
      out.verbatim(at, special);
      at = writeEscape(source, special, inner, out);
    } else if (source[special] === '\n') {
      let lineEnd = special;
      if (lineEnd > at && source[lineEnd - 1] === '\r') lineEnd -= 1;
      while (lineEnd > at && isBlank(source[lineEnd - 1])) lineEnd -= 1;
      out.verbatim(at, lineEnd);
      let feeds = 0;
      at = special;
      for (; at < inner && isFoldable(source, at); at += 1) if (source[at] === '\n') feeds += 1;
      out.decoded(feeds === 1 ? ' ' : '\n'.repeat(feeds - 1), special, 1);
    } else {
      out.verbatim(at, inner);
      at = inner;
    }
  }
  return out.done();
}

function nextSpecial(source: string, from: number, end: number): number {
  for (let at = from; at < end; at += 1) if (source[at] === '\\' || source[at] === '\n') return at;
  return end;
}

/** Writes the character that the escape at `at` stands for; returns the position after the escape. */
function writeEscape(source: string, at: number, end: number, out: DecodedTextBuilder): number {
  const letter = source[at + 1] ?? '';
  const digits = { x: 2, u: 4, U: 8 }[letter];
  if (digits !== undefined) {
    const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
    // The parser has already refused anything larger.
    if (code <= 0x10ffff) out.decoded(String.fromCodePoint(code), at, 2 + digits);
    return at + 2 + digits;
  }
  if (letter === '\n' || (letter === '\r' && source[at + 2] === '\n')) {
    let next = at + (letter === '\n' ? 2 : 3);
    while (next < end && isBlank(source[next])) next += 1;
    return next;
  }
  out.decoded(simpleEscapes[letter] ?? letter, at, 2);
  return at + 2;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function isFoldable(source: string, at: number): boolean {
  const character = source[at];
  return isBlank(character) || character === '\n' || (character === '\r' && source[at + 1] === '\n');
}
