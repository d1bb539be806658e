import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Harness,
  normalise,
  prepareWorld,
  reportedLevel,
  runToEnd,
  toolHarness,
  uploadLevel,
} from './toolHarness.ts';

prepareWorld();

let harness: Harness;
/** Directory names: 2x, then 4x of 15m, then 2x of hourly. */
const directories: string[] = [];
const nameOf = (path: string) => path.split('/').at(-1) ?? '';

beforeAll(async () => {
  harness = await toolHarness({ whenDone: afterAll });
  for (const load of [2, 4])
    directories.push(nameOf((await reportedLevel(harness, { load, scope: 'schedule' })).directory));
  await uploadLevel(harness, { load: 2, schedule: 'hourly' });
  await harness.call('uploadDags', { load: 2 });
  await runToEnd(harness, 'hourly');
  directories.push(nameOf((await harness.call('buildReport')).structure.directory));
});

test('"Compare reports from 2x and 4x" tells what grew, what failed only now, and where it breaks', async () => {
  const { text, structure } = await harness.call('compareReports', { baseline: '2x', candidate: '4x' });
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "4x against 2x (15m): runtime 2.00× for 2× the load (9m 25s → 18m 49s); a scaled check takes 1.87× the time (1.69× to 2.08×, 5 checks). Fits at 2x, misses at 4x (measured); breaks at about 4x (3x to 4x); 8x: about 38m (28m to 51m). Without 1 of 8 checks, which never completed.

    Varies: load
    Baseline: 2x_20251208_153000
    Candidate: 4x_20251208_185006
    Grew most:
      - events/check_events_15m.yml: 2.00× the time for 2× the load
      - messages/check_messages_15m.yml: 1.94× the time for 2× the load
      - check_inventory_15m.yml: 1.83× the time for 2× the load
      - profiles/check_profile_identifiers_15m.yml: 1.80× the time for 2× the load
      - orders/check_orders_15m.yml: 1.79× the time for 2× the load
    Forecast: 5x: about 24m (21m to 26m); 6x: about 28m (23m to 34m); 8x: about 38m (28m to 51m)
    File: <project>/reports/4x_20251208_185006/compared_with_2x_20251208_153000.md

    → Ask the user to read the file and decide: go one level up, or fix something first."
  `);
  expect(structure).toMatchObject({ comparable: true, varies: 'load', ratios: { n: 5 } });
  expect(readFileSync(structure.file, 'utf8')).toContain('4x against 2x');
});

test('a comparison towards a lower load tells what shrank most, not what grew', async () => {
  const { text, structure } = await harness.call('compareReports', { baseline: '4x', candidate: '2x' });
  expect(text).toMatch(
    /\nShrank most:\n {2}- events\/check_events_15m\.yml: 0\.50× the time for 0\.5× the load/,
  );
  expect(text).not.toContain('Grew most');
  const ratios = structure.worst.map(({ ratio }: { ratio: number }) => ratio);
  expect(ratios).toEqual(ratios.toSorted((a: number, b: number) => a - b));
});

test('a load that was not run is answered with where its forecast is', async () => {
  const structure = (await harness.call('compareReports', { baseline: '2x', candidate: '4x' })).structure;
  expect(structure.forecast.points.map(({ load }: { load: number }) => load)).toEqual([5, 6, 8]);
  expect(await harness.refusal('compareReports', { baseline: '2x', candidate: '8x' })).toMatch(
    /Next: 8x was not run; compareReports with baseline 2x and candidate 4x forecasts at most up to 8x\.$/,
  );
});

test('two rounds of one load tell what changed on the cluster, what the round took, and keep a check with the same fix', async () => {
  const world = await toolHarness();
  await world.call('scaleConfigs', { load: 2, scope: 'schedule' });
  await world.call('fixInterval', { check: 'check_orders_15m', from: 6, to: 5 });
  await reportedLevel(world, { load: 2, scope: 'schedule' });
  const config = join(world.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  const json = JSON.parse(readFileSync(config, 'utf8'));
  writeFileSync(config, JSON.stringify({ ...json, StepConcurrencyLevel: 4 }, null, 2));
  await world.call('uploadDags');
  await runToEnd(world);
  await world.call('buildReport');
  const { text, structure } = await world.call('compareReports');
  expect(structure).toMatchObject({
    varies: 'cluster',
    clusterChanges: [{ setting: 'StepConcurrencyLevel', from: '8', to: '4' }],
  });
  expect(structure.worst.map(({ check }: { check: string }) => check)).toContain(
    'orders/check_orders_15m.yml',
  );
  expect(normalise(world, text)).toMatchInlineSnapshot(`
    "2x against 2x (15m): runtime 4% longer (9m 25s → 9m 47s) with StepConcurrencyLevel 8 → 4; single checks take as long as before (0.91× to 1.08×, 7 checks).

    Varies: cluster
    Baseline: 2x_20251208_153000
    Candidate: 2x_20251208_185006
    Grew most:
      - events/check_events_15m.yml: 1.04× the time
      - messages/check_messages_15m.yml: 1.02× the time
      - orders/check_orders_15m.yml: 1.01× the time
      - check_inventory_15m.yml: 0.98× the time
      - profiles/check_profile_identifiers_15m.yml: 0.98× the time
    Changed on the cluster:
      - StepConcurrencyLevel: 8 → 4
    File: <project>/reports/2x_20251208_185006/compared_with_2x_20251208_153000.md

    → Ask the user to read the file and decide: go one level up, or fix something first."
  `);
});

test('two rounds of different schedules are not comparable, and it says why', async () => {
  const [, baseline, candidate] = directories;
  const { text, structure } = await harness.call('compareReports', { baseline, candidate });
  expect(structure.comparable).toBe(false);
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "2x against 4x (hourly): not comparable, because one is of the 15m schedule, the other of hourly.

    Varies: load and cluster
    Baseline: 4x_20251208_185006
    Candidate: 2x_20251208_221012
    File: <project>/reports/2x_20251208_221012/compared_with_4x_20251208_185006.md

    → buildReport of a comparable round (same schedule, same checks, same cluster config) makes a comparison possible."
  `);
});

