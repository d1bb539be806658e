/**
 * A fast reader for checks as they are mostly written: one document of block mappings and sequences, each value on
 * one line or in one block scalar. It returns `undefined` at the first thing that it is not certain of, and the full
 * parser reads the file instead; whatever it does return is what the full parser would return.
 */
import {
  type CheckScalar,
  decodeBlock,
  decodeDoubleQuoted,
  decodePlain,
  decodeSingleQuoted,
  type ScalarFilter,
} from './decode.ts';

interface Collection {
  readonly kind: 'map' | 'seq';
  readonly indent: number;
  /** The keys of a map so far. */
  readonly keys: Set<string>;
  /** The latest key of a map; for a sequence, the key that it is the value of. */
  key: string | undefined;
}

const plainKey = /[A-Za-z_][\w.-]*(?: +[\w.-]+)*(?=:(?: |$))/y;
/** YAML 1.2.2, section 7.4.2: an implicit key of more than 1,024 characters is an error. */
const longestKey = 1000;

/** Reads the scalars of a file that pass `filter`; `undefined` when the full parser has to read the file. */
export function fastPathScalars(source: string, filter: ScalarFilter): CheckScalar[] | undefined {
  if (source.includes('\t') || source.startsWith('\ufeff') || /\r(?!\n)/.test(source)) return undefined;
  const scalars: CheckScalar[] = [];
  const stack: Collection[] = [];
  /** The depth of the collection whose latest value is still to come; -1 when none is. */
  let pending = 0;
  let isFirstLine = true;

  for (let at = 0; at < source.length; ) {
    const feed = source.indexOf('\n', at);
    const end = feed < 0 ? source.length : feed;
    const line = source.slice(at, end > at && source[end - 1] === '\r' ? end - 1 : end);
    let next = end + 1;
    const indent = skipBlanks(line, 0);
    if (indent < line.length && line[indent] !== '#') {
      if (isFirstLine && line === '---') isFirstLine = false;
      else {
        isFirstLine = false;
        const value = readLine(line, indent, at);
        if (value === undefined) return undefined;
        pending = value.style === 'none' ? stack.length : -1;
        if (value.style === 'block') {
          const blockEnd = fastPathBlockEnd(source, next, stack.at(-1)?.indent ?? 0);
          if (blockEnd === undefined) return undefined;
          if (blockEnd > next) take(value, blockEnd, false, next);
          next = blockEnd;
        } else if (value.style !== 'none' && !take(value, value.end, false, 0)) return undefined;
      }
    }
    at = next;
  }
  return scalars;

  /** Reads the indicators and the key of a line; returns the value after them. */
  function readLine(line: string, indent: number, offset: number): FastPathValue | undefined {
    if (indent === 0 && /^(?:---|\.\.\.)(?: |$)/.test(line)) return undefined;
    let column = indent;
    let within = false;
    while (line[column] === '-' && (line[column + 1] ?? ' ') === ' ') {
      if (!enter('seq', column, within)) return undefined;
      column = skipBlanks(line, column + 1);
      within = true;
    }
    plainKey.lastIndex = column;
    if (!plainKey.test(line)) return within ? fastPathValue(line, column, offset) : undefined;
    const end = plainKey.lastIndex;
    const map = end - column > longestKey ? undefined : enter('map', column, within);
    const key = line.slice(column, end);
    if (map === undefined || map.keys.has(key)) return undefined;
    map.keys.add(key);
    map.key = key;
    const start = offset + column;
    take({ style: 'plain', start, end: offset + end, escaped: false }, offset + end, true, 0);
    return fastPathValue(line, skipBlanks(line, end + 1), offset);
  }

  /** Returns the collection that is open at this column, or opens one where a value is expected. */
  function enter(kind: Collection['kind'], column: number, within: boolean): Collection | undefined {
    if (!within) {
      while ((stack.at(-1)?.indent ?? -1) > column) stack.pop();
      const top = stack.at(-1);
      if (top?.indent === column && top.kind === kind) return top;
      if (top?.indent === column && kind === 'map') {
        stack.pop();
        return stack.at(-1)?.indent === column ? stack.at(-1) : undefined;
      }
      if (pending !== stack.length) return undefined;
    }
    const key = kind === 'seq' ? stack.at(-1)?.key : undefined;
    const opened = { kind, indent: column, keys: new Set<string>(), key };
    stack.push(opened);
    return opened;
  }

  /** Keeps a scalar that passes the filter; false for a flow collection that passes, because it is not split here. */
  function take(value: FastPathValue, end: number, isKey: boolean, contentStart: number): boolean {
    const { style, start, escaped } = value;
    if (!filter(start, end, escaped)) return true;
    if (style === 'flow') return false;
    const parentKey = isKey ? undefined : stack.at(-1)?.key;
    const decode = () => {
      if (style === 'block') {
        const block = { header: source.slice(start, value.end), parentIndent: 0, start: contentStart, end };
        return decodeBlock(source, block);
      }
      if (style === 'double') return decodeDoubleQuoted(source, start, end);
      return (style === 'single' ? decodeSingleQuoted : decodePlain)(source, start, end);
    };
    scalars.push({ start, end, escaped, isKey, parentKey, decode });
    return true;
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at += 1;
  return at;
}

export interface FastPathValue {
  readonly style: 'none' | 'plain' | 'single' | 'double' | 'block' | 'flow';
  /** With quotes, without blanks and comments; for a block, the range of its header. */
  readonly start: number;
  readonly end: number;
  readonly escaped: boolean;
}

const blockHeader = /[|>][+-]?(?= *$| +#)/y;
const name = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
const flowItem = `(?:${name}|"[^"\\\\]*"|'[^']*')`;
const flow = new RegExp(`(?:\\{\\}|\\[ *(?:${flowItem}(?: *, *${flowItem})* *)?\\])`, 'y');
const plainStart = /[A-Za-z0-9_(./$+=<~^;\u0080-\uffff]|-(?=[\w.])/y;
const doubleQuoted = /"(?:[^"\\]|\\[0abtnvfre "/\\N_LP])*"/y;
const singleQuoted = /'(?:[^']|'')*'/y;

/** Reads the value on `line` from `at`; `offset` is where the line begins in the source. */
function fastPathValue(line: string, at: number, offset: number): FastPathValue | undefined {
  const first = line[at];
  if (first === undefined || first === '#') return value('none', at, at);
  if (first === '"') return matched('double', doubleQuoted);
  if (first === "'") return matched('single', singleQuoted);
  if (first === '|' || first === '>') return matched('block', blockHeader);
  if (first === '[' || first === '{') return matched('flow', flow);
  return matchEnd(plainStart) < 0 ? undefined : plain();

  function matchEnd(pattern: RegExp): number {
    pattern.lastIndex = at;
    return pattern.test(line) ? pattern.lastIndex : -1;
  }

  function matched(style: FastPathValue['style'], pattern: RegExp): FastPathValue | undefined {
    const end = matchEnd(pattern);
    return end >= 0 && isRestOfLine(line, end) ? value(style, at, end) : undefined;
  }

  function plain(): FastPathValue | undefined {
    const comment = line.indexOf(' #', at);
    let end = comment < 0 ? line.length : comment;
    while (line[end - 1] === ' ') end -= 1;
    const colon = line.indexOf(':', at);
    if (colon >= 0 && colon < end && (line[end - 1] === ':' || line.slice(at, end).includes(': ')))
      return undefined;
    return value('plain', at, end);
  }

  function value(style: FastPathValue['style'], start: number, end: number): FastPathValue {
    const escaped = style === 'double' && line.slice(start, end).includes('\\');
    return { style, start: offset + start, end: offset + end, escaped };
  }
}

/** Whether only blanks and a comment follow from `at`. */
function isRestOfLine(line: string, at: number): boolean {
  const next = skipBlanks(line, at);
  return next === line.length || (next > at && line[next] === '#');
}

/**
 * Finds the end of a block scalar whose content begins at `start`, trailing empty lines included; the content must
 * be indented more than `parentIndent`.
 */
function fastPathBlockEnd(source: string, start: number, parentIndent: number): number | undefined {
  let contentIndent = -1;
  let deepestBlank = 0;
  for (let at = start; at < source.length; ) {
    const feed = source.indexOf('\n', at);
    const end = feed < 0 ? source.length : feed;
    const content = skipBlanks(source, at);
    const indent = content - at;
    const isEmpty = content === end || (source[content] === '\r' && content + 1 === end);
    if (isEmpty) {
      if (contentIndent < 0) deepestBlank = Math.max(deepestBlank, indent);
    } else if (contentIndent < 0) {
      if (indent <= parentIndent) return deepestBlank > 0 ? undefined : start;
      if (deepestBlank > indent) return undefined;
      contentIndent = indent;
    } else if (indent < contentIndent) return at;
    at = end + 1;
  }
  return contentIndent < 0 && deepestBlank > 0 ? undefined : source.length;
}
