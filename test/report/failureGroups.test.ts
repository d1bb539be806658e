import { describe, expect, it } from 'vitest';
import type { StepLog } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import { sampleAcrossChecks } from '../../src/report/failures/logs.ts';
import type { Report } from '../../src/report/model/model.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { failureBlocks } from '../../src/report/render/sections/failures.ts';
import { factsOf, stepOf } from './rounds.ts';

const logOf = (text: string): StepLog => ({
  found: 'log',
  parts: [{ uri: 's3://logs/stdout.gz', text, cut: false, gzip: true }],
});

const yarnKill: StepLog = {
  found: 'log',
  parts: [
    {
      uri: 's3://logs/stderr.gz',
      text: 'Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB used.',
      cut: false,
      gzip: true,
    },
  ],
};

describe('more failed steps than logs are read', () => {
  const steps = Array.from({ length: 200 }, (_, n) =>
    stepOf(`check_${n}_15m`, { started: n, ended: n + 60, state: 'FAILED' }),
  );

  it('are never called "no log found", and what was not read comes last', () => {
    const failures = new Map(steps.slice(0, 40).map((step) => [step.id, yarnKill]));
    const groups = assembleReport(factsOf(steps, { failures })).failures;
    expect(groups.map(({ title, steps }) => [title, steps.length])).toEqual([
      ['Container killed by YARN for its memory', 40],
      ['Log not read (40 of 200 were)', 160],
    ]);
  });

  it('are sampled over the whole round', () => {
    const sample = sampleAcrossChecks(steps, 40);
    expect(sample).toHaveLength(40);
    expect(sample.map((step) => steps.indexOf(step))).toEqual(Array.from({ length: 40 }, (_, n) => 5 * n));
  });

  it('have one log of each check read before a second of any', () => {
    const often = Array.from({ length: 50 }, (_, n) => ({ name: 'often', n }));
    const rare = Array.from({ length: 5 }, (_, n) => ({ name: `rare_${n}`, n }));
    const sample = sampleAcrossChecks([...often, ...rare], 8);
    expect(sample.map(({ name }) => name).slice(0, 6)).toEqual(['often', ...rare.map(({ name }) => name)]);
    expect(sample).toHaveLength(8);
    expect(sampleAcrossChecks(rare, 8)).toEqual(rare);
  });
});

describe('whether a check fails because of this load', () => {
  const heap = 'java.lang.OutOfMemoryError: Java heap space';
  const at = (
    day: number,
    load: number,
    states: Record<string, string>,
    earlier: readonly Report[] = [],
    failing: readonly [string, string][] = Object.keys(states).map((check) => [check, heap]),
  ) =>
    assembleReport(
      factsOf(
        Object.entries(states).map(([check, state]) => stepOf(check, { started: 0, ended: 60, state, load })),
        {
          load,
          earlier,
          failures: new Map(failing.map(([check, text]) => [`s-${check}`, logOf(text)])),
          startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
        },
      ),
    );
  const group = (report: Report) => report.failures[0];

  it('is "new" only of one that completed at a lower load', () => {
    const two = at(1, 2, { a_15m: 'COMPLETED', b_15m: 'FAILED', c_15m: 'CANCELLED' });
    const four = at(2, 4, { a_15m: 'FAILED', b_15m: 'FAILED', c_15m: 'FAILED', d_15m: 'FAILED' }, [two]);
    expect(group(four)).toMatchObject({
      newHere: ['a_15m'],
      alsoFailedAt: [{ check: 'b_15m', loads: [2] }],
      notRunLower: ['c_15m', 'd_15m'],
    });
    const page = renderMarkdown(four);
    expect(page).toContain('- New at 4x: a_15m\n');
    expect(page).toContain('- Not run to its end at a lower load: c_15m, d_15m\n');
  });

  it('is "already" only with the same cause, and never for an interrupted check', () => {
    const states = { a_15m: 'FAILED', b_15m: 'FAILED', c_15m: 'INTERRUPTED', d_15m: 'FAILED' };
    const two = at(
      1,
      2,
      states,
      [],
      [
        ['a_15m', heap],
        ['b_15m', "ModuleNotFoundError: No module named 'm'"],
        ['c_15m', heap],
      ],
    );
    const four = at(2, 4, { a_15m: 'FAILED', b_15m: 'FAILED', c_15m: 'FAILED', d_15m: 'FAILED' }, [two]);
    expect(group(four)).toMatchObject({
      alsoFailedAt: [{ check: 'a_15m', loads: [2] }],
      failedOtherwise: ['b_15m', 'd_15m'],
      notRunLower: ['c_15m'],
      newHere: [],
    });
    expect(renderMarkdown(four)).toContain(
      '- Failed at a lower load too, with another cause or one that is not known: b_15m, d_15m\n',
    );
  });

  it('is said by the last round at the same load where there is no lower one', () => {
    const first = at(1, 2, { a_15m: 'FAILED', b_15m: 'COMPLETED' });
    const again = at(2, 2, { a_15m: 'FAILED', b_15m: 'FAILED' }, [first]);
    expect(group(again)).toMatchObject({ newHere: [], failedLastRound: ['a_15m'], notRunLower: [] });
    expect(renderMarkdown(again)).toContain('- Also failed in the last round at 2x: a_15m\n');
  });

  it('is said by the last round of a level: what was fixed there is new when it fails higher up', () => {
    const broken = at(1, 2, { a_15m: 'FAILED' });
    const fixed = at(2, 2, { a_15m: 'COMPLETED' }, [broken]);
    const four = at(3, 4, { a_15m: 'FAILED' }, [broken, fixed]);
    expect(group(four)).toMatchObject({ newHere: ['a_15m'], alsoFailedAt: [] });
  });

  it('is not asked of the first round', () => {
    expect(group(at(1, 2, { a_15m: 'FAILED' }))).toMatchObject({ newHere: [], notRunLower: [] });
  });
});

