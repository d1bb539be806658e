import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { scaleText } from './texts.ts';

const lines = (...all: string[]) => `${all.join('\n')}\n`;

/** Each row: the form, the file before, the file after. */
const scaledForms: [form: string, before: string, after: string][] = [
  ['plain', "where: ts > x - INTERVAL '3' hour\n", "where: ts > x - INTERVAL '6' hour\n"],
  [
    'plain, without a final line break',
    "where: ts > x - INTERVAL '3' hour",
    "where: ts > x - INTERVAL '6' hour",
  ],
  [
    'plain, followed by a comment',
    "a: INTERVAL '3' hour # INTERVAL '3' hour\n",
    "a: INTERVAL '6' hour # INTERVAL '3' hour\n",
  ],
  [
    'plain over several lines',
    "a: x - INTERVAL\n   '3'  \n\n   hour\nb: 1\n",
    "a: x - INTERVAL\n   '6'  \n\n   hour\nb: 1\n",
  ],
  ['plain on the line below its key', "a:\n  x - INTERVAL '3' hour\n", "a:\n  x - INTERVAL '6' hour\n"],
  ['single-quoted', "a: 'x - INTERVAL ''3'' hour'\n", "a: 'x - INTERVAL ''6'' hour'\n"],
  [
    'single-quoted over lines',
    "a: 'x - INTERVAL\n\n  ''3''\n  hour'\n",
    "a: 'x - INTERVAL\n\n  ''6''\n  hour'\n",
  ],
  ['double-quoted', 'a: "x - INTERVAL \'3\' hour"\n', 'a: "x - INTERVAL \'6\' hour"\n'],
  [
    'double-quoted with escapes before',
    'a: "\\t\\u00e9\\U0001F600 INTERVAL \'3\' hour"\n',
    'a: "\\t\\u00e9\\U0001F600 INTERVAL \'6\' hour"\n',
  ],
  [
    'an escaped line break between the tokens',
    'a: "INTERVAL \\\n  \'3\'\\\n  hour"\n',
    'a: "INTERVAL \\\n  \'6\'\\\n  hour"\n',
  ],
  ['a digit that is escaped', 'a: "INTERVAL \'\\x33\' hour"\n', 'a: "INTERVAL \'6\' hour"\n'],
  ['one escaped digit of two', 'a: "INTERVAL \'1\\u0033\' hour"\n', 'a: "INTERVAL \'26\' hour"\n'],
  [
    'letters that are escaped',
    'a: "\\x49NTERVAL \'3\' \\u0068our"\n',
    'a: "\\x49NTERVAL \'6\' \\u0068our"\n',
  ],
  ['quotes that are escaped', 'a: "INTERVAL \\"3\\" hour"\n', 'a: "INTERVAL \\"6\\" hour"\n'],
  [
    'line breaks that are escaped',
    "a: \"-- INTERVAL '1' hour\\nINTERVAL '3' hour\"\n",
    "a: \"-- INTERVAL '1' hour\\nINTERVAL '6' hour\"\n",
  ],
  ['a literal block', "a: |\n  INTERVAL\n    '3'\n  hour\n", "a: |\n  INTERVAL\n    '6'\n  hour\n"],
  [
    'a literal block whose comments end with the line',
    "a: |\n  1 -- x\n  + INTERVAL '3' hour\n",
    "a: |\n  1 -- x\n  + INTERVAL '6' hour\n",
  ],
  ['a folded block', "a: >\n  x - INTERVAL\n  '3'\n\n  hour\n", "a: >\n  x - INTERVAL\n  '6'\n\n  hour\n"],
  [
    'a folded block whose comment covers its paragraph',
    "a: >-\n  1 -- x\n  INTERVAL '1' hour\n\n  + INTERVAL '3' hour\n",
    "a: >-\n  1 -- x\n  INTERVAL '1' hour\n\n  + INTERVAL '6' hour\n",
  ],
  [
    'a folded block with a more indented line',
    "a: >\n  1 -- x\n    INTERVAL '3' hour\n",
    "a: >\n  1 -- x\n    INTERVAL '6' hour\n",
  ],
  ['keep', "a: |+\n  INTERVAL '3' hour\n\n\nb: 1\n", "a: |+\n  INTERVAL '6' hour\n\n\nb: 1\n"],
  ['strip', "a: >-\n  INTERVAL '3' hour\nb: 1\n", "a: >-\n  INTERVAL '6' hour\nb: 1\n"],
  [
    'an indentation indicator',
    "a: |2-\n    INTERVAL '3' hour\n  x\n",
    "a: |2-\n    INTERVAL '6' hour\n  x\n",
  ],
  [
    'an indentation indicator in a sequence',
    "- - >-1\n    INTERVAL '3'\n   hour\n",
    "- - >-1\n    INTERVAL '6'\n   hour\n",
  ],
  [
    'a comment after the block header',
    "a: | # INTERVAL '3' hour\n  INTERVAL '3' hour\n",
    "a: | # INTERVAL '3' hour\n  INTERVAL '6' hour\n",
  ],
  ['a block with tabs', "a: |\n  \tINTERVAL\t'3'\thour\t\n", "a: |\n  \tINTERVAL\t'6'\thour\t\n"],
  ['a block without a final line break', "a: |\n  INTERVAL '3' hour", "a: |\n  INTERVAL '6' hour"],
  [
    'CRLF',
    "a: |\r\n  INTERVAL\r\n  '3' hour\r\nb: 'INTERVAL\r\n  ''3''\r\n  hour'\r\n",
    "a: |\r\n  INTERVAL\r\n  '6' hour\r\nb: 'INTERVAL\r\n  ''6''\r\n  hour'\r\n",
  ],
  [
    'CRLF in a folded block',
    "a: >\r\n  INTERVAL\r\n  '3'\r\n  hour\r\n",
    "a: >\r\n  INTERVAL\r\n  '6'\r\n  hour\r\n",
  ],
  [
    'CRLF escaped in double quotes',
    'a: "INTERVAL \\\r\n  \'3\'\r\n  hour"\r\n',
    'a: "INTERVAL \\\r\n  \'6\'\r\n  hour"\r\n',
  ],
  ['a byte order mark', "\ufeffa: INTERVAL '3' hour\n", "\ufeffa: INTERVAL '6' hour\n"],
  ['trailing blanks', "a: INTERVAL '3' hour  \nb: 1   \n", "a: INTERVAL '6' hour  \nb: 1   \n"],
  [
    'after characters of two code units',
    "# 😀\n'😀': '😀 INTERVAL ''3'' hour 😀'\n",
    "# 😀\n'😀': '😀 INTERVAL ''6'' hour 😀'\n",
  ],
  [
    'flow collections',
    "a: {b: [\"INTERVAL '3' hour\", 'x'], c: INTERVAL '3' hour}\n",
    "a: {b: [\"INTERVAL '6' hour\", 'x'], c: INTERVAL '6' hour}\n",
  ],
  ['JSON', '{"a": {"where": "ts > INTERVAL \'3\' hour"}}', '{"a": {"where": "ts > INTERVAL \'6\' hour"}}'],
  ['a mapping key', "- ts > INTERVAL '3' hour:\n    name: x\n", "- ts > INTERVAL '6' hour:\n    name: x\n"],
  ['a bare literal as a key', 'interval 3 hours: 1\n', 'interval 6 hours: 1\n'],
  ['a quoted key', '"INTERVAL \'3\' hour": 1\n', '"INTERVAL \'6\' hour": 1\n'],
  [
    'a complex key',
    "? |\n  INTERVAL '3' hour\n: INTERVAL '3' hour\n",
    "? |\n  INTERVAL '6' hour\n: INTERVAL '6' hour\n",
  ],
  ['a sequence as a key', "? [INTERVAL '3' hour, b]\n: 1\n", "? [INTERVAL '6' hour, b]\n: 1\n"],
  [
    'a tag',
    "a: !sql INTERVAL '3' hour\nb: !!str 'INTERVAL ''3'' hour'\n",
    "a: !sql INTERVAL '6' hour\nb: !!str 'INTERVAL ''6'' hour'\n",
  ],
  [
    'a tag on a block',
    "a: !<tag:x,2000:sql> |\n  INTERVAL '3' hour\n",
    "a: !<tag:x,2000:sql> |\n  INTERVAL '6' hour\n",
  ],
  [
    'an anchor, once',
    "a: &w INTERVAL '3' hour\nb: *w\nc: [*w, *w]\n",
    "a: &w INTERVAL '6' hour\nb: *w\nc: [*w, *w]\n",
  ],
  [
    'a merged mapping, once',
    "base: &b\n  where: INTERVAL '3' hour\none:\n  <<: *b\ntwo:\n  <<: *b\n",
    "base: &b\n  where: INTERVAL '6' hour\none:\n  <<: *b\ntwo:\n  <<: *b\n",
  ],
  [
    'several merge keys',
    "a: &a {x: 1}\nb: &b {y: 1}\nc:\n  <<: *a\n  <<: *b\n  where: INTERVAL '3' hour\n",
    "a: &a {x: 1}\nb: &b {y: 1}\nc:\n  <<: *a\n  <<: *b\n  where: INTERVAL '6' hour\n",
  ],
  ['an anchor on a key', "&k INTERVAL '3' hour: 1\n? *k\n: 2\n", "&k INTERVAL '6' hour: 1\n? *k\n: 2\n"],
  [
    'several documents',
    "a: INTERVAL '3' hour\n---\na: INTERVAL '3' hour\n...\n---\n- INTERVAL '3' hour\n",
    "a: INTERVAL '6' hour\n---\na: INTERVAL '6' hour\n...\n---\n- INTERVAL '6' hour\n",
  ],
  [
    'a directive',
    "%YAML 1.1\n---\na: INTERVAL '3' hour\nyes: no\n",
    "%YAML 1.1\n---\na: INTERVAL '6' hour\nyes: no\n",
  ],
  ['an empty document before', "---\n---\na: INTERVAL '3' hour\n", "---\n---\na: INTERVAL '6' hour\n"],
  ['a document that is one scalar', "INTERVAL '3' hour\n", "INTERVAL '6' hour\n"],
  ['a block as the document', "--- |\nINTERVAL '3' hour\n", "--- |\nINTERVAL '6' hour\n"],
  [
    'a sequence at the column of its key',
    "checks:\n- where: INTERVAL '3' hour\n- where: INTERVAL '3' hour\nx: 1\n",
    "checks:\n- where: INTERVAL '6' hour\n- where: INTERVAL '6' hour\nx: 1\n",
  ],
  [
    'next to a quoted template',
    "a: '{{ x }}'\nb: x > {{ y }} - INTERVAL '3' hour\n",
    "a: '{{ x }}'\nb: x > {{ y }} - INTERVAL '6' hour\n",
  ],
  [
    'a YAML comment between',
    "a:\n  # INTERVAL '3' hour\n  b: INTERVAL '3' hour # it's\n",
    "a:\n  # INTERVAL '3' hour\n  b: INTERVAL '6' hour # it's\n",
  ],
  ['a value like a comment', "a: x#y INTERVAL '3' hour\n", "a: x#y INTERVAL '6' hour\n"],
  [
    'below a prose key, but not its value',
    "description:\n  where: INTERVAL '3' hour\n",
    "description:\n  where: INTERVAL '6' hour\n",
  ],
];

