/** `sandbox --engine spark`, with a stand-in for Python and Spark: what becomes of a step, its logs and its driver. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, type TestContext, test, vi } from 'vitest';
import { nameReferenceRunner } from '../../sandbox/spark/config.ts';
import { chooseEngine } from '../../sandbox/spark/places.ts';
import { bucketName, dagsPrefix } from '../../sandbox/world/environment.ts';
import { startWorld } from '../../sandbox/world/world.ts';

async function sparkWorld(context: TestContext, ...checks: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'spark-world-'));
  const spark = {
    python: resolve('test/sandbox/sparkDriver.mjs'),
    java: directory,
    iceberg: join(directory, 'iceberg.jar'),
    tables: directory,
    driverFile: 'driver.py',
  };
  const world = await startWorld({ directory, dagsFolder: 'dags', spark });
  context.onTestFinished(async () => {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const put = (name: string, text: string) =>
    world.s3.buckets.put(bucketName, `${dagsPrefix}/${name}`, Buffer.from(text));
  const config = 'cluster_configs/yang_audit_load_test_cluster_daily.json';
  put('yang_audit_load_test.py', readFileSync('dags/yang_audit_load_test.py', 'utf8'));
  put(
    config,
    nameReferenceRunner(readFileSync(`dags/${config}`, 'utf8'), `s3://${bucketName}/${dagsPrefix}`),
  );
  put('audit_runner/audit_runner.py', readFileSync('dags/audit_runner/audit_runner.py', 'utf8'));
  for (const check of checks)
    world.s3.buckets.put(
      bucketName,
      `checks_load_test/configs/daily/2x/${check}.yml`,
      Buffer.from('table: t\n'),
    );
  const { clusterId } = world.dagRuns.trigger({ dagId: 'yang_audit_load_test_daily', conf: {} });
  const cluster = () => world.simulation.clusters.get(clusterId);
  return {
    world,
    clusterId,
    keys: (part: string) => world.s3.buckets.keys(bucketName, '').filter((key) => key.includes(part)),
    states: () => cluster()?.steps.map(({ request, state }) => [request.name, state]),
    stderr(step: number): string {
      const { id } = cluster()?.steps[step] ?? {};
      const key = `checks_load_test/results/emr_logs/daily/${clusterId}/steps/${id}/stderr.gz`;
      const bytes = world.s3.buckets.get(bucketName, key);
      if (bytes === undefined) throw new Error(`no ${key}`);
      return gunzipSync(bytes).toString();
    },
  };
}

const soon = { timeout: 30_000, interval: 50 };

// A world in real time mostly waits for its next second, so they wait together.

test.concurrent('a step ends as its application does, with its logs and its event log in the bucket', async (context) => {
  const { world, states, stderr, keys, clusterId } = await sparkWorld(
    context,
    'check_a_daily',
    'check_violated_daily',
  );
  await vi.waitFor(() => {
    expect(states()).toEqual([
      ['check_a_daily_2x', 'COMPLETED'],
      ['check_violated_daily_2x', 'FAILED'],
    ]);
    expect(stderr(1)).toContain("Command exiting with ret '1'");
  }, soon);
  expect(stderr(0)).toMatch(
    /application application_\d+_0001 .*--config s3:.*\/check_a_daily.yml --load 2 .*--now 2026-02-01 00:00:00/,
  );
  expect(stderr(0)).toContain("Command exiting with ret '0'");
  const [event] = keys('/spark_events/daily/eventlog_v2_application_').filter((key) =>
    key.includes('events_1'),
  );
  const conf = JSON.parse(world.s3.buckets.get(bucketName, event ?? '')?.toString() ?? '{}');
  expect(conf).toMatchObject({ 'spark.app.name': 'check_a_daily_2x', 'spark.sql.shuffle.partitions': '8' });
  expect(conf).not.toHaveProperty('spark.yarn.maxAppAttempts');
  expect(keys(`${clusterId}/steps/`)).toHaveLength(8);
});

test.concurrent('an event log that cannot be delivered is said in the log of its step, and stops no other', async (context) => {
  const { world, states, stderr, keys } = await sparkWorld(context, 'check_a_daily', 'check_z_daily');
  const { buckets } = world.s3;
  const put = buckets.put.bind(buckets);
  Object.assign(buckets, {
    put(...given: Parameters<typeof put>) {
      if (given[1].includes('/spark_events/') && given[1].includes('_0001')) throw new Error('no space left');
      return put(...given);
    },
  });
  await vi.waitFor(() => {
    expect(states()?.map(([, state]) => state)).toEqual(['COMPLETED', 'COMPLETED']);
    expect(stderr(1)).toContain('application');
  }, soon);
  expect(stderr(0)).toContain('The event log was not delivered: Error: no space left\n');
  expect(stderr(0)).toContain("Command exiting with ret '0'");
  expect(stderr(1)).not.toContain('not delivered');
  expect(keys('/spark_events/').some((key) => key.includes('_0002'))).toBe(true);
});

test.concurrent('a driver that is killed fails its step, leaves no event log, and is started anew', async (context) => {
  const { states, stderr, keys } = await sparkWorld(
    context,
    'check_a_daily',
    'check_killed_daily',
    'check_z_daily',
  );
  await vi.waitFor(() => {
    expect(states()?.map(([, state]) => state)).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
    expect(stderr(2)).toContain('application');
  }, soon);
  expect(stderr(1)).toContain("Command exiting with ret '137'");
  expect(keys('/spark_events/').some((key) => key.includes('_0002'))).toBe(false);
  const driver = (step: number) => /of driver (\d+)/.exec(stderr(step))?.[1];
  expect(driver(1)).toBe(driver(0));
  expect(driver(2)).not.toBe(driver(0));
});

test.concurrent.for(['dying', 'memory'])(
  'a driver whose Java is %s runs no other step',
  async (how, context) => {
    const { states, stderr } = await sparkWorld(context, `check_${how}_daily`, 'check_z_daily');
    await vi.waitFor(() => {
      expect(states()?.[1]?.[1]).toBe('COMPLETED');
      expect(stderr(1)).toContain('application');
    }, soon);
    const driver = (step: number) => /of driver (\d+)/.exec(stderr(step))?.[1];
    expect(driver(1)).not.toBe(driver(0));
  },
);

test.concurrent('a cluster that ends interrupts the application, and time is not skipped', async (context) => {
  const { world, states, clusterId } = await sparkWorld(context, 'check_endless_daily');
  await vi.waitFor(() => expect(states()?.[0]?.[1]).toBe('RUNNING'), soon);
  const advance = await fetch(`${world.endpoint}/_sandbox/advance`, {
    method: 'POST',
    body: '{"minutes": 5}',
  });
  expect([advance.status, await advance.json()]).toEqual([
    409,
    { error: 'RealTime', message: expect.stringContaining('not in real time') },
  ]);
  await fetch(`${world.endpoint}/_sandbox/clusters/${clusterId}/fail`, {
    method: 'POST',
    body: '{"code": "INSTANCE_FAILURE", "message": "a node is gone"}',
  });
  expect(states()?.[0]?.[1]).toBe('INTERRUPTED');
});

test('without an installation the command says how to make one', async () => {
  vi.stubEnv('AUDIT_SPARK', join(tmpdir(), 'nothing-is-here'));
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await chooseEngine(['--engine', 'spark'], '.', () => undefined)).toEqual({
    problem: expect.stringContaining('npm run spark:install'),
  });
  expect(await chooseEngine([], '.', () => undefined)).toEqual({});
  expect(await chooseEngine(['--engine', 'flink'], '.', () => undefined)).toHaveProperty('problem');
  for (const args of [['--help'], ['--engine', 'simulated', '--speed']])
    expect(await chooseEngine(args, '.', () => undefined)).toHaveProperty(
      'problem',
      expect.stringContaining(`There is no option ${args.at(-1)}, `),
    );
});

test('the reference runner is Python 3.9, as on EMR 7', async () => {
  const grammar =
    'import ast,sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9)); print("parsed")';
  const { stdout } = await promisify(execFile)('python3', [
    '-c',
    grammar,
    'dags/audit_runner/audit_runner.py',
  ]);
  expect(stdout).toBe('parsed\n');
});
