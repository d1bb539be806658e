import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, normalise, openRound, prepareWorld, runToEnd, toolHarness } from './toolHarness.ts';

prepareWorld();

/** The number of requests to EMR. */
async function looks(harness: Harness): Promise<number> {
  const requests = await (await fetch(`${harness.aws.endpoint}/_sandbox/requests`)).json();
  return (requests as { operation: string }[]).filter(({ operation }) => operation === 'DescribeCluster')
    .length;
}

const look = { waitSeconds: 0 };

test('a round is shown from the start of its cluster to its end', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.trigger();
  const texts: string[] = [];
  for (const minutes of [0, 6, 60]) {
    harness.minutes(minutes);
    const { text, structure } = await harness.call('pollCluster', look);
    texts.push(normalise(harness, text));
    expect(structure).toMatchObject({ clusterId: cluster, round: 1, load: 2, schedule: '15m' });
  }
  expect(texts.join('\n\n')).toMatchInlineSnapshot(`
    "Round 1 (2x 15m) on <cluster> has no steps yet; the cluster is starting.

    Status: running
    Cluster id: <cluster>
    Cluster from: found
    Round: 1
    Load: 2
    Schedule: 15m
    State: STARTING
    State reason: Configuring cluster software
    Steps: total 0, pending 0, running 0, completed 0, failed 0, cancelled 0, interrupted 0
    Done: no
    Elapsed: 0s

    → Call pollCluster again in 60 seconds.

    Round 1 (2x 15m) on <cluster> is running: 4 of 8 steps ended, 4 running, 0 waiting.

    Status: running
    Cluster id: <cluster>
    Cluster from: round
    Round: 1
    Load: 2
    Schedule: 15m
    State: RUNNING
    State reason: Running step
    Steps: total 8, pending 0, running 4, completed 3, failed 1, cancelled 0, interrupted 0
    Done: no
    Elapsed: 2m 59s
    Time left at the current rate: about 2m 59s
    Failed: check_consent_15m_2x

    → Call pollCluster again in 45 seconds.
    → Call buildReport with partial: true for a provisional report meanwhile.

    Round 1 (2x 15m) on <cluster> is done: 8 steps in 9m 25s, 1 failed.

    Status: done
    Cluster id: <cluster>
    Cluster from: round
    Round: 1
    Load: 2
    Schedule: 15m
    State: TERMINATED
    State reason: terminated on request, as the DAG does after its last step
    Steps: total 8, pending 0, running 0, completed 7, failed 1, cancelled 0, interrupted 0
    Done: yes
    Elapsed: 9m 25s
    Failed: check_consent_15m_2x

    → Call buildReport to write the report of this round."
  `);
  expect((await harness.call('showSession')).structure.phase).toBe('finished');
});

test('one call waits for the cluster and the end of the round, up to waitSeconds', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const started = harness.aws.clock.nowMs();
  harness.trigger();
  const { structure } = await harness.call('pollCluster', { waitSeconds: 45 });
  expect(structure).toMatchObject({
    clusterFrom: 'round',
    status: 'running',
    state: 'STARTING',
    done: false,
    pollAfterSeconds: 60,
  });
  const seconds = (harness.aws.clock.nowMs() - started) / 1000;
  expect(seconds).toBeGreaterThanOrEqual(45);
  expect(seconds).toBeLessThanOrEqual(45 + 6);
  expect(await looks(harness)).toBeLessThanOrEqual(4);
  harness.minutes(17);
  const last = (await harness.call('pollCluster', { waitSeconds: 45 })).structure;
  expect(last).toMatchObject({ done: true, pollAfterSeconds: 0 });
});

test('clusterFrom says whether the cluster was found, the round’s own, carried over, or given', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(25);
  const from = async (given = {}) =>
    (await harness.call('pollCluster', { ...look, ...given })).structure.clusterFrom;
  expect(await from()).toBe('found');
  expect(await from()).toBe('round');
  await harness.call('markRound');
  harness.trigger('15m', { cluster_id: cluster });
  harness.minutes(2);
  expect(await from()).toBe('carried');
  expect(await from()).toBe('round');
  expect(await from({ clusterId: cluster })).toBe('given');
});

