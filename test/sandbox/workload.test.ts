import { expect, test } from 'vitest';
import { windowHours } from '../../sandbox/sample/checkWindow.ts';
import { awsBed } from './awsBed.ts';

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
  const bed = await awsBed({ load });
  bed.check(path, `INTERVAL '${hours * load}' hour`);
  await bed.trigger();
  bed.aws.advance(300);
  const { startedMs = 0, endedMs = 0 } = bed.cluster().steps[0] ?? {};
  return (endedMs - startedMs) / 1000;
}

test('four times the window is nearly four times the work, beside a start-up that stays', async () => {
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

test('one check runs out of memory from 4x on, unless its executors get more of it', async () => {
  const states: unknown[] = [];
  for (const [load, memory] of [
    [2, '4g'],
    [4, '4g'],
    [4, '8g'],
  ] as const) {
    const bed = await awsBed({ load });
    bed.check('check_profile_merges_15m.yml', `INTERVAL '${6 * load}' hour`);
    const path = 'cluster_configs/yang_audit_load_test_cluster_15m.json';
    const config = bed.aws.s3.buckets.get(
      'klaviyo-data-platform-orchestration-v1',
      `dags/datalake/audit_loadtest/${path}`,
    );
    bed.dag(path, String(config).replace('"4g"', `"${memory}"`));
    await bed.trigger();
    bed.aws.advance(60);
    states.push(bed.cluster().steps[0]?.state);
  }
  expect(states).toEqual(['COMPLETED', 'FAILED', 'COMPLETED']);
});

test('a round is the same whether somebody looks all the time or once at the end', async () => {
  const stamps = async (looks: number) => {
    const bed = await awsBed();
    for (const table of ['consent', 'events', 'forms', 'lists', 'profile_merges'])
      bed.check(`check_${table}_15m.yml`, "INTERVAL '24' hour");
    await bed.trigger();
    for (let look = 0; look < looks; look++) {
      bed.aws.advance(60 / looks);
      bed.cluster();
    }
    const { state, endedMs, steps } = bed.cluster();
    return [
      state,
      endedMs,
      steps.map((step) => [step.id, step.state, step.startedMs, step.endedMs, step.failure]),
    ];
  };
  expect(await stamps(240)).toEqual(await stamps(1));
});

test('the same seed gives the same round to the millisecond, another seed another', async () => {
  const stamps = async (seed: number) => {
    const bed = await awsBed({ seed });
    for (const table of ['events', 'lists', 'forms'])
      bed.check(`check_${table}_15m.yml`, "INTERVAL '6' hour");
    await bed.trigger();
    bed.aws.advance(60);
    return bed.cluster().steps.map(({ id, startedMs, endedMs }) => [id, startedMs, endedMs]);
  };
  expect(await stamps(5)).toEqual(await stamps(5));
  expect(await stamps(5)).not.toEqual(await stamps(6));
});