describe('SQL is found in every form of YAML, and only its digits change', () => {
  test.each(scaledForms)('%s', (_form, before, after) => {
    const result = scaleText(before, 'hour', 2);
    expect(result).toMatchObject({ text: after, notScaled: [] });
    expect(result.literals).toBe(result.changes.length);
    for (const document of parseAllDocuments(after, { uniqueKeys: false })) {
      if ('errors' in document) expect(document.errors).toEqual([]);
    }
  });

  test('line numbers are those of the digits in the source', () => {
    const source = lines('# one', 'a: >-', '  INTERVAL', "  '3'", '  hour', "b: INTERVAL '4' hour");
    expect(scaleText(source, 'hour', 2).changes).toEqual([
      { line: 4, before: "INTERVAL '3' hour", after: "INTERVAL '6' hour" },
      { line: 6, before: "INTERVAL '4' hour", after: "INTERVAL '8' hour" },
    ]);
  });

  test('a literal is shown on one line and cut', () => {
    const source = lines('a: |', `  INTERVAL /* ${'x'.repeat(200)} */`, "  '3'", '  hour');
    const [change] = scaleText(source, 'hour', 2).changes;
    expect(change?.before).toBe(`INTERVAL /* ${'x'.repeat(47)}…3' hour`);
  });
});

