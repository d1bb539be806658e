/** All windows of a piece of SQL that its possible readers agree on. */
import { intervalAt, type Left, type Window } from './intervals.ts';
import { otherDressAt } from './otherDress.ts';
import { type Reading, type Token, tokenise } from './sql.ts';

export interface Windows {
  /** In the order of the text. */
  readonly found: readonly Window[];
  /** The tokens of the reading that `found` was taken from. */
  readonly tokens: readonly Token[];
}

/**
 * Reads the SQL as each engine would. A reading that ends in an open quote or comment is not the right one as
 * long as another ends well; a literal that only some of the rest find is left alone, and so is everything when
 * no reading ends well.
 */
export function windowsIn(text: string): Windows {
  const readings = readingsFor(text).map((reading) => tokenise(text, reading));
  const closed = readings.filter((reading) => reading.closed);
  if (closed.length === 0) return { found: unclosed(text), tokens: [] };
  const [first, ...others] = closed.map(({ tokens }) => ({ tokens, found: windowsOf(tokens) }));
  if (first === undefined || others.length === 0) return first ?? { found: [], tokens: [] };

  const known = new Map<number, Window>();
  const timesSeen = new Map<string, number>();
  for (const { found } of [first, ...others])
    for (const window of found) {
      if (!known.has(window.start)) known.set(window.start, window);
      timesSeen.set(identity(window), (timesSeen.get(identity(window)) ?? 0) + 1);
    }
  const found = [...known.values()].map((window) =>
    window.kind === 'left' || timesSeen.get(identity(window)) === closed.length
      ? window
      : left(window, 'engines read the quotes and comments around it differently'),
  );
  return { found: found.sort((a, b) => a.start - b.start), tokens: first.tokens };
}

function readingsFor(text: string): Reading[] {
  const differs = text.includes('\\') || text.includes('/*');
  const engines = differs ? (['trino', 'spark'] as const) : (['trino'] as const);
  const templates = text.includes('{{') || text.includes('{%') ? [true, false] : [false];
  return engines.flatMap((engine) => templates.map((templatesInStrings) => ({ engine, templatesInStrings })));
}

function windowsOf(tokens: readonly Token[]): Window[] {
  const found: Window[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const window = intervalAt(tokens, at) ?? otherDressAt(tokens, at);
    if (window) found.push(window);
  }
  return found;
}

function identity(window: Window): string {
  const digits = window.kind === 'literal' ? `${window.digitsStart}-${window.digitsEnd}` : window.reason;
  return `${window.start}-${window.end}:${digits}`;
}

const looksLikeInterval = /(?<![\w.$])interval[\s+-]{0,20}['"]?[\s+-]{0,20}\d+['"]?(?:\s{0,20}[a-z]+)?/gi;

/** What a person would see in a text whose quotes do not match. */
function unclosed(text: string): Left[] {
  return [...text.matchAll(looksLikeInterval)].map((match) =>
    left(
      { start: match.index, end: match.index + match[0].length },
      'a quote or a comment in this text never closes',
    ),
  );
}

function left(span: { start: number; end: number }, reason: string): Left {
  return { kind: 'left', start: span.start, end: span.end, reason };
}
