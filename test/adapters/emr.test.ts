import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClusters } from '../../src/adapters/emr.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { parseClusterOrder } from '../../src/sandbox/emr/clusterOrder.ts';
import { submit } from '../../src/sandbox/emr/stepOperations.ts';
import { startAwsWorld, tally, watch } from './awsWorld.ts';

const startMs = Date.UTC(2025, 11, 8, 20, 0, 0);
const minute = 60_000;

let world: Awaited<ReturnType<typeof startAwsWorld>>;
beforeEach(async () => {
  world = await startAwsWorld({
    startMs,
    plan: (name) => (name.startsWith('slow') ? { runMs: 600 * minute } : { runMs: minute }),
  });
});
afterEach(() => world.close());

/** A clock on which waiting takes no time, and which remembers how long was waited. */
function instantClock() {
  let nowMs = 0;
  const clock = {
    waitedMs: 0,
    nowMs: () => nowMs,
    random: () => 0,
    sleep: async (ms: number) => {
      nowMs += ms;
      clock.waitedMs += ms;
    },
  };
  return clock;
}

const clusters = (quotaClock = instantClock()) =>
  createClusters({ aws: world.aws, archiveDirectory: join(world.directory, 'clusters'), quotaClock });

function startCluster(concurrency: number, name = 'load-test-15m') {
  const order = parseClusterOrder({
    Name: name,
    ReleaseLabel: 'emr-7.2.0',
    JobFlowRole: 'r',
    ServiceRole: 's',
    LogUri: 's3n://logs/emr/',
    StepConcurrencyLevel: concurrency,
    Instances: { MasterInstanceType: 'm5.xlarge', InstanceCount: 3, KeepJobFlowAliveWhenNoSteps: true },
  });
  const cluster = world.simulation.run(order);
  pass(20 * minute);
  return cluster;
}

function pass(ms: number): void {
  world.clock.advance(ms);
  world.simulation.advance();
}

function add(cluster: ReturnType<typeof startCluster>, count: number, name = 'check'): void {
  const steps = Array.from({ length: count }, (_, index) => ({
    Name: `${name}_${index}_15m_2x`,
    ActionOnFailure: 'CONTINUE',
    HadoopJarStep: {
      Jar: 'command-runner.jar',
      Args: ['spark-submit', '--deploy-mode', 'cluster', `${index}`],
    },
  }));
  submit(world.simulation, cluster, { Steps: steps });
}

/** Waves of 200, each finished before the next, so that a cluster has a long past. */
function runWaves(cluster: ReturnType<typeof startCluster>, waves: number): void {
  for (let wave = 0; wave < waves; wave += 1) {
    add(cluster, 200, `wave${wave}`);
    pass(60 * minute);
  }
}

it('reads a cluster and its steps as they are, times in milliseconds', async () => {
  const cluster = startCluster(10);
  add(cluster, 3);
  pass(30_000);
  const port = clusters();
  const described = await port.describe(cluster.id);
  expect(described).toMatchObject({
    id: cluster.id,
    name: 'load-test-15m',
    state: 'RUNNING',
    stepConcurrencyLevel: 10,
    releaseLabel: 'emr-7.2.0',
    instanceCollectionType: 'INSTANCE_GROUP',
    createdMs: startMs,
    observedMs: world.clock.nowMs(),
  });
  pass(10 * minute);
  const { steps, knownFromDiskOnly, observedMs } = await port.steps(cluster.id, watch());
  expect(knownFromDiskOnly).toBe(0);
  expect(observedMs).toBe(world.clock.nowMs());
  expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'check_0_15m_2x COMPLETED',
    'check_1_15m_2x COMPLETED',
    'check_2_15m_2x COMPLETED',
  ]);
  const [first] = steps;
  expect(first?.arguments).toEqual(['spark-submit', '--deploy-mode', 'cluster', '0']);
  expect((first?.endedMs ?? 0) - (first?.startedMs ?? 0)).toBe(minute);
});

it('lists the clusters since a moment, newest first', async () => {
  startCluster(1, 'old');
  const sinceMs = world.clock.nowMs();
  startCluster(1, 'new');
  startCluster(1, 'newest');
  const found = await clusters().createdSince(sinceMs);
  expect(found.map(({ name }) => name)).toEqual(['newest', 'new']);
});

