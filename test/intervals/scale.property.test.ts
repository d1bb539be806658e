import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { scaleIntervals, scanIntervals } from '../../src/intervals/scale.ts';
import { decodeCheck, encodeCheck } from '../../src/intervals/yaml/sourceText.ts';
import { generatedCheck } from './generatedChecks.ts';
import { fixText, scaleText } from './texts.ts';

const load = fc.integer({ min: 1, max: 1000 });
const runs = { numRuns: 300, seed: 20251208 };

/** What a YAML reader reads from it, with every run of digits replaced by 0. */
function dataWithoutNumbers(text: string): unknown {
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return JSON.stringify(document.toJS()).replace(/\d+/g, '0');
  });
}

test('every known interval is multiplied and every other byte of the file stays', () => {
  fc.assert(
    fc.property(generatedCheck, load, (check, factor) => {
      const result = scaleText(check.at(1), 'hour', factor);
      expect(result.invalid).toBeUndefined();
      expect(result.text).toBe(check.at(factor));
      expect(result.literals).toBe(check.literals);
    }),
    runs,
  );
});

test('load 1 changes nothing', () => {
  fc.assert(
    fc.property(generatedCheck, (check) => {
      expect(scaleText(check.at(1), 'hour', 1)).toMatchObject({ text: check.at(1), changes: [] });
    }),
    runs,
  );
});

test('4x from the baseline is 2x doubled again', () => {
  fc.assert(
    fc.property(generatedCheck, (check) => {
      const twice = scaleText(scaleText(check.at(1), 'hour', 2).text, 'hour', 2);
      expect(twice.text).toBe(scaleText(check.at(1), 'hour', 4).text);
    }),
    runs,
  );
});

test('the scaled file reads the same except for its numbers', () => {
  fc.assert(
    fc.property(generatedCheck, load, (check, factor) => {
      const { text } = scaleText(check.at(1), 'hour', factor);
      expect(dataWithoutNumbers(text)).toEqual(dataWithoutNumbers(check.at(1)));
    }),
    runs,
  );
});

test('every scanned value can be fixed on its line, and the digits are where the scan says', () => {
  fc.assert(
    fc.property(generatedCheck, (check) => {
      const source = check.at(3);
      const { literals } = scanIntervals(Buffer.from(source), 'hour');
      for (const { start, end, value } of literals) expect(BigInt(source.slice(start, end))).toBe(value);
      for (const { value, line } of literals) {
        if (value > 1000n) continue;
        const fix = { from: Number(value), to: 5000, line };
        const fixed = fixText(source, fix);
        expect(fixed.changes.length).toBeGreaterThan(0);
        expect(fixed.changes.every((change) => change.line === line)).toBe(true);
        const lines = fixed.text.split('\n');
        expect(source.split('\n').filter((text, at) => text !== lines[at])).toHaveLength(1);
      }
    }),
    { ...runs, numRuns: 60 },
  );
});

test('any text survives decoding and encoding, and is scaled or left alone without an exception', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      generatedCheck,
      fc.nat(),
      (noise, check, where) => {
        const whole = check.at(1);
        const at = where % whole.length;
        const source = whole.slice(0, at) + noise + whole.slice(at);
        const bytes = encodeCheck(source);
        const decoded = decodeCheck(bytes);
        if ('invalid' in decoded) return;
        expect(Buffer.from(encodeCheck(decoded.source)).equals(Buffer.from(bytes))).toBe(true);
        const result = scaleIntervals(bytes, 'hour', 7);
        const text = Buffer.from(result.bytes).toString();
        expect(text.replace(/\d/g, '')).toBe(decoded.source.replace(/\d/g, ''));
        expect(result.bytes === bytes).toBe(result.changes.length === 0);
      },
    ),
    runs,
  );
});