test('a given cluster without a step of the round serves only this call', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const own = harness.trigger();
  harness.minutes(25);
  await harness.call('pollCluster', look);
  const hourly = harness.trigger('hourly');
  harness.minutes(6);
  const { structure } = await harness.call('pollCluster', { ...look, clusterId: hourly });
  expect(structure).toMatchObject({ clusterId: hourly, clusterFrom: 'given', steps: { total: 0 } });
  expect(structure.warnings).toContain(
    'The cluster has no step of this round, so it was not bound to the round.',
  );
  expect((await harness.call('pollCluster', look)).structure.clusterId).toBe(own);
});

test('a named cluster with steps of the round becomes the round’s; the other run is listed', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const first = harness.trigger();
  harness.minutes(4);
  const second = harness.trigger();
  harness.minutes(6);
  const { structure } = await harness.call('pollCluster', look);
  expect(structure).toMatchObject({ status: 'needs_decision', done: false });
  expect(structure.possibleRuns.map((run: { clusterId: string }) => run.clusterId)).toEqual([first, second]);
  await harness.call('pollCluster', { ...look, clusterId: first });
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({
    clusterId: first,
    clusterFrom: 'round',
    otherRuns: [{ clusterId: second }],
  });
});

test('a cluster that ends without a step is reported, with the next steps', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.aws.simulation.clusters.get(harness.trigger());
  harness.minutes(1);
  if (cluster !== undefined) {
    cluster.state = 'TERMINATED_WITH_ERRORS';
    cluster.reason = { message: 'Access denied for \u001b[31mthe role' };
    delete cluster.phaseEndsMs;
  }
  const { structure } = await harness.call('pollCluster', { waitSeconds: 45 });
  expect(structure).toMatchObject({ done: false, state: 'TERMINATED_WITH_ERRORS', steps: { total: 0 } });
  expect(structure.stateReason).toBe('Access denied for the role');
  expect([structure.summary.replace(/j-\w+/, '…'), ...structure.nextSteps]).toMatchInlineSnapshot(`
    [
      "Round 1 (2x 15m) on … will have no steps: the cluster is terminated with errors.",
      "Ask the user to check the DAG run in Airflow: the cluster ended without a step (stateReason says why).",
      "Call markRound, then ask the user to trigger the DAG again.",
    ]
  `);
});

