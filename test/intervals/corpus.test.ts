/** Real check files of public projects, compared with a second, simple reader: a regex over decoded strings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isScalar, parseAllDocuments, visit } from 'yaml';
import type { IntervalUnit } from '../../src/domain/schedules.ts';
import { scaleIntervals } from '../../src/intervals/scale.ts';
import { scaleText } from './texts.ts';

const folder = new URL('../../../shared/corpus/files/', import.meta.url);
const names = existsSync(folder) ? readdirSync(folder).sort() : [];
if (names.length === 0) process.stderr.write('corpus.test.ts skipped: ../shared/corpus is not there\n');

const units: IntervalUnit[] = ['hour', 'day'];
const load = 3;

/** Text of every scalar, comments of SQL blanked out. */
function stringsIn(source: string): string[] {
  const strings: string[] = [];
  for (const document of parseAllDocuments(source)) {
    expect(document.errors).toEqual([]);
    visit(document, { Scalar: (_, node) => void strings.push(String(isScalar(node) ? node.value : '')) });
  }
  return strings;
}

const simpleLiteral = (unit: string) =>
  new RegExp(
    `\\b(interval\\s*)(?:(')(-?)(\\d+)(\\s+${unit}s?'|'\\s*${unit}s?\\b)|(-?)(\\d+)(\\s+${unit}s?\\b))`,
    'gi',
  );

/** By file: what the simple reader mistakes for a literal to scale, and why it is not scaled (undefined: not listed). */
const known: Record<string, { text: string; reason: string | undefined }> = {
  'sqlfluff__sqlfluff__01_LT01-operators.yml': {
    text: 'INTERVAL -2 HOUR',
    reason: 'a compound interval',
  },
  'sqlfluff__sqlfluff__02_LT01-literals.yml': {
    text: 'INTERVAL 2 HOUR',
    reason: 'a compound interval',
  },
  // In a SQL string: 'delta.logRetentionDuration' = 'interval 30 days'.
  'sqlfluff__sqlfluff__05_create_table_clone.yml': { text: 'interval 30 days', reason: undefined },
};

function multiplied(text: string, unit: string, except: string | undefined): { text: string; count: number } {
  let count = 0;
  const scaled = text.replace(
    simpleLiteral(unit),
    (whole, word, quote, sign, digits, rest, sign2, digits2, rest2) => {
      if (whole === except) return whole;
      count += 1;
      return digits === undefined
        ? `${word}${sign2}${BigInt(digits2) * BigInt(load)}${rest2}`
        : `${word}${quote}${sign}${BigInt(digits) * BigInt(load)}${rest}`;
    },
  );
  return { text: scaled, count };
}

describe.skipIf(names.length === 0)('the corpus of public check files', () => {
  test('has all of its 42 files', () => {
    expect(names).toHaveLength(42);
  });

  for (const name of names) {
    const bytes = readFileSync(new URL(name, folder));
    const source = bytes.toString();

    test.each(units)(`${name} at ${load}x, in %ss: only the intervals of the unit change`, (unit) => {
      const result = scaleText(source, unit, load);
      expect(result.invalid).toBeUndefined();
      const except = known[name];
      const expected = stringsIn(source).map((text) => multiplied(text, unit, except?.text));
      expect(stringsIn(result.text)).toEqual(expected.map(({ text }) => text));
      const literals = expected.reduce((sum, { count }) => sum + count, 0);
      expect(result.literals).toBe(literals);
      expect(result.changes).toHaveLength(literals);

      const [before, after] = [source.split('\n'), result.text.split('\n')];
      expect(after.map((line) => line.replace(/\d+/g, '0'))).toEqual(
        before.map((line) => line.replace(/\d+/g, '0')),
      );
      const changed = after.flatMap((line, at) => (line === before[at] ? [] : [at + 1]));
      expect(changed).toEqual([...new Set(result.changes.map(({ line }) => line))]);
      const listed = result.notScaled.find(({ text }) => except && text.startsWith(except.text));
      expect(listed?.reason).toBe(except?.reason);
    });

    test(`${name} at 1x keeps its bytes`, () => {
      for (const unit of units) expect(scaleIntervals(bytes, unit, 1).bytes).toBe(bytes);
    });
  }
});
