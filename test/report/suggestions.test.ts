import { describe, expect, it } from 'vitest';
import type { UnscaledWhy } from '../../src/domain/coverage.ts';
import type { Step, StepLog } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { covering, evenRound, factsOf, stepOf } from './rounds.ts';

const reportOf = (steps: readonly Step[], slots: number, more: Partial<RoundFacts> = {}) =>
  assembleReport(factsOf(steps, { clusterConfig: { stepConcurrencyLevel: slots }, ...more }));
const idsOf = (steps: readonly Step[], slots: number, more: Partial<RoundFacts> = {}) =>
  reportOf(steps, slots, more).suggestions.map((suggestion) => suggestion.id);

const log = (text: string): StepLog => ({
  found: 'log',
  parts: [{ uri: 's3://logs/stderr.gz', text, cut: false, gzip: true }],
});

describe('suggestions', () => {
  it.each([
    ['whose cluster failed', { clusterFailure: 'INSTANCE_FAILURE: core nodes were lost' }, 0],
    ['of which most steps were interrupted', {}, 31],
  ])('are not made from a round %s, and nothing is replayed either', (_what, more, interrupted) => {
    const steps = evenRound(60, 4, (index) => 70 + (index % 5)).map((step, index) =>
      index < interrupted ? { ...step, state: 'INTERRUPTED' } : step,
    );
    const report = reportOf(steps, 4, more);
    expect(report.suggestions).toEqual([]);
    const markdown = renderMarkdown(report);
    expect(markdown).toContain('None: most of the round failed, so its numbers say nothing about settings.');
    expect(report.toFit).toBeNull();
  });

  it('do not ask for slots when the round fits, however much was waited', () => {
    expect(
      idsOf(
        evenRound(20, 4, (index) => 60 + (index % 7) * 20),
        4,
      ),
    ).toEqual([]);
  });

  it.each([
    [
      'of which the log says what to fix',
      log('[TABLE_OR_VIEW_NOT_FOUND] The table cannot be found.'),
      ['failure:missing-table'],
    ],
    ['of which no log says why', log('nothing known'), []],
  ])('do not ask to tune a check that failed after a long run, %s', (_what, failure, ids) => {
    const steps = [
      ...evenRound(20, 4, (index) => 30 + (index % 3) * 40),
      stepOf('check_broken_15m', { started: 5, ended: 805, state: 'FAILED' }),
    ];
    expect(idsOf(steps, 5, { failures: new Map([['s-check_broken_15m', failure]]) })).toEqual(ids);
  });

  it('do not ask to tune a check that has to be fixed first, though another try of it completed', () => {
    const steps = [
      ...evenRound(20, 4, (index) => 30 + (index % 3) * 40),
      stepOf('check_broken_15m', { started: 5, ended: 45, state: 'FAILED' }),
      stepOf('check_broken_15m', { started: 50, ended: 805 }, 's-second'),
    ];
    const failures = new Map([
      ['s-check_broken_15m', log('[TABLE_OR_VIEW_NOT_FOUND] The table cannot be found.')],
    ]);
    expect(idsOf(steps, 5, { failures })).toEqual(['failure:missing-table']);
  });

  it('do not take the fastest step for a measurement of the fixed cost', () => {
    expect(
      idsOf(
        evenRound(20, 4, (index) => 30 + index),
        4,
      ),
    ).toEqual([]);
  });

  it('begin with what failed, with the setting and its present value', () => {
    const failed = stepOf('check_mem_15m', { started: 0, ended: 60, state: 'FAILED' });
    const steps = [failed, ...evenRound(10, 4, (index) => 40 + index * 20)];
    const [first] = reportOf(steps, 4, {
      clusterConfig: { stepConcurrencyLevel: 4, settings: { 'spark.executor.memoryOverhead': '1g' } },
      failures: new Map([
        [
          failed.id,
          log('Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB used.'),
        ],
      ]),
    }).suggestions;
    expect(first).toMatchObject({
      id: 'failure:yarn-memory-kill',
      setting: 'spark.executor.memoryOverhead',
      from: '1g',
      measured: expect.stringMatching(/^1 of 11 steps failed /),
    });
  });

  it('give no advice on capacity when every step failed for want of a table', () => {
    const steps = evenRound(60, 4, () => 70).map((step) => ({ ...step, state: 'FAILED' }));
    const failures = new Map(
      steps.map((step) => [step.id, log('[TABLE_OR_VIEW_NOT_FOUND] The table or view `a` cannot be found.')]),
    );
    expect(reportOf(steps, 4, { failures }).suggestions).toMatchObject([
      {
        id: 'failure:missing-table',
        title: 'Fix check_0000_15m, check_0001_15m, check_0002_15m and 57 more',
        setting: 'its query or table',
      },
    ]);
  });

  it('name the checks beside a setting, and the first three of many', () => {
    const heavy = (count: number) => {
      const steps = [
        ...evenRound(20, 4, () => 60),
        ...Array.from({ length: count }, (_, index) =>
          stepOf(`check_heavy_${index}_15m`, { started: 5, ended: 45, state: 'FAILED' }),
        ),
      ];
      const heap = log('java.lang.OutOfMemoryError: Java heap space');
      const failures = new Map(steps.flatMap(({ id, state }) => (state === 'FAILED' ? [[id, heap]] : [])));
      return reportOf(steps, 4, { failures }).suggestions.map(({ title }) => title);
    };
    expect(heavy(1)).toEqual(['Change spark.driver.memory (for check_heavy_0_15m)']);
    expect(heavy(5)).toEqual([
      'Change spark.driver.memory (for check_heavy_0_15m, check_heavy_1_15m, check_heavy_2_15m and 2 more)',
    ]);
  });

  it('name what stayed at 1x by mistake with what to do, and nothing that a rule or a person decided', () => {
    const files = (why: UnscaledWhy, ...names: string[]) => names.map((file) => ({ file, why }));
    const unscaled = [
      ...files('unparseable', 'flows/a_15m.yml'),
      ...files('not a literal', 'b_15m.yml', 'c_15m.yml', 'd_15m.yml', 'e_15m.yml'),
      ...files('a kind that the rule leaves alone', 'f_freshness.yml'),
      ...files('set by a person', 'g_15m.yml'),
      ...files('another unit', 'h_15m.yml'),
      ...files('no interval', 'i_15m.yml'),
    ];
    const coverage = { ...covering([]), scaled: 31, unscaled, unscaledTotal: unscaled.length, kinds: 1 };
    const { suggestions } = reportOf(
      evenRound(20, 4, () => 60),
      4,
      { coverage },
    );
    expect(suggestions).toMatchObject([
      {
        title: 'Scale flows/a_15m.yml, which ran at 1x (unparseable)',
        measured: '1 of 40 15m checks ran at 1x: unparseable',
        setting: 'its file on the branch of the baseline',
        to: 'valid YAML in UTF-8, and not too large; then scaleConfigs with load 2',
      },
      {
        title: 'Scale b_15m.yml, c_15m.yml, d_15m.yml and 1 more, which ran at 1x (not a literal)',
        setting: 'their interval on the branch of the baseline',
        to: "a literal, as INTERVAL '3' hour; then scaleConfigs with load 2",
      },
    ]);
  });

  it('say "not measured" where nothing was', () => {
    expect(renderMarkdown(reportOf([], 4))).toContain('Not measured: the round has no steps.');
    expect(
      renderMarkdown(
        reportOf(
          evenRound(3, 3, () => 5),
          4,
        ),
      ),
    ).toContain('What this report could not measure:\n- Memory, shuffle');
  });
});