test('a failing cluster ends the round early, and the round is inconclusive', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.trigger();
  harness.minutes(5);
  const response = await fetch(`${harness.aws.endpoint}/_sandbox/clusters/${cluster}/fail`, {
    method: 'POST',
    body: JSON.stringify({ code: 'INSTANCE_FAILURE', message: 'core nodes were lost' }),
  });
  expect(response.status).toBe(200);
  harness.minutes(30);
  const { structure } = await harness.call('pollCluster', look);
  expect(structure).toMatchObject({ done: true, stateReason: 'INSTANCE_FAILURE: core nodes were lost' });
  expect([structure.summary, ...structure.nextSteps].join('\n').replace(/j-\w+/, '…')).toMatchInlineSnapshot(`
    "Round 1 (2x 15m) on … ended early: the cluster failed (INSTANCE_FAILURE); 2 of 8 steps completed in 1m 59s, 1 failed, 5 interrupted.
    Call buildReport to keep what is known of this round; stateReason says why the cluster ended.
    Ask the user to fix the cause, then rerun 2x: call uploadDags if a file changed, otherwise markRound; then the user triggers the DAG."
  `);
  const report = (await harness.call('buildReport')).text;
  expect(
    normalise(harness, report)
      .replace(/Files:\n( {2}- .*\n)+/, 'Files: …\n')
      .replace(/Slowest:\n( {2}\d.*\n)+/, 'Slowest: …\n'),
  ).toMatchInlineSnapshot(`
    "Wrote the report of round 1 (2x 15m). The cluster failed during it (warnings say how).

    2x 15m: not decided: 6 of 8 checks did not complete, so nothing shows whether this load fits the 15-minute window; 1 of 8 steps failed and 5 of 8 steps were interrupted.
    Directory: <project>/reports/2x_20251208_153000
    Files: …
    Load: 2
    Schedule: 15m
    Cluster id: <cluster>
    Round: 1
    Load: 6 of 8 15m checks scaled; 2 run at 1x
    Not scaled: 2 of kinds that the rule leaves alone
    Steps: total 8, successful 2, failed 1, cancelled 0, interrupted 5, unfinished 0
    Total 1m 59s of the 15-minute window; 3% of the steps' time waiting; 8 slots.
    Average 59s, median 59s, P95 1m 11s, P99 1m 12s (2 completed steps)
    Slowest: …
    Did not complete:
      - check_inventory_15m, check_events_15m, check_messages_15m, check_orders_15m, check_profile_identifiers_15m: Interrupted when the cluster ended (infrastructure)
        INSTANCE_FAILURE: core nodes were lost
      - check_consent_15m: Column not found (data, driver)
        AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name \`consent_updated_at\` cannot be resolved. Did you mean one of the following? [\`updated_at\`, \`consent_id\`, \`profile_id\`, \`channel\`, \`company_id\`]…
        in s3://klaviyo-data-platform-orchestration-v1/checks_load_test/results/emr_logs/15m/<cluster>/containers/application_1765225806000_0001/container_1765225806000_0001_01_000001/stdout.gz
        No load or cluster changes this: fix the check or the table that it reads.
    Suggestions:
      1. Fix check_consent_15m: 1 of 8 steps failed with "Column not found"
         its query or table: as uploaded → a column that the table has
    Warnings:
      - The cluster failed during the round (INSTANCE_FAILURE: core nodes were lost): 2 of 8 steps completed.

    → Ask the user to read report.md in that directory and decide.
    → Inconclusive. Ask the user to fix what failed, then rerun 2x: call uploadDags if a file changed, otherwise markRound; then the user triggers the DAG.
    → Or call commitResults if the user accepts the round as it is."
  `);
  const markdown = readFileSync(join(harness.project, 'reports/2x_20251208_153000/report.md'), 'utf8');
  expect(markdown).toContain(
    '> The cluster failed during the round (INSTANCE_FAILURE: core nodes were lost): ',
  );
  expect((await harness.call('showSession')).structure.nextSteps.join()).toContain('Inconclusive.');
});

test('the load of the steps takes precedence over the mark, with a warning', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 4, scope: 'schedule' });
  harness.trigger();
  harness.minutes(8);
  await harness.restart({ STATE_DIR: `${harness.project}/other-state` });
  harness.aws.s3.buckets.put(
    'klaviyo-data-platform-orchestration-v1',
    'dags/datalake/audit_loadtest/yang_audit_load_test.py',
    Buffer.from('LOAD = 2\n'),
  );
  await harness.call('markRound', { at: '2025-12-08T15:30:00-05:00' });
  const { structure } = await harness.call('pollCluster', look);
  expect(structure.load).toBe(4);
  expect(structure.warnings).toEqual([
    'Runs at 4x, not at 2x, by the names of its steps: either Airflow had not read the new DAG when it was triggered, or this is another run. The load that runs counts.',
  ]);
});

