/** Which steps belong to a round, when it is done, and which runs are unmarked. */
import { expect, test } from 'vitest';
import { clustersFor, earlierClusters } from '../../src/rounds/choice.ts';
import { countProgress, elapsedSeconds, etaSeconds, isDone } from '../../src/rounds/progress.ts';
import {
  loadOfSteps,
  reportDirectory,
  scheduleOfSteps,
  startMs,
  stepsIn,
  windowOf,
} from '../../src/rounds/window.ts';
import { minute, noon, prefix, round, step } from './rounds.ts';

test('a window ends when the next round of its schedule or on its cluster begins', () => {
  const rounds = [
    round(1, 0, { clusterId: 'j-A' }),
    round(2, 10, { schedule: 'hourly', clusterId: 'j-B' }),
    round(3, 20, { schedule: 'daily', clusterId: 'j-A' }),
    round(4, 30, { abandoned: true }),
  ];
  const minutes = rounds.map((one) => {
    const { fromMs, untilMs } = windowOf(one, rounds);
    return [(fromMs - noon) / minute, (untilMs - noon) / minute];
  });
  expect(minutes).toEqual([
    [0, 20],
    [10, Number.POSITIVE_INFINITY],
    [20, Number.POSITIVE_INFINITY],
    [30, Number.POSITIVE_INFINITY],
  ]);
});

test('a window is half open in milliseconds, with its start rounded down', () => {
  const one = round(1, 0, { startedAt: '2025-12-08T12:00:00.000900+00:00' });
  expect(startMs(one)).toBe(noon);
  const window = { fromMs: noon, untilMs: noon + 2 * minute };
  const { own, lastBefore, firstAfter } = stepsIn(
    window,
    '15m',
    [step(-1), step(0), step(1), step(2)],
    prefix,
  );
  expect(own.map(({ id }) => id)).toEqual(['s-0', 's-1']);
  expect([lastBefore?.id, firstAfter?.id]).toEqual(['s--1', 's-2']);
});

test('steps of another schedule in the window are foreign', () => {
  const { own, foreign } = stepsIn(
    windowOf(round(1, 0), []),
    '15m',
    [step(1), step(2, { schedule: 'daily' })],
    prefix,
  );
  expect([own.length, foreign.length]).toEqual([1, 1]);
});

test('the load of the steps counts only if they agree', () => {
  expect(loadOfSteps([step(1, { load: 4 }), step(2, { load: 4 })], prefix)).toBe(4);
  expect(loadOfSteps([step(1, { load: 4 }), step(2, { load: 2 })], prefix)).toBeUndefined();
  expect(
    scheduleOfSteps([step(1, { schedule: 'daily' }), step(2, { schedule: 'daily' }), step(3)], prefix),
  ).toBe('daily');
});

test.each([
  ['no step yet', [], 'WAITING', 60, false],
  ['an active step', [step(0), step(1, { state: 'RUNNING' })], 'TERMINATING', 60, false],
  ['an unknown state', [step(0, { state: 'DREAMING' })], 'TERMINATED', 60, false],
  ['all ended on a waiting cluster', [step(0)], 'WAITING', 1, true],
  ['all ended on an ending cluster', [step(0)], 'TERMINATING', 1, true],
  ['all ended, 59 s without a new step', [step(0)], 'RUNNING', 59 / 60, false],
  ['all ended, 60 s without a new step', [step(0)], 'RUNNING', 1, true],
] as const)('%s: done is %5$j', (_what, steps, state, minutes, done) => {
  expect(isDone(steps, { state }, noon + minutes * minute)).toBe(done);
});

test('counts, elapsed time and time left', () => {
  const steps = [
    step(0),
    step(1, { state: 'FAILED' }),
    step(2),
    step(3, { state: 'RUNNING' }),
    step(3, { state: 'PENDING' }),
  ];
  expect(countProgress(steps)).toEqual({
    total: 5,
    pending: 1,
    running: 1,
    completed: 2,
    failed: 1,
    cancelled: 0,
    interrupted: 0,
  });
  expect(elapsedSeconds(steps, noon + 6 * minute)).toBe(360);
  expect(etaSeconds(steps, noon + 6 * minute)).toBe(240);
  expect(etaSeconds(steps.slice(1), noon + 6 * minute)).toBeUndefined();
  expect(elapsedSeconds(steps.slice(0, 3), noon + 60 * minute)).toBe(180);
});

test('a round may have the clusters of its name since its start, then earlier ones of its schedule', () => {
  const cluster = (id: string, name: string, minutes: number) => ({
    id,
    name,
    state: 'RUNNING',
    createdMs: noon + minutes * minute,
  });
  const clusters = [
    cluster('j-OLD', 'load_15m_2x', -1),
    cluster('j-ONE', 'load_15m_2x', 1),
    cluster('j-TWO', 'load_15m_2x', 2),
    cluster('j-OTHER', 'load_daily', 3),
  ];
  const named = { namePrefix: 'load_15m', load: 2 };
  const hour = { fromMs: noon, untilMs: noon + 60 * minute };
  const ids = (window: typeof hour, some: typeof clusters) =>
    clustersFor(window, named, some).map(({ id }) => id);
  const ours = cluster('j-OURS', 'load_15m_2x_run', 1);
  expect(ids(hour, [ours, cluster('j-THEIRS', 'load_15m_2xl', 5)])).toEqual(['j-OURS']);
  expect(ids(hour, [ours, cluster('j-WRONG', 'load_15m_4x_run2', 5)])).toEqual(['j-OURS']);
  expect(ids(hour, [cluster('j-WRONG', 'load_15m_4x_run2', 5)])).toEqual(['j-WRONG']);
  expect(ids(hour, [ours, cluster('j-TWICE', 'load_15m_2x_run2', 5)])).toEqual(['j-TWICE', 'j-OURS']);
  // A task that Airflow repeats names its cluster the same.
  expect(ids(hour, [ours, cluster('j-AGAIN', 'load_15m_2x_run', 5)])).toEqual(['j-AGAIN']);
  expect(ids(hour, clusters)).toEqual(['j-TWO', 'j-ONE']);
  expect(ids({ ...hour, untilMs: noon + 2 * minute }, clusters)).toEqual(['j-ONE']);
  expect(ids({ ...hour, fromMs: noon + 4 * minute }, clusters)).toEqual([]);
  const rounds = [
    round(1, 0, { clusterId: 'j-A' }),
    round(2, 1, { clusterId: 'j-B', schedule: 'daily' }),
    round(3, 2, { clusterId: 'j-A' }),
    round(4, 3, { clusterId: 'j-C' }),
    round(5, 4),
  ];
  expect(earlierClusters(round(5, 4), rounds)).toEqual(['j-C', 'j-A', 'j-B']);
});

test('a report directory is named by load and start, in the offset of the mark', () => {
  expect(reportDirectory(2, '2025-12-07T15:30:00.123456-05:00')).toBe('2x_20251207_153000');
  expect(reportDirectory(2, '2025-12-07T15:30Z')).toBe('2x_20251207_153000');
});
