import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseClusterOrder } from '../../sandbox/emr/requests.ts';
import { emrQuota } from '../../src/adapters/aws/limits.ts';
import { createInstances } from '../../src/adapters/emr/emr.ts';
import { createPrices } from '../../src/adapters/files/prices.ts';
import { watch } from './awsWorld.ts';
import { minute, startEmrWorld, startMs } from './emrWorld.ts';
import { instantClock } from './instantClock.ts';

describe('the instances of a cluster', () => {
  let world: Awaited<ReturnType<typeof startEmrWorld>>;
  beforeEach(async () => {
    world = await startEmrWorld();
  });
  afterEach(() => world.close());
  const port = (clock = instantClock()) => createInstances({ ...world, quota: emrQuota(clock) });

  it('in groups are read with type, market and lifetime', async () => {
    const cluster = world.startCluster(10);
    const instances = await port().ofCluster(cluster.id, watch());
    expect(instances).toHaveLength(3);
    for (const instance of instances) {
      expect(instance).toMatchObject({ type: 'm5.xlarge', market: 'ON_DEMAND', createdMs: startMs });
      expect(instance.endedMs).toBeUndefined();
    }
  });

  it('in fleets are read by the same call, with spot and on-demand distinguished', async () => {
    const fleet = (type: string, demand: number, spot: number) => ({
      InstanceFleetType: type,
      TargetOnDemandCapacity: demand,
      TargetSpotCapacity: spot,
      InstanceTypeConfigs: [{ InstanceType: 'r5.2xlarge' }],
    });
    const order = parseClusterOrder({
      Name: 'fleets',
      ReleaseLabel: 'emr-7.2.0',
      JobFlowRole: 'r',
      ServiceRole: 's',
      Instances: {
        InstanceFleets: [fleet('MASTER', 1, 0), fleet('CORE', 0, 2)],
        KeepJobFlowAliveWhenNoSteps: true,
      },
    });
    const cluster = world.simulation.run(order);
    world.pass(20 * minute);
    const markets = (await port().ofCluster(cluster.id)).map(({ market }) => market);
    expect(markets.sort()).toEqual(['ON_DEMAND', 'SPOT', 'SPOT']);
  });

  it('stay within the quota of ListInstances', async () => {
    const cluster = world.startCluster(10);
    const clock = instantClock();
    const instances = port(clock);
    for (let call = 0; call < 14; call++) await instances.ofCluster(cluster.id);
    // A burst of ten, then one every two seconds.
    expect(clock.waitedMs).toBe(4 * 2000);
  });

  it('of an unknown cluster are an error that names it', async () => {
    await expect(port().ofCluster('j-NOSUCHCLUSTER')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('j-NOSUCHCLUSTER'),
    });
  });
});

describe('the price table', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prices-'));
  afterEach(() => rmSync(join(folder, 'prices.json'), { force: true }));
  const read = (text: string) => {
    const path = join(folder, 'prices.json');
    writeFileSync(path, text);
    return createPrices(path).read();
  };

  it('is the shipped example, called one, when it is not set', async () => {
    const prices = { currency: 'USD', perHour: { 'm6i.2xlarge': { onDemand: 0.384 } } };
    expect(await createPrices(undefined).read()).toMatchObject({ ...prices, isExample: true });
    expect(await createPrices('docs/prices.example.json').read()).toMatchObject(prices);
  });

  it.each([
    ['not JSON', '{', /it is not JSON/],
    ['without a date', '{"currency":"USD","perHour":{}}', /: date: /],
    [
      'with a negative price',
      '{"currency":"USD","date":"2025-12-01","perHour":{"m5.xlarge":{"spot":-1}}}',
      /spot/,
    ],
    [
      'with a word that is not known',
      '{"currency":"USD","date":"2025-12-01","perHour":{"a":{"hour":1}}}',
      /hour/,
    ],
  ])('%s is refused, with the place', async (_, text, why) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringMatching(why) });
  });

  it('that does not exist is refused', async () => {
    await expect(createPrices(join(folder, 'gone.json')).read()).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('it does not exist'),
    });
  });
});
