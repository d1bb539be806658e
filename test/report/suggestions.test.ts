import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stepCapacity } from '../../src/dag/clusterConfig/capacity.ts';
import { parseClusterConfig } from '../../src/dag/clusterConfig/model.ts';
import { flatSettings } from '../../src/dag/clusterConfig/sparkSubmit.ts';
import type { Step, StepLog } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import type { ClusterConfigUsed } from '../../src/report/model/model.ts';
import { renderMarkdown } from '../../src/report/render/markdown.ts';
import { evenRound, factsOf, stepOf } from './rounds.ts';

const reportOf = (steps: readonly Step[], slots: number, more: Partial<RoundFacts> = {}) =>
  assembleReport(factsOf(steps, { clusterConfig: { stepConcurrencyLevel: slots }, ...more }));
const idsOf = (steps: readonly Step[], slots: number, more: Partial<RoundFacts> = {}) =>
  reportOf(steps, slots, more).suggestions.map((suggestion) => suggestion.id);

const log = (text: string): StepLog => ({
  found: 'log',
  parts: [{ uri: 's3://logs/stderr.gz', text, cut: false, gzip: true }],
});

/** Three steps of a minute, from `started` on. */
const oneAfterTheOther = (started: number): Step[] =>
  [0, 60, 120].map((after) =>
    stepOf(`check_after_${after}_15m`, { started: started + after, ended: started + after + 60 }),
  );

