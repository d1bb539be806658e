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

  /** 40 checks of 40 to 70 s and a long one, handed in a millisecond apart; the long one comes last unless said otherwise. */
  const inOrder = (day: number, createdAt: (index: number) => number, more: Partial<RoundFacts> = {}) =>
    buildReport(
      factsOf(
        [
          ...evenRound(40, 4, (index) => 40 + (index % 4) * 10),
          stepOf('check_late_15m', { started: 450, ended: 850 }),
        ].map((step, index) => ({ ...step, createdMs: step.createdMs + createdAt(index) })),
        {
          startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
          clusterConfig: { digest: 'a', stepConcurrencyLevel: 4 },
          ...more,
        },
      ),
    );
  const lateLast = inOrder(1, (index) => index);
  const orderJudged = (createdAt: (index: number) => number, before = lateLast) =>
    inOrder(2, createdAt, { earlier: [before] }).judged.find(({ id }) => id === 'order');

  it('on the order is not tried where the checks were submitted as before', () => {
    expect(orderJudged((index) => 2 * index)).toMatchObject({
      outcome: 'not_tried',
      sentence: expect.stringMatching(/: not tried, the checks were submitted in the same order\.$/),
    });
  });

  it.each<[string, (index: number) => number]>([
    ['two of them changed places', (index) => (index === 3 ? 4 : index === 4 ? 3 : index)],
    ['the longest still came late', (index) => (index === 40 ? 35.5 : index)],
  ])('on the order is not tried where %s', (_, createdAt) => {
    expect(orderJudged(createdAt)).toMatchObject({
      outcome: 'not_tried',
      sentence: expect.stringMatching(
        /: not tried, the checks were not submitted the longest first \(the correlation of their order with it was -0\.\d\d, is -0\.\d\d\)\.$/,
      ),
    });
  });

  it('on the order is tried where the long check alone came first', () => {
    expect(orderJudged((index) => (index === 40 ? -1 : index))).toMatchObject({ outcome: 'refuted' });
  });

  it('on the order is not comparable where all checks carry the same stamp', () => {
    expect(orderJudged(() => 0)).toMatchObject({
      outcome: 'not_comparable',
      sentence: expect.stringContaining(
        ": not comparable, EMR's stamps do not tell in which order the checks were submitted.",
      ),
    });
  });

  describe('on the runtime', () => {
    /** 40 checks on `slots` slots; every check whose index `fails` names fails after a second. */
    const many = (
      day: number,
      slots: number,
      secondsOf: (index: number) => number,
      fails: (index: number) => boolean = () => false,
      more: Partial<RoundFacts> = {},
    ) =>
      buildReport(
        factsOf(
          evenRound(40, slots, (index) => (fails(index) ? 1 : secondsOf(index))).map((step, index) =>
            fails(index) ? { ...step, state: 'FAILED' } : step,
          ),
          {
            startedAtText: `2025-12-0${day}T15:30:00.000000-05:00`,
            clusterConfig: { digest: `config-${day}`, stepConcurrencyLevel: slots },
            ...more,
          },
        ),
      );
    const eight = many(1, 8, (index) => 200 + index);
    const slotsJudged = (report: Report) => report.judged.find(({ id }) => id === 'slots');
    const earlier = { earlier: [eight] };

    it.each([
      ['lowered', 6],
      ['raised by less than was suggested', 10],
    ])('is not judged where the slots were %s, however fast the queries became', (_, slots) => {
      expect(eight.suggestions.find(({ id }) => id === 'slots')?.to).toBe('16');
      expect(slotsJudged(many(2, slots, (index) => (200 + index) / 3, undefined, earlier))).toEqual({
        id: 'slots',
        outcome: 'not_tried',
        sentence: `Run more steps at once: not tried as suggested, StepConcurrencyLevel was 8, is ${slots}, was to be 16.`,
      });
    });

    it('is not judged in a round that is not decided', () => {
      const third = (index: number) => index % 3 === 0;
      expect(slotsJudged(many(2, 16, (index) => 200 + index, third, earlier))).toMatchObject({
        outcome: 'not_comparable',
        sentence: 'Run more steps at once: not comparable, this round is "Not decided".',
      });
    });

    it('is not judged where the level of this round is not known', () => {
      const unknown = { ...earlier, clusterConfig: { digest: 'config-2' } };
      expect(slotsJudged(many(2, 16, (index) => 200 + index, undefined, unknown))).toMatchObject({
        outcome: 'not_comparable',
        sentence: expect.stringContaining('StepConcurrencyLevel of this round is not known'),
      });
    });

    it('confirms nothing where checks failed whose time would have broken the promise, and nothing against it where they were mended', () => {
      const few = (index: number) => index === 5 || index === 25;
      const broke = many(2, 16, (index) => 200 + index, few, {
        ...earlier,
        windowSeconds: 1800,
      });
      expect(broke.verdict.outcome).toBe('fits');
      expect(slotsJudged(broke)).toMatchObject({
        outcome: 'not_comparable',
        sentence: expect.stringMatching(
          /: not comparable, 2 checks completed in the earlier round and not in this one, so its runtime lacks their time\.$/,
        ),
      });
      const before = many(
        1,
        4,
        (index) => 100 + index,
        (index) => index === 39,
      );
      const mended = many(2, 8, (index) => (index === 39 ? 600 : 100 + index), undefined, {
        earlier: [before],
      });
      expect(before.suggestions.find(({ id }) => id === 'slots')?.to).toBe('8');
      expect(slotsJudged(mended)).toMatchObject({
        outcome: 'not_comparable',
        sentence: expect.stringMatching(
          /: not comparable, 1 check completed in this round and not in the earlier/,
        ),
      });
    });

    it.each([
      ['is not judged where the nodes that were to carry the slots were not added', 4, 'not_tried'],
      ['is judged where they were', 8, 'confirmed'],
    ])('%s', (_, count, outcome) => {
      const on = (slots: number, nodes: number) => ({
        clusterConfig: {
          digest: `config-${slots}`,
          stepConcurrencyLevel: slots,
          room: {
            executors: 2,
            executorMb: 4505,
            driverMb: 0,
            nodes: [{ type: 'm6i.2xlarge', count: nodes, yarnMb: 23_424 }],
          },
        },
      });
      const before = many(1, 8, (index) => 200 + index, undefined, on(8, 4));
      const asked = before.suggestions.find(({ id }) => id === 'slots')?.to;
      expect(asked).toMatch(/^16, with \d more core nodes \(m6i\.2xlarge\)$/);
      const judged = slotsJudged(
        many(2, 16, (index) => 200 + index, undefined, { ...on(16, count), earlier: [before] }),
      );
      expect(judged?.outcome).toBe(outcome);
      if (outcome === 'not_tried')
        expect(judged?.sentence).toMatch(
          /: not tried as suggested, the core and task nodes were 4 × m6i\.2xlarge, are 4 × m6i\.2xlarge, were to be \d more\.$/,
        );
      else expect(judged?.sentence).not.toContain('changed too');
    });

    it('says what else changed beside the slots', () => {
      const now = many(2, 16, (index) => (200 + index) / 2, undefined, {
        ...earlier,
        clusterConfig: {
          digest: 'config-2',
          stepConcurrencyLevel: 16,
          releaseLabel: 'emr-7.9.0',
          settings: { [setting]: '2g' },
        },
      });
      expect(slotsJudged(now)).toMatchObject({
        outcome: 'confirmed',
        sentence: expect.stringMatching(
          /; the steps ran shorter: the median was 3m 40s, is 1m 50s; changed too: ReleaseLabel \(was not set, is emr-7\.9\.0\), spark\.executor\.memoryOverhead \(was not set, is 2g\)\)\.$/,
        ),
      });
    });

    it('says on the order that the number of slots changed as well', () => {
      const now = inOrder(2, (index) => -index, {
        earlier: [lateLast],
        clusterConfig: { digest: 'b', stepConcurrencyLevel: 8 },
      });
      expect(now.judged.find(({ id }) => id === 'order')?.sentence).toContain(
        '; changed too: StepConcurrencyLevel (was 4, is 8))',
      );
    });
  });

  it('on a setting is not tried as suggested where it moved the other way', () => {
    const larger = {
      failures: new Map([['s-check_mem_15m', logOf('java.lang.OutOfMemoryError: Java heap space')]]),
    };
    const config = (memory: string) => ({
      clusterConfig: { digest: memory, settings: { 'spark.executor.memory': memory } },
    });
    const before = memoryRound(1, [mem('FAILED'), ...others], { ...larger, ...config('8g') });
    const [asked] = before.suggestions;
    expect(asked).toMatchObject({ setting: 'spark.executor.memory' });
    const [judged] = memoryRound(2, [mem('COMPLETED'), ...others], {
      ...config('4g'),
      earlier: [before],
    }).judged;
    expect(judged).toMatchObject({
      outcome: 'not_tried',
      sentence: expect.stringContaining(
        'not tried as suggested, spark.executor.memory was 8g, is 4g, was to be',
      ),
    });
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