test('2x against 2x with one 2x report of a schedule says what there is', async () => {
  const before = harness.everything();
  const said = await harness.refusal('compareReports', { baseline: '2x', candidate: '2x', schedule: '15m' });
  expect(said).toMatchInlineSnapshot(
    `"NOT_FOUND: 2x against 2x needs two 2x reports of 15m; there is one: 2x_20251208_153000 (15m). Nothing was written. Next: call buildReport for the rounds that are to be compared, or compareReports with two reports that are there."`,
  );
  expect(harness.everything()).toEqual(before);
});

test('a load without a report is refused with the names of what is there', async () => {
  expect(await harness.refusal('compareReports', { baseline: '2x', candidate: '8x' })).toMatchInlineSnapshot(
    `"NOT_FOUND: There are no two reports of one schedule to compare for 2x and 8x. There are: 2x_20251208_153000 (15m), 4x_20251208_185006 (15m), 2x_20251208_221012 (hourly). Nothing was written. Next: 8x was not run; compareReports with baseline 2x and candidate 4x forecasts at most up to 8x."`,
  );
});

test('only one report is nothing to compare', async () => {
  const alone = await toolHarness();
  await reportedLevel(alone, { load: 2, scope: 'schedule' });
  expect(await alone.refusal('compareReports', { baseline: '2x', candidate: '2x' })).toMatch(
    /^NOT_FOUND: 2x against 2x needs two 2x reports of one schedule; there is one: 2x_20251208_153000 \(15m\)\./,
  );
  expect(await alone.refusal('compareReports')).toMatchInlineSnapshot(
    `"NOT_FOUND: There are not two reports of one schedule to compare. There are: 2x_20251208_153000 (15m). Nothing was written. Next: call buildReport for the rounds that are to be compared, or compareReports with two reports that are there."`,
  );
});

test.each<[string, (json: string) => string, RegExp]>([
  [
    'a newer version wrote',
    (json) => json.replace('"schemaVersion": 2', '"schemaVersion": 99'),
    /has schema version 99; this version reads up to 2/,
  ],
  [
    'has a text for a time',
    (json) => json.replace(/"runSeconds":[\d.]+/, '"runSeconds":"long"'),
    /is not a report: steps\.\d+\.runSeconds: /,
  ],
  [
    'has a time that is too long for anything',
    (json) => json.replace(/"runSeconds":[\d.]+/, '"runSeconds":1e300'),
    /is not a report: steps\.\d+\.runSeconds: /,
  ],
])('a report.json that %s is missed with the reason', async (_, edit, reason) => {
  const file = join(harness.project, 'reports', directories[1] ?? '', 'report.json');
  const json = readFileSync(file, 'utf8');
  try {
    writeFileSync(file, edit(json));
    const said = await harness.refusal('compareReports', { baseline: '2x', candidate: '4x' });
    expect(said).toMatch(/^NOT_FOUND: .* Could not be read: 4x_/);
    expect(said).toMatch(reason);
  } finally {
    writeFileSync(file, json);
  }
});

test('a misspelt argument is refused with the name that was meant', async () => {
  expect(await harness.refusal('compareReports', { basline: '2x' })).toMatch(/did you mean baseline\?/);
});
