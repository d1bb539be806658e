/** While EMR's request quota is used up: what a recent look says, what waits, and what is said of either. */
import { expect, test } from 'vitest';
import { type Harness, openRound, prepareWorld, runToEnd, toolHarness } from './toolHarness.ts';

prepareWorld();
const look = { waitSeconds: 0 };
const seconds = (count: number) => count / 60;

/** A round of 2x that pollCluster saw running, and an EMR that throttles from then on. */
async function throttledRound(): Promise<{ harness: Harness; clusterId: string }> {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const clusterId = harness.trigger();
  harness.minutes(6);
  await harness.call('pollCluster', look);
  await throttle(harness);
  return { harness, clusterId };
}

async function throttle(harness: Harness, times?: number, operation?: string): Promise<void> {
  const where = { service: 'emr', ...(operation && { operation }) };
  await harness.fault({ ...where, error: 'ThrottlingException', ...(times && { times }) });
}

async function requestsToEmr(harness: Harness): Promise<string[]> {
  const requests = (await (await fetch(`${harness.aws.endpoint}/_sandbox/requests`)).json()) as {
    service: string;
    operation: string;
  }[];
  return requests.filter(({ service }) => service === 'emr').map(({ operation }) => operation);
}

test('scaling tells how long ago the round was seen running, asks EMR once per look, and records nothing', async () => {
  const { harness, clusterId } = await throttledRound();
  harness.minutes(seconds(12));
  const before = (await harness.ports().sessions.load()).rounds;
  const asked = (await requestsToEmr(harness)).length;
  const { remarks } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  expect(remarks[0]).toBe(
    `Round 1 (2x 15m) was still running on ${clusterId} (RUNNING, 4 active steps) 12s ago, and EMR's request quota allows no look now; uploads wait until it is done.`,
  );
  expect(remarks[1]).toBe(
    "This could not be looked at: whether somebody else's run is active (EMR's request quota is used up).",
  );
  expect((await requestsToEmr(harness)).slice(asked)).toEqual(['DescribeCluster', 'ListClusters']);
  expect((await harness.ports().sessions.load()).rounds).toEqual(before);
});

test('a report, a mark and an upload of a round that was just seen running are refused without a wait', async () => {
  const { harness, clusterId } = await throttledRound();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  harness.minutes(seconds(12));
  const asked = (await requestsToEmr(harness)).length;
  const ago = "12s ago, and EMR's request quota allows no look now";
  expect(await harness.refusal('buildReport')).toMatch(
    `WRONG_STATE: 4 of 8 steps on ${clusterId} were still active ${ago}. No report was written. Next: call pollCluster`,
  );
  const round = `Round 1 (2x 15m) was still running on ${clusterId} (RUNNING, 4 active steps) ${ago}`;
  expect(await harness.refusal('uploadChecks', { reviewId, approved: true })).toMatch(
    `WRONG_STATE: ${round}; one level runs at a time. Nothing was uploaded or triggered.`,
  );
  expect(await harness.refusal('markRound')).toMatch(
    `WRONG_STATE: ${round}; a mark now would end its window. Nothing was marked.`,
  );
  expect((await requestsToEmr(harness)).slice(asked)).toEqual(Array(3).fill('DescribeCluster'));
});

test('a look that is older than a minute counts no more', async () => {
  const { harness } = await throttledRound();
  harness.minutes(seconds(61));
  const { remarks } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  expect(remarks[0]).toBe(
    "This could not be looked at: whether a round is running (EMR's request quota is used up); whether somebody else's run is active (EMR's request quota is used up).",
  );
  await harness.fault(undefined);
  await throttle(harness, 3);
  expect(await harness.refusal('buildReport')).toMatch(
    /^WRONG_STATE: 4 of 8 steps on j-\w+ are still active\. /,
  );
});

test('that a round has ended is never known from an earlier look: the report waits, and has every step', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  await runToEnd(harness);
  await harness.call('pollCluster', look);
  await throttle(harness, 3);
  const { structure } = await harness.call('buildReport');
  expect(structure.steps).toMatchObject({ total: 8, unfinished: 0 });
});

test('an earlier look in which nothing ran says nothing, and the answer says that it was not looked at', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  await runToEnd(harness);
  await harness.call('pollCluster', look);
  await throttle(harness);
  const { remarks } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  expect(remarks.join()).toContain(
    "This could not be looked at: whether a round is running (EMR's request quota is used up)",
  );
});

test('what was seen before the cluster ended refuses nothing any more', async () => {
  const { harness, clusterId } = await throttledRound();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  await harness.fault(undefined);
  const body = JSON.stringify({ code: 'INSTANCE_FAILURE', message: 'core nodes were lost' });
  await fetch(`${harness.aws.endpoint}/_sandbox/clusters/${clusterId}/fail`, { method: 'POST', body });
  await throttle(harness, 2, 'ListSteps');
  const { structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(structure.status).toBe('uploaded');
});

test('abandon gives up no round that has ended on the word of an earlier look', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(60);
  await harness.call('pollCluster', look);
  await harness.call('buildReport');
  harness.trigger('15m', { cluster_id: clusterId });
  harness.minutes(2);
  const running = (await harness.call('scaleConfigs', { load: 4 })).structure;
  expect(running.remarks.join()).toContain('is still running');
  harness.minutes(0.5);
  await throttle(harness);
  const { remarks } = (await harness.call('scaleConfigs', { load: 4, abandon: true })).structure;
  expect(remarks.join()).not.toContain('bandoned');
  expect((await harness.ports().sessions.load()).rounds[0]?.abandoned).toBeFalsy();
});

test('a run that the user reports is marked, whatever an earlier look saw running', async () => {
  const { harness } = await throttledRound();
  const { structure } = await harness.call('markRound', { already: true });
  expect(structure.status).toBe('marked');
  expect(structure.warnings.join()).toContain('which runs belong to no round');
});

test('a run that the user reports is that of the round that runs, also where clusters may not be listed', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  harness.trigger();
  harness.minutes(6);
  await harness.call('pollCluster', look);
  await harness.fault({ service: 'emr', operation: 'ListClusters', error: 'AccessDenied' });
  const { structure } = await harness.call('markRound', { already: true });
  expect(structure.summary).toBe(
    'Round 1 (2x 15m) is running. This could not be looked at: which runs belong to no round (DENIED). Nothing was marked.',
  );
  expect((await harness.ports().sessions.load()).rounds).toHaveLength(1);
});

test('steps that were seen to end make an earlier look of them worth nothing', async () => {
  const { harness, clusterId } = await throttledRound();
  await harness.fault(undefined);
  harness.minutes(1);
  const { clusters } = harness.ports();
  await clusters.look(clusterId);
  expect(clusters.lastLook(clusterId)).toBeDefined();
  harness.minutes(30);
  await clusters.steps(clusterId);
  expect(clusters.lastLook(clusterId)).toBeUndefined();
});

test('abandon says what it could not look at', async () => {
  const { harness } = await throttledRound();
  const { remarks } = (await harness.call('scaleConfigs', { load: 4, abandon: true })).structure;
  expect(remarks.join()).toContain('This could not be looked at: whether the newest round runs again');
  expect(remarks.join()).toContain('Abandoned round 1');
});