describe('a look', () => {
  it('the first reads every page within the quota, a later one at most 8 calls of 1,000 steps', async () => {
    const cluster = startCluster(50);
    runWaves(cluster, 4);
    add(cluster, 200, 'last');
    const quotaClock = instantClock();
    const port = clusters(quotaClock);
    world.wire();
    expect((await port.steps(cluster.id)).steps).toHaveLength(1000);
    expect(tally(world.wire())).toEqual({ ListSteps: 20 });
    // Ten at once, ten more at one in two seconds.
    expect(quotaClock.waitedMs).toBeGreaterThanOrEqual(20_000);
    expect(quotaClock.waitedMs).toBeLessThan(25_000);

    const calls: number[] = [];
    for (let look = 0; look < 8; look += 1) {
      pass(45_000);
      const { steps } = await port.steps(cluster.id);
      calls.push(world.wire().length);
      expect(stateOf(steps)).toEqual(
        stateOf(cluster.steps.map((step) => ({ id: step.id, state: step.state }))),
      );
    }
    expect(Math.max(...calls)).toBeLessThanOrEqual(8);
    // Nothing left to change: one page says so.
    pass(60 * minute);
    await port.steps(cluster.id);
    world.wire();
    await port.steps(cluster.id);
    expect(world.wire()).toEqual(['ListSteps']);
  });

  it('follows one slow old step by its id', async () => {
    const cluster = startCluster(50);
    add(cluster, 1, 'slow');
    runWaves(cluster, 3);
    const port = clusters();
    await port.steps(cluster.id);
    world.wire();
    await port.steps(cluster.id);
    expect(world.wire()).toHaveLength(2);
    pass(700 * minute);
    expect((await port.steps(cluster.id)).steps[0]).toMatchObject({
      name: 'slow_0_15m_2x',
      state: 'COMPLETED',
    });
  });

  it('finds many scattered active steps through the list of active ones', async () => {
    const cluster = startCluster(256);
    for (let wave = 0; wave < 5; wave += 1) {
      add(cluster, 40, `slow${wave}`);
      add(cluster, 50, `quick${wave}`);
      pass(30 * minute);
    }
    const port = clusters();
    await port.steps(cluster.id);
    world.wire();
    const { steps } = await port.steps(cluster.id);
    expect(world.wire().length).toBeLessThanOrEqual(8);
    expect(steps.filter(({ state }) => state === 'RUNNING')).toHaveLength(200);
  });

  it('keeps steps that EMR no longer shows, also for a process that comes later', async () => {
    const cluster = startCluster(50);
    const port = clusters();
    for (let wave = 0; wave < 6; wave += 1) {
      add(cluster, 200, `wave${wave}`);
      pass(60 * minute);
      await port.steps(cluster.id);
    }
    const seen = await port.steps(cluster.id);
    expect(seen.steps).toHaveLength(1200);
    expect(seen.knownFromDiskOnly).toBe(200);
    world.wire();
    const later = await clusters().steps(cluster.id);
    expect(later.steps).toEqual(seen.steps);
    expect(later.knownFromDiskOnly).toBe(200);
    expect(world.wire()).toEqual(['ListSteps']);
  });

  it('after a line that was cut by a crash it reads all pages again and loses nothing else', async () => {
    const cluster = startCluster(50);
    runWaves(cluster, 1);
    const before = await clusters().steps(cluster.id);
    const path = join(world.directory, 'clusters', `${cluster.id}.ndjson`);
    truncateSync(path, readFileSync(path).length - 40);
    world.wire();
    expect((await clusters().steps(cluster.id)).steps).toEqual(before.steps);
    expect(world.wire()).toHaveLength(4);
    // And what was appended behind the cut line is whole again.
    await clusters().steps(cluster.id);
    expect(world.wire()).toHaveLength(1);
  });

  it('reads a file that holds rubbish as far as it goes', async () => {
    const cluster = startCluster(50);
    runWaves(cluster, 1);
    const before = await clusters().steps(cluster.id);
    appendFileSync(join(world.directory, 'clusters', `${cluster.id}.ndjson`), '\u0000\u0000{"step":');
    expect((await clusters().steps(cluster.id)).steps).toEqual(before.steps);
  });

  it('says so when the steps cannot be kept', async () => {
    const cluster = startCluster(50);
    writeFileSync(join(world.directory, 'clusters'), 'a file where a directory should be');
    await expect(clusters().steps(cluster.id)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('STATE_DIR'),
    });
  });
});

