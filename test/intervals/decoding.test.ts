import { expect, test } from 'vitest';
import { isScalar, parseDocument, visit } from 'yaml';
import { parseScalars } from '../../src/intervals/yaml/scalars.ts';

const all = () => true;

/** The values that the YAML library reads from every scalar of a file. */
function valuesOf(source: string): string[] {
  const values: string[] = [];
  const document = parseDocument(source, { schema: 'failsafe' });
  expect(document.errors).toEqual([]);
  visit(document, { Scalar: (_, node) => void (isScalar(node) && values.push(String(node.value))) });
  return values;
}

test.each([
  '- a b\n- a\n  b\n-   a  \n   b\n\n\n   c  \n',
  "- 'it''s'\n- ' a  \n\n   b '\n- ''''\n- 'a\n  '\n",
  '- " a  \\\n    b\\  \n\n  c\\n"\n- "\\x41\\u00e9\\U0001F600\\"\\\\\\/\\0\\t\\e\\N\\_\\L\\P"\n- "a\n\n\n b"\n',
  '- "a \\\r\n   b\r\n   c\r\n\r\n d"\r\n- \'a\r\n\r\n b\'\r\n- a\r\n  b\r\n',
  'a: |\n  x\n   y\n\n\n  z\n\nb: |-\n  x\n\nc: |+\n  x\n\n\nd: |\n',
  'a: >\n  x\n  y\n\n  z\n\n\n  w\n   more\n   indented\n  flush\n\n   again\n\n\n  end\n',
  'a: >\n  x\n  \ty\n  z\n\n  \tw\nb: >+\n\n\n  x\n\n',
  'a: |2\n    x\n   y\n  z\nb: >1-\n   x\n y\n z\n',
  'a: |\r\n  x\r\n\r\n  y\r\nb: >\r\n  x\r\n  y\r\n\r\n\r\n  z\r\n',
  'a: |+\n\n\nb: >+\n\nc: |\n\n',
  'a: |\n  x\n     \n  y\n     \n',
  '- - >-1\n    x\n   y\n  - |+ # c\n   x',
  '--- |\nx\n y\n',
])('%j is decoded as by the library', (source) => {
  const read = parseScalars(source, all);
  if ('invalid' in read) throw new Error(read.invalid.message);
  const notEmpty = (value: string) => value !== '';
  expect(read.scalars.map((scalar) => scalar.decode().text).filter(notEmpty)).toEqual(
    valuesOf(source).filter(notEmpty),
  );
});
