import { readFileSync } from 'node:fs';
import { EMRClient, TerminateJobFlowsCommand } from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { bucketName, dagsPrefix } from '../../sandbox/world/environment.ts';
import { awsHarness, clusterConfig, dagSource } from './awsHarness.ts';

const threeHours = "current_timestamp - INTERVAL '6' hour";
const config15m = 'cluster_configs/yang_audit_load_test_cluster_15m.json';

test('a run creates a cluster, submits one step for each check in listing order, and terminates it', async () => {
  const harness = await awsHarness();
  for (const path of ['orders/check_orders_15m.yml', 'check_lists_15m.yml', 'README.md'])
    harness.check(path, threeHours);
  const { status, answer } = await harness.trigger();
  expect(status).toBe(200);
  expect(answer).toEqual({
    clusterId: expect.stringMatching(/^j-[A-Z0-9]{13}$/),
    dagRunId: 'manual__2025-12-08T15:30:00.000000+00:00',
  });
  harness.aws.advance(30);
  const cluster = harness.cluster();
  expect(cluster.id).toBe(answer.clusterId);
  expect(cluster.name).toBe(`yang_audit_load_test_15m_2x_${answer.dagRunId}`);
  expect(cluster.state).toBe('TERMINATED');
  expect(cluster.request).not.toHaveProperty('AuditStep');
  expect(cluster.steps.map(({ request, state }) => [request.name, state])).toEqual([
    ['check_lists_15m_2x', 'COMPLETED'],
    ['check_orders_15m_2x', 'COMPLETED'],
  ]);
  expect(cluster.steps[1]?.request).toMatchObject({
    actionOnFailure: 'CONTINUE',
    jar: 'command-runner.jar',
    args: [
      ...['spark-submit', '--deploy-mode', 'cluster', '--executor-memory', '4g', 's3://code/audit_runner.py'],
      '--config',
      's3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/15m/2x/orders/check_orders_15m.yml',
      ...['--load', '2'],
      '--results=s3://klaviyo-data-platform-orchestration-v1/checks_load_test/results/15m/2x/',
      ...['--run-id', answer.dagRunId],
    ],
  });
  expect(harness.aws.dagRuns.list()).toMatchObject([{ state: 'success', checks: 2, submitted: 2 }]);
});

test('steps are submitted once the cluster is up, so that they wait only for a slot', async () => {
  const harness = await awsHarness();
  harness.check('check_lists_15m.yml', threeHours);
  await harness.trigger();
  harness.aws.advance(1);
  expect(harness.cluster()).toMatchObject({ state: 'STARTING', steps: [] });
  harness.aws.advance(30);
  const { readyMs = 0, steps } = harness.cluster();
  expect(steps[0]?.createdMs).toBeGreaterThan(readyMs);
});

test('hourly steps have a window of LOAD hours that ends at ts_end, or at the time of the run', async () => {
  const harness = await awsHarness({ schedule: 'hourly', load: 4 });
  harness.check('check_events_hourly.yml', 'x');
  const windows: unknown[] = [];
  for (const conf of [{}, { ts_end: '2025-12-08T10:00:00-05:00' }]) {
    await harness.trigger(conf);
    harness.aws.advance(60);
    windows.push(harness.cluster().steps[0]?.request.args.slice(-4));
  }
  expect(windows).toEqual([
    ['--ts-start', '2025-12-08T11:30:00+00:00', '--ts-end', '2025-12-08T15:30:00+00:00'],
    ['--ts-start', '2025-12-08T11:00:00+00:00', '--ts-end', '2025-12-08T15:00:00+00:00'],
  ]);
});

