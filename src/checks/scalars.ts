/** Every scalar of a check file that may hold SQL, with the way back from what it says to where it says it. */
import {
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import { decodeBlock } from './blockScalar.ts';
import type { DecodedText } from './decodedText.ts';
import { decodeDoubleQuoted, decodePlain, decodeSingleQuoted } from './flowScalar.ts';
import { leanScalars } from './leanScalars.ts';
import { type InvalidCheck, lineCounter } from './sourceText.ts';

export interface CheckScalar {
  /** Where it is spelt in the source, quotes or block header included. */
  readonly start: number;
  readonly end: number;
  /** Double-quoted with a backslash: the spelling may hide a word. */
  readonly escaped: boolean;
  readonly isKey: boolean;
  /** The mapping key whose value it is, or belongs to as an item of a sequence. */
  readonly parentKey: string | undefined;
  decode(): DecodedText;
}

/** Whether a stretch of the source is of interest; `escaped` as in `CheckScalar`. */
export type Wanted = (start: number, end: number, escaped: boolean) => boolean;

export type CheckScalars = { readonly scalars: CheckScalar[] } | { readonly invalid: InvalidCheck };

/**
 * The wanted scalars of all documents in the order of the file. An alias adds nothing: its anchor is there already,
 * so nothing is ever expanded. Keys have to be unique within their mapping, `<<` excepted.
 */
export function readScalars(source: string, wanted: Wanted): CheckScalars {
  const scalars = leanScalars(source, wanted);
  return scalars ? { scalars } : fullScalars(source, wanted);
}

/** The same, by the full parser alone. */
export function fullScalars(source: string, wanted: Wanted): CheckScalars {
  const invalid = ({ offset, message }: Fault) => {
    const text = lineAt(source, offset);
    const guess = /\{[{%]/.test(text) ? ' (a template?)' : '';
    return {
      invalid: { line: lineCounter(source)(offset), message: message.slice(0, longestMessage) + guess },
    };
  };
  // Only strings are wanted: the failsafe schema resolves nothing, whatever YAML version a file names.
  const documents = parseAllDocuments(source, {
    keepSourceTokens: true,
    prettyErrors: false,
    schema: 'failsafe',
    uniqueKeys: false,
  });
  const scalars: CheckScalar[] = [];
  if ('empty' in documents) {
    const error = documents.errors[0];
    return error ? invalid(faultOf(error)) : { scalars };
  }
  for (const document of documents) {
    const error = document.errors[0];
    const fault = error ? faultOf(error) : collect(source, document.contents, wanted, scalars);
    if (fault) return invalid(fault);
  }
  return { scalars };
}

function lineAt(source: string, offset: number): string {
  const end = source.indexOf('\n', offset);
  return source.slice(source.lastIndexOf('\n', offset - 1) + 1, end < 0 ? source.length : end);
}

/** A message may quote the file. */
const longestMessage = 150;

interface Fault {
  readonly offset: number;
  readonly message: string;
}

function faultOf({ code, message, pos }: YAMLParseError): Fault {
  return { offset: pos[0], message: code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : message };
}

function collect(
  source: string,
  root: ParsedNode | null,
  wanted: Wanted,
  scalars: CheckScalar[],
): Fault | undefined {
  const anchors = new Set<string>();
  return visit(root, undefined, false);

  function visit(node: ParsedNode | null, parentKey: string | undefined, isKey: boolean): Fault | undefined {
    if (node === null) return undefined;
    if (isAlias(node)) {
      if (anchors.has(node.source)) return undefined;
      return { offset: node.range[0], message: `no anchor for the alias *${node.source}` };
    }
    if (node.anchor !== undefined) anchors.add(node.anchor);
    if (isScalar(node)) {
      const scalar = scalarOf(source, node.srcToken, parentKey, isKey);
      if (scalar && wanted(scalar.start, scalar.end, scalar.escaped)) scalars.push(scalar);
      return undefined;
    }
    if (isMap(node)) return visitMap(node);
    if (!isSeq(node)) return undefined;
    for (const item of node.items) {
      const fault = visit(item as ParsedNode, parentKey, false);
      if (fault) return fault;
    }
    return undefined;
  }

  function visitMap(map: YAMLMap.Parsed): Fault | undefined {
    const seen = new Set<string>();
    for (const { key, value } of map.items) {
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name !== undefined && name !== '<<') {
        if (seen.has(name)) return { offset: key.range[0], message: 'a key that its mapping has already' };
        seen.add(name);
      }
      const fault = visit(key, undefined, true) ?? visit(value, name, false);
      if (fault) return fault;
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
