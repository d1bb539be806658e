/** What a round in progress is told: each scene against EMR's records. */
import { expect, test } from 'vitest';
import {
  type Harness,
  openRound,
  prepareWorld,
  reportedLevel,
  runToEnd,
  toolHarness,
} from './toolHarness.ts';

prepareWorld();
const look = { waitSeconds: 0 };
const level = (load: number) => ({ load, scope: 'schedule' });

function stepsOf(harness: Harness, clusterId: string) {
  const cluster = harness.aws.simulation.clusters.get(clusterId);
  if (cluster === undefined) throw new Error(`no cluster ${clusterId}`);
  return cluster.steps;
}

test('the first steps all fail alike: told while the others wait, with their names and number', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const clusterId = harness.trigger();
  harness.minutes(4);
  await harness.call('pollCluster', look);
  const steps = stepsOf(harness, clusterId);
  const first = steps.slice(0, steps.findLastIndex(({ endedMs }) => endedMs !== undefined) + 4);
  expect(first.length).toBeLessThan(steps.length);
  for (const step of first) {
    step.state = 'FAILED';
    step.endedMs = harness.aws.clock.nowMs();
    step.failure = { reason: 'Unknown Error.', message: 'no runner' };
  }
  const { structure, text } = await harness.call('pollCluster', look);
  const names = first.map(({ request }) => request.name);
  expect(structure).toMatchObject({ done: false, steps: { failed: first.length }, failed: names });
  expect(structure.warnings).toContain(
    `All ${first.length} steps that ended so far failed with the same reason: more of this run may not be worth its cost.`,
  );
  expect(text).toContain(`Failed: ${names.join(', ')}`);
  const [one] = first;
  if (one !== undefined) one.failure = { reason: 'Out of memory.' };
  harness.minutes(1);
  const other = (await harness.call('pollCluster', look)).structure.warnings ?? [];
  expect(other.join()).not.toContain('failed with the same reason');
});

test('a partial round is called one while it runs and when it is done', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  harness.trigger('15m', { only: ['check_events_15m', 'check_orders_15m'] });
  harness.minutes(5);
  const running = (await harness.call('pollCluster', look)).structure;
  expect(running).toMatchObject({ partOf: { checks: 2, of: 8 }, steps: { total: 2 } });
  expect(running.summary).toContain('(a partial round: 2 of 8 checks) is running');
  harness.minutes(60);
  const done = (await harness.call('pollCluster', look)).structure;
  expect(done.summary).toMatch(/ \(a partial round: 2 of 8 checks\) is done: 2 steps in /);
  await harness.call('buildReport');
  await harness.call('markRound');
  await runToEnd(harness);
  expect((await harness.call('pollCluster', look)).structure.partOf).toBeUndefined();
});

test('all looks of one call share a limit below 50 s, however long it was asked to wait', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  harness.trigger();
  const limits: number[] = [];
  const { clock } = harness.ports();
  const { timer } = clock;
  Object.assign(clock, {
    timer(ms: number, due: () => void) {
      limits.push(ms);
      return timer(ms, due);
    },
  });
  for (const waitSeconds of [0, 20, 45]) await harness.call('pollCluster', { waitSeconds });
  expect(limits.filter((ms) => ms !== 47_000)).toEqual([10_000, 30_000, 46_000]);
});

test('an estimate comes once three steps ended, and the next look comes the sooner the less is left', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(8));
  const clusterId = harness.trigger();
  const pauses: number[] = [];
  for (let minute = 0; minute < 60; minute += 4) {
    harness.minutes(4);
    const { structure } = await harness.call('pollCluster', look);
    const ended = stepsOf(harness, clusterId).filter(({ endedMs }) => endedMs !== undefined).length;
    const left = stepsOf(harness, clusterId).length - ended;
    expect(structure.etaSeconds !== undefined, `${ended} ended`).toBe(ended >= 3 && left > 0);
    if (structure.etaSeconds !== undefined) pauses.push(structure.pollAfterSeconds);
    if (structure.done) break;
  }
  expect(pauses.length).toBeGreaterThan(1);
  for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(15);
});

test('by cluster and time: the steps of a known round are its report, those of another schedule are named', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(25);
  const known = (await harness.call('buildReport')).structure;
  const after = known.directory.endsWith('153000') ? '2025-12-08T15:30:00-05:00' : '';
  const given = { clusterId, load: '2x', afterTimestamp: after };
  const again = (await harness.call('buildReport', given)).structure;
  expect(again).toMatchObject({ round: 1, directory: known.directory, steps: { total: 8 } });
  await harness.call('markRound', { schedule: 'daily' });
  harness.trigger('daily', { cluster_id: clusterId });
  harness.minutes(25);
  await harness.call('pollCluster', look);
  const daily = stepsOf(harness, clusterId).length - 8;
  expect(daily).toBeGreaterThan(0);
  const both = (await harness.call('buildReport', { ...given, schedule: '15m' })).structure;
  expect(both).toMatchObject({ round: 1, steps: { total: 8 } });
  expect(both.warnings).toContain(
    `${daily} step${daily === 1 ? '' : 's'} of another schedule ran on the cluster in the same window; they are not in this report.`,
  );
});

test('is it the load? each failure says what its checks did at lower loads', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  const four = await reportedLevel(harness, level(4));
  const consent = four.failures.find(({ checks }: { checks: string[] }) =>
    checks.includes('check_consent_15m'),
  );
  expect(consent.atOtherLoads).toBe(
    'Failed at 2x already: fix the check or the table that it reads, not the load or the cluster: check_consent_15m.',
  );
});
