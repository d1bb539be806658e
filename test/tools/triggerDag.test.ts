import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { bucketName, dagsPrefix } from '../../sandbox/world/environment.ts';
import { type AirflowMajor, airflowStandIn, credentials, type StandIn } from './airflowStandIn.ts';
import {
  type Harness,
  type HarnessOptions,
  normalise,
  openRound,
  prepareWorld,
  toolHarness,
} from './toolHarness.ts';

prepareWorld();

interface Story {
  readonly harness: Harness;
  readonly airflow: StandIn;
}

/** The DAG with LOAD 2 and one check are in the bucket, and Airflow has read them. */
async function uploaded(options: HarnessOptions = {}, major: AirflowMajor = 3): Promise<Story> {
  const harness = await toolHarness(options);
  const folder = join(harness.project, 'dags');
  for (const name of ['yang_audit_load_test.py', ...configs])
    harness.aws.s3.buckets.put(bucketName, `${dagsPrefix}/${name}`, readFileSync(join(folder, name)));
  const check = Buffer.from('where: created_at >= current_timestamp');
  harness.aws.s3.buckets.put(bucketName, 'checks_load_test/configs/15m/2x/check_one_15m.yml', check);
  return withAirflow(harness, major);
}

const configs = ['15m', 'hourly', 'daily'].map(
  (schedule) => `cluster_configs/yang_audit_load_test_cluster_${schedule}.json`,
);

async function withAirflow(harness: Harness, major: AirflowMajor = 3): Promise<Story> {
  const airflow = await airflowStandIn(harness.aws, 2, major);
  await harness.restart(airflow.env);
  harness.minutes(5);
  return { harness, airflow };
}

test('without AIRFLOW_URL it does nothing and says how to trigger the DAG by hand', async () => {
  const harness = await toolHarness();
  const before = harness.everything();
  expect(await harness.refusal('triggerDag', { approved: true })).toBe(
    'CONFIG: AIRFLOW_URL is not set. Nothing was triggered. Next: call markRound, then ask the user to trigger yang_audit_load_test_15m by hand in the Airflow UI, then call pollCluster. Or set AIRFLOW_URL and its credentials in .env.',
  );
  expect(harness.everything()).toEqual(before);
});

test('a run is triggered with its round, and followed until its cluster is bound', async () => {
  const uploaded = await toolHarness();
  await openRound(uploaded, { load: 2 });
  const { harness, airflow } = await withAirflow(uploaded);
  const { text, structure } = await harness.call('triggerDag', { approved: true });
  expect(
    normalise(harness, decodeURIComponent(text).replaceAll(airflow.url, '<airflow>')),
  ).toMatchInlineSnapshot(`
    "Triggered yang_audit_load_test_15m at 2x as round 1; it runs on <cluster>.

    Status: triggered
    DAG id: yang_audit_load_test_15m
    Load: 2
    Schedule: 15m
    DAG run id: round_1__2025-12-08T15:35:00.000000-05:00
    URL: <airflow>/dags/yang_audit_load_test_15m/runs/round_1__2025-12-08T15:35:00.000000-05:00
    Started at: 2025-12-08T15:35:00.000000-05:00
    Run state: running
    Cluster id: <cluster>

    → Call pollCluster until the round is done, then buildReport."
  `);
  // The round that uploadDags opened was moved to now: it had no step yet.
  expect(structure).toMatchObject({ status: 'triggered', round: 1, load: 2, runState: 'running' });
  expect(airflow.runs).toEqual([
    {
      dag_run_id: `round_1__${structure.startedAt}`,
      state: 'running',
      conf: { round: 1 },
      note: 'audit-load-test: round 1, 2x 15m',
    },
  ]);
  const [cluster] = [...harness.aws.simulation.clusters.values()];
  expect(cluster?.id).toBe(structure.clusterId);
  const session = await harness.call('showSession');
  expect(session.structure.rounds).toMatchObject([
    { round: 1, clusterId: structure.clusterId, startedAt: structure.startedAt },
  ]);
  expect(session.structure.phase).toBe('running');
});

