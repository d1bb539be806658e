import { afterEach, beforeEach, expect, it } from 'vitest';
import { emrQuota } from '../../src/adapters/aws/limits.ts';
import { createInstances } from '../../src/adapters/emr/emr.ts';
import { createDagFolder } from '../../src/adapters/files/dagFolder.ts';
import { createPrices } from '../../src/adapters/files/prices.ts';
import type { Step } from '../../src/ports/aws.ts';
import { readClusterConfig, readFailures, readInstances } from '../../src/workflow/reporting.ts';
import { watch } from '../adapters/awsWorld.ts';
import { startEmrWorld } from '../adapters/emrWorld.ts';
import { instantClock } from '../adapters/instantClock.ts';
import { stepOf } from '../report/rounds.ts';

let world: Awaited<ReturnType<typeof startEmrWorld>>;
beforeEach(async () => {
  world = await startEmrWorld();
});
afterEach(() => world.close());

const notAsked = () => Promise.reject(new Error('not asked'));
const noBlobs = { put: notAsked, claim: notAsked, get: () => Promise.resolve(undefined) };

const portsWith = (priceTable?: string) => ({
  instances: createInstances({ ...world, quota: emrQuota(instantClock()) }),
  prices: createPrices(priceTable),
});

it('a report gets its cost from EMR’s instances and the user’s price table', async () => {
  const cluster = world.startCluster(10);
  const read = await readInstances(portsWith('docs/prices.example.json'), cluster.id, watch());
  expect(read).toMatchObject({ instances: { length: 3 }, prices: { currency: 'USD' }, warnings: [] });
});

it('a denied ListInstances and an invalid price table give a warning each and do not stop the report', async () => {
  const cluster = world.startCluster(10);
  world.front.faults.add([{ service: 'emr', operation: 'ListInstances', error: 'AccessDenied' }]);
  const read = await readInstances(portsWith('docs/decisions/README.md'), cluster.id, watch());
  expect(read).toEqual({
    warnings: [
      'The instances could not be listed (DENIED), so the report has neither cost nor lost instances.',
      'PRICE_TABLE is not a price table (CONFIG), so the report has no cost.',
    ],
  });
});

it('a report has the settings and the capacity of the shipped cluster config', async () => {
  const dags = createDagFolder('dags/yang_audit_load_test.py');
  const cluster = world.startCluster(10);
  const used = await readClusterConfig(
    { dags, blobs: noBlobs },
    { ...cluster, observedMs: 0 },
    '15m',
    undefined,
  );
  expect(used).toMatchObject({
    settings: { 'spark.executor.memory': '4g', 'spark.executor.instances': '2' },
    room: { executors: 2, executorMb: 4505, driverMb: 2432, nodes: [{ type: 'm6i.2xlarge', count: 5 }] },
  });
});

it('only the logs of failed steps are read', async () => {
  const read: string[] = [];
  const stepLogs = {
    read: (_: unknown, step: Step) => {
      read.push(step.id);
      return Promise.resolve({ found: 'none' } as const);
    },
  };
  const states = ['FAILED', 'INTERRUPTED', 'CANCELLED', 'COMPLETED'];
  const steps = states.map((state) => stepOf(`check_${state}_15m`, { state }, state));
  const cluster = { ...world.startCluster(10), observedMs: 0 };
  await readFailures({ stepLogs }, cluster, steps, watch());
  expect(read).toEqual(['FAILED']);
});
