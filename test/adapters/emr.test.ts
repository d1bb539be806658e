import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tally, watch } from './awsWorld.ts';
import { minute, startEmrWorld, startMs } from './emrWorld.ts';
import { instantClock } from './instantClock.ts';

let world: Awaited<ReturnType<typeof startEmrWorld>>;
beforeEach(async () => {
  world = await startEmrWorld();
});
afterEach(() => world.close());

it('reads a cluster and its steps, with times in milliseconds', async () => {
  const cluster = world.startCluster(10);
  world.add(cluster, 3);
  world.pass(30_000);
  const port = world.clusters();
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
  world.pass(10 * minute);
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

it('lists the clusters created since a given time, newest first', async () => {
  world.startCluster(1, 'old');
  const sinceMs = world.clock.nowMs();
  world.startCluster(1, 'new');
  world.startCluster(1, 'newest');
  const found = await world.clusters().createdSince(sinceMs);
  expect(found.map(({ name }) => name)).toEqual(['newest', 'new']);
});

describe('reading the steps', () => {
  it('reads every page within the quota at first, and later 1,000 steps in at most 8 calls', async () => {
    const cluster = world.startCluster(50);
    world.runWaves(cluster, 4);
    world.add(cluster, 200, 'last');
    const quotaClock = instantClock();
    const port = world.clusters(quotaClock);
    world.wire();
    expect((await port.steps(cluster.id)).steps).toHaveLength(1000);
    expect(tally(world.wire())).toEqual({ ListSteps: 20 });
    // A burst of ten, then ten more at one every two seconds.
    expect(quotaClock.waitedMs).toBeGreaterThanOrEqual(20_000);
    expect(quotaClock.waitedMs).toBeLessThan(25_000);

    const calls: number[] = [];
    for (let look = 0; look < 8; look += 1) {
      world.pass(45_000);
      const { steps } = await port.steps(cluster.id);
      calls.push(world.wire().length);
      expect(stateOf(steps)).toEqual(
        stateOf(cluster.steps.map((step) => ({ id: step.id, state: step.state }))),
      );
    }
    expect(Math.max(...calls)).toBeLessThanOrEqual(8);
    // Nothing can change any more: one page is enough.
    world.pass(60 * minute);
    await port.steps(cluster.id);
    world.wire();
    await port.steps(cluster.id);
    expect(world.wire()).toEqual(['ListSteps']);
  });

  it('follows one slow old step by its id', async () => {
    const cluster = world.startCluster(50);
    world.add(cluster, 1, 'slow');
    world.runWaves(cluster, 3);
    const port = world.clusters();
    await port.steps(cluster.id);
    world.wire();
    await port.steps(cluster.id);
    expect(world.wire()).toHaveLength(2);
    world.pass(700 * minute);
    expect((await port.steps(cluster.id)).steps[0]).toMatchObject({
      name: 'slow_0_15m_2x',
      state: 'COMPLETED',
    });
  });

  it('finds many scattered active steps through the list of active ones', async () => {
    const cluster = world.startCluster(256);
    for (let wave = 0; wave < 5; wave += 1) {
      world.add(cluster, 40, `slow${wave}`);
      world.add(cluster, 50, `quick${wave}`);
      world.pass(30 * minute);
    }
    const port = world.clusters();
    await port.steps(cluster.id);
    world.wire();
    const { steps } = await port.steps(cluster.id);
    expect(world.wire().length).toBeLessThanOrEqual(8);
    expect(steps.filter(({ state }) => state === 'RUNNING')).toHaveLength(200);
  });

  it('keeps steps that EMR no longer shows, also for a later process', async () => {
    const cluster = world.startCluster(50);
    const port = world.clusters();
    for (let wave = 0; wave < 6; wave += 1) {
      world.add(cluster, 200, `wave${wave}`);
      world.pass(60 * minute);
      await port.steps(cluster.id);
    }
    const seen = await port.steps(cluster.id);
    expect(seen.steps).toHaveLength(1200);
    expect(seen.knownFromDiskOnly).toBe(200);
    world.wire();
    const later = await world.clusters().steps(cluster.id);
    expect(later.steps).toEqual(seen.steps);
    expect(later.knownFromDiskOnly).toBe(200);
    expect(world.wire()).toEqual(['ListSteps']);
  });

  it('after a line that was cut by a crash, reads all pages again and loses nothing else', async () => {
    const cluster = world.startCluster(50);
    world.runWaves(cluster, 1);
    const before = await world.clusters().steps(cluster.id);
    const path = join(world.directory, 'clusters', `${cluster.id}.ndjson`);
    truncateSync(path, readFileSync(path).length - 40);
    world.wire();
    expect((await world.clusters().steps(cluster.id)).steps).toEqual(before.steps);
    expect(world.wire()).toHaveLength(4);
    // What was appended after the cut line is complete again.
    await world.clusters().steps(cluster.id);
    expect(world.wire()).toHaveLength(1);
  });

  it('ignores the lines of a file that are not valid', async () => {
    const cluster = world.startCluster(50);
    world.runWaves(cluster, 1);
    const before = await world.clusters().steps(cluster.id);
    appendFileSync(join(world.directory, 'clusters', `${cluster.id}.ndjson`), '\u0000\u0000{"step":');
    expect((await world.clusters().steps(cluster.id)).steps).toEqual(before.steps);
  });

  it('reports when the steps cannot be stored', async () => {
    const cluster = world.startCluster(50);
    writeFileSync(join(world.directory, 'clusters'), 'a file where a directory should be');
    await expect(world.clusters().steps(cluster.id)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('STATE_DIR'),
    });
  });
});

const stateOf = (steps: readonly { id: string; state: string }[]) =>
  Object.fromEntries(steps.map(({ id, state }) => [id, state]));