test('only runs the named checks alone, and says in the run id of every step that the round is partial', async () => {
  const harness = await awsHarness();
  for (const path of ['check_lists_15m.yml', 'check_orders_15m.yml', 'x/check_lists_15m.yml'])
    harness.check(path, threeHours);
  const submitted = async (only: unknown) => {
    const { status, answer } = await harness.trigger({ only });
    harness.aws.advance(60);
    const steps = status === 200 ? harness.cluster().steps : [];
    return [
      status,
      answer.message ?? steps.map(({ request }) => request.args.at(-1)?.replace(String(answer.dagRunId), '')),
    ];
  };
  expect(await submitted(['check_lists_15m'])).toEqual([200, ['~only_2_of_3', '~only_2_of_3']]);
  expect(await submitted(['x/check_lists_15m.yml'])).toEqual([200, ['~only_1_of_3']]);
  expect(await submitted(['check_lists_15m', 'check_orders_15m.yml'])).toEqual([200, ['', '', '']]);
  expect(await submitted([])).toEqual([200, ['', '', '']]);
  expect(await submitted(['check_none'])).toEqual([
    400,
    'only: there is no check_none.yml under checks_load_test/configs/15m/2x/',
  ]);
  expect(await submitted('check_lists_15m')).toEqual([400, 'only "check_lists_15m" is not a list of checks']);
});

test('a step template can name the application after its step', async () => {
  const harness = await awsHarness();
  harness.check('check_lists_15m.yml', threeHours);
  const file = `${dagsPrefix}/${config15m}`;
  const config = harness.aws.s3.buckets.get(bucketName, file)?.toString('utf8') ?? '';
  const named = config.replace('"spark-submit"', '"spark-submit", "--name", "{step_name}"');
  harness.aws.s3.buckets.put(bucketName, file, Buffer.from(named));
  await harness.trigger();
  harness.aws.advance(30);
  expect(harness.cluster().steps[0]?.request.args.slice(0, 3)).toEqual([
    'spark-submit',
    '--name',
    'check_lists_15m_2x',
  ]);
});

test('a cluster can be kept for the next round, which also leaves it up', async () => {
  const harness = await awsHarness();
  harness.check('check_lists_15m.yml', threeHours);
  const first = await harness.trigger({ keep_cluster: true });
  harness.aws.advance(20);
  expect(harness.cluster().state).toBe('WAITING');
  const second = await harness.trigger({ cluster_id: first.answer.clusterId });
  harness.aws.advance(20);
  expect(second.answer.clusterId).toBe(first.answer.clusterId);
  expect(second.answer.dagRunId).not.toBe(first.answer.dagRunId);
  expect(harness.cluster()).toMatchObject({
    state: 'WAITING',
    steps: [{ state: 'COMPLETED' }, { state: 'COMPLETED' }],
  });
});

test('1,203 checks are submitted in batches, never more than 200 are active, and all of them run', async () => {
  const harness = await awsHarness();
  harness.dag(config15m, JSON.stringify(clusterConfig('15m', 64)));
  for (let number = 0; number < 1203; number++) harness.check(`check_t${number}_15m.yml`, threeHours);
  await harness.trigger();
  let mostActive = 0;
  for (let minute = 0; minute < 120 && harness.cluster().state !== 'TERMINATED'; minute++) {
    harness.aws.advance(1);
    mostActive = Math.max(mostActive, harness.cluster().active.length);
  }
  const { steps, state } = harness.cluster();
  expect({ state, mostActive, steps: steps.length }).toEqual({
    state: 'TERMINATED',
    mostActive: 200,
    steps: 1203,
  });
  expect(steps.filter((step) => step.state === 'COMPLETED')).toHaveLength(1203);
  expect(new Set(steps.map(({ createdMs }) => Math.floor(createdMs / 10_000))).size).toBeGreaterThan(6);
});

test('a run whose cluster is terminated fails and says why', async () => {
  const harness = await awsHarness();
  harness.check('check_lists_15m.yml', threeHours);
  const { answer } = await harness.trigger();
  const emr = new EMRClient({
    endpoint: harness.aws.endpoint,
    region: 'us-east-1',
    credentials: exampleKey,
  });
  harness.aws.advance(4.5);
  await emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [answer.clusterId ?? ''] }));
  emr.destroy();
  harness.aws.advance(2);
  expect(harness.aws.dagRuns.list()).toMatchObject([
    { state: 'failed', problem: expect.stringContaining('ended during the run: Terminated by user request') },
  ]);
});

