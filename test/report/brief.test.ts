import { expect, it } from 'vitest';
import type { StepLog } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import { scoreText } from '../../src/report/forecast/text.ts';
import type { Report } from '../../src/report/model/model.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { headBlocks } from '../../src/report/render/sections/index.ts';
import { evenRound, factsOf, stepOf } from './rounds.ts';

const logOf = (text: string): StepLog => ({
  found: 'log',
  parts: [{ uri: 's3://logs/stdout.gz', text, cut: false, gzip: true }],
});
const missingColumn = logOf('[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `a` cannot be resolved.');
const heap = logOf('java.lang.OutOfMemoryError: Java heap space');

/** 40 checks that grow with the load, one that is broken at every load, and one that breaks at 4x. */
function level(load: number, earlier: Report[] = []): Report {
  const others = evenRound(40, 4, (index) => 10 + load * (10 + (index % 5))).map((step) => ({
    ...step,
    name: step.name.replace('_2x', `_${load}x`),
    arguments: step.arguments.map((argument) => argument.replace('/2x/', `/${load}x/`)),
  }));
  const steps = [
    ...others,
    stepOf('check_consent_15m', { started: 5, ended: 20, state: 'FAILED', load }),
    stepOf('check_merges_15m', { started: 5, ended: 60, load, ...(load === 4 && { state: 'FAILED' }) }),
  ];
  return assembleReport(
    factsOf(steps, {
      load,
      earlier,
      windowSeconds: 300,
      failures: new Map([
        ['s-check_consent_15m', missingColumn],
        ['s-check_merges_15m', heap],
      ]),
      startedAtText: `2025-12-0${load}T15:30:00.123456-05:00`,
      clusterConfig: { digest: 'd', stepConcurrencyLevel: 4 },
    }),
  );
}

const one = level(1);
const four = level(4, [one, level(2, [one])]);

it('says right below the verdict what failed, what to do first and at which load it stops fitting', () => {
  const head = renderMarkdown(four).split('\n## ')[0] ?? '';
  const [, verdict, failed, first, capacity] =
    /\n\n4x 15m: \*\*(.*?)\*\*.*\n\n- Failed: (.*)\n- Do first: (.*)\n- Capacity: (.*)$/m.exec(head) ?? [];
  expect(verdict).toBe(four.verdict.headline);
  expect(failed).toMatch(
    /Column not found \(check_consent_15m, at lower levels already: fix the check, not the load\)/,
  );
  expect(failed).toMatch(/\(check_merges_15m, new at 4x\)$/);
  expect(first?.split('; ')[0]).toBe(`(1) ${four.suggestions[0]?.title}`);
  const { forecast } = four.comparison ?? {};
  const score = forecast && scoreText(forecast, four.round.startedAt);
  expect(capacity).toBe(`${score} ${forecast?.sentence}`);
});

it('says there of a round without failures and suggestions only that a forecast needs a second load', () => {
  const calm = assembleReport(factsOf(evenRound(3, 3, () => 20)));
  expect(renderMarkdown(calm)).not.toMatch(/^- (Failed|Do first): \D/m);
  expect(renderMarkdown(calm)).toContain(
    '\n- Capacity: no forecast yet: one load was measured, and a second is needed\n',
  );
  expect(headBlocks(calm).map(({ kind }) => kind)).toEqual(['paragraph', 'facts']);
});

it('says in which way a round differs from the one that it is compared with', () => {
  const steps = evenRound(12, 4, (index) => 30 + index);
  const on = (day: number, digest: string, earlier: Report[] = []) =>
    assembleReport(
      factsOf(steps, {
        earlier,
        startedAtText: `2025-12-0${day}T15:30:00.123456-05:00`,
        clusterConfig: { digest, stepConcurrencyLevel: 4 },
      }),
    );
  const said = (report: Report) => /## Comparison\n(.*)\./.exec(renderMarkdown(report))?.[1];
  const first = on(1, 'a');
  expect(said(on(2, 'a', [first]))).toBe('2x again, against the round of 2025-12-01 15:30:00');
  expect(said(on(2, 'b', [first]))).toBe(
    '2x on another cluster configuration, against the round of 2025-12-01 15:30:00',
  );
  expect(said(four)).toBe('4x against 2x (the round of 2025-12-02 15:30:00)');
});
