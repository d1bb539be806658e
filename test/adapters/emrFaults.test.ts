/** The fault matrix of EMR: each fault gives the declared code and no partial state, and the same call succeeds afterwards. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { watch } from './awsWorld.ts';
import { startEmrWorld } from './emrWorld.ts';

let world: Awaited<ReturnType<typeof startEmrWorld>>;
beforeEach(async () => {
  world = await startEmrWorld();
});
afterEach(() => world.close());

it.each([
  'ThrottlingException',
  'InternalError',
  'ServiceUnavailable',
  'resetConnection',
  'responseLost',
  'cutBody',
])('%s once is not noticed', async (error) => {
  const cluster = world.startCluster(10);
  world.add(cluster, 3);
  for (const operation of ['ListSteps', 'DescribeCluster', 'ListClusters'])
    world.front.faults.add([{ service: 'emr', operation, error, times: 1 }]);
  expect((await world.clusters().steps(cluster.id)).steps).toHaveLength(3);
  expect((await world.clusters().describe(cluster.id)).id).toBe(cluster.id);
  expect(await world.clusters().createdSince(0)).toHaveLength(1);
});

const lasting: readonly [string, ErrorCode, RegExp][] = [
  ['ThrottlingException', 'UPSTREAM', /throttled the requests/],
  ['InternalError', 'UPSTREAM', /HTTP 500/],
  ['AccessDenied', 'DENIED', /denies elasticmapreduce:ListSteps/],
  ['ExpiredToken', 'DENIED', /login has expired/],
  ['InvalidAccessKeyId', 'DENIED', /does not recognize these credentials/],
  ['SignatureDoesNotMatch', 'DENIED', /signature/],
  ['RequestTimeTooSkewed', 'DENIED', /machine's clock is wrong/],
  ['resetConnection', 'UPSTREAM', /connection to AWS failed/],
  ['InvalidRequestException', 'NOT_FOUND', /EMR has no cluster/],
];
it.each(lasting)(
  'a lasting %s is %s, and the same call succeeds once it is over',
  async (error, code, words) => {
    const cluster = world.startCluster(10);
    world.add(cluster, 3);
    const port = world.clusters();
    world.front.faults.add([{ service: 'emr', operation: 'ListSteps', error }]);
    await expect(port.steps(cluster.id)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
    world.front.faults.clear();
    expect((await port.steps(cluster.id)).steps).toHaveLength(3);
  },
);

it('throttling is retried ten times before it is reported', async () => {
  const cluster = world.startCluster(10);
  world.front.faults.add([
    { service: 'emr', operation: 'ListSteps', error: 'ThrottlingException', times: 9 },
  ]);
  expect((await world.clusters().steps(cluster.id)).steps).toEqual([]);
});

it('a failure while reading leaves no partial state', async () => {
  const cluster = world.startCluster(50);
  world.runWaves(cluster, 1);
  const port = world.clusters();
  const eye = watch();
  const failing = {
    ...eye,
    progress: () =>
      world.front.faults.add([{ service: 'emr', operation: 'ListSteps', error: 'AccessDenied' }]),
  };
  await expect(port.steps(cluster.id, failing)).rejects.toMatchObject({ code: 'DENIED' });
  world.front.faults.clear();
  expect((await port.steps(cluster.id)).steps).toHaveLength(200);
  expect((await world.clusters().steps(cluster.id)).steps).toHaveLength(200);
});

it('an unknown cluster is NOT_FOUND and names the id', async () => {
  const unknown = expect.stringContaining('j-UNKNOWN');
  await expect(world.clusters().describe('j-UNKNOWN')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: unknown,
  });
  await expect(world.clusters().steps('j-UNKNOWN')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: unknown,
  });
});

it('a cancelled read ends with an AbortError', async () => {
  const cluster = world.startCluster(10);
  const abort = new AbortController();
  world.front.faults.add([{ service: 'emr', delayMs: 5_000 }]);
  const look = world.clusters().steps(cluster.id, watch(abort.signal));
  abort.abort();
  await expect(look).rejects.toMatchObject({ name: 'AbortError' });
});