test.each([
  ['a user and a password', {}],
  ['a token', { AIRFLOW_USERNAME: '', AIRFLOW_PASSWORD: '', AIRFLOW_TOKEN: credentials.token }],
])('Airflow 2 is triggered through its own API by %s', async (_what, env) => {
  const { harness, airflow } = await uploaded({}, 2);
  await harness.restart(env);
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'triggered', round: 1, runState: 'running' });
  expect(airflow.runs).toMatchObject([{ dag_run_id: structure.dagRunId, conf: { round: 1 } }]);
  const dag = 'yang_audit_load_test_15m';
  expect(structure.url).toBe(
    `${airflow.url}/dags/${dag}/grid?dag_run_id=${encodeURIComponent(structure.dagRunId)}`,
  );
  const again = await harness.call('triggerDag', { approved: true });
  expect(again.structure).toMatchObject({ status: 'unchanged', dagRunId: structure.dagRunId });
  expect(airflow.requests).not.toContain('POST /auth/token');
  expect(airflow.requests.filter((one) => one.endsWith('/version'))).toEqual([
    'GET /api/v2/version',
    'GET /api/v1/version',
  ]);
});

test('Airflow 2 that rejects the password says which of its settings allows one', async () => {
  const { harness, airflow } = await uploaded({}, 2);
  await harness.restart({ AIRFLOW_PASSWORD: 'wrong' });
  expect(await harness.refusal('triggerDag', { approved: true })).toBe(
    'DENIED: Airflow does not allow this user to do that (HTTP 403): Forbidden (while reading DAG yang_audit_load_test_15m from Airflow). Nothing was triggered. Next: ask for a role that may read and trigger the DAG, or trigger it manually in the Airflow UI. Airflow 2 also answers 403 to a wrong password, and to any where its setting api.auth_backends lacks basic_auth.',
  );
  expect(airflow.runs).toEqual([]);
});

test('a repeated call finds its run and triggers nothing', async () => {
  const { harness, airflow } = await uploaded();
  const first = await harness.call('triggerDag', { approved: true });
  const again = await harness.call('triggerDag', { approved: true });
  expect(again.structure).toMatchObject({
    status: 'unchanged',
    dagRunId: first.structure.dagRunId,
    clusterId: first.structure.clusterId,
    round: 1,
  });
  expect(airflow.runs).toHaveLength(1);
});

test('if the response to the trigger is lost, the call says so, and the next one finds the run', async () => {
  const { harness, airflow } = await uploaded();
  airflow.intercept = (request, times, response) => {
    if (!request.startsWith('POST /api') || !request.endsWith('after') || times > 1) return false;
    response.destroy();
    return true;
  };
  expect(await harness.refusal('triggerDag', { approved: true })).toMatch(
    /^UPSTREAM: Airflow cannot be reached \(UND_ERR_SOCKET\) \(while triggering yang_audit_load_test_15m\)\. It is not known whether the run started: triggerDag checks for it before it triggers again\. Next: /,
  );
  expect(airflow.runs).toHaveLength(1);
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'unchanged', dagRunId: airflow.runs[0]?.dag_run_id, round: 1 });
  expect(structure.clusterId).toMatch(/^j-/);
  expect(airflow.runs).toHaveLength(1);
});

test('a trigger that never arrived is sent again under the same run id', async () => {
  const { harness, airflow } = await uploaded();
  let firstId = '';
  airflow.intercept = (request, times, response) => {
    if (!request.startsWith('POST /api') || times > 1) return false;
    response.writeHead(503, { 'content-type': 'application/json' }).end('{"detail": "starting"}');
    return true;
  };
  expect(await harness.refusal('triggerDag', { approved: true })).toMatch(
    /^UPSTREAM: Airflow failed \(HTTP 503\): starting /,
  );
  const shown = await harness.call('showSession');
  firstId = `round_1__${shown.structure.rounds[0].startedAt}`;
  harness.minutes(3);
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'triggered', dagRunId: firstId, round: 1 });
  expect(structure.startedAt).not.toBe(shown.structure.rounds[0].startedAt);
  expect(airflow.runs).toHaveLength(1);
});

