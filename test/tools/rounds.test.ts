/** Which round a run belongs to: after a fix, unmarked, on a named cluster, and while another one runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Harness,
  normalise,
  openRound,
  prepareWorld,
  reportedLevel,
  reportJson,
  runToEnd,
  toolHarness,
} from './toolHarness.ts';

prepareWorld();
const look = { waitSeconds: 0 };
const level = (load: number) => ({ load, scope: 'schedule' });

/** The user found a wrong interval: fixed, approved, uploaded. Returns the review id. */
async function fixed(harness: Harness): Promise<string> {
  const fix = { check: 'check_events_15m', from: 6, to: 4 };
  const { reviewId } = (await harness.call('fixInterval', fix)).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  return reviewId;
}

/** The number of ListClusters requests. */
async function listings(harness: Harness): Promise<number> {
  const requests = await (await fetch(`${harness.aws.endpoint}/_sandbox/requests`)).json();
  return (requests as { operation: string }[]).filter(({ operation }) => operation === 'ListClusters').length;
}

test('a rerun after a fix has its own round although the DAG folder did not change', async () => {
  const harness = await toolHarness();
  const first = await reportedLevel(harness, level(2));
  harness.minutes(5);
  await fixed(harness);
  const { structure } = await harness.call('uploadDags');
  expect(structure).toMatchObject({ status: 'unchanged', round: 2 });
  expect([structure.summary, ...structure.nextSteps]).toMatchInlineSnapshot(`
    [
      "The bucket already has this DAG with LOAD = 2 and these cluster configs; nothing was sent. Other checks were uploaded since the last round, so round 2 was opened.",
      "Ask the user to trigger yang_audit_load_test_15m in Airflow, but only when its tag there is load_2x.",
      "Then call pollCluster until the round is done.",
    ]
  `);
  const again = (await harness.call('uploadDags')).structure;
  expect(again).not.toHaveProperty('round');
  expect(again.summary).toContain('Round 2 is open and waits for its run.');
  expect((await harness.call('showSession')).structure.rounds).toHaveLength(2);
  const second = harness.trigger();
  harness.minutes(60);
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({
    clusterId: second,
    round: 2,
    done: true,
  });
  const { directory } = (await harness.call('buildReport')).structure;
  expect(directory).not.toBe(first.directory);
});

test('a fix before the round’s run moves the round, with the new review', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  harness.minutes(5);
  const reviewId = await fixed(harness);
  const { structure } = await harness.call('uploadDags');
  expect(structure).toMatchObject({ status: 'unchanged', round: 1 });
  expect(structure.summary).toContain(
    'since round 1 was opened; it has not run yet, so its start was moved to now.',
  );
  const { rounds } = await harness.ports().sessions.load();
  expect(rounds).toMatchObject([{ reviewId, startedAt: '2025-12-08T15:35:00.000000-05:00' }]);
});

test('another schedule at the LOAD in the bucket also gets its round', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2 });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2, schedule: 'daily' })).structure;
  await harness.call('uploadChecks', { reviewId });
  expect((await harness.call('uploadDags')).structure).toMatchObject({ status: 'unchanged', round: 2 });
  const cluster = harness.trigger('daily');
  harness.minutes(6);
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({
    clusterId: cluster,
    schedule: 'daily',
    round: 2,
  });
});

test('without another upload of checks no round is opened, and the result asks for a mark', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  const { structure } = await harness.call('uploadDags');
  expect(structure).not.toHaveProperty('round');
  expect([structure.summary, ...structure.nextSteps]).toMatchInlineSnapshot(`
    [
      "The bucket already has this DAG with LOAD = 2 and these cluster configs; nothing was sent. No round was opened.",
      "Call markRound now, then ask the user to trigger yang_audit_load_test_15m in Airflow.",
      "Then call pollCluster until the round is done.",
    ]
  `);
});

test.each(['15m', 'hourly'] as const)(
  'an unmarked %s run is reported with the finished round, and markRound marks it',
  async (schedule) => {
    const harness = await toolHarness();
    await reportedLevel(harness, { load: 2 });
    const cluster = harness.trigger(schedule);
    harness.minutes(6);
    const before = await listings(harness);
    const { structure } = await harness.call('pollCluster', look);
    expect(await listings(harness)).toBe(before + 1);
    expect(structure.round).toBe(1);
    expect(structure.summary).toContain(`Another run on ${cluster} belongs to no round.`);
    expect(structure.otherRuns).toMatchObject([{ clusterId: cluster, schedule, load: 2 }]);
    expect((await harness.call('showSession')).structure.otherRuns).toEqual(structure.otherRuns);
    expect(structure.nextSteps).toEqual([
      `Ask the user whether the run on ${cluster} counts; if it does, call markRound with clusterId: ${cluster}.`,
      'Call buildReport to write the report of this round.',
    ]);
    const given = schedule === '15m' ? {} : { schedule };
    expect((await harness.call('markRound', { ...given, already: true })).structure).toMatchObject({
      round: 2,
    });
    const after = (await harness.call('pollCluster', look)).structure;
    expect(after).toMatchObject({ round: 2, clusterId: cluster, schedule });
    if (schedule === 'hourly')
      expect(await harness.refusal('buildReport', { schedule, clusterId: structure.clusterId })).toMatch(
        /^WRONG_STATE: j-\w+ belongs to round 1 \(2x 15m\), not to hourly\. .* Next: call buildReport with round: 1\.$/,
      );
  },
);

