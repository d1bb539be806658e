import { describe, expect, it } from 'vitest';
import type { Step, StepLog } from '../../src/ports.ts';
import { buildReport } from '../../src/report/build.ts';
import type { RoundFacts } from '../../src/report/facts.ts';
import { metricWords } from '../../src/report/metricWords.ts';
import { type ClusterConfigUsed, type Report, reportSchema } from '../../src/report/model.ts';
import { notTried } from '../../src/report/settingTried.ts';
import { evenRound, factsOf, stepOf } from './rounds.ts';

const setting = 'spark.executor.memoryOverhead';

describe('a suggestion is not tried', () => {
  it.each<[string, string, ClusterConfigUsed | null, ClusterConfigUsed | null, string | undefined]>([
    [
      'when the setting is as it was, whatever else changed',
      setting,
      { digest: 'a', settings: { [setting]: '1g' } },
      { digest: 'b', settings: { [setting]: '1g' } },
      `${setting} is still 1g`,
    ],
    [
      'when neither config sets it',
      setting,
      { digest: 'a', settings: {} },
      { digest: 'b', settings: {} },
      `${setting} is set in neither cluster config`,
    ],
    [
      'when the config is the same',
      setting,
      { digest: 'a' },
      { digest: 'a' },
      'the cluster config is the same',
    ],
    [
      'when the level is as it was',
      'StepConcurrencyLevel',
      { stepConcurrencyLevel: 8 },
      { stepConcurrencyLevel: 8 },
      'StepConcurrencyLevel is still 8',
    ],
    [
      'but may be, when a level was changed on the running cluster',
      'StepConcurrencyLevel',
      { digest: 'a', stepConcurrencyLevel: 8 },
      { digest: 'a', stepConcurrencyLevel: 12 },
      undefined,
    ],
    [
      'but may be, when an option of spark-submit may have set it',
      'spark.executor.memory',
      { digest: 'a', settings: {} },
      { digest: 'b', settings: {} },
      undefined,
    ],
    [
      'but may be, when it is about a query and the cluster config is the same',
      'the query of check_events_15m',
      { digest: 'a' },
      { digest: 'a' },
      undefined,
    ],
    ['but may be, when the earlier config is not known', setting, null, { digest: 'a' }, undefined],
  ])('%s', (_, name, before, now, why) => {
    expect(notTried(name, before, now)).toBe(why);
  });
});