test('a 409 for an existing run counts as triggered; any other 409 is an error', async () => {
  const { harness, airflow } = await uploaded();
  let conflict = true;
  airflow.intercept = (request, _times, response) => {
    if (!conflict || request !== 'POST /api/v2/dags/yang_audit_load_test_15m/dagRuns') return false;
    response.writeHead(409, { 'content-type': 'application/json' }).end('{"detail": {}}');
    return true;
  };
  expect(await harness.refusal('triggerDag', { approved: true })).toBe(
    'CONFLICT: Airflow has a conflicting run (HTTP 409). Nothing was triggered. Next: check the runs of the DAG in the Airflow UI, then call triggerDag again or trigger it there.',
  );
  // The run comes to be between the look for it and the trigger.
  conflict = false;
  const { startedAt } = (await harness.call('showSession')).structure.rounds[0];
  const dag_run_id = `round_1__${startedAt}`;
  const run = { dag_run_id, state: 'running', conf: {}, note: '' };
  airflow.intercept = (request) => {
    if (request.endsWith('/dagRuns') && request.startsWith('POST')) airflow.runs.push(run);
    return false;
  };
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'unchanged', dagRunId: dag_run_id, round: 1 });
  expect(airflow.runs).toEqual([run]);
});

test('the user is asked through the client; a yes triggers, and a decline changes nothing', async () => {
  const questions: string[] = [];
  const yes = await uploaded({
    user: (question) => {
      questions.push(question);
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  expect((await yes.harness.call('triggerDag')).structure.status).toBe('triggered');
  expect(questions.at(-1)).toBe(
    'Trigger yang_audit_load_test_15m in Airflow now?\nIt runs only the 15m checks, at 2x, as round 1.\nIt creates a new EMR cluster, which costs money until the run ends.',
  );
  const no = await uploaded({ user: () => ({ action: 'decline' }) });
  const before = no.harness.everything();
  const { structure, text } = await no.harness.call('triggerDag');
  expect(structure).toMatchObject({
    status: 'awaiting_approval',
    callAgain: { tool: 'triggerDag', arguments: { schedule: '15m', approved: true } },
  });
  expect(text).toContain("Nothing was triggered: the client's question");
  expect(no.harness.everything()).toEqual(before);
  expect(no.airflow.runs).toEqual([]);
});

test('approved: false triggers nothing, nor does approved: true with APPROVAL=terminal', async () => {
  const { harness, airflow } = await uploaded();
  expect((await harness.call('triggerDag', { approved: false })).structure.status).toBe('awaiting_approval');
  await harness.restart({ APPROVAL: 'terminal' });
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'awaiting_approval' });
  expect(structure.callAgain).toBeUndefined();
  expect(airflow.runs).toEqual([]);
});

test('a second round on a running cluster is bound once it has its first step', async () => {
  const { harness, airflow } = await uploaded();
  await harness.call('markRound');
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(30);
  const { structure: first } = await harness.call('pollCluster', { waitSeconds: 0 });
  expect(first).toMatchObject({ done: true, clusterId, round: 1, state: 'WAITING' });
  airflow.intercept = (request) => {
    // What Airflow's run would do: the checks of this round on that cluster.
    if (request.startsWith('POST /api') && request.endsWith('after'))
      harness.trigger('15m', { cluster_id: clusterId });
    return false;
  };
  const { structure } = await harness.call('triggerDag', { clusterId, approved: true });
  expect(structure).toMatchObject({ status: 'triggered', round: 2, clusterId });
  expect(airflow.runs[0]?.conf).toEqual({ round: 2, cluster_id: clusterId });
});

test('an ended and an unknown cluster are refused before anything is triggered', async () => {
  const { harness, airflow } = await uploaded();
  const clusterId = harness.trigger('15m');
  harness.minutes(600);
  expect(await harness.refusal('triggerDag', { clusterId, approved: true })).toBe(
    `WRONG_STATE: Cluster ${clusterId} is TERMINATED, so no round can run on it. Nothing was triggered. Next: give a running cluster, or omit clusterId so that the DAG creates one.`,
  );
  expect(await harness.refusal('triggerDag', { clusterId: 'j-NOBODY', approved: true })).toMatch(
    /^NOT_FOUND: /,
  );
  expect(airflow.runs).toEqual([]);
});

test('nothing is triggered while a round is under way', async () => {
  const { harness, airflow } = await uploaded();
  await harness.call('markRound');
  harness.trigger('15m');
  expect(await harness.refusal('triggerDag', { approved: true })).toMatch(
    /^WRONG_STATE: Round 1 \(2x 15m\) is still running on j-/,
  );
  expect(airflow.runs).toEqual([]);
});

test('no second run is triggered next to one started in Airflow', async () => {
  const { harness, airflow } = await uploaded();
  airflow.runs.push({ dag_run_id: 'manual__by-hand', state: 'queued', conf: {}, note: '' });
  expect(await harness.refusal('triggerDag', { approved: true })).toBe(
    'WRONG_STATE: yang_audit_load_test_15m already has a run (manual__by-hand, queued) that triggerDag did not start. Nothing was triggered. Next: call markRound with already: true to use that run for the round, or wait until it has ended.',
  );
  expect(airflow.runs).toHaveLength(1);
});

const states: [string, (airflow: StandIn) => void, RegExp][] = [
  [
    'has not read the uploaded LOAD yet',
    (airflow) => {
      if (airflow.dag) airflow.dag.tags = [{ name: 'load_4x' }];
    },
    /^WRONG_STATE: yang_audit_load_test_15m in Airflow still has LOAD = 4, but the bucket has LOAD = 2 \(tag load_2x\): an uploaded DAG appears in Airflow after 30 s to 6 min\. Nothing was triggered\. Next: wait a minute and call triggerDag again\.$/,
  ],
  [
    'has a DAG without a load tag',
    (airflow) => {
      if (airflow.dag) airflow.dag.tags = [];
    },
    /^WRONG_STATE: yang_audit_load_test_15m in Airflow does not have exactly one load tag, but the bucket has LOAD = 2/,
  ],
  [
    'does not list the DAG yet',
    (airflow) => {
      airflow.dag = undefined;
    },
    /^NOT_FOUND: Airflow does not list a DAG yang_audit_load_test_15m yet: an uploaded DAG appears in Airflow after 30 s to 6 min\./,
  ],
  [
    'has the DAG paused',
    (airflow) => {
      if (airflow.dag) airflow.dag.is_paused = true;
    },
    /^WRONG_STATE: yang_audit_load_test_15m is paused in Airflow, so a run would never start\. Nothing was triggered\. Next: ask the user to unpause the DAG/,
  ],
  [
    'cannot import the DAG',
    (airflow) => {
      if (airflow.dag) airflow.dag.has_import_errors = true;
    },
    /^WRONG_STATE: Airflow cannot read the newest version of yang_audit_load_test_15m\./,
  ],
];
test.each(states)('an Airflow that %s gets its own error', async (_what, arrange, message) => {
  const { harness, airflow } = await uploaded();
  arrange(airflow);
  const before = harness.everything();
  expect(await harness.refusal('triggerDag', { approved: true })).toMatch(message);
  expect(harness.everything()).toEqual(before);
  expect(airflow.runs).toEqual([]);
});

test('a DAG that has no load tag of its own is triggered with a warning', async () => {
  const { harness, airflow } = await uploaded();
  const file = join(harness.project, 'dags', 'yang_audit_load_test.py');
  writeFileSync(file, readFileSync(file, 'utf8').replace('f"load_{LOAD}x"', '"mine"'));
  if (airflow.dag) airflow.dag.tags = [{ name: 'mine' }];
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'triggered', load: 2 });
  expect(structure.warnings).toEqual([
    'The DAG has no tag load_2x, so it is unknown whether Airflow has read LOAD = 2 yet: an uploaded DAG appears in Airflow after 30 s to 6 min.',
  ]);
});

