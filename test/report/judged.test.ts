import { describe, expect, it } from 'vitest';
import type { StepLog } from '../../src/ports.ts';
import { buildReport } from '../../src/report/build.ts';
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
  const killed: StepLog = {
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

  it.each([
    ['runSeconds:check_a_15m', 465.2, 'the run of check_a_15m 7m 45s'],
    ['meanRunning', 3.2471, 'the average of steps running at once 3.2'],
    ['overheadShare', 0.734, 'the share of start-up in all work 73%'],
  ])('is told without keys and floats: %s', (metric, value, text) => {
    const words = metricWords(metric);
    expect(`${words.name} ${words.value(value)}`).toBe(text);
  });
});