describe('what is not SQL stays unchanged', () => {
  test.each([
    ['a comment', "# INTERVAL '3' hour\na: 1\n"],
    ['a key named interval', 'interval: 3 hours\n'],
    ['a key and a value', 'interval:\n  3 hours: 1\n'],
    ['a comment that a folded block extends', "a: >\n  1 -- x\n  - INTERVAL '3' hour\n"],
    ['an alias', 'a: &interval 3\nb: *interval\n'],
    ['a tag', 'a: !interval 3 hours\n'],
    ['nothing', ''],
    ['only comments', '# nothing\n'],
    ['only a directive', '%YAML 1.2\n'],
  ])('%s', (_form, source) => {
    expect(scaleText(source, 'hour', 2)).toEqual({
      text: source,
      changes: [],
      literals: 0,
      notScaled: [],
      remarks: [],
    });
  });

  test.each([
    'description',
    'name',
    'title',
    'summary',
    'message',
    'comment',
    'notes',
    'doc',
    'owner',
    'Description',
  ])('prose under the key %s is left unscaled and listed', (key) => {
    const source = lines(
      'x: 1',
      `${key}: "the last INTERVAL '3' hour, don't wait"`,
      'b:',
      `  - ${key}:`,
      "    - INTERVAL '4' hour",
    );
    const prose = `prose: the value of ${key.toLowerCase()}`;
    expect(scaleText(source, 'hour', 2)).toMatchObject({
      text: source,
      literals: 0,
      notScaled: [
        { line: 2, text: "INTERVAL '3' hour", reason: prose },
        { line: 5, text: "INTERVAL '4' hour", reason: prose },
      ],
    });
  });

  test('a number that YAML splits across two lines is left unscaled and listed', () => {
    const source = 'a: "INTERVAL \'3\\\n  0\' hour"\n';
    expect(scaleText(source, 'hour', 2)).toMatchObject({
      text: source,
      notScaled: [{ line: 1, text: "INTERVAL '30' hour", reason: 'a number split across two lines' }],
    });
  });

  test('a mapping key close to the length limit is left unscaled and listed', () => {
    const key = `INTERVAL '9' hour and ${'x'.repeat(1000)}`;
    expect(scaleText(`${key}: 1\n`, 'hour', 2)).toMatchObject({
      text: `${key}: 1\n`,
      notScaled: [{ line: 1, reason: 'in a mapping key close to the length limit of YAML' }],
    });
  });
});

