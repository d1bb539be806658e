/** One bottleneck for an application, from figures; traps.test.ts has the same from real logs. */
import { describe, expect, it } from 'vitest';
import { bottleneckOf } from '../../../src/report/evidence/bottleneck.ts';
import type { SparkApplication, Stage } from '../../../src/report/evidence/model.ts';

/** A hundred seconds on four cores; one stage of eight equal tasks keeps them busy. */
const stage: Stage = {
  id: 1,
  attempt: 0,
  submittedMs: 2_000,
  completedMs: 98_000,
  wallMs: 96_000,
  failure: undefined,
  tasks: 8,
  failedTasks: 0,
  runMs: 380_000,
  gcMs: 0,
  diskSpillBytes: 0,
  shuffleBytes: 1_000_000,
  taskMs: { median: 47_500, max: 50_000 },
  taskRecords: { median: 1_000, max: 1_100 },
  python: false,
};

function application(changed: Partial<SparkApplication> = {}, ...stages: Partial<Stage>[]): SparkApplication {
  return {
    id: 'application_1_0001',
    attempt: undefined,
    name: 'check_a_15m_2x',
    sparkVersion: '3.5.6',
    startedMs: 0,
    endedMs: 100_000,
    wallMs: 100_000,
    outcome: 'succeeded',
    failure: undefined,
    cores: 4,
    lostExecutors: [],
    jobs: { total: 1, failed: 0 },
    tasks: { succeeded: 8, failed: 0, stillRunning: 0 },
    stageRetries: 0,
    stages: (stages.length === 0 ? [{}] : stages).map((one) => ({ ...stage, ...one })),
    scans: [],
    rowsRead: 8_000,
    rowsFrom: 'scans',
    inputRecords: 8_000,
    queriesWithoutScan: 0,
    runMs: 380_000,
    cpuMs: 150_000,
    gcMs: 0,
    diskSpillBytes: 0,
    shuffleBytes: 1_000_000,
    driverOnlyMs: { before: 2_000, between: 0, after: 2_000 },
    failedTaskMs: 0,
    pythonMs: undefined,
    pythonNodes: [],
    settings: {},
    ...changed,
  };
}

const kindOf = (one: SparkApplication) => bottleneckOf(one)?.kind;

describe('a bottleneck', () => {
  it('is not named where nothing stands out, though run time is 2.5 times the CPU time', () => {
    expect(bottleneckOf(application())).toBeUndefined();
    expect(bottleneckOf(application({ wallMs: 0 }))).toBeUndefined();
  });

  it('is garbage collection from a tenth of the task time, where that is a fifth of the wall time', () => {
    expect(kindOf(application({ gcMs: 0.3 * 380_000 }))).toBe('gc');
    expect(kindOf(application({ gcMs: 0.15 * 380_000 }))).toBeUndefined();
  });

  it('is skew by time and by records, not by one of them', () => {
    const long = { median: 10_000, max: 90_000 };
    expect(kindOf(application({}, { taskMs: long, taskRecords: { median: 100, max: 9_000 } }))).toBe('skew');
    expect(kindOf(application({}, { taskMs: long, taskRecords: { median: 200, max: 200 } }))).toBeUndefined();
    expect(kindOf(application({}, { taskRecords: { median: 100, max: 9_000 } }))).toBeUndefined();
  });

  it('is a spill only where it is a part of what the stage shuffles', () => {
    expect(kindOf(application({}, { diskSpillBytes: 900_000 }))).toBe('spill');
    expect(kindOf(application({}, { diskSpillBytes: 1_000 }))).toBeUndefined();
  });

  it('is skew where the partition of one key spills: more partitions do not divide it', () => {
    const skewed = { taskMs: { median: 10_000, max: 90_000 }, taskRecords: { median: 100, max: 9_000 } };
    expect(kindOf(application({}, { ...skewed, diskSpillBytes: 900_000 }))).toBe('skew');
  });

  it('is one task only where more cores were there', () => {
    expect(kindOf(application({}, { tasks: 1 }))).toBe('one_task');
    expect(kindOf(application({ cores: 1 }, { tasks: 1 }))).toBeUndefined();
  });

  it('counts stages that overlap once', () => {
    const { share } = bottleneckOf(application({}, { tasks: 1 }, { id: 2, tasks: 1 })) ?? {};
    expect(share).toBeCloseTo(0.96, 5);
  });

  it('is the time to start many tasks below 200 ms', () => {
    const tiny = { tasks: 4_000, runMs: 40_000, taskMs: { median: 10, max: 140 } };
    expect(bottleneckOf(application({}, tiny))).toMatchObject({ kind: 'tiny_tasks', share: 0.86 });
    expect(kindOf(application({}, { ...tiny, tasks: 40 }))).toBeUndefined();
  });

  it('is what was done again after failures that the application survived', () => {
    const again = { attempt: 1, submittedMs: 60_000, completedMs: 98_000 };
    const failed = { succeeded: 12, failed: 4, stillRunning: 0 };
    expect(bottleneckOf(application({ tasks: failed }, { completedMs: 50_000 }, again))).toMatchObject({
      kind: 'recovered_failures',
      share: 0.38,
    });
    expect(kindOf(application({ tasks: failed, outcome: 'failed' }, {}, again))).toBeUndefined();
  });

  it('says where the driver was alone', () => {
    const start = bottleneckOf(application({ driverOnlyMs: { before: 70_000, between: 0, after: 1_000 } }));
    expect([start?.kind, start?.advice]).toEqual(['driver_only', expect.stringContaining('the start')]);
    const between = bottleneckOf(application({ driverOnlyMs: { before: 2_000, between: 50_000, after: 0 } }));
    expect(between?.advice).toContain('collect()');
  });

  it('of Python without a measured time weighs half', () => {
    const python = { pythonNodes: ['BatchEvalPython'] };
    expect(bottleneckOf(application(python, { python: true }))).toMatchObject({
      kind: 'python',
      atMost: true,
    });
    expect(kindOf(application(python, { python: true, diskSpillBytes: 900_000 }))).toBe('spill');
    expect(bottleneckOf(application({ ...python, pythonMs: 300_000 }, { python: true }))).toMatchObject({
      kind: 'python',
      atMost: false,
    });
  });

  it('has the largest share of those that are proved', () => {
    const both = application({ gcMs: 0.3 * 380_000 }, { diskSpillBytes: 900_000 });
    expect(kindOf(both)).toBe('spill');
  });
});
