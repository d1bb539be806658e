/**
 * Reads one value on one line, in the forms that checks mostly use. Whatever is not certain here is `undefined`, and
 * the full parser reads the whole file instead.
 */

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
export function fastPathValue(line: string, at: number, offset: number): FastPathValue | undefined {
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
  let next = at;
  while (line[next] === ' ') next += 1;
  return next === line.length || (next > at && line[next] === '#');
}

/**
 * Finds the end of a block scalar whose content begins at `start`, trailing empty lines included; the content must
 * be indented more than `parentIndent`.
 */
export function fastPathBlockEnd(source: string, start: number, parentIndent: number): number | undefined {
  let contentIndent = -1;
  let deepestBlank = 0;
  for (let at = start; at < source.length; ) {
    const feed = source.indexOf('\n', at);
    const end = feed < 0 ? source.length : feed;
    let content = at;
    while (source[content] === ' ') content += 1;
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