test('a failing ListClusters does not affect the answer about a finished round', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  await runToEnd(harness);
  await harness.fault({ service: 'emr', operation: 'ListClusters', error: 'AccessDenied' });
  const { structure } = await harness.call('pollCluster', look);
  expect(structure).toMatchObject({ round: 1, done: true });
  expect(structure.nextSteps).toEqual(['Call buildReport to write the report of this round.']);
});

test('the cluster of an earlier round belongs to that round, in pollCluster and buildReport', async () => {
  const harness = await toolHarness();
  const one = await reportedLevel(harness, level(2));
  const two = await reportedLevel(harness, level(4));
  const { structure } = await harness.call('pollCluster', { ...look, clusterId: one.clusterId });
  expect(structure).toMatchObject({ round: 1, load: 2, done: true, clusterFrom: 'given' });
  expect(structure.warnings).toEqual([]);
  expect(structure.nextSteps).toEqual(['Call buildReport with round: 1 to write the report of this round.']);
  const again = (await harness.call('buildReport', { clusterId: one.clusterId })).structure;
  expect(again).toMatchObject({ round: 1, directory: one.directory, steps: one.steps });
  expect(await harness.refusal('buildReport', { clusterId: one.clusterId, round: 2 })).toBe(
    `WRONG_STATE: ${one.clusterId} belongs to round 1 (2x 15m), not to round 2. No report was written. Next: call buildReport with round: 1.`,
  );
  const rounds = (await harness.call('showSession')).structure.rounds;
  expect(rounds.map(({ clusterId }: { clusterId: string }) => clusterId)).toEqual([
    one.clusterId,
    two.clusterId,
  ]);
});

test('a new cluster does not replace the one of a finished report', async () => {
  const harness = await toolHarness();
  const { directory, clusterId: old } = await reportedLevel(harness, level(2));
  const report = () => readFileSync(join(directory, 'report.json'), 'utf8');
  const written = report();
  const clusterId = harness.trigger();
  harness.minutes(60);
  const before = await harness.ports().sessions.load();
  expect(normalise(harness, await harness.refusal('buildReport', { clusterId }))).toMatchInlineSnapshot(
    `"NOT_FOUND: <cluster> (TERMINATED, 8 steps) belongs to no round; round 1 (2x 15m) ended on <cluster>. No report was written. Next: call markRound with clusterId: <cluster>, then buildReport."`,
  );
  const { structure, text } = await harness.call('pollCluster', { ...look, clusterId });
  expect(structure).toMatchObject({ clusterId, done: false, steps: { total: 0 } });
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "<cluster> (terminated) belongs to no round; 8 of 8 steps ended. Round 1 (2x 15m) ended on <cluster>.

    Status: no_round
    Cluster id: <cluster>
    Cluster from: given
    Round: 1
    Load: 2
    Schedule: 15m
    State: TERMINATED
    State reason: USER_REQUEST: Terminated by user request
    Steps: total 0, pending 0, running 0, completed 0, failed 0, cancelled 0, interrupted 0
    Done: no
    Elapsed: 0s
    Warnings:
      - The cluster has no step of this round, so it was not bound to the round.

    → Call markRound with clusterId: <cluster> to mark a round for this run, then pollCluster."
  `);
  expect(await harness.ports().sessions.load()).toEqual(before);
  expect(report()).toBe(written);
  await harness.call('markRound', { already: true });
  expect((await harness.call('buildReport', { clusterId })).structure).toMatchObject({ round: 2, clusterId });
  expect((await harness.call('buildReport', { round: 1 })).structure).toMatchObject({
    clusterId: old,
    directory,
  });
});

test('a run too old for a mark is reported by cluster and time, as the error says', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  const clusterId = harness.trigger();
  harness.minutes(60);
  await reportedLevel(harness, level(4));
  const refusal = await harness.refusal('buildReport', { clusterId });
  const [, afterTimestamp] =
    /Next: call buildReport with clusterId: j-\w+ and afterTimestamp: (\S+) /.exec(refusal) ?? [];
  expect((await harness.call('pollCluster', { ...look, clusterId })).structure.nextSteps.join()).toContain(
    `buildReport with clusterId: ${clusterId} and afterTimestamp: ${afterTimestamp}`,
  );
  expect((await harness.call('buildReport', { clusterId, afterTimestamp })).structure).toMatchObject({
    clusterId,
    round: null,
    steps: { total: 8 },
  });
});

test('an unused mark comes last in a report by load, and showSession says it is unused', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  const four = await reportedLevel(harness, level(4));
  await harness.call('markRound');
  const early = (await harness.call('buildReport', { load: '4x' })).structure;
  expect(early).toMatchObject({ round: 2, clusterId: four.clusterId });
  expect(early.warnings).toContain('Round 3 (4x 15m) has no cluster yet; this is the report of round 2.');
  await openRound(harness, level(3));
  await runToEnd(harness);
  const late = (await harness.call('buildReport', { load: '4x' })).structure;
  expect(late).toMatchObject({ round: 2, clusterId: four.clusterId });
  expect(late.warnings.join()).not.toContain('Round 3');
  const { text } = await harness.call('showSession');
  expect(text).toMatch(/^ {2}3\. 4x 15m of \w+ since \S+: marked, but no run was seen$/m);
  expect(text).not.toContain('not known to have finished');
});

test('while a round runs, a mark is refused; one for another schedule gets a warning', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const cluster = harness.trigger();
  await harness.call('pollCluster', look);
  expect(await harness.refusal('markRound')).toMatch(
    /^WRONG_STATE: Round 1 \(2x 15m\) is still running on j-\w+ \(STARTING, 0 active steps\)/,
  );
  harness.minutes(6);
  await harness.call('pollCluster', look);
  const before = await harness.ports().sessions.load();
  expect(normalise(harness, await harness.refusal('markRound'))).toMatchInlineSnapshot(
    `"WRONG_STATE: Round 1 (2x 15m) is still running on <cluster> (RUNNING, 4 active steps); a mark now would end its window. Nothing was marked. Next: call pollCluster until it is done; call markRound with already: true only if the DAG was triggered a second time."`,
  );
  expect(await harness.ports().sessions.load()).toEqual(before);
  expect((await harness.call('markRound', { schedule: 'hourly' })).structure.warnings).toEqual([
    `Round 1 (2x 15m) is still running on ${cluster} (RUNNING, 4 active steps). Two rounds at once distort each other's measurements.`,
  ]);
});