describe('failed steps', () => {
  const failed = (name: string, message?: string) =>
    stepOf(name, {
      started: 0,
      ended: 60,
      state: 'FAILED',
      ...(message !== undefined && { failure: { message } }),
    });

  it('are grouped by cause, the largest group first, and say whether they also failed at a lower load', () => {
    const heap = log('java.lang.OutOfMemoryError: Java heap space');
    const lower = assembleReport(
      factsOf(
        [
          stepOf('old_15m', { started: 0, ended: 9, state: 'FAILED', load: 2 }),
          stepOf('new_15m', { started: 0, ended: 9, load: 2 }),
          stepOf('table_15m', { started: 0, ended: 9, load: 2 }),
        ],
        {
          load: 2,
          startedAtText: '2025-12-06T15:30:00.000000-05:00',
          failures: new Map([['s-old_15m', heap]]),
        },
      ),
    );
    const at4 = (name: string) => stepOf(name, { started: 0, ended: 9, state: 'FAILED', load: 4 });
    const steps = [at4('old_15m'), at4('new_15m'), at4('table_15m')];
    const report = assembleReport(
      factsOf(steps, {
        load: 4,
        earlier: [lower],
        failures: new Map([
          ['s-old_15m', heap],
          ['s-new_15m', heap],
          ['s-table_15m', log('[TABLE_OR_VIEW_NOT_FOUND] `t`')],
        ]),
      }),
    );
    expect(report.failures).toMatchObject([
      {
        signature: 'driver-heap',
        side: 'driver',
        alsoFailedAt: [{ check: 'old_15m', loads: [2] }],
        newHere: ['new_15m'],
      },
      { signature: 'missing-table', alsoFailedAt: [], newHere: ['table_15m'] },
    ]);
    const markdown = renderMarkdown(report);
    expect(markdown).toContain('- Failed at 2x already, not new at this load: old_15m');
    expect(markdown).toContain('- New at 4x: new_15m');
  });

  it('are never called faultless because their log is not there', () => {
    const steps = ['a_15m', 'b_15m', 'c_15m', 'd_15m'].map((name) => failed(name));
    const report = assembleReport(
      factsOf(steps, {
        failures: new Map<string, StepLog>([
          ['s-a_15m', { found: 'not_delivered_yet', uri: 's3://logs/a' }],
          ['s-b_15m', { found: 'none' }],
          ['s-c_15m', { found: 'denied', uri: 's3://logs/c' }],
          ['s-d_15m', log('all is well')],
        ]),
      }),
    );
    expect(report.failures.map((group) => group.title).sort()).toEqual([
      'Log may not be read',
      'Log not delivered yet',
      'No known cause in the log',
      'No log found',
    ]);
    expect(renderMarkdown(report)).toMatch(
      /The logs of 1 failed step were not delivered yet: build the report again after \d{2}:\d{2}:\d{2}\./,
    );
  });

  it("fall back on EMR's own words, but not on its Unknown Error", () => {
    const steps = [
      failed('a_15m', 'Container killed by YARN for exceeding memory limits.'),
      failed('b_15m', 'Unknown Error.'),
    ];
    const [a, b] = assembleReport(factsOf(steps)).steps;
    expect(a?.failure?.cause).toMatchObject({ signature: 'yarn-memory-kill' });
    expect(a?.failure?.cause?.lineNumber).toBeUndefined();
    expect(b?.failure).toEqual({ log: 'not_read' });
  });

  it('show the proving line with its secrets masked and its markup dead', () => {
    const step = failed('a_15m');
    const text =
      'botocore.AccessDeniedError: AccessDenied for AKIAABCDEFGHIJKLMNOP ```\n\u001b[31m<img src=x>';
    const markdown = renderMarkdown(
      assembleReport(factsOf([step], { failures: new Map([[step.id, log(text)]]) })),
    );
    expect(markdown).toContain('```` botocore.AccessDeniedError: AccessDenied for [masked] ``` ````');
    expect(markdown).not.toContain('AKIAABCD');
  });
});
