/** How long `npm test` and the demo take. */
import { measured, runCells, runColumns } from './measured.ts';
import type { BenchOptions, PartResult } from './part.ts';
import { markdownTable } from './tables.ts';

const mostTestSeconds = 75;
const mostDemoSeconds = 25;

export async function measureSuites({ isBusy }: BenchOptions): Promise<PartResult> {
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
  const run = (...words: string[]) => measured(words, { cwd: process.cwd(), env });
  const demo = await run('npm', 'run', '-s', 'demo');
  const test = await run('npm', '-s', 'test');
  const seconds = (name: string, value: number, most: number) => ({
    text: `${name} ${value.toFixed(0)} s`,
    isMet: isBusy ? undefined : value <= most,
  });
  return {
    outcomes: [
      {
        what: '`npm test`; `npm run demo`',
        against: '–',
        figures: [
          seconds('tests', test.wallSeconds, mostTestSeconds),
          seconds('demo', demo.wallSeconds, mostDemoSeconds),
        ],
        target: `at most ${mostTestSeconds} s; at most ${mostDemoSeconds} s`,
      },
    ],
    text: `Each ran once. The demo includes the build.

${markdownTable(
  ['Command', ...runColumns],
  [
    ['`npm test`', ...runCells([test])],
    ['`npm run demo`', ...runCells([demo])],
  ],
)}`,
  };
}
