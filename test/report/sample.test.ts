import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { assembleReport } from '../../src/report/build.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { evenRound, factsOf } from './rounds.ts';

const sample = readFileSync('docs/sample-report.md', 'utf8');
const headings = (page: string) => page.match(/^##? .*$/gm) ?? [];

/** Whether its every byte is what the sources write, `npm run screenshots -- --check` says, which plays the rounds anew. */
it('the sample report has the sections that a report has, in their order, and each picture that it shows', () => {
  const today = renderMarkdown(assembleReport(factsOf(evenRound(5, 2, () => 20))));
  expect(
    headings(sample)
      .filter((heading) => !/Comparison|Forecast/.test(heading))
      .slice(1),
  ).toEqual(headings(today).slice(1));
  const pictures = [...sample.matchAll(/^!\[.+\]\((.+)\)$/gm)].map(([, path]) => path ?? '');
  expect(pictures).toHaveLength(4);
  for (const path of pictures) expect(existsSync(join('docs', path))).toBe(true);
});

it('README says of the sample report what it says', () => {
  const [, story] =
    /\[This is what such a report says\]\(docs\/sample-report\.md\): (.*)$/m.exec(
      readFileSync('README.md', 'utf8'),
    ) ?? [];
  expect(story).toBeDefined();
  const figures = story?.match(/\d+m \d+s|\d+\.\d\d USD/g) ?? [];
  expect(figures).toHaveLength(2);
  for (const figure of figures) expect(sample).toContain(figure);
});
