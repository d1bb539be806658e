/** Decodes plain, single-quoted and double-quoted scalars: YAML 1.2.2, sections 7.3 and 6.5 (line folding). */
import { type DecodedText, type DecodedTextBuilder, decodedTextBuilder } from './decodedText.ts';

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
      out.decoded(breaks === 1 ? ' ' : '\n'.repeat(breaks - 1), breakAt, 1);
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
