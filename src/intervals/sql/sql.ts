/**
 * The lexical rules of Trino, Athena and Spark, as far as they separate words, strings and comments. A template
 * (Jinja, shell, Python) is one token: it stands for SQL that is not known here.
 */

export interface Token {
  /** `double` is a string in Spark and an identifier in Trino; `identifier` is one in backticks. */
  readonly kind: 'word' | 'number' | 'string' | 'double' | 'identifier' | 'template' | 'symbol';
  readonly start: number;
  readonly end: number;
  /** Words in lower case (ASCII), strings without their quotes, everything else as written. */
  readonly value: string;
}

/**
 * Where engines differ. In Spark, a backslash escapes in a string and continues a `--` comment at its end, and
 * comments nest; in Trino, none of this is so. A template engine that runs first allows quotes in a `{{ … }}` inside
 * a string.
 */
export interface Reading {
  readonly engine: 'trino' | 'spark';
  readonly templatesInStrings: boolean;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  /** False when a quote or comment is still open at the end, or one ends that never began. */
  readonly closed: boolean;
}

/** Characters; longer than any template in real SQL. Without a limit, unclosed templates take quadratic time. */
const longestTemplate = 4000;

const isAscii = /^[ -~]*$/;
const blank = /\s+/y;
const word = /[\p{L}_][\p{L}\p{N}_]*/uy;
const number = /\d[\w.]*/y;
const pointedNumber = /\.\d[\w.]*/y;
const template = /\$\{[^}]{0,200}\}|\{[\w.:!$ -]{0,200}\}|[$@]\w+|%\(\w+\)\w|%[sd]\b|:[A-Za-z_]\w*|\?/y;

/** Splits SQL into tokens; comments and blanks are dropped. */
export function tokenise(text: string, reading: Reading): Tokens {
  const tokens: Token[] = [];
  let at = 0;
  let closed = true;

  const push = (kind: Token['kind'], end: number, value = text.slice(at, end)) => {
    tokens.push({ kind, start: at, end, value });
    at = end;
  };
  const skipTo = (end: number) => {
    closed &&= end !== -1;
    at = end === -1 ? text.length : end;
  };
  const matched = (kind: Token['kind'] | 'blank', pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    const end = pattern.lastIndex;
    if (kind === 'blank') at = end;
    else push(kind, end, kind === 'word' ? lowerCase(text.slice(at, end)) : text.slice(at, end));
    return true;
  };
  const spark = reading.engine === 'spark';
  const quoted = (kind: Token['kind']) => {
    const plain = kind === 'identifier';
    const end = endOfQuoted(text, at, spark && !plain, reading.templatesInStrings && !plain);
    closed &&= end !== -1;
    push(kind, end === -1 ? text.length : end, end === -1 ? '' : text.slice(at + 1, end - 1));
  };

  while (at < text.length) {
    if (matched('blank', blank) || matched('word', word) || matched('number', number)) continue;
    const pair = text.slice(at, at + 2);
    const afterGap = (tokens.at(-1)?.end ?? -1) < at;
    if (pair === '--') skipTo(endOfLineComment(text, at, spark));
    else if (pair === '/*') skipTo(spark ? endOfNestedComment(text, at) : after(text, '*/', at + 2));
    else if (pair === '{#') skipTo(after(text, '#}', at + 2));
    else if (pair === '{{' || pair === '{%') push('template', Math.max(at + 2, endOfTemplate(text, at)));
    else if (pair[0] === "'") quoted('string');
    else if (pair[0] === '"') quoted('double');
    else if (pair[0] === '`') quoted('identifier');
    else if (afterGap && matched('number', pointedNumber)) continue;
    else if (pair === '::') push('symbol', at + 2);
    else if (!matched('template', template)) {
      if (pair === '*/') closed = false;
      push('symbol', at + 1);
    }
  }
  return { tokens, closed };
}

function endOfLineComment(text: string, at: number, continued: boolean): number {
  for (let end = at; ; end += 1) {
    while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
    if (end === text.length || !continued || text[end] === '\r' || text[end - 1] !== '\\') return end;
  }
}

function endOfNestedComment(text: string, at: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = at;
  let depth = 0;
  for (let found = edge.exec(text); found; found = edge.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return -1;
}

/** The position after the closing quote; -1 without one. A doubled quote stands for one quote. */
function endOfQuoted(text: string, start: number, backslashEscapes: boolean, templates: boolean): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\' && backslashEscapes) at += 1;
    else if (character === '{' && templates) at = Math.max(at, endOfTemplate(text, at) - 1);
    else if (character === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return -1;
}

/** The position after the `{{ … }}` or `{% … %}` at `at`; -1 without one. */
function endOfTemplate(text: string, at: number): number {
  const mark = text.startsWith('{{', at) ? '}}' : text.startsWith('{%', at) ? '%}' : undefined;
  if (mark === undefined) return -1;
  const end = after(text.slice(at, at + longestTemplate), mark, 2);
  return end === -1 ? -1 : at + end;
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? -1 : found + mark.length;
}

/** ASCII only: no engine reads the Kelvin sign as a k, and no word that is compared has another letter. */
function lowerCase(text: string): string {
  return isAscii.test(text) ? text.toLowerCase() : text;
}
