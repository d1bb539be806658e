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

async function throttle(harness: Harness, times?: number): Promise<void> {
  await harness.fault({ service: 'emr', error: 'ThrottlingException', ...(times && { times }) });
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