describe('faults', () => {
  it.each([
    'ThrottlingException',
    'InternalError',
    'ServiceUnavailable',
    'resetConnection',
    'responseLost',
    'cutBody',
  ])('%s once is not noticed', async (error) => {
    const cluster = startCluster(10);
    add(cluster, 3);
    for (const operation of ['ListSteps', 'DescribeCluster', 'ListClusters'])
      world.front.faults.add([{ service: 'emr', operation, error, times: 1 }]);
    expect((await clusters().steps(cluster.id)).steps).toHaveLength(3);
    expect((await clusters().describe(cluster.id)).id).toBe(cluster.id);
    expect(await clusters().createdSince(0)).toHaveLength(1);
  });

  const forEver: readonly [string, ErrorCode, RegExp][] = [
    ['ThrottlingException', 'UPSTREAM', /limits the rate/],
    ['InternalError', 'UPSTREAM', /HTTP 500/],
    ['AccessDenied', 'DENIED', /denies elasticmapreduce:ListSteps/],
    ['ExpiredToken', 'DENIED', /log-in has expired/],
    ['InvalidAccessKeyId', 'DENIED', /does not know the credentials/],
    ['SignatureDoesNotMatch', 'DENIED', /signature/],
    ['RequestTimeTooSkewed', 'DENIED', /clock is too far/],
    ['resetConnection', 'UPSTREAM', /connection to AWS broke/],
    ['InvalidRequestException', 'NOT_FOUND', /EMR knows no cluster/],
  ];
  it.each(forEver)('%s for ever is %s, and over when it is over', async (error, code, words) => {
    const cluster = startCluster(10);
    add(cluster, 3);
    const port = clusters();
    world.front.faults.add([{ service: 'emr', operation: 'ListSteps', error }]);
    await expect(port.steps(cluster.id)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
    world.front.faults.clear();
    expect((await port.steps(cluster.id)).steps).toHaveLength(3);
  });

  it('throttling is met ten times before it is told', async () => {
    const cluster = startCluster(10);
    world.front.faults.add([
      { service: 'emr', operation: 'ListSteps', error: 'ThrottlingException', times: 9 },
    ]);
    expect((await clusters().steps(cluster.id)).steps).toEqual([]);
  });

  it('a failure in the middle of a look leaves nothing half known', async () => {
    const cluster = startCluster(50);
    runWaves(cluster, 1);
    const port = clusters();
    const eye = watch();
    const failing = {
      ...eye,
      progress: () =>
        world.front.faults.add([{ service: 'emr', operation: 'ListSteps', error: 'AccessDenied' }]),
    };
    await expect(port.steps(cluster.id, failing)).rejects.toMatchObject({ code: 'DENIED' });
    world.front.faults.clear();
    expect((await port.steps(cluster.id)).steps).toHaveLength(200);
    expect((await clusters().steps(cluster.id)).steps).toHaveLength(200);
  });

  it('an unknown cluster is NOT_FOUND and names the id', async () => {
    const unknown = expect.stringContaining('j-UNKNOWN');
    await expect(clusters().describe('j-UNKNOWN')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: unknown,
    });
    await expect(clusters().steps('j-UNKNOWN')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: unknown,
    });
  });

  it('a look that is cancelled ends as cancelled', async () => {
    const cluster = startCluster(10);
    const abort = new AbortController();
    world.front.faults.add([{ service: 'emr', delayMs: 5_000 }]);
    const look = clusters().steps(cluster.id, watch(abort.signal));
    abort.abort();
    await expect(look).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const stateOf = (steps: readonly { id: string; state: string }[]) =>
  Object.fromEntries(steps.map(({ id, state }) => [id, state]));
