/** Changes in short: lines of a text, values of a JSON document, rows within a budget. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonChanges } from '../../src/dag/uploadPlan.ts';
import { takeWithinBudget } from '../../src/domain/text.ts';
import { lineChanges } from '../../src/review/lineChanges.ts';

test.each([
  ['nothing', 'a\nb\n', 'a\nb\n', []],
  ['one line', 'a\nb\nc\n', 'a\nB\nc\n', [{ line: 2, before: 'b', after: 'B' }]],
  ['an added line', 'a\nc\n', 'a\nb\nc\n', [{ line: 2, before: '', after: 'b' }]],
  ['a removed line', 'a\nb\nc\n', 'a\nc\n', [{ line: 2, before: 'b', after: '' }]],
  ['a deleted file', 'a\n', '', [{ line: 1, before: 'a', after: '' }]],
  ['the last newline', 'a\nb', 'a\nb\n', [{ line: 2, before: 'b', after: 'b' }]],
])('%s between two texts', (_what, before, after, changes) => {
  expect(lineChanges(before, after)).toEqual(changes);
});

test('values that differ are listed by path, a branch on one side as one change', () => {
  const from = { Name: 'a', Instances: [{ Count: 2 }, { Count: 4 }], Old: { x: 1 } };
  const to = { Name: 'a', Instances: [{ Count: 2 }, { Count: 8 }], New: ['y'] };
  expect(jsonChanges(from, to)).toEqual([
    { path: 'Instances[1].Count', from: '4', to: '8' },
    { path: 'Old', from: '{"x":1}', to: '(none)' },
    { path: 'New', from: '(none)', to: '["y"]' },
  ]);
  expect(jsonChanges([], {})).toEqual([{ path: '', from: '[]', to: '{}' }]);
});

test('a document has no change compared with itself', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => jsonChanges(value, structuredClone(value)).length === 0));
});

test('the first rows are kept, as many as fit', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(200), (rows, characters) => {
      const kept = takeWithinBudget(rows, characters);
      const sizeOf = (some: string[]) => some.reduce((sum, row) => sum + JSON.stringify(row).length + 1, 0);
      expect(kept).toEqual(rows.slice(0, kept.length));
      expect(sizeOf(kept)).toBeLessThanOrEqual(characters);
      if (kept.length < rows.length)
        expect(sizeOf(rows.slice(0, kept.length + 1))).toBeGreaterThan(characters);
    }),
  );
});