describe('what to do about a check that no load breaks', () => {
  const missingColumn = '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `a` cannot be resolved.';
  const at = (load: number, text: string, earlier: readonly Report[] = []) =>
    assembleReport(
      factsOf([stepOf('a_15m', { started: 0, ended: 9, state: 'FAILED', load })], {
        load,
        earlier,
        failures: new Map([['s-a_15m', logOf(text)]]),
        startedAtText: `2025-12-0${load}T15:30:00.000000-05:00`,
      }),
    );

  it.each([
    [
      'a missing column at the baseline and above',
      at(4, missingColumn, [at(1, missingColumn), at(2, missingColumn)]),
      'Failed at 1x (the baseline) and 2x already: fix the check or the table that it reads, not the load or the cluster: a_15m',
    ],
    [
      'a missing package at a lower level',
      at(4, "ModuleNotFoundError: No module named 'm'", [at(2, "ModuleNotFoundError: No module named 'm'")]),
      'Failed at 2x already: fix the configuration that the line names, not the load or the cluster: a_15m',
    ],
    [
      'a missing column in the first round',
      at(2, missingColumn),
      'No load or cluster changes this: fix the check or the table that it reads',
    ],
    [
      'too little memory at a lower level',
      at(4, 'java.lang.OutOfMemoryError: Java heap space', [
        at(2, 'java.lang.OutOfMemoryError: Java heap space'),
      ]),
      'Failed at 2x already, not new at this load: a_15m',
    ],
  ])('%s: report.md and report.html say the same', (_, report, line) => {
    expect(renderMarkdown(report)).toContain(`\n- ${line}\n`);
    const lists = failureBlocks(report, 'page').flatMap((block) =>
      block.kind === 'list' ? block.items : [],
    );
    expect(lists).toContain(line);
  });

  it.each([
    [
      'writers that met at one table',
      'org.apache.iceberg.exceptions.CommitFailedException: Cannot commit changes',
    ],
    [
      'credentials that a longer round outlived',
      'ExpiredTokenException: The security token included in the request is expired',
    ],
    [
      'a buffer that larger rows overflowed',
      'org.apache.spark.SparkException: Kryo serialization failed: Buffer overflow. Available: 0, required: 9',
    ],
    ['an assertion on the rows of a wider window', 'AssertionError: 3 rows are too many'],
  ])('never says of %s that no load changes it', (_, text) => {
    const first = renderMarkdown(at(2, text));
    expect(first).not.toContain('No load or cluster changes this');
    expect(first).not.toContain('not the load');
    // Without a known cause nobody knows whether it was the same.
    expect(renderMarkdown(at(4, text, [at(2, text)]))).toMatch(
      /\n- Failed at (2x already, not new at this load|a lower load too, with another cause or one that is not known): a_15m\n/,
    );
  });
});