describe('suggestions', () => {
  it('ask for more slots when full slots and waiting steps missed the window, and say how many', () => {
    const report = reportOf(
      evenRound(60, 4, (index) => 70 + (index % 5)),
      4,
    );
    expect(report.verdict.outcome).toBe('missed');
    expect(report.suggestions).toMatchObject([
      {
        id: 'slots',
        setting: 'StepConcurrencyLevel',
        from: '4',
        to: '6',
        success: expect.stringMatching(/^Total runtime at most /),
      },
    ]);
    expect(report.suggestions[0]?.measured).toMatch(/^steps spent 88% of their time waiting while 4\.0 of 4/);
  });

  it.each([
    ['whose cluster failed', { clusterFailure: 'INSTANCE_FAILURE: core nodes were lost' }, 0],
    ['of which most steps were interrupted', {}, 31],
  ])('are none from a round %s, and no table of other slots either', (_what, more, interrupted) => {
    const steps = evenRound(60, 4, (index) => 70 + (index % 5)).map((step, index) =>
      index < interrupted ? { ...step, state: 'INTERRUPTED' } : step,
    );
    const report = reportOf(steps, 4, more);
    expect(report.suggestions).toEqual([]);
    const markdown = renderMarkdown(report);
    expect(markdown).toContain('None: most of the round failed, so its numbers say nothing about settings.');
    expect(markdown).not.toContain('replayed on other numbers of slots');
  });

  it('name a number of slots that stands in the table of the report', () => {
    const report = reportOf(
      evenRound(200, 10, (index) => 60 + (index % 5)),
      10,
    );
    const to = Number(report.suggestions[0]?.to);
    expect(to).toBeGreaterThan(10);
    expect(report.findings.whatIf.map((row) => row.slots)).toContain(to);
    const seconds = /^about (\S+ \S+) if/.exec(report.suggestions[0]?.expected ?? '')?.[1];
    expect(renderMarkdown(report)).toContain(`| ${to} | ${seconds} | yes |`);
  });

  it('say what more slots ask of the nodes, in numbers where the cluster config tells them', () => {
    const slots = (room?: ClusterConfigUsed['room']) =>
      reportOf(
        evenRound(60, 4, (index) => 70 + (index % 5)),
        4,
        { clusterConfig: { stepConcurrencyLevel: 4, ...(room && { room }) } },
      ).suggestions[0];
    const step = { executors: 2, executorMb: 4505, driverMb: 0 };
    expect(slots(step)?.expected).toMatch(
      /, and if the nodes have the capacity for 12 executors of 4505 MiB: 54060 MiB of YARN memory, drivers not counted$/,
    );
    expect(slots({ ...step, driverMb: 2432 })?.expected).toMatch(
      / 12 executors of 4505 MiB and 6 drivers of 2432 MiB: 68652 MiB of YARN memory$/,
    );
    expect(slots()?.expected).toMatch(
      /, and if the nodes have the capacity: dags\/cluster_configs\/README\.md has the sum$/,
    );
    const nodes = [{ type: 'm6i.2xlarge', count: 4, yarnMb: 23_424 }];
    expect(slots({ ...step, driverMb: 2432, nodes })).toMatchObject({
      to: '6',
      expected: expect.stringContaining(
        '; 6 steps ask YARN for 16 containers of 4505 MiB, drivers in the space of 4, and 4 × m6i.2xlarge provide 20: enough for 7 steps at once',
      ),
    });
  });

  it('never ask for slots that the shipped cluster cannot fit without saying how many core nodes it takes', () => {
    const config = parseClusterConfig(
      JSON.parse(readFileSync('dags/cluster_configs/yang_audit_load_test_cluster_15m.json', 'utf8')),
    );
    const report = reportOf(
      evenRound(31, 8, (index) => 300 + (index % 7) * 10),
      8,
      {
        clusterConfig: {
          stepConcurrencyLevel: 8,
          settings: flatSettings(config),
          room: stepCapacity(config),
        },
      },
    );
    expect(report.suggestions.find(({ id }) => id === 'slots')).toMatchObject({
      setting: 'StepConcurrencyLevel',
      from: '8',
      to: '16, with 4 more core nodes (m6i.2xlarge)',
      expected: expect.stringContaining(
        '16 steps ask YARN for 41 containers of 4505 MiB, drivers in the space of 9, and 5 × m6i.2xlarge provide 25: enough for 9 steps at once',
      ),
    });
    const markdown = renderMarkdown(report);
    expect(markdown).toContain('| Slots | Total Runtime | Fits the Window | Fits the Nodes |');
    expect(markdown).toMatch(/\| 8 \(now\) \| \S+ \S+ \| no \| yes \|/);
    expect(markdown).toMatch(/\| 9 \| \S+ \S+ \| no \| yes \|/);
    expect(markdown).toMatch(/\| 16 \| \S+ \S+ \| \w+ \| needs 4 more core nodes \(m6i\.2xlarge\) \|/);
  });

  it('take the slots that fit the nodes where these are enough', () => {
    const nodes = [{ type: 'm6i.2xlarge', count: 2, yarnMb: 23_424 }];
    const slots = reportOf(
      evenRound(200, 4, (index) => 20 + (index % 5)),
      4,
      {
        clusterConfig: {
          stepConcurrencyLevel: 4,
          room: { executors: 2, executorMb: 4505, driverMb: 0, nodes },
        },
      },
    ).suggestions.find(({ id }) => id === 'slots');
    expect(slots?.to).toBe('5');
  });

  it('do not ask for slots when the round fits, however much was waited', () => {
    expect(
      idsOf(
        evenRound(20, 4, (index) => 60 + (index % 7) * 20),
        4,
      ),
    ).toEqual([]);
  });

  it('do not ask for slots when one step alone fills the window', () => {
    const steps = [
      ...evenRound(20, 4, (index) => 30 + (index % 3) * 40),
      stepOf('check_giant_15m', { started: 5, ended: 1200 }),
    ];
    const ids = idsOf(steps, 5);
    expect(ids[0]).toBe('longest-step:check_giant_15m');
    expect(ids).not.toContain('slots');
  });

  it('name every check that alone exceeds the window, and what they gain together', () => {
    const steps = [
      ...evenRound(20, 4, (index) => 30 + (index % 3) * 40),
      stepOf('check_giant_15m', { started: 5, ended: 1126 }),
      stepOf('check_twin_15m', { started: 5, ended: 1123 }),
      stepOf('check_small_15m', { started: 5, ended: 600 }),
    ];
    const named = reportOf(steps, 7).suggestions.filter(({ id }) => id.startsWith('longest-step'));
    expect(named).toMatchObject([
      {
        title: 'Tune or split check_giant_15m and check_twin_15m',
        checks: ['check_giant_15m', 'check_twin_15m'],
        from: '18m 41s and 18m 38s',
        to: 'at most 7m 30s each: half of the window, so that the next level may double it',
        measured: expect.stringContaining('18m 41s (125% of the 15-minute window)'),
      },
    ]);
    expect(named[0]?.expected).toMatch(
      /^the round ends about 8m \d+s sooner when they are that short; split into halves, about \d+m \d+s sooner; by replaying these steps$/,
    );
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

  it('do not offer to split a check where that keeps the work and does not end the round sooner', () => {
    // With one slot nothing runs beside the second half.
    const steps = [stepOf('check_long_15m', { started: 0, ended: 800 }), ...oneAfterTheOther(800)];
    const tune = reportOf(steps, 1).suggestions.find(({ id }) => id.startsWith('longest-step'));
    expect(tune).toMatchObject({ title: 'Tune check_long_15m', replayedGainSeconds: 350 });
    expect(tune?.setting).not.toContain('two checks');
    expect(tune?.expected).toBe(
      'the round ends about 5m 50s sooner when it is that short; splitting would not help; by replaying these steps',
    );
  });

  it.each([
    ['a change of a few seconds is not worth a round', 465, false],
    ['a tenth is', 505, true],
    ['a check below half of the window is short enough', 440, false],
  ])('ask to split a check only for a gain: %s', (_, seconds, isAsked) => {
    const steps = [
      ...evenRound(8, 4, (index) => 30 + (index % 3) * 20),
      stepOf('check_long_15m', { started: 0, ended: seconds }),
    ];
    expect(idsOf(steps, 5).includes('longest-step:check_long_15m')).toBe(isAsked);
  });

  it('ask to submit the longest first when a long step that started late leaves a tail', () => {
    const steps = [
      ...evenRound(40, 4, (index) => 40 + (index % 4) * 10),
      stepOf('check_late_15m', { started: 450, ended: 850 }),
    ];
    const report = reportOf(steps, 4);
    const order = report.suggestions.find((suggestion) => suggestion.id === 'order');
    expect(order).toMatchObject({
      success: expect.stringMatching(/^Total runtime at most /),
      to: expect.stringContaining('longest first'),
      measured: expect.stringMatching(/; for the last \d+m \d+s \(\d+% of the round\) fewer than half/),
    });
  });

  it('ask to submit the longest first for its gain alone, however short the tail', () => {
    // Three long steps that were started last fill three of four slots to the end: no tail, but a gain.
    const steps = [
      ...evenRound(40, 4, () => 50),
      ...[1, 2, 3].map((n) => stepOf(`check_late_${n}_15m`, { started: 505, ended: 905 })),
    ];
    const { suggestions, findings, suggestionsTogether } = reportOf(steps, 4);
    expect(findings.tail.seconds).toBe(0);
    expect(suggestions.find(({ id }) => id === 'order')).toMatchObject({ replayedGainSeconds: 100 });
    expect(suggestionsTogether).toContain('Together (5 slots, the longest first): about 10m 55s');
  });

  it('stand in the order of their replayed gain, and end with what they win together', () => {
    const steps = [
      ...evenRound(40, 4, (index) => 40 + (index % 4) * 10),
      stepOf('check_late_15m', { started: 450, ended: 1500 }),
    ];
    const report = reportOf(steps, 4);
    const gains = report.suggestions.flatMap((one) => one.replayedGainSeconds ?? []);
    expect(gains.length).toBeGreaterThan(1);
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
    expect(
      reportOf(
        evenRound(60, 4, () => 70),
        4,
      ).suggestionsTogether,
    ).toBeNull();
    expect(report.suggestionsTogether).toMatch(
      /^Together \(the longest first, check_late_15m tuned to 7m 30s\): about \d+m \d+s, which fits the 15-minute window, by replaying these steps\.$/,
    );
    expect(renderMarkdown(report)).toContain(`\n\nTogether (the longest first`);
  });

  it('do not take the fastest step for a measurement of the fixed cost', () => {
    expect(
      idsOf(
        evenRound(20, 4, (index) => 30 + index),
        4,
      ),
    ).toEqual([]);
  });

  it('ask to submit faster when slots stay free and nothing waits', () => {
    const steps = Array.from({ length: 40 }, (_, n) =>
      stepOf(`c${n}_15m`, { created: n * 15, started: n * 15, ended: n * 15 + 10 + (n % 4) * 7 }),
    );
    expect(idsOf(steps, 8)).toContain('submission');
  });

  it('ask to submit later when nothing ran while the cluster came up', () => {
    const steps = evenRound(6, 3, (index) => 40 + index * 30).map((step) => ({
      ...step,
      startedMs: (step.startedMs ?? 0) + 300_000,
      endedMs: (step.endedMs ?? 0) + 300_000,
    }));
    expect(idsOf(steps, 3)).toContain('start-gap');
  });

  it('begin with what broke, with the setting and its present value', () => {
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