test('a run marked twice keeps its one round, and the hint names the schedule', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  harness.trigger('hourly');
  harness.minutes(1);
  const marked = { schedule: 'hourly', already: true };
  const { round } = (await harness.call('markRound', marked)).structure;
  harness.minutes(5);
  await harness.call('pollCluster', look);
  const { rounds } = (await harness.call('showSession')).structure;
  const twice = (await harness.call('markRound', { ...marked, note: 'bigger nodes' })).structure;
  expect(twice).toMatchObject({ round, status: 'noted' });
  expect(twice.summary).toBe(
    `Round ${round} (2x hourly) is running and no other run is visible, so that run already has its round. Nothing was marked.`,
  );
  expect((await harness.call('showSession')).structure.rounds).toEqual(
    rounds.map((one: { round: number }) => (one.round === round ? { ...one, note: 'bigger nodes' } : one)),
  );

  const other = await toolHarness();
  await openRound(other, level(2));
  expect((await other.call('pollCluster', look)).structure.nextSteps.at(-1)).toMatch(
    /markRound with schedule: 15m and already: true\.$/,
  );
});

test('the report of an earlier round names the latest one and does not change its phase', async () => {
  const harness = await toolHarness();
  const one = await reportedLevel(harness, level(2));
  await openRound(harness, level(4));
  const { structure } = await harness.call('buildReport', { round: 1 });
  expect(structure.warnings).toContain(
    'This is round 1; the latest is round 2 (4x 15m), without a report yet.',
  );
  expect(structure.directory).toBe(one.directory);
  expect((await harness.call('showSession')).structure.phase).toBe('round_open');
});

test('a report built after the cluster config changed still shows what its round ran with', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  await runToEnd(harness);
  const read = (directory: string) => reportJson({ directory });
  const { directory } = (await harness.call('buildReport')).structure;
  const { settings, room } = read(directory).clusterConfig;
  expect(settings).toMatchObject({ 'spark.executor.memory': expect.any(String) });
  const file = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('"StepConcurrencyLevel": 8', '"StepConcurrencyLevel": 4'),
  );
  await harness.call('buildReport');
  expect(read(directory).clusterConfig).toMatchObject({ settings, room });
});

test('a second run while the first is running is marked with already', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const first = harness.trigger();
  harness.minutes(6);
  expect((await harness.call('pollCluster', look)).structure.clusterId).toBe(first);
  const second = harness.trigger();
  harness.minutes(6);
  expect(await harness.refusal('markRound')).toMatch(
    /already: true only if the DAG was triggered a second time/,
  );
  const { structure } = await harness.call('markRound', { already: true });
  expect(structure).toMatchObject({ status: 'marked', round: 2 });
  expect(structure.warnings).toEqual([]);
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({ round: 2, clusterId: second });
});

test('the steps without Airflow name markRound only if no round is open', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  expect(await harness.refusal('triggerDag', { approved: true })).toContain(
    'Next: ask the user to trigger yang_audit_load_test_15m by hand in the Airflow UI, then call pollCluster.',
  );
  await runToEnd(harness);
  expect(await harness.refusal('triggerDag', { approved: true })).toContain(
    'Next: call markRound, then ask the user to trigger yang_audit_load_test_15m by hand',
  );
});
