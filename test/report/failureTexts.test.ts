import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failuresPage } from '../../bench/failures.ts';
import { failureTexts, judge, saidNow, textSets } from '../../bench/failureTexts.ts';

/** Right in its line and without advice, but of a cause that is on no list. */
const unlisted = new Set(['empty-path-of-a-view']);

describe.each(textSets)('the failure texts of the set "%s"', (set) => {
  it.each(failureTexts(set).map((text) => [text.id, text] as const))(
    '%s: the line that ended the step, its cause, its side and no wrong advice',
    (id, text) => {
      const said = saidNow(text);
      expect({ said, ...judge(text, said) }).toMatchObject({
        quotes: true,
        isRight: !unlisted.has(id),
        isWronglyAdvised: false,
        sideIsRight: true,
      });
    },
  );
});

describe('the cases of the project', () => {
  it.each(failureTexts('cases').map((text) => [text.id, text] as const))('%s has its kind', (_, text) => {
    expect(text.kind).toContain(saidNow(text).kind);
  });
});

it('docs/measurements/failures.md is what `npm run bench:failures` writes', () => {
  expect(readFileSync('docs/measurements/failures.md', 'utf8')).toBe(failuresPage());
});

it('holds at least 50 texts of public trackers, each with its source, and no source twice with one text', () => {
  const collected = textSets.filter((set) => set !== 'cases').flatMap((set) => failureTexts(set));
  expect(collected.length).toBeGreaterThanOrEqual(50);
  expect(collected.filter(({ source }) => !source?.startsWith('https://'))).toEqual([]);
  expect(new Set(collected.map(({ text }) => text)).size).toBe(collected.length);
});
