/** `npm run bench:failures`: how often the cause of a failure is found, in docs/measurements/failures.md. */
import { writeFileSync } from 'node:fs';
import {
  failureTexts,
  judge,
  saidBefore,
  saidNow,
  type Tally,
  type TextSet,
  tallyOf,
  textSets,
} from './failureTexts.ts';
import { markdownTable } from './tables.ts';

/**
 * What the classifier said when it saw a set for the first time, and of a part of it the side. A later version cannot be
 * asked that again, so the figures stand here.
 */
const firstLook: Partial<Record<TextSet, Tally>> = {
  holdout: { texts: 39, quoted: 39, named: 39, wronglyAdvised: 0, sides: 38 },
  later: { texts: 26, quoted: 22, named: 18, wronglyAdvised: 1, sides: 22 },
  last: { texts: 18, quoted: 17, named: 17, wronglyAdvised: 0, sides: 17 },
  final: { texts: 18, quoted: 17, named: 15, wronglyAdvised: 0, sides: 18 },
};

const about: Readonly<Record<TextSet, string>> = {
  cases: 'the project’s own cases',
  open: 'collected, and used while the classifier was written',
  holdout: 'collected together with those, set aside by a hash of the source',
  later: 'collected when the classifier was written; used afterwards',
  last: 'collected after that; used afterwards',
  final: 'collected last',
};

export function failuresPage(): string {
  const before = saidBefore();
  const rows = textSets.map((set) => {
    const texts = failureTexts(set);
    return {
      set,
      before: tallyOf(texts.map((text) => judge(text, before[text.id] ?? { cause: null }))),
      now: tallyOf(texts.map((text) => judge(text, saidNow(text)))),
    };
  });
  return `# Causes of failures

Written by \`npm run bench:failures\`: ${sum(rows.map(({ now }) => now.texts))} texts of failed steps, each with the line that ended the step, the right causes, the side and the advice that would be wrong (\`test/fixtures/failures\`). The collected ones are quotes of exceptions from public issue trackers, with their addresses; \`framed\` marks those that got a line before or after the quote so that they read as a log.

*Quoted* is the line that ended the step, *named* a right cause; *wrong advice* is advice against the list of the text, or any advice that follows from a wrong cause. An exception that is on no list is named by its class: that counts only where no listed cause is right.

## Before and now

*Before* is the classifier that took the highest-ranked pattern of all lines. It knew no sides.

${markdownTable(
  ['Texts', '', 'Quoted', 'Named', 'Wrong advice', 'Side right'],
  rows.flatMap(({ set, before: old, now }) => [
    [about[set], 'before', ...cells(old), '–'],
    ['', 'now', ...cells(now), share(now.sides, now.texts)],
  ]),
)}

## At first sight

What the classifier said of a set before anything was changed for it. The holdout was set aside unseen by the classifier, but its texts were read by the author of the patterns when they were collected; the three later sets were collected when the patterns were there already.

${markdownTable(
  ['Texts', 'Quoted', 'Named', 'Wrong advice', 'Side right'],
  textSets.flatMap((set) => {
    const seen = firstLook[set];
    return seen ? [[about[set], ...cells(seen), share(seen.sides, seen.texts)]] : [];
  }),
)}
`;
}

function cells({ texts, quoted, named, wronglyAdvised }: Tally): string[] {
  return [share(quoted, texts), share(named, texts), String(wronglyAdvised)];
}

function share(part: number, whole: number): string {
  return `${part} of ${whole} (${Math.round((100 * part) / whole)}%)`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function main(): void {
  writeFileSync('docs/measurements/failures.md', failuresPage());
}
