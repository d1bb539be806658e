import { expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';

const valid = {
  TARGET_REPO: '/repos/k-repo',
  CHECKS_PATH: 'checks/iceberg',
  S3_BUCKET: 'load-test-bucket',
  PROD_HOURLY_CHECKS: 's3://production/checks/hourly',
};
const namesOf = (changes: Record<string, string>) =>
  readSettings({ ...valid, ...changes }, '/home/ada/load-test').problems.map(({ name }) => name);

test('valid settings have no problem, even next to the target repository', () => {
  expect(namesOf({})).toEqual([]);
  expect(namesOf({ REPORTS_DIR: '/repos/k-repo-reports', BASELINE_REF: 'origin/main' })).toEqual([]);
  expect(namesOf({ STATE_DIR: '/repos/k-repo/.state', REPORTS_DIR: '/dev/shm/reports' })).toEqual([]);
});

test.each([
  ['REPORTS_DIR', '/repos/k-repo/reports'],
  ['REPORTS_DIR', '/repos/k-repo'],
  ['DAG_FILE', '/repos/k-repo/dags/test.py'],
])('%s=%s would commit reports on any branch of the target repository', (name, value) => {
  expect(namesOf({ [name]: value })).toEqual([name]);
});

test.each([
  ['STATE_DIR', '/proc/self'],
  ['REPORTS_DIR', '/sys'],
  ['DAG_FILE', '/dev/zero'],
  ['STATE_DIR', '/repos/k-repo/.git/state'],
  ['STATE_DIR', '/repos/k-repo/checks/iceberg'],
])('%s=%s is no place for it', (name, value) => {
  expect(namesOf({ [name]: value })).toEqual([name]);
});

test.each(['HEAD', '@', 'audit_checks_load_testing', 'refs/heads/audit_checks_load_testing'])(
  'BASELINE_REF=%s moves with the load test, so loads would compound',
  (ref) => expect(namesOf({ BASELINE_REF: ref })).toEqual(['BASELINE_REF']),
);

test('a fix names the place where the settings are edited', () => {
  const fixes = (place?: string) =>
    readSettings({ APPROVAL: 'maybe' }, '/home/ada', place).problems.map(({ fix }) => fix);
  expect(fixes()).toContain('Set APPROVAL to ask in .env.');
  const inExtension = fixes("the extension's settings");
  expect(inExtension).toContain("Set APPROVAL to ask in the extension's settings.");
  expect(inExtension.join()).not.toContain('.env');
});

test('a prefix next to production’s hourly configs overlaps production', () => {
  const PROD_HOURLY_CHECKS = 's3://load-test-bucket/checks/configs/prod/hourly';
  expect(namesOf({ PROD_HOURLY_CHECKS, CONFIGS_PREFIX: 'checks/configs/prod/15m' })).toEqual([
    'PROD_HOURLY_CHECKS',
  ]);
  expect(namesOf({ PROD_HOURLY_CHECKS, CONFIGS_PREFIX: 'checks/configs/load' })).toEqual([]);
  expect(namesOf({ PROD_HOURLY_CHECKS: 's3://load-test-bucket/hourly' })).toEqual([]);
});

test('a window is the time between two runs of its schedule, unless a setting says otherwise', () => {
  const windowsOf = (changes: Record<string, string>) =>
    readSettings({ ...valid, ...changes }, '/home/ada').settings.windowSeconds;
  expect(windowsOf({})).toEqual({ '15m': 900, hourly: 3600, daily: 86_400 });
  expect(windowsOf({ WINDOW_15M: '12m', WINDOW_HOURLY: '45m 30s', WINDOW_DAILY: '1h 30m' })).toEqual({
    '15m': 720,
    hourly: 2730,
    daily: 5400,
  });
  for (const wrong of ['12', 'soon', '0m', '-5m', '5m 1h'])
    expect(namesOf({ WINDOW_15M: wrong }), wrong).toEqual(['WINDOW_15M']);
});
