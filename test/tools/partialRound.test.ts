/** A round of which the DAG run was given only some checks: a smoke run, or a rerun of what failed. */
import { expect, test } from 'vitest';
import {
  openRound,
  prepareWorld,
  reportedLevel,
  runToEnd,
  type Structure,
  toolHarness,
} from './toolHarness.ts';

prepareWorld();

test('a partial round decides nothing about the window and is in no comparison and no forecast', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  await openRound(harness, { load: 4, scope: 'schedule' });
  await runToEnd(harness, '15m', { only: ['check_events_15m', 'check_orders_15m.yml'] });
  const { structure: smoke } = await harness.call('buildReport');

  expect(smoke.steps).toMatchObject({ total: 2, successful: 2 });
  expect(smoke.verdict).toMatch(
    /^4x 15m: partial round: 2 of 8 checks ran \(\d+m \d+s\), which says nothing about the 15-minute window\.$/,
  );
  expect([smoke.capacity, smoke.followUp]).toEqual([undefined, undefined]);
  expect(smoke.suggestions).toBeUndefined();
  expect(smoke.warnings?.join() ?? '').not.toContain('did not run');
  expect(smoke.nextSteps).toContain(
    'A whole round decides: rerun 4x: call uploadDags if a file changed, otherwise markRound; then the user triggers the DAG.',
  );
  const { structure: compared } = await harness.call('compareReports', { baseline: '2x', candidate: '4x' });
  expect(compared).toMatchObject({ comparable: false, why: 'a partial round ran only some of its checks' });

  await harness.call('markRound');
  await runToEnd(harness);
  const { structure: whole } = await harness.call('buildReport');
  expect(whole.steps.total).toBe(8);
  expect(whole.verdict).toMatch(/^4x 15m: (fits|missed) the 15-minute window/);
  expect(whole.followUp).toBeUndefined();
  const { structure: levels } = await harness.call('compareReports');
  expect(levels).toMatchObject({ comparable: true, varies: 'load' });
});

test('what failed can run again alone on the same cluster, and failing again is no verdict either', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(40);
  await harness.call('pollCluster', { waitSeconds: 0 });
  const { structure: whole } = await harness.call('buildReport');
  const failed: string[] = whole.failures.flatMap(({ checks }: { checks: string[] }) => checks);
  expect(failed).not.toEqual([]);

  await harness.call('markRound');
  await runToEnd(harness, '15m', { cluster_id: clusterId, only: failed });
  const { structure: again } = await harness.call('buildReport');

  expect(again.steps).toMatchObject({ total: failed.length, failed: failed.length });
  expect(again.verdict).toMatch(/^2x 15m: no data: no completed step was measured/);
  // The same causes, read from the logs of other applications.
  const same = whole.failures.map(({ log: _, atOtherLoads: __, ...failure }: Structure) => failure);
  expect(again.failures).toMatchObject(same);
  expect(again.failures[0].atOtherLoads).toContain('Also failed in the last round at 2x');
});
