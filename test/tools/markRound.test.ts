import { afterAll, beforeAll, expect, test } from 'vitest';
import { bucketName } from '../../sandbox/world/environment.ts';
import {
  type Harness,
  normalise,
  openRound,
  prepareWorld,
  runToEnd,
  toolHarness,
  uploadLevel,
} from './toolHarness.ts';

prepareWorld();
const stamp = /^2025-12-08T\d\d:\d\d:\d\d\.\d{6}-05:00$/;
const ms = (text: string) => Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));

test('"I am going to run another round of test" records the time by AWS’s clock', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  const { text, structure } = await harness.call('markRound');
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Round 2 (2x 15m) starts at 2025-12-08T18:50:06.000000-05:00.

    Status: marked
    Clock: AWS; this machine's clock differs by 0 s
    Load: 2
    Schedule: 15m
    DAG id: yang_audit_load_test_15m

    → Ask the user to trigger yang_audit_load_test_15m in Airflow now.
    → Then call pollCluster until the round is done."
  `);
  expect(structure).toMatchObject({
    status: 'marked',
    round: 2,
    load: 2,
    schedule: '15m',
    dagId: 'yang_audit_load_test_15m',
    clock: { source: 'aws' },
  });
  expect(structure.startedAt).toMatch(stamp);
  expect(Math.abs(ms(structure.startedAt) - harness.aws.clock.nowMs())).toBeLessThan(2500);
});

test('a round without steps is moved instead of adding another', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.minutes(30);
  const { structure } = await harness.call('markRound', { note: 'after lunch' });
  expect(structure).toMatchObject({ status: 'moved', round: 1 });
  expect(Math.abs(ms(structure.startedAt) - harness.aws.clock.nowMs())).toBeLessThan(2500);
  const { rounds } = (await harness.call('showSession')).structure;
  expect(rounds).toMatchObject([{ round: 1, note: 'after lunch', startedAt: structure.startedAt }]);
  await runToEnd(harness);
  expect((await harness.call('markRound')).structure).toMatchObject({ status: 'marked', round: 2 });
});

test('"I just ran the hourly dag" moves the start back before the run’s cluster', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const cluster = harness.trigger('hourly');
  harness.minutes(9);
  const { structure } = await harness.call('markRound', { schedule: 'hourly', already: true });
  expect(structure).toMatchObject({ schedule: 'hourly', dagId: 'yang_audit_load_test_hourly', load: 2 });
  expect(ms(structure.startedAt)).toBeLessThan(harness.aws.simulation.clusters.get(cluster)?.createdMs ?? 0);
  const looked = await harness.call('pollCluster', { waitSeconds: 0 });
  expect(looked.structure).toMatchObject({ clusterId: cluster, clusterFrom: 'round', schedule: 'hourly' });
  expect(looked.structure.steps.total).toBeGreaterThan(0);
});

test('already, before anything is visible: the start is now, with a warning', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const { structure } = await harness.call('markRound', { already: true });
  expect(structure.warnings.join('\n')).toMatch(
    /No step or cluster of an unmarked run is visible yet, so the start is/,
  );
});

test('already, on a running cluster: the new round gets the second run’s steps, the first keeps its own', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(25);
  const first = (await harness.call('pollCluster', { waitSeconds: 0 })).structure.steps;
  harness.trigger('15m', { cluster_id: cluster });
  harness.minutes(3);
  expect((await harness.call('markRound', { already: true })).structure).toMatchObject({
    status: 'marked',
    round: 2,
  });
  harness.minutes(60);
  const second = (await harness.call('pollCluster', { waitSeconds: 0 })).structure;
  expect(second).toMatchObject({
    round: 2,
    clusterId: cluster,
    clusterFrom: 'round',
    done: true,
    steps: first,
  });
  expect((await harness.call('buildReport', { round: 1 })).structure.steps.total).toBe(first.total);
});

test('at accepts any stamp with an offset and keeps it unchanged', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  for (const at of [
    '2025-12-08T15:30:00.123456-05:00',
    '2025-12-08T20:31:00Z',
    '2025-12-08T21:31:05+01:00',
  ]) {
    const { structure } = await harness.call('markRound', { round: 1, at });
    expect(structure).toMatchObject({ status: 'moved', round: 1, startedAt: at });
  }
  const { structure } = await harness.call('markRound', { round: 1, at: '2025-12-08T20:31Z' });
  expect(structure.startedAt).toBe('2025-12-08T15:31:00.000000-05:00');
  expect(await harness.refusal('markRound', { round: 1, at: '2099-01-01T00:00:00Z' })).toMatch(
    /^BAD_INPUT: 2099-01-01T00:00:00Z is more than 5 minutes in the future/,
  );
});

test('editing a round: at moves it, a note does not', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  const { startedAt } = (await harness.call('showSession')).structure.rounds[0];
  const noted = await harness.call('markRound', { round: 1, note: 'spot prices were high' });
  expect(noted.structure).toMatchObject({ status: 'noted', round: 1, startedAt });
  expect(noted.structure.summary.replace(startedAt, '…')).toMatchInlineSnapshot(
    `"Added the note to round 1 (2x 15m); its start is still …."`,
  );
  expect((await harness.call('buildReport')).structure.steps.total).toBe(8);
  const again = (await harness.call('markRound', { round: 1 })).structure;
  expect(again).toMatchObject({ status: 'noted', startedAt });
  expect(
    await harness.refusal('markRound', { round: 1, at: new Date(harness.aws.clock.nowMs()).toISOString() }),
  ).toMatch(/^WRONG_STATE: Round 1 has 8 steps on j-\w+, and would have none/);
  const moved = await harness.call('markRound', { round: 1, at: '2025-12-08T15:29:00-05:00' });
  expect(moved.structure).toMatchObject({ status: 'moved', round: 1 });
  expect((await harness.call('showSession')).structure.rounds).toHaveLength(1);
});

test('the load is LOAD in the bucket, not the load on disk', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await harness.call('scaleConfigs', { load: 4 });
  expect((await harness.call('markRound')).structure.load).toBe(2);
});

test('a clock three minutes ahead is corrected, with a warning', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.localAheadMs = 180_000;
  const { structure } = await harness.call('markRound');
  expect(structure).toMatchObject({
    startedAt: '2025-12-08T15:30:00.000000-05:00',
    clock: { source: 'aws', skewSeconds: -180 },
    warnings: ["This machine's clock differs from AWS's by -180 s; the start is by AWS's clock."],
  });
});

test('if AWS does not answer, the mark uses this machine’s clock, with a warning', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  harness.minutes(1);
  await harness.aws.close();
  const { structure } = await harness.call('markRound');
  expect(structure).toMatchObject({ clock: { source: 'local', skewSeconds: 0 }, load: 2 });
  expect(structure.warnings).toEqual([
    "The bucket did not answer (UPSTREAM); this is the load of the session's last uploadDags.",
    'This could not be looked at: whether a round is running (UPSTREAM).',
    "AWS did not answer, so the start is by this machine's clock; check that clock before you rely on the round's window.",
  ]);
});

test('without a DAG in the bucket no round can begin', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  expect(await harness.refusal('markRound')).toMatchInlineSnapshot(
    `"WRONG_STATE: There is no DAG at s3://klaviyo-data-platform-orchestration-v1/dags/datalake/audit_loadtest/yang_audit_load_test.py, so no round can begin. Nothing was marked. Next: call uploadDags first."`,
  );
});

test('a DAG in the bucket without a readable LOAD is refused', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.aws.s3.buckets.put(
    bucketName,
    'dags/datalake/audit_loadtest/yang_audit_load_test.py',
    Buffer.from('LOAD = x'),
  );
  expect(await harness.refusal('markRound')).toMatch(/^CONFIG: The DAG in the bucket has no line LOAD/);
});

test('a mark for another schedule does not move a round whose cluster is starting', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const quarter = harness.trigger('15m');
  await harness.call('pollCluster', { waitSeconds: 0 });
  expect((await harness.call('markRound', { schedule: 'hourly' })).structure).toMatchObject({
    status: 'marked',
    round: 2,
  });
  const { rounds } = (await harness.call('showSession')).structure;
  expect(rounds).toMatchObject([{ round: 1, schedule: '15m', clusterId: quarter }, { round: 2 }]);
});

let shared: Harness;
beforeAll(async () => {
  shared = await toolHarness({ whenDone: afterAll });
  await openRound(shared, { load: 2 });
});
test.each([
  [
    'a stamp without an offset',
    { at: '2025-12-08T15:30:00' },
    /^BAD_INPUT: "2025-12-08T15:30:00" is not a valid date and time with a UTC offset\. Nothing was marked\. Next: give at as in 2025-/,
  ],
  [
    'a word, for a round that does not exist',
    { at: 'yesterday', round: 7 },
    /^BAD_INPUT: "yesterday" is not a valid date and time with a UTC offset\. Nothing was marked\./,
  ],
  ['the thirtieth of February', { at: '2025-02-30T15:30:00-05:00' }, /^BAD_INPUT: "2025-02-30/],
  ['an hour that does not exist', { at: '2025-12-08T25:30:00-05:00' }, /^BAD_INPUT: "2025-12-08T25/],
  [
    'a round that does not exist',
    { round: 7, at: '2025-12-08T15:30:00-05:00' },
    /^NOT_FOUND: There is no round 7/,
  ],
  [
    'an unknown schedule',
    { schedule: 'weekly' },
    /^BAD_INPUT: schedule must be one of 15m, hourly, daily, not "weekly"/,
  ],
  ['a misspelt argument', { alredy: true }, /did you mean already\?/],
])('%s is refused, and nothing is marked', async (_what, given, says) => {
  const before = shared.everything();
  expect(await shared.refusal('markRound', given)).toMatch(says);
  expect(shared.everything()).toEqual(before);
});
