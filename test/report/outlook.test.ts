import { expect, it } from 'vitest';
import type { Step, StepLog } from '../../src/ports/aws.ts';
import { assembleReport } from '../../src/report/build.ts';
import { outlookOf, type PlannedRun } from '../../src/report/forecast/outlook.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';
import type { Report } from '../../src/report/model/model.ts';
import { factsOf, startMs, stepOf } from './rounds.ts';

const heapLog: StepLog = {
  found: 'log',
  parts: [
    {
      uri: 's3://logs/stderr.gz',
      text: 'java.lang.OutOfMemoryError: Java heap space',
      cut: false,
      gzip: true,
    },
  ],
};

const config = { digest: 'a'.repeat(64), stepConcurrencyLevel: 9 };
const price = {
  currency: 'USD',
  date: '2025-12-01',
  perHour: { 'm6i.2xlarge': { onDemand: 0.4, emr: 0.1 } },
};

/** A round of daily checks: eight take `minutes`; with `failed`, check_profile_merges runs out of memory. */
function dailyRound(
  load: number,
  minutes: number,
  more: Partial<RoundFacts> & { failed?: boolean } = {},
): Report {
  const { failed = false, ...facts } = more;
  const names = Array.from({ length: 8 }, (_, index) => `check_${index}_daily`);
  const steps = [...names, 'check_profile_merges_daily'].map((name): Step => {
    const ends = 5 + 60 * minutes;
    const isFailed = failed && name === 'check_profile_merges_daily';
    const state = isFailed ? 'FAILED' : 'COMPLETED';
    const path = `s3://bucket/checks_load_test/configs/daily/${load}x/${name}.yml`;
    return stepOf(name, { load, state, started: 5, ended: ends, arguments: ['--config', path] });
  });
  const lastMs = startMs + 1000 * (5 + 60 * minutes);
  return assembleReport(
    factsOf(steps, {
      load,
      schedule: 'daily',
      windowSeconds: 86_400,
      baseCommit: 'base',
      clusterConfig: config,
      startedAtText: `2025-12-0${load}T15:30:00-05:00`,
      failures: new Map(steps.flatMap(({ id, state }) => (state === 'FAILED' ? [[id, heapLog]] : []))),
      instances: [
        { id: 'i-1', type: 'm6i.2xlarge', market: 'ON_DEMAND', createdMs: startMs, endedMs: lastMs },
      ],
      prices: price,
      ...facts,
    }),
  );
}

const planned: PlannedRun = {
  load: 8,
  schedule: 'daily',
  baseCommit: 'base',
  clusterConfig: config.digest,
  isUnchanged: () => true,
};

const two = dailyRound(2, 60);
const four = dailyRound(4, 120, { earlier: [two], failed: true });
const known = [{ check: 'check_profile_merges_daily.yml', load: 4, cause: 'Driver out of heap' }];

it('is the forecast with its cost, and what ran out of memory and did not change', () => {
  const outlook = outlookOf([two, four], planned);
  expect(outlook).toMatchObject({ knownFailures: known });
  expect(outlook?.outlook).toMatchInlineSnapshot(
    `"8x daily: about 4h 0m (2h 58m to 5h 24m), about 2.00 USD (prices of 2025-12-01); check_profile_merges_daily.yml failed at 4x (Driver out of heap), and neither it nor the cluster config changed since."`,
  );
});

it('says nothing of a failure that a change or a later run may have ended', () => {
  const failuresOf = (reports: readonly Report[], more: Partial<PlannedRun> = {}) =>
    outlookOf(reports, { ...planned, ...more })?.knownFailures;
  expect(failuresOf([two, four], { isUnchanged: () => false })).toBeUndefined();
  expect(failuresOf([two, four], { clusterConfig: 'b'.repeat(64) })).toBeUndefined();
  expect(failuresOf([two, four], { clusterConfig: undefined })).toBeUndefined();
  // It failed at a higher load than is to run.
  expect(failuresOf([two, four], { load: 3 })).toBeUndefined();
  const later = (load: number) => dailyRound(load, 60, { startedAtText: '2025-12-09T15:30:00-05:00' });
  expect(failuresOf([two, four, later(4)])).toBeUndefined();
  // A lower load refutes nothing.
  expect(failuresOf([two, four, later(2)])).toEqual(known);
});

it('takes neither another campaign nor a partial round', () => {
  expect(outlookOf([two, four], { ...planned, baseCommit: 'another' })).toBeUndefined();
  expect(outlookOf([two, four], { ...planned, schedule: 'hourly' })).toBeUndefined();
  expect(outlookOf([dailyRound(2, 60, { partial: true })], planned)).toBeUndefined();
});

it('has no dollars where a machine has no price', () => {
  const unpriced = dailyRound(2, 60, { prices: { ...price, perHour: {} } });
  expect(outlookOf([unpriced], planned)).toEqual({
    outlook: '8x daily was not forecast; 2x took 1h 0m 5s.',
    lastLevel: { load: 2, seconds: 3605 },
  });
});

it('joins no reports whose baseline is not known, and says so', () => {
  const day = (text: string) => ({ startedAtText: `2025-12-0${text}T15:30:00-05:00` });
  const first = dailyRound(2, 60, { baseCommit: undefined, ...day('2') });
  const second = dailyRound(4, 120, { baseCommit: undefined, earlier: [first], failed: true, ...day('4') });
  expect(second.comparison?.forecast?.points.map(({ load }) => load)).toContain(8);
  const latest = {
    outlook:
      '8x daily was not forecast; 4x took 2h 0m 5s, about 1.00 USD (prices of 2025-12-01) (perhaps from another baseline).',
    lastLevel: { load: 4, seconds: 7205, usd: 1, pricesOf: '2025-12-01', baselineUnknown: true },
  };
  // Neither side may be unknown.
  expect(outlookOf([first, second], planned)).toEqual(latest);
  expect(outlookOf([two, four], { ...planned, baseCommit: undefined })).toEqual(latest);
  expect(outlookOf([first, second], { ...planned, load: 2 })).toEqual({
    outlook:
      '2x daily: last time (perhaps from another baseline) 1h 0m 5s, about 0.50 USD (prices of 2025-12-01).',
    expected: { seconds: 3605, usd: 0.5, pricesOf: '2025-12-01', baselineUnknown: true },
  });
  // What is known of the campaign comes first.
  const { outlook = '' } = outlookOf([two, first, second], planned) ?? {};
  expect(outlook).toBe('8x daily was not forecast; 2x took 1h 0m 5s, about 0.50 USD (prices of 2025-12-01).');
});

it('says what is not known of the cluster config', () => {
  const unknown = dailyRound(8, 60, { clusterConfig: undefined });
  const known = dailyRound(8, 60);
  const perhaps =
    '8x daily: last time (perhaps with another cluster config) 1h 0m 5s, about 0.50 USD (prices of 2025-12-01).';
  const textOf = (report: Report, clusterConfig: string | undefined) =>
    outlookOf([report], { ...planned, clusterConfig })?.outlook;
  expect(textOf(unknown, config.digest)).toBe(perhaps);
  expect(textOf(known, undefined)).toBe(perhaps);
  expect(textOf(known, config.digest)).not.toContain('config');
  expect(textOf(known, 'b'.repeat(64))).toContain('last time (with another cluster config) 1h');
});
