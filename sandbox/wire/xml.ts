/**
 * XML 1.0 does not allow most control characters. S3 writes them as character references, which strict parsers refuse;
 * that is why listings have `encoding-type=url`.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that need a reference
const special = /[&<>"\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function reference(character: string): string {
  return references[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}

/** `<name>value</name>` with the value escaped; nothing when there is no value. */
export function leaf(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${String(value).replace(special, reference)}</${name}>`;
}

/** `<name>…</name>` around elements that are already XML. */
export function node(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

/** A document with its declaration and an optional namespace. */
export function xmlDocument(
  root: string,
  namespace: string | undefined,
  ...children: readonly string[]
): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${children.join('')}</${root}>`;
}