test('more than a thousand steps: those that EMR no longer lists are known from earlier calls', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.aws.simulation.clusters.get(harness.trigger('15m', { keep_cluster: true }));
  harness.minutes(25);
  if (cluster === undefined) throw new Error('no cluster');
  for (let batch = 0; batch < 5; batch += 1) {
    const request = {
      actionOnFailure: 'CONTINUE' as const,
      jar: 'command-runner.jar',
      args: [],
      properties: {},
    };
    const names = Array.from({ length: 250 }, (_, index) => `check_${batch}_${index}_15m_2x`);
    harness.aws.simulation.add(
      cluster,
      names.map((name) => ({ ...request, name })),
    );
    harness.minutes(60);
    await harness.call('pollCluster', look);
  }
  const { structure } = await harness.call('pollCluster', look);
  expect(structure.steps.total).toBe(1258);
  expect(structure.warnings).toEqual([
    '258 steps are known only from earlier calls: EMR lists the newest 1,000.',
  ]);
  await harness.restart();
  expect((await harness.call('pollCluster', look)).structure.steps).toEqual(structure.steps);
});

test('polling a finished round changes nothing', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  const before = harness.everything();
  const [one, two] = [await harness.call('pollCluster', look), await harness.call('pollCluster', look)];
  expect(one).toEqual(two);
  expect(harness.everything()).toEqual(before);
});

test('expired credentials are reported, and the same call works after the login', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.trigger();
  harness.minutes(6);
  await harness.fault({ service: 'emr', error: 'ExpiredToken' });
  expect(await harness.refusal('pollCluster', look)).toMatch(/^DENIED: .*s2a-login/s);
  await harness.fault(undefined);
  expect((await harness.call('pollCluster', look)).structure.steps.total).toBeGreaterThan(0);
});

let shared: Harness;
beforeAll(async () => {
  shared = await toolHarness({ whenDone: afterAll });
  await openRound(shared, { load: 2 });
});
test.each([
  [
    'a cluster id of the wrong shape',
    { clusterId: 'j_2AB' },
    /^BAD_INPUT: clusterId .*such as j-2ABCDEFG12345, not "j_2AB"/,
  ],
  [
    'a cluster unknown to EMR',
    { clusterId: 'j-0000000000000' },
    /^NOT_FOUND: EMR knows no cluster j-0000000000000\. Round 1 \(2x 15m\) has no cluster yet/,
  ],
  [
    'a schedule without a round',
    { schedule: 'daily' },
    /^NOT_FOUND: No round is known for daily\. Nothing was changed\. Next: call markRound/,
  ],
  ['a wait longer than a client allows', { waitSeconds: 46 }, /^BAD_INPUT: waitSeconds .*46/],
  ['a misspelt argument', { clusterID: 'j-2AB' }, /did you mean clusterId\?/],
])('%s is refused, and nothing is changed', async (_what, given, says) => {
  const before = shared.everything();
  expect(await shared.refusal('pollCluster', { ...look, ...given })).toMatch(says);
  expect(shared.everything()).toEqual(before);
});

test('a cluster that failed before its first step is replaced by the next run’s cluster', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const dead = harness.aws.simulation.clusters.get(harness.trigger());
  harness.minutes(1);
  expect((await harness.call('pollCluster', look)).structure.clusterId).toBe(dead?.id);
  if (dead !== undefined) {
    dead.state = 'TERMINATED_WITH_ERRORS';
    delete dead.phaseEndsMs;
  }
  expect((await harness.call('markRound')).structure).toMatchObject({ status: 'moved', round: 1 });
  const next = harness.trigger();
  harness.minutes(6);
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({ clusterId: next, round: 1 });
  expect(await harness.refusal('uploadDags', { load: 2 })).toMatch(
    /^WRONG_STATE: Round 1 .* is still running/,
  );
});

test('an unmarked second run on a cluster that stays up still blocks the next upload', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(40);
  expect((await harness.call('pollCluster', look)).structure.done).toBe(true);
  harness.trigger('15m', { cluster_id: cluster });
  harness.minutes(1);
  expect(await harness.refusal('uploadDags', { load: 2 })).toMatch(
    /^WRONG_STATE: Round 1 .* is still running/,
  );
});

test('a cluster config renamed on disk after the upload does not hide the running cluster', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const cluster = harness.trigger();
  harness.minutes(6);
  const path = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"Name": "y/, '"Name": "renamed-y'));
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({ clusterId: cluster });
});
