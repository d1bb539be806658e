/** How often each tool may call EMR: its quotas refill one call every two seconds, for all users of an account. */
import { expect, test } from 'vitest';
import { prepareWorld, reportedLevel, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();

/** At most, of all operations together. The smallest quota allows ten at once, so that a single call never waits. */
const budgets: Readonly<Record<string, number>> = {
  checkSetup: 1,
  scaleConfigs: 5,
  reviewConfigs: 0,
  fixInterval: 0,
  revertConfigs: 0,
  uploadChecks: 4,
  uploadDags: 7,
  markRound: 6,
  pollCluster: 5,
  buildReport: 6,
  commitResults: 0,
  compareReports: 0,
  showSession: 0,
};

// Some forty calls.
test('no tool calls EMR more often than its budget, in any phase of a level', {
  timeout: 120_000,
}, async () => {
  const harness = await toolHarness();
  const spent = new Map<string, number>();
  const emrCalls = async () => {
    const response = await fetch(`${harness.aws.endpoint}/_sandbox/requests`);
    return ((await response.json()) as { service: string }[]).filter(({ service }) => service === 'emr')
      .length;
  };
  /** Whether it succeeds or refuses: both cost. */
  const counted = async (tool: string, given: Record<string, unknown> = {}) => {
    const before = await emrCalls();
    await harness.call(tool, given).catch((error: Error) => {
      if (!/^\w+: [A-Z_]+: /.test(error.message)) throw error;
    });
    spent.set(tool, Math.max(spent.get(tool) ?? 0, (await emrCalls()) - before));
  };
  const inAnyPhase = async () => {
    for (const tool of ['checkSetup', 'showSession', 'reviewConfigs', 'compareReports'])
      await counted(tool, tool === 'compareReports' ? { baseline: '2x', candidate: '2x' } : {});
    await counted('scaleConfigs', { load: 2 });
    await counted('fixInterval', { check: 'nothing', from: 1, to: 2 });
    await counted('uploadDags');
    await counted('buildReport');
  };

  await inAnyPhase();
  const reviewId = await uploadLevel(harness, { load: 2 });
  await harness.call('uploadDags');
  await counted('pollCluster', { waitSeconds: 0 });
  harness.trigger();
  harness.minutes(3);
  await counted('pollCluster', { waitSeconds: 0 });
  await inAnyPhase();
  await counted('uploadChecks', { reviewId });
  harness.minutes(200);
  await counted('pollCluster', { waitSeconds: 0 });
  await inAnyPhase();
  await counted('markRound', { already: true });
  await counted('markRound');
  await counted('commitResults');
  await counted('revertConfigs', { to: 'lastCommit' });
  await reportedLevel(harness, { load: 4 });
  await inAnyPhase();

  const over = [...spent].filter(([tool, calls]) => calls > (budgets[tool] ?? 0));
  expect(Object.fromEntries(over)).toEqual({});
  expect([...spent.keys()].toSorted()).toEqual(Object.keys(budgets).toSorted());
});
