/** Keys that can be made: plain paths below the folder of a schedule and a load, and nothing else. */
import { expect, test } from 'vitest';
import { configKey, dagFileNames, dagKey, isLfsPointer, isPlainPath } from '../src/domain/keys.ts';
import type { Schedule } from '../src/domain/schedules.ts';

const prefixes = { configsPrefix: 'checks_load_test/configs', dagsPrefix: 'dags/datalake/audit_loadtest' };

test.each(['check_a_15m.yml', 'events/check_a_15m.yml', 'ü b+c/…/a.yml', '...', '.hidden/a', 'a%20b'])(
  '%j is a plain path',
  (path) => {
    expect(isPlainPath(path)).toBe(true);
    expect(configKey(prefixes, '15m', 2, path)).toBe(`checks_load_test/configs/15m/2x/${path}`);
    expect(configKey(prefixes, 'daily', 1, path)).toBe(`checks_load_test/configs/daily/1x/${path}`);
    expect(dagKey(prefixes, path)).toBe(`dags/datalake/audit_loadtest/${path}`);
  },
);

test.each([
  '',
  '.',
  '..',
  '/a',
  'a/',
  'a//b',
  'a/../b',
  'a/.',
  './a',
  'a\\b',
  'a/..\\b',
  'a\u0000',
  'a\nb',
  'a\u0085b',
  'a%2fb',
  'a%2Fb',
  '%2e%2e/a',
  '%2E/a',
  'a%5cb',
  '%252e%252e/a',
  'a%25252fb',
  'a%00b',
  'plain/a\\b/plain',
])('%j is not a plain path, and no key is made of it', (path) => {
  expect(isPlainPath(path)).toBe(false);
  expect(() => configKey(prefixes, '15m', 2, path)).toThrow(RangeError);
  expect(() => dagKey(prefixes, path)).toThrow(RangeError);
});

test.each<[schedule: string, load: unknown]>([
  ['..', 2],
  ['15m/../../prod', 2],
  ['', 2],
  ['15m', 0],
  ['15m', -2],
  ['15m', 2.5],
  ['15m', Number.NaN],
  ['15m', '2/../..'],
])('schedule %j with load %j has no folder', (schedule, load) => {
  expect(() => configKey(prefixes, schedule as Schedule, load as number, 'a')).toThrow(RangeError);
});

test('the DAG of a path has its own name and three cluster configs', () => {
  for (const path of ['dags/my.py.dag.py', 'my.py.dag.py', 'C:\\dags\\my.py.dag.py'])
    expect(dagFileNames(path)).toEqual([
      'my.py.dag.py',
      'cluster_configs/my.py.dag_cluster_15m.json',
      'cluster_configs/my.py.dag_cluster_hourly.json',
      'cluster_configs/my.py.dag_cluster_daily.json',
    ]);
});

test('a pointer of Git LFS is known by its first bytes', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
  expect(isLfsPointer(Buffer.from(pointer))).toBe(true);
  for (const text of ['', 'version', ` ${pointer}`, 'version: 1\nwhere: a > now()\n'])
    expect(isLfsPointer(Buffer.from(text))).toBe(false);
});
