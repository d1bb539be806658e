/** How long `npm test` and the demo take. */
import { measured, median, type Run, runCells, runColumns } from './measured.ts';
import type { BenchOptions, PartResult } from './part.ts';
import { markdownTable } from './tables.ts';

const mostTestSeconds = 75;
const mostDemoSeconds = 25;

export async function measureSuites({ rounds, isBusy }: BenchOptions): Promise<PartResult> {
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
  const run = (...words: string[]) => measured(words, { cwd: process.cwd(), env });
  const demos: Run[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round += 1)
    demos.push(await run('npm', 'run', '-s', 'demo'));
  const test = await run('npm', '-s', 'test');
  const demoSeconds = median(demos.map(({ wallSeconds }) => wallSeconds));
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
          seconds('demo', demoSeconds, mostDemoSeconds),
        ],
        target: `at most ${mostTestSeconds} s quiet; ${mostDemoSeconds} s`,
      },
    ],
    text: `With the build; \`npm test\` once, the demo ${demos.length} times.

${markdownTable(
  ['Command', ...runColumns],
  [
    ['`npm test`', ...runCells([test])],
    ['`npm run demo`', ...runCells(demos)],
  ],
)}`,
  };
}