describe('what became of a suggestion', () => {
  const logOf = (text: string): StepLog => ({
    found: 'log',
    parts: [{ uri: 's3://logs/stderr.gz', text, cut: false, gzip: true }],
  });
  const killed = logOf(
    'Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB used.',
  );
  /** 60 checks on `slots` slots, and one whose container is killed. */
  const round = (day: number, slots: number, earlier: Report[], settings: Record<string, string> = {}) => {
    const failed = stepOf('check_mem_15m', { started: 0, ended: 60, state: 'FAILED' });
    return buildReport(
      factsOf([failed, ...evenRound(60, slots, (index) => 70 + (index % 5))], {
        startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
        clusterConfig: { digest: `config-${day}`, stepConcurrencyLevel: slots, settings },
        failures: new Map([[failed.id, killed]]),
        earlier,
      }),
    );
  };

  it('is "not tried" where only another setting was changed, and durations in words where it was tried', () => {
    const before = round(1, 4, []);
    const now = round(2, 6, [before]);
    expect(now.judged).toMatchObject([
      { id: 'failure:yarn-memory-kill', outcome: 'not_tried' },
      { id: 'slots', outcome: 'confirmed' },
    ]);
    expect(now.judged[1]?.sentence).toMatch(
      /^Run more steps at once: confirmed \(total runtime was 18m \d+s, is 12m \d+s, was to be at most \d+m \d+s\)\.$/,
    );
    expect(reportSchema.parse(now)).toEqual(now);
  });

  it('on slots is refuted with the reason where the steps ran longer on more of them', () => {
    const before = round(1, 4, []);
    expect(before.suggestions.find(({ id }) => id === 'slots')?.nextRound.sentence).toMatch(
      /^Total runtime at most \d+m \d+s\.$/,
    );
    const slower = buildReport(
      factsOf(
        [
          stepOf('check_mem_15m', { started: 0, ended: 60 }),
          ...evenRound(60, 6, (index) => 105 + (index % 5)),
        ],
        {
          startedAtText: '2025-12-02T15:30:00.000000-05:00',
          clusterConfig: { digest: 'config-2', stepConcurrencyLevel: 6 },
          earlier: [before],
        },
      ),
    );
    expect(slower.judged.find(({ id }) => id === 'slots')).toMatchObject({
      outcome: 'refuted',
      sentence: expect.stringMatching(
        /was to be at most \d+m \d+s; the steps ran longer: the median was 1m 12s, is 1m 47s\)\.$/,
      ),
    });
  });

  it('is refuted where the setting was changed and the step fails again', () => {
    const before = round(1, 6, [], { [setting]: '1g' });
    const now = round(2, 6, [before], { [setting]: '2g' });
    expect(now.judged[0]).toMatchObject({
      outcome: 'refuted',
      sentence: expect.stringContaining(
        '(the number of steps that failed with it was 1, is 1, was to be at most 0)',
      ),
    });
  });

  const mem = (state: string) => stepOf('check_mem_15m', { started: 0, ended: 60, state });
  const others = evenRound(10, 4, () => 20);
  /** A round on the config of its day, in which a container of check_mem was killed or not. */
  const memoryRound = (day: number, steps: Step[], more: Partial<RoundFacts> = {}) =>
    buildReport(
      factsOf(steps, {
        startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
        clusterConfig: { digest: `config-${day}`, settings: { [setting]: `${day}g` } },
        ...more,
      }),
    );
  const broken = memoryRound(1, [mem('FAILED'), ...others], {
    failures: new Map([['s-check_mem_15m', killed]]),
  });

  it('is confirmed where the step that failed completes', () => {
    expect(memoryRound(2, [mem('COMPLETED'), ...others], { earlier: [broken] }).judged).toMatchObject([
      { id: 'failure:yarn-memory-kill', outcome: 'confirmed' },
    ]);
  });

  it.each<[string, Step[], Partial<RoundFacts>, RegExp]>([
    [
      'failed again and its log is late',
      [mem('FAILED'), ...others],
      { failures: new Map([['s-check_mem_15m', { found: 'not_delivered_yet' }]]) },
      /: not confirmed, check_mem_15m failed, and its log is not delivered yet\.$/,
    ],
    [
      'failed with another cause',
      [mem('FAILED'), ...others],
      { failures: new Map([['s-check_mem_15m', logOf('No space left on device')]]) },
      /: not confirmed, check_mem_15m failed: Disk full\.$/,
    ],
    [
      'was cancelled',
      [mem('CANCELLED'), ...others],
      {},
      /: not confirmed, check_mem_15m was CANCELLED this time\.$/,
    ],
    [
      'is not in the round',
      others,
      {},
      /: not comparable, the rounds ran different checks: 1 check only in the earlier, 0 checks only in the later\.$/,
    ],
    [
      'has not been seen to its end',
      [mem('COMPLETED'), ...others],
      { partial: true },
      /: not comparable, a provisional report has not seen its whole round\.$/,
    ],
  ])('is not confirmed where the step that failed %s', (_, steps, more, sentence) => {
    expect(memoryRound(2, steps, { ...more, earlier: [broken] }).judged).toMatchObject([
      { outcome: 'not_comparable', sentence: expect.stringMatching(sentence) },
    ]);
  });

  it('is not comparable with a round of another set of checks, whatever its runtime', () => {
    const before = round(1, 4, []);
    const few = evenRound(10, 6, () => 60);
    const now = buildReport(
      factsOf(few, {
        startedAtText: '2025-12-02T15:30:00.000000-05:00',
        clusterConfig: { digest: 'config-2', stepConcurrencyLevel: 6 },
        earlier: [before],
      }),
    );
    expect(now.judged.find(({ id }) => id === 'slots')).toMatchObject({
      outcome: 'not_comparable',
      sentence: expect.stringContaining('the rounds ran different checks'),
    });
  });

  it('is "not comparable" at another load, and not passed over', () => {
    const four = stepOf('check_mem_15m', { started: 0, ended: 60, load: 4 });
    expect(memoryRound(2, [four], { load: 4, earlier: [broken] }).judged).toEqual([
      {
        id: 'failure:yarn-memory-kill',
        outcome: 'not_comparable',
        sentence:
          'Container killed by YARN for its memory: change spark.executor.memoryOverhead: not comparable, the last report is of another load (2x).',
      },
    ]);
  });

  it('is not told by a later round when an older report is built again', () => {
    expect(
      memoryRound(1, [mem('COMPLETED'), ...others], { clusterId: 'j-OTHER', earlier: [broken] }).judged,
    ).toEqual([]);
  });

  const queryRound = (day: number, seconds: number, more: Partial<RoundFacts> = {}, state = 'COMPLETED') =>
    buildReport(
      factsOf([stepOf('check_big_15m', { started: 0, ended: seconds, state }), ...others], {
        startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
        clusterConfig: { digest: 'a', stepConcurrencyLevel: 5 },
        ...more,
      }),
    );

  it.each([
    ['not tried where the check takes as long as before', 1010, 'COMPLETED', 'not_tried'],
    ['refuted where it takes another time, still too long', 700, 'COMPLETED', 'refuted'],
    ['confirmed where it is short enough', 440, 'COMPLETED', 'confirmed'],
    ['not confirmed by a step that failed early', 40, 'FAILED', 'not_comparable'],
    ['not refuted by a step that failed late', 700, 'FAILED', 'not_comparable'],
  ])('on a query is %s', (_, seconds, state, outcome) => {
    const before = queryRound(1, 1000);
    const [judged] = queryRound(2, seconds, { earlier: [before] }, state).judged;
    expect(judged).toMatchObject({ id: 'longest-step:check_big_15m', outcome });
  });

  it('on the order is not tried where the checks were submitted as before', () => {
    const inOrder = (day: number, createdAt: (index: number) => number, earlier: Report[] = []) =>
      buildReport(
        factsOf(
          [
            ...evenRound(40, 4, (index) => 40 + (index % 4) * 10),
            stepOf('check_late_15m', { started: 450, ended: 850 }),
          ].map((step, index) => ({ ...step, createdMs: step.createdMs + createdAt(index) })),
          {
            startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
            clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 },
            earlier,
          },
        ),
      );
    const before = inOrder(1, (index) => index);
    const outcomeOf = (report: Report) => report.judged.find(({ id }) => id === 'order')?.outcome;
    expect(outcomeOf(inOrder(2, (index) => 2 * index, [before]))).toBe('not_tried');
    expect(outcomeOf(inOrder(2, (index) => 100 - index, [before]))).toBe('refuted');
    expect(outcomeOf(inOrder(2, () => 0, [before]))).toBe('refuted');
  });

  it.each([
    ['runSeconds:check_a_15m', 465.2, 'the run of check_a_15m 7m 45s'],
    ['meanRunning', 3.2471, 'the average of steps running at once 3.2'],
    ['overheadShare', 0.734, 'the share of start-up in all work 73%'],
  ])('is told without keys and floats: %s', (metric, value, text) => {
    const words = metricWords(metric);
    expect(`${words.name} ${words.value(value)}`).toBe(text);
  });
});