test.each([
  ['a value', "a: INTERVAL '3' hour\nb: 1\na: INTERVAL '4' hour\n", 3, 'a', 1],
  ['quoted once', "a: INTERVAL '3' hour\n'a': 2\n", 2, 'a', 1],
  ['in flow', "a: INTERVAL '3' hour\nb: {c: 1, c: 2}\n", 2, 'c', 2],
  ['in a list', "- name: one\n  where: t >= now() - INTERVAL '3' hour\n  name: two\n", 3, 'name', 1],
])(
  'a key that stands twice, %s: every value is scaled, and the key is named',
  (_form, source, line, key, first) => {
    const scaled = scaleText(source, 'hour', 2);
    expect(scaled.text).toBe(source.replace("'3'", "'6'").replace("'4'", "'8'"));
    expect(scaled.invalid).toBeUndefined();
    expect(scaled.remarks).toEqual([
      {
        line,
        text: `the key "${key}" stands twice in its mapping (first on line ${first}): loaders read one of the two, so both are scaled`,
      },
    ]);
  },
);

describe('a file that is not valid YAML is left alone, and the line is named', () => {
  test.each([
    ['a template that opens the file', "{% if x %}\na: INTERVAL '3' hour\n{% endif %}\n", 1],
    ['a template as an unquoted value with a colon', "a: INTERVAL '3' hour\nb: {{ x }}: y: z\n", 2],
    ['a colon in a plain value', "a: INTERVAL '3' hour\nb: c: d\n", 2],
    ['a quote that never closes', "a: INTERVAL '3' hour\nb: 'c\n", 3],
    ['a wrong indentation', "a:\n  b: INTERVAL '3' hour\n c: 1\n", 3],
    ['a tab as indentation', "a:\n\tb: INTERVAL '3' hour\n", 2],
    ['a wrong escape', 'a: "\\q INTERVAL \'3\' hour"\n', 1],
    ['an alias without an anchor', "a: INTERVAL '3' hour\nb: *nowhere\n", 2],
    ['an alias of another document', "a: &x INTERVAL '3' hour\n---\nb: *x\n", 3],
    ['an unclosed list', "a: INTERVAL '3' hour\nb: [1, 2\n", 3],
  ])('%s', (_form, source, line) => {
    expect(scaleText(source, 'hour', 2)).toEqual({
      text: source,
      changes: [],
      literals: 0,
      notScaled: [],
      remarks: [],
      invalid: { kind: 'yaml', line, message: expect.stringMatching(/./) },
    });
  });

  test('one that is nested too deeply', () => {
    const source = `a: INTERVAL '3' hour\nb: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;
    const { text, invalid } = scaleText(source, 'hour', 2);
    expect(text === source).toBe(true);
    expect(invalid).toEqual({ kind: 'yaml', line: 2, message: 'nested too deeply' });
  });
});

test('a file with more tokens than a check has is left alone, whatever it is made of; a long list is read', () => {
  const interval = "a: &a x - INTERVAL '3' hour\n";
  const invalid = {
    kind: 'bytes',
    line: 1,
    message: 'more than 50000 tokens of YAML, too large for a check',
  };
  for (const more of ['['.repeat(60_000), 'k: &a v\n'.repeat(10_000)])
    expect(scaleText(interval + more, 'hour', 2)).toMatchObject({
      text: interval + more,
      literals: 0,
      invalid,
    });
  const anchors = Array.from({ length: 5_000 }, (_, index) => `k${index}: &a${index} v\n`).join('');
  const list = `ids:\n${'  - 1234567\n'.repeat(50_000)}`;
  for (const more of [anchors, list])
    expect(scaleText(interval.replace('&a ', more === list ? '' : '&a ') + more, 'hour', 2).text).toContain(
      "INTERVAL '6' hour",
    );
});