test.each([
  ['another DAG', { dagId: 'tutorial' }, 404, /there is no DAG "tutorial"/],
  ['a key that the DAG does not know', { conf: { clusterid: 'j-1' } }, 400, /unknown in conf: clusterid/],
  ['a cluster id of another shape', { conf: { cluster_id: 'x' } }, 400, /does not look like a cluster id/],
  ['a cluster that does not exist', { conf: { cluster_id: 'j-NOSUCH' } }, 409, /j-NOSUCH does not exist/],
  ['an end without an offset', { conf: { ts_end: '2025-12-08T10:00:00' } }, 400, /not a time with an offset/],
])('%s is refused', async (_what, { dagId, conf }: { dagId?: string; conf?: object }, status, message) => {
  const harness = await awsHarness();
  harness.check('check_lists_15m.yml', threeHours);
  expect(await harness.trigger(conf, dagId)).toMatchObject({
    status,
    answer: { message: expect.stringMatching(message) },
  });
});

test.each([
  ['LOAD assigned twice', 'yang_audit_load_test.py', `${dagSource(2)}LOAD = 4\n`, /assigns LOAD 2 times/],
  ['no LOAD', 'yang_audit_load_test.py', dagSource(2).replace('LOAD = 2', ''), /assigns LOAD 0 times/],
  [
    'a LOAD that is computed',
    'yang_audit_load_test.py',
    dagSource(2).replace('LOAD = 2', 'LOAD = int(x)'),
    /not a plain literal/,
  ],
  [
    'a bucket that is not there',
    'yang_audit_load_test.py',
    dagSource(2).replace('klaviyo-data', 'other'),
    /no bucket other-platform/,
  ],
  ['a cluster config that is not JSON', config15m, '{', /is not JSON/],
  ['a cluster config without a step', config15m, '{"Name": "n"}', /no AuditStep/],
])('a DAG folder with %s is refused, and no cluster is created', async (_what, path, text, message) => {
  const harness = await awsHarness();
  harness.check('check_lists_15m.yml', threeHours);
  harness.dag(path, text);
  expect(await harness.trigger()).toMatchObject({
    status: 422,
    answer: { message: expect.stringMatching(message) },
  });
  expect(harness.aws.simulation.clusters.size).toBe(0);
});

test('a level without checks in the bucket is refused, and no cluster is created', async () => {
  const harness = await awsHarness({ load: 2 });
  harness.dag('yang_audit_load_test.py', dagSource(8));
  harness.check('check_lists_15m.yml', threeHours);
  const message = expect.stringContaining('checks_load_test/configs/15m/8x/; no cluster was created');
  expect(await harness.trigger()).toMatchObject({ status: 409, answer: { message } });
});

test.each(['15m', 'hourly', 'daily'])("the project's own DAG folder runs its %s checks", async (schedule) => {
  const load = Number(/^LOAD = (\d+)$/m.exec(readFileSync('dags/yang_audit_load_test.py', 'utf8'))?.[1]);
  const harness = await awsHarness({ schedule, load });
  const config = `cluster_configs/yang_audit_load_test_cluster_${schedule}.json`;
  for (const path of ['yang_audit_load_test.py', config])
    harness.dag(path, readFileSync(`dags/${path}`, 'utf8'));
  harness.check('check_lists.yml', threeHours);
  expect((await harness.trigger()).status).toBe(200);
  harness.aws.advance(60);
  const { steps, name } = harness.cluster();
  expect(name).toMatch(`yang_audit_load_test_${schedule}_${load}x_manual__`);
  expect(steps).toHaveLength(1);
  expect(steps[0]?.request.args.filter((text) => /[{}]/.test(text))).toEqual([]);
});
