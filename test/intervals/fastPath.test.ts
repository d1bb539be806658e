import { describe, expect, test } from 'vitest';
import type { CheckScalar } from '../../src/intervals/yaml/decode.ts';
import { fastPathScalars } from '../../src/intervals/yaml/fastPath.ts';
import { parseScalars } from '../../src/intervals/yaml/scalars.ts';

const all = () => true;

/** The texts of the scalars and their places; empty ones are dropped. */
function textsOf(source: string, scalars: readonly CheckScalar[]) {
  return scalars.flatMap(({ decode, start, end, ...rest }) => {
    const { text, sourceSpan } = decode();
    const word = /[a-z]+/.exec(text);
    if (word === null) return text.trim() === '' ? [] : [{ ...rest, start, text }];
    const at = sourceSpan(word.index, word.index + word[0].length);
    return [{ ...rest, start, text: text.trimEnd(), word: source.slice(at.start, at.end) }];
  });
}

describe('the fast path agrees with the full parser', () => {
  test.each([
    "a: 1\nb: two words\nc: \"q\"\nd: 'it''s'\n",
    'a:\n  b:\n    c: x\n  d: y\ne: z\n',
    'checks:\n  - name: x\n    where: a > b\n  - name: y\n    tags: # why\n      - one\n      - two\n',
    'checks:\n- name: x\n- name: y\nafter: z\n',
    '- - a\n  - b\n- c: d\n  e:\n    - f\n-\n  g: h\n',
    'a: |\n  one\n    two\n\n  three\nb: >-\n  folded\n  text\n\n\nc: d\n',
    '# comment\n---\n# more\na: b # tail\n\n  # odd\nc: x#y\n',
    'a: |\n\n  text\n# less\nb: c\n',
    'a: x\r\nb: |\r\n  one\r\n  two\r\nc: "d"\r\n',
    'a: "tab\\t, \\"quoted\\""\n',
    'checks for table x:\n  - row count > 0\n',
    'a: |',
    'a: |\n\nb: c\n',
    'a:\nb:\n',
    '',
    '# nothing\n',
    '---\n',
  ])('%j', (source) => {
    const fast = fastPathScalars(source, all);
    const full = parseScalars(source, all);
    if (fast === undefined || 'invalid' in full) throw new Error('both must read these files');
    expect(textsOf(source, fast)).toEqual(textsOf(source, full.scalars));
  });
});

describe('the fast path leaves to the full parser', () => {
  test.each([
    ['a byte order mark', '\ufeffa: b\n'],
    ['tabs', 'a: b\tc\n'],
    ['bare carriage returns', 'a: b\rc: d\n'],
    ['two documents', 'a: b\n---\nc: d\n'],
    ['a document end', 'a: b\n...\n'],
    ['a directive', '%YAML 1.2\n---\na: b\n'],
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !b c\n'],
    ['a complex key', '? a\n: b\n'],
    ['a quoted key', '"a": b\n'],
    ['a merge key', '<<: b\n'],
    ['a duplicate key', 'a: b\na: c\n'],
    ['a key over the length limit', `${'k'.repeat(1001)}: b\n`],
    ['a plain value over two lines', 'a: b\n  c\n'],
    ['a value below its key', 'a:\n  b\n'],
    ['a quoted value over two lines', 'a: "b\n  c"\n'],
    ['an indentation indicator', 'a: |2\n  b\n'],
    ['a block less indented in its middle', 'a: |\n    b\n  c\n'],
    ['a block with a deep empty line first', 'a: |\n     \n  b\n'],
    ['a nested mapping on one line', 'a: b: c\n'],
    ['a colon at the end', 'a: b:\n'],
    ['a wrong indentation', 'a:\n    b: c\n  d: e\n'],
    ['a sequence where a mapping is', 'a: b\n- c\n'],
    ['a mapping where a sequence is', '- a\nb: c\n'],
    ['an escape that does not exist', 'a: "\\q"\n'],
    ['text after a quoted value', 'a: "b" c\n'],
    ['a flow mapping', 'a: {b: c}\n'],
    ['a flow list that passes the filter', 'a: [b, c]\n'],
    ['a reserved character', 'a: @b\n'],
    ['a directive character', 'a: %b\n'],
    ['a lone scalar', 'a\n'],
    ['two roots', '  a: b\nc: d\n'],
  ])('%s', (_form, source) => {
    expect(fastPathScalars(source, all)).toBeUndefined();
  });
});
