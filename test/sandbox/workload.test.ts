import { expect, test } from 'vitest';
import { windowHours } from '../../sandbox/sample/workload.ts';
import { awsHarness } from './awsHarness.ts';

test.each([
  ["where: t >= now() - INTERVAL '3' hour", 3],
  ["where: 't >= now() - interval ''2'' DAYS'", 48],
  ['where: "t >= now() - INTERVAL \\"90\\" minute"', 1.5],
  ['where: t >= now() - INTERVAL 4 HOURS', 4],
  ["where: between INTERVAL '6' hour and INTERVAL '2' hour", 6],
  ["query: |\n  -- was INTERVAL '9' hour\n  t > INTERVAL '1' hour", 1],
  ["# INTERVAL '9' day\nwhere: t > INTERVAL '1' hour", 1],
  ['where: freshness', undefined],
])('the window of %j is %j hours', (config, hours) => {
  expect(windowHours(config)).toBe(hours);
});

async function secondsAt(load: number, path: string, hours: number): Promise<number> {
  const harness = await awsHarness({ load });
  harness.check(path, `INTERVAL '${hours * load}' hour`);
  await harness.trigger();
  harness.aws.advance(300);
  const { startedMs = 0, endedMs = 0 } = harness.cluster().steps[0] ?? {};
  return (endedMs - startedMs) / 1000;
}

test('four times the window is nearly four times the work, plus a constant start-up', async () => {
  const [one, four] = [
    await secondsAt(1, 'check_events_15m.yml', 3),
    await secondsAt(4, 'check_events_15m.yml', 3),
  ];
  expect(four / one).toBeGreaterThan(3.2);
  expect(four / one).toBeLessThan(4);
});

test('a join over the window grows faster than the window', async () => {
  const path = 'check_event_attribution_15m.yml';
  expect((await secondsAt(4, path, 6)) / (await secondsAt(1, path, 6))).toBeGreaterThan(5);
});

test('one check runs out of memory from 4x on, unless its executors get more', async () => {
  const states: unknown[] = [];
  for (const [load, memory] of [
    [2, '4g'],
    [4, '4g'],
    [4, '8g'],
  ] as const) {
    const harness = await awsHarness({ load });
    harness.check('check_profile_merges_15m.yml', `INTERVAL '${6 * load}' hour`);
    const path = 'cluster_configs/yang_audit_load_test_cluster_15m.json';
    const config = harness.aws.s3.buckets.get(
      'klaviyo-data-platform-orchestration-v1',
      `dags/datalake/audit_loadtest/${path}`,
    );
    harness.dag(path, String(config).replace('"4g"', `"${memory}"`));
    await harness.trigger();
    harness.aws.advance(60);
    states.push(harness.cluster().steps[0]?.state);
  }
  expect(states).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
});

test('a round is the same whether it is polled all the time or once at the end', async () => {
  const stamps = async (looks: number) => {
    const harness = await awsHarness();
    for (const table of ['consent', 'events', 'forms', 'lists', 'profile_merges'])
      harness.check(`check_${table}_15m.yml`, "INTERVAL '24' hour");
    await harness.trigger();
    for (let look = 0; look < looks; look++) {
      harness.aws.advance(60 / looks);
      harness.cluster();
    }
    const { state, endedMs, steps } = harness.cluster();
    return [
      state,
      endedMs,
      steps.map((step) => [step.id, step.state, step.startedMs, step.endedMs, step.failure]),
    ];
  };
  expect(await stamps(240)).toEqual(await stamps(1));
});

test('the same seed gives the same round to the millisecond, and another seed a different one', async () => {
  const stamps = async (seed: number) => {
    const harness = await awsHarness({ seed });
    for (const table of ['events', 'lists', 'forms'])
      harness.check(`check_${table}_15m.yml`, "INTERVAL '6' hour");
    await harness.trigger();
    harness.aws.advance(60);
    return harness.cluster().steps.map(({ id, startedMs, endedMs }) => [id, startedMs, endedMs]);
  };
  expect(await stamps(5)).toEqual(await stamps(5));
  expect(await stamps(5)).not.toEqual(await stamps(6));
});