const json = (status: number, body: unknown) => [status, 'application/json', JSON.stringify(body)] as const;
const answers: [string, readonly [number, string, string], RegExp][] = [
  [
    '401',
    json(401, { detail: 'Invalid JWT token' }),
    /^DENIED: Airflow rejected the credentials \(HTTP 401\): Invalid JWT token \(while reading DAG yang_audit_load_test_15m from Airflow\)\. Nothing was triggered\. Next: correct AIRFLOW_USERNAME/,
  ],
  [
    '403',
    json(403, { detail: 'Forbidden' }),
    /^DENIED: Airflow does not allow this user to do that \(HTTP 403\): Forbidden/,
  ],
  [
    '500',
    json(500, { detail: 'Internal Server Error' }),
    /^UPSTREAM: Airflow failed \(HTTP 500\): Internal Server Error/,
  ],
  [
    '502 of a proxy',
    [502, 'text/html', '<html>Bad gateway</html>'],
    /^UPSTREAM: Airflow failed \(HTTP 502\) \(while/,
  ],
  ['429', json(429, {}), /^UPSTREAM: Airflow answered with HTTP 429/],
  [
    'a login page',
    [200, 'text/html', '<!doctype html><title>Log in</title>'],
    /^CONFIG: AIRFLOW_URL returned a web page instead of the JSON of Airflow's API/,
  ],
  ['a redirect', [302, 'text/html', ''], /^CONFIG: AIRFLOW_URL redirects \(HTTP 302\)/],
  [
    'other JSON',
    json(200, { hello: 'world' }),
    /^UPSTREAM: The response is not what Airflow's API documents/,
  ],
  [
    'text that is not JSON',
    [200, 'text/plain', 'OK'],
    /^CONFIG: AIRFLOW_URL returned something that is not JSON/,
  ],
];
test.each(answers)('a response of %s gets its own error', async (_what, [status, type, body], message) => {
  const { harness, airflow } = await uploaded();
  airflow.intercept = (request, _times, response) => {
    if (!request.startsWith('GET')) return false;
    response.writeHead(status, { 'content-type': type }).end(body);
    return true;
  };
  const before = harness.everything();
  const text = await harness.refusal('triggerDag', { approved: true });
  expect(text).toMatch(message);
  expect(text).not.toMatch(/token-\d|a-pass-phrase/);
  expect(harness.everything()).toEqual(before);
});

test('wrong credentials, missing ones, an address without an API and a closed port each get their own error', async () => {
  const { harness, airflow } = await uploaded();
  const refusal = () => harness.refusal('triggerDag', { approved: true });
  await harness.restart({ AIRFLOW_PASSWORD: 'wrong' });
  expect(await refusal()).toMatch(
    /^DENIED: Airflow rejected the credentials \(HTTP 401\): Invalid credentials/,
  );
  await harness.restart({ AIRFLOW_PASSWORD: '' });
  expect(await refusal()).toBe(
    'CONFIG: AIRFLOW_URL is set without credentials. Nothing was triggered. Next: set AIRFLOW_USERNAME and AIRFLOW_PASSWORD, or AIRFLOW_TOKEN, in .env; or trigger the DAG manually.',
  );
  await harness.restart({ AIRFLOW_TOKEN: 'not-one-of-ours' });
  expect(await refusal()).toMatch(/^DENIED: .*Invalid JWT token/);
  await harness.restart({
    AIRFLOW_TOKEN: '',
    AIRFLOW_PASSWORD: 'a-pass-phrase',
    AIRFLOW_URL: `${airflow.url}/old`,
  });
  expect(await refusal()).toMatch(/^CONFIG: AIRFLOW_URL does not have this path \(HTTP 404\)/);
  await airflow.close();
  await harness.restart({ AIRFLOW_URL: airflow.url });
  expect(await refusal()).toMatch(/^UPSTREAM: Airflow cannot be reached \(ECONNREFUSED\)/);
});

test('an AIRFLOW_URL that is not a URL is a settings error', async () => {
  const harness = await toolHarness({ env: { AIRFLOW_URL: 'airflow' } });
  expect(await harness.refusal('triggerDag')).toMatch(
    /^CONFIG: AIRFLOW_URL is "airflow", not an address such as https:\/\/airflow\.example\.com\./,
  );
});

test('an expired token is renewed once', async () => {
  const { harness, airflow } = await uploaded();
  await harness.call('triggerDag', { approved: false });
  let refused = 0;
  airflow.intercept = (request, _times, response) => {
    if (!request.startsWith('GET') || refused > 0) return false;
    refused += 1;
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"detail": "expired"}');
    return true;
  };
  expect((await harness.call('triggerDag', { approved: true })).structure.status).toBe('triggered');
  expect(airflow.requests.filter((one) => one === 'POST /auth/token')).toHaveLength(2);
});

