/** Finds the intervals in a piece of SQL that all engines agree on. */
import { type Interval, intervalAt, type Unscalable, unscalable } from './interval.ts';
import { type Reading, type Token, tokenise } from './sql.ts';
import { unscalableAt } from './unscalable.ts';

export interface SqlIntervals {
  /** In the order of the text. */
  readonly found: readonly Interval[];
  /** The tokens of the first reading that ends well. */
  readonly tokens: readonly Token[];
}

/**
 * Reads the SQL as each engine would. Readings that end in an open quote or comment are dropped when another ends
 * well. A literal that only some of the others find is left alone; when no reading ends well, everything is.
 */
export function intervalsIn(text: string): SqlIntervals {
  const readings = readingsFor(text).map((reading) => tokenise(text, reading));
  const closed = readings.filter((reading) => reading.closed);
  if (closed.length === 0) return { found: unclosed(text), tokens: [] };
  const [first, ...others] = closed.map(({ tokens }) => ({ tokens, found: intervalsOf(tokens) }));
  if (first === undefined || others.length === 0) return first ?? { found: [], tokens: [] };

  const known = new Map<number, Interval>();
  const timesSeen = new Map<string, number>();
  for (const { found } of [first, ...others])
    for (const interval of found) {
      if (!known.has(interval.start)) known.set(interval.start, interval);
      timesSeen.set(identity(interval), (timesSeen.get(identity(interval)) ?? 0) + 1);
    }
  const found = [...known.values()].map((interval) =>
    interval.kind === 'unscalable' || timesSeen.get(identity(interval)) === closed.length
      ? interval
      : unscalable(interval, interval, 'engines read the quotes and comments around it differently'),
  );
  return { found: found.sort((a, b) => a.start - b.start), tokens: first.tokens };
}

function readingsFor(text: string): Reading[] {
  const differs = text.includes('\\') || text.includes('/*');
  const engines = differs ? (['trino', 'spark'] as const) : (['trino'] as const);
  const templates = text.includes('{{') || text.includes('{%') ? [true, false] : [false];
  return engines.flatMap((engine) => templates.map((templatesInStrings) => ({ engine, templatesInStrings })));
}

function intervalsOf(tokens: readonly Token[]): Interval[] {
  const found: Interval[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const interval = intervalAt(tokens, at) ?? unscalableAt(tokens, at);
    if (interval) found.push(interval);
  }
  return found;
}

function identity(interval: Interval): string {
  const { kind, start, end } = interval;
  const digits = kind === 'literal' ? `${interval.digitsStart}-${interval.digitsEnd}` : interval.reason;
  return `${start}-${end}:${digits}`;
}

const looksLikeInterval = /(?<![\w.$])interval[\s+-]{0,20}['"]?[\s+-]{0,20}\d+['"]?(?:\s{0,20}[a-z]+)?/gi;

/** What looks like an interval in a text whose quotes or comments never close. */
function unclosed(text: string): Unscalable[] {
  return [...text.matchAll(looksLikeInterval)].map((match) => {
    const span = { start: match.index, end: match.index + match[0].length };
    return unscalable(span, span, 'a quote or a comment in this text never closes');
  });
}
