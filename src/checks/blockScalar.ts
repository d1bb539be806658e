/** Decodes literal (`|`) and folded (`>`) scalars: YAML 1.2.2, section 8.1. */
import { type DecodedText, decodedTextBuilder } from './decodedText.ts';

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