test('if the cluster takes longer than the call, the result says how to continue', async () => {
  const { harness, airflow } = await uploaded();
  airflow.scheduler = false;
  const { structure, text } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'triggered', runState: 'queued' });
  expect(structure.clusterId).toBeUndefined();
  expect(text).toContain('its cluster is not visible yet');
});

test('a run is followed for 45 s, and the time that the user takes for the question comes on top', async () => {
  const minutes = 10;
  const user = () => {
    asked.harness.minutes(minutes);
    vi.setSystemTime(asked.harness.aws.clock.nowMs());
    return { action: 'accept' as const, content: { decision: 'approve' } };
  };
  const [told, asked] = [await uploaded(), await uploaded({ user })];
  const secondsOf = async ({ harness, airflow }: Story, given: { approved?: boolean }) => {
    airflow.scheduler = false;
    const fromMs = harness.aws.clock.nowMs();
    const { structure } = await harness.call('triggerDag', given);
    expect(structure).toMatchObject({ status: 'triggered', runState: 'queued' });
    return (harness.aws.clock.nowMs() - fromMs) / 1000;
  };
  const seconds = await secondsOf(told, { approved: true });
  expect(seconds).toBeLessThanOrEqual(45);
  // The next look would have come after at most 8 s.
  expect(seconds).toBeGreaterThan(45 - 8);
  expect(await secondsOf(asked, {})).toBeCloseTo(seconds + 60 * minutes);
});

