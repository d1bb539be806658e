/** docs/measurements/scenes.md names tests that exist, and enough of each kind. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/measurements/scenes.md', 'utf8');
const rows = [...page.matchAll(/^\| ([a-z ]+) \| (.+) \| `(test\/.+)` \|$/gm)].map(
  ([, kind = '', name = '', file = '']) => ({ kind, name, file }),
);
const kinds = [
  'wrong order',
  'twice',
  'two runs',
  'wrong load',
  'interrupted',
  'killed',
  'edited',
  'squashed',
  'two schedules',
  'two people',
];

test('at least 40 scenes, three of each kind, and the numbers at the top are those of the table', () => {
  expect(rows.length).toBeGreaterThanOrEqual(40);
  const numbers = kinds.map((kind) => rows.filter((row) => row.kind === kind).length);
  for (const number of numbers) expect(number).toBeGreaterThanOrEqual(3);
  const summary = kinds.map((kind, index) => `${numbers[index]} ${kind}`).join(', ');
  expect(page).toContain(`\n${rows.length} scenes: ${summary}.\n`);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

test.each(rows)('$kind: $name', ({ name, file }) => {
  expect(readFileSync(file, 'utf8')).toContain(`test('${name}'`);
});
