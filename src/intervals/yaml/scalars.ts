/** Reads the scalars of a check file that may contain SQL, with a map from their text back to the source. */
import {
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type ParsedNode,
  parseAllDocuments,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import {
  type CheckScalar,
  decodeBlock,
  decodeDoubleQuoted,
  decodePlain,
  decodeSingleQuoted,
  type ScalarFilter,
} from './decode.ts';
import { fastPathScalars } from './fastPath.ts';
import { type InvalidCheck, lineCounter } from './sourceText.ts';

/** A key that stands twice in one mapping: loaders read one of the two values. */
export interface DuplicateKey {
  /** Source offset of the later key. */
  readonly offset: number;
  readonly key: string;
  /** Source offset of the first one. */
  readonly first: number;
}

interface ReadScalars {
  readonly scalars: CheckScalar[];
  readonly duplicates: DuplicateKey[];
}

export type CheckScalars = ReadScalars | { readonly invalid: InvalidCheck };

/**
 * Reads the scalars of all documents that pass `filter`, in the order of the file. An alias adds nothing: its anchor
 * is listed, so nothing is ever expanded. Keys that stand twice in their mapping are listed, except `<<`.
 */
export function readScalars(source: string, filter: ScalarFilter): CheckScalars {
  const scalars = fastPathScalars(source, filter);
  return scalars ? { scalars, duplicates: [] } : parseScalars(source, filter);
}

/** Does what `readScalars` does with the full parser alone. */
export function parseScalars(source: string, filter: ScalarFilter): CheckScalars {
  const invalid = ({ offset, message }: YamlError): CheckScalars => {
    const text = lineAt(source, offset);
    const guess = /\{[{%]/.test(text) ? ' (a template?)' : '';
    return {
      invalid: {
        kind: 'yaml',
        line: lineCounter(source)(offset),
        message: message.slice(0, longestMessage) + guess,
      },
    };
  };
  if (hasTooManyTokens(source))
    return {
      invalid: {
        kind: 'bytes',
        line: 1,
        message: `more than ${mostTokens} tokens of YAML, too large for a check`,
      },
    };
  // Only strings matter here: the failsafe schema resolves nothing, whatever YAML version a file names.
  const documents = parseAllDocuments(source, {
    keepSourceTokens: true,
    prettyErrors: false,
    schema: 'failsafe',
    uniqueKeys: false,
  });
  const read: ReadScalars = { scalars: [], duplicates: [] };
  if ('empty' in documents) {
    const error = documents.errors[0];
    return error ? invalid(yamlErrorOf(error)) : read;
  }
  for (const document of documents) {
    const error = document.errors[0];
    const problem = error ? yamlErrorOf(error) : collect(source, document.contents, filter, read);
    if (problem) return invalid(problem);
  }
  return read;
}

/** A parsed token takes some 400 bytes, and the largest check in public use has less than 50 KB. */
const mostTokens = 50_000;

function hasTooManyTokens(source: string): boolean {
  if (source.length <= mostTokens) return false;
  let tokens = 0;
  for (const _token of new Lexer().lex(source)) {
    tokens += 1;
    if (tokens > mostTokens) return true;
  }
  return false;
}

function lineAt(source: string, offset: number): string {
  const end = source.indexOf('\n', offset);
  return source.slice(source.lastIndexOf('\n', offset - 1) + 1, end < 0 ? source.length : end);
}

/** Characters; a message may quote the file. */
const longestMessage = 150;

interface YamlError {
  readonly offset: number;
  readonly message: string;
}

function yamlErrorOf({ code, message, pos }: YAMLParseError): YamlError {
  return { offset: pos[0], message: code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : message };
}

function collect(
  source: string,
  root: ParsedNode | null,
  filter: ScalarFilter,
  { scalars, duplicates }: ReadScalars,
): YamlError | undefined {
  const anchors = new Set<string>();
  return visit(root, undefined, false);

  function visit(
    node: ParsedNode | null,
    parentKey: string | undefined,
    isKey: boolean,
  ): YamlError | undefined {
    if (node === null) return undefined;
    if (isAlias(node)) {
      if (anchors.has(node.source)) return undefined;
      return { offset: node.range[0], message: `no anchor for the alias *${node.source}` };
    }
    if (node.anchor !== undefined) anchors.add(node.anchor);
    if (isScalar(node)) {
      const scalar = scalarOf(source, node.srcToken, parentKey, isKey);
      if (scalar && filter(scalar.start, scalar.end, scalar.escaped)) scalars.push(scalar);
      return undefined;
    }
    if (isMap(node)) return visitMap(node);
    if (!isSeq(node)) return undefined;
    for (const item of node.items) {
      const problem = visit(item as ParsedNode, parentKey, false);
      if (problem) return problem;
    }
    return undefined;
  }

  function visitMap(map: YAMLMap.Parsed): YamlError | undefined {
    const seen = new Map<string, number>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name !== undefined && name !== '<<') {
        const first = seen.get(name);
        if (first === undefined) seen.set(name, key.range[0]);
        else duplicates.push({ offset: key.range[0], key: name, first });
      }
      const problem = visit(key, undefined, true) ?? visit(value, name, false);
      if (problem) return problem;
    }
    return undefined;
  }
}

function scalarOf(
  source: string,
  token: CST.FlowScalar | CST.BlockScalar | undefined,
  parentKey: string | undefined,
  isKey: boolean,
): CheckScalar | undefined {
  if (token === undefined || token.source === '') return undefined;
  const about = { isKey, parentKey, escaped: false };
  if (token.type === 'block-scalar') {
    const props = token.props.map((prop) => ('source' in prop ? prop.source : ''));
    const start = token.offset + props.join('').length;
    const end = start + token.source.length;
    const block = { header: props[0] ?? '', parentIndent: token.indent, start, end };
    return { ...about, start: token.offset, end, decode: () => decodeBlock(source, block) };
  }
  const start = token.offset;
  const end = start + token.source.length;
  const span = { ...about, start, end };
  if (token.type === 'double-quoted-scalar') {
    const escaped = token.source.includes('\\');
    return { ...span, escaped, decode: () => decodeDoubleQuoted(source, start, end) };
  }
  if (token.type === 'single-quoted-scalar')
    return { ...span, decode: () => decodeSingleQuoted(source, start, end) };
  return { ...span, decode: () => decodePlain(source, start, end) };
}