test('a run that ends before it has a cluster is an error with the URL of its log; another one can follow', async () => {
  const { harness, airflow } = await uploaded();
  airflow.scheduler = false;
  airflow.intercept = (request) => {
    const [run] = airflow.runs;
    if (request.startsWith('POST /api') && request.endsWith('after') && run) run.state = 'failed';
    return false;
  };
  const text = await harness.refusal('triggerDag', { approved: true });
  expect(text).toMatch(/^UPSTREAM: The run of round 1 ended \(failed\) before it had a cluster or a step\./);
  expect(text).toContain(`${airflow.url}/dags/yang_audit_load_test_15m/runs/round_1__`);
  airflow.scheduler = true;
  airflow.intercept = () => false;
  harness.minutes(1);
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure).toMatchObject({ status: 'triggered', round: 1 });
  expect(airflow.runs.map((run) => run.state)).toEqual(['failed', 'running']);
  expect(new Set(airflow.runs.map((run) => run.dag_run_id)).size).toBe(2);
});

test('if AWS does not answer after the trigger, the run is not reported as failed', async () => {
  const { harness, airflow } = await uploaded();
  airflow.intercept = (request) => {
    if (request.startsWith('POST /api') && request.endsWith('after'))
      harness.aws.front.faults.add({ service: 'emr', operation: 'ListClusters', error: 'AccessDenied' });
    return false;
  };
  const { structure } = await harness.call('triggerDag', { approved: true });
  expect(structure.status).toBe('triggered');
  expect(structure.warnings.join()).toContain('the search for its cluster failed: DENIED');
});

test('a misspelt argument is named', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('triggerDag', { cluster: 'j-1' })).toContain('(did you mean clusterId?)');
});

test('another schedule than that of the session triggers its own DAG', async () => {
  const { harness, airflow } = await uploaded();
  if (airflow.dag) airflow.dag.tags = [{ name: 'hourly' }, { name: 'load_2x' }];
  const { structure } = await harness.call('triggerDag', { schedule: 'hourly', approved: true });
  expect(structure).toMatchObject({ status: 'triggered', schedule: 'hourly' });
  expect(structure.dagId).toBe('yang_audit_load_test_hourly');
  expect(airflow.runs[0]?.note).toBe('audit-load-test: round 1, 2x hourly');
});

test('checkSetup says whether Airflow answers, if it is set', async () => {
  const { harness, airflow } = await uploaded();
  const look = async () => {
    const { structure } = await harness.call('checkSetup');
    return structure.checks.find((check: { name: string }) => check.name === 'Airflow');
  };
  expect(await look()).toEqual({
    name: 'Airflow',
    ok: true,
    detail: `${airflow.url} is reachable and has yang_audit_load_test_15m`,
  });
  airflow.dag = undefined;
  expect((await look()).detail).toBe(`${airflow.url} is reachable but has no yang_audit_load_test_15m yet`);
  await airflow.close();
  expect(await look()).toMatchObject({ ok: false, fix: expect.stringContaining('check AIRFLOW_URL') });
});
