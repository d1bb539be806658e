/** Makes check files with known intervals: YAML in every scalar style around SQL in every form. */
import fc from 'fast-check';

/** Pieces of SQL; a number marks where digits of the unit stand. */
export type Piece = string | { readonly digits: string };

const value = fc.oneof(
  fc.nat({ max: 99 }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 15n }).map(String),
  fc.nat({ max: 99 }).map((n) => `00${n}`),
);
const gap = fc.constantFrom(' ', '  ', ' /* 3 */ ', ' /* a /* b */ */ ');
const keyword = fc.constantFrom('INTERVAL', 'interval', 'Interval');
const unit = fc.constantFrom('hour', 'HOUR', 'hours', 'Hours');

const quotedLiteral = fc
  .tuple(keyword, gap, fc.constantFrom('', '-', '+'), value, gap, unit)
  .map(([word, one, sign, digits, two, name]): Piece[] => [
    `${word}${one}${sign}'`,
    { digits },
    `'${two}${name}`,
  ]);
const signedInside = fc
  .tuple(keyword, fc.constantFrom('-', '+', '- '), value, unit)
  .map(([word, sign, digits, name]): Piece[] => [`${word} '${sign}`, { digits }, `' ${name}`]);
const bareLiteral = fc
  .tuple(keyword, gap, value, gap, unit)
  .map(([word, one, digits, two, name]): Piece[] => [word + one, { digits }, two + name]);
const unitInside = fc
  .tuple(keyword, gap, value, unit)
  .map(([word, one, digits, name]): Piece[] => [`${word}${one}'`, { digits }, ` ${name}'`]);

/** SQL that looks like an interval but must stay unchanged. */
const decoy = fc
  .constantFrom(
    "INTERVAL '3' day",
    "INTERVAL '15 minutes'",
    "INTERVAL '1 day 2 hours'",
    'INTERVAL 1 DAY 2 HOURS',
    "INTERVAL '2' hour TO second",
    "INTERVAL '1.5' hour",
    "INTERVAL '{{ n }}' hour",
    'INTERVAL {HOURS} hour',
    "date_add('hour', -3, ts)",
    "'3 hours'::interval",
    "'older than INTERVAL ''3'' hour'",
    '"INTERVAL 3 hour"',
    '`INTERVAL 3 hour`',
    "/* INTERVAL '3' hour */",
    't.interval 3 hour',
    'my_interval 3 hour',
    "'😀'",
    "'it''s'",
    '{{ ds }}',
    'ts >= 2',
    'é',
  )
  .map((text): Piece[] => [text]);

/** SQL on one line: pieces between operators. */
const sql = fc
  .array(fc.oneof(quotedLiteral, signedInside, bareLiteral, unitInside, decoy), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.flatMap((part, at): Piece[] => (at === 0 ? part : [' and x < now() - ', ...part])));

const styles = [
  'plain',
  'plain over lines',
  'single',
  'single over lines',
  'double',
  'double escaped',
  'literal',
  'literal kept',
  'folded',
  'folded stripped',
  'indented two',
] as const;

const spellChunk = (style: (typeof styles)[number], text: string, indent: string): string => {
  const broken = () => text.replace(/ and /g, ` and\n${indent}`);
  switch (style) {
    case 'plain':
      return text;
    case 'single':
      return text.replaceAll("'", "''");
    case 'single over lines':
      return broken().replaceAll("'", "''");
    case 'double':
      return text.replaceAll('"', '\\"');
    case 'double escaped':
      return text
        .replaceAll('"', '\\x22')
        .replaceAll('t', '\\u0074')
        .replaceAll(' and ', `\\\n${indent}\\ and\\t`);
    default:
      return broken();
  }
};

const wrap = (style: (typeof styles)[number], body: string, indent: string): string => {
  const block = (header: string) => `${header}\n${indent}${body}`;
  switch (style) {
    case 'plain':
    case 'plain over lines':
      return `sql ${body}`;
    case 'single':
    case 'single over lines':
      return `'${body}'`;
    case 'double':
    case 'double escaped':
      return `"${body}"`;
    case 'literal':
      return block('|');
    case 'literal kept':
      return block('|+');
    case 'folded':
      return block('>');
    case 'folded stripped':
      return block('>- # folded');
    case 'indented two':
      return `|2\n${indent} ${body}`;
  }
};

/** A check file, with its text at any load. */
export interface GeneratedCheck {
  at(load: number): string;
  /** How many intervals in hours it contains. */
  readonly literals: number;
}

const styledSql = fc.record({ style: fc.constantFrom(...styles), pieces: sql });

/** A file of several checks in a random layout, with LF or CRLF, with or without a byte order mark. */
export const generatedCheck: fc.Arbitrary<GeneratedCheck> = fc
  .record({
    values: fc.array(styledSql, { minLength: 1, maxLength: 5 }),
    layout: fc.constantFrom('map', 'list', 'list at the column', 'anchored', 'documents'),
    lineBreak: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    finalBreak: fc.boolean(),
  })
  .map(({ values, layout, lineBreak, mark, finalBreak }) => ({
    literals: values.flatMap(({ pieces }) => pieces).filter((piece) => typeof piece !== 'string').length,
    at(load) {
      const entries = values.map(({ style, pieces }, index) => {
        const indent = layout === 'list' ? '      ' : '    ';
        const body = pieces
          .map((piece) =>
            typeof piece === 'string' ? spellChunk(style, piece, indent) : scaledDigits(piece.digits, load),
          )
          .join('');
        return entry(layout, index, wrap(style, body, layout === 'list' ? '      ' : '    '));
      });
      const head = layout.startsWith('list') ? '# INTERVAL 3 hours\nchecks:\n' : '';
      const text = mark + head + entries.join('\n');
      return (finalBreak ? `${text}\n` : text).replaceAll('\n', lineBreak);
    },
  }));

function entry(layout: string, index: number, scalar: string): string {
  if (layout === 'list') return `  - id: c${index} # INTERVAL '3' hour\n    where: ${scalar}`;
  if (layout === 'list at the column') return `- id: c${index}\n  where: ${scalar}`;
  if (layout === 'anchored') return `k${index}: &a${index} ${scalar}\nl${index}: *a${index}`;
  if (layout === 'documents') return `---\nwhere: !sql ${scalar}`;
  return `where_${index}: ${scalar}`;
}

function scaledDigits(digits: string, load: number): string {
  return load === 1 || BigInt(digits) === 0n ? digits : String(BigInt(digits) * BigInt(load));
}
