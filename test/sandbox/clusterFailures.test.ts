import { DescribeClusterCommand, EMRClient, ListStepsCommand } from '@aws-sdk/client-emr';
import { expect, onTestFinished, test } from 'vitest';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { type AwsHarness, awsHarness } from './awsHarness.ts';

async function fail({ aws }: AwsHarness, id: string, body: unknown) {
  const response = await fetch(`${aws.endpoint}/_sandbox/clusters/${id}/fail`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

/** What EMR says about a cluster and its steps, through the real client. */
async function look({ aws }: AwsHarness, ClusterId: string) {
  const credentials = exampleKey;
  const emr = new EMRClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
  onTestFinished(() => emr.destroy());
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId }));
  const { Steps = [] } = await emr.send(new ListStepsCommand({ ClusterId }));
  const { State, StateChangeReason, Timeline } = Cluster?.Status ?? {};
  return {
    state: State,
    reason: StateChangeReason,
    ready: Timeline?.ReadyDateTime !== undefined,
    ended: Timeline?.EndDateTime !== undefined,
    steps: Steps.map(({ Status }) => Status),
  };
}

async function triggered(checks: number, conf = {}): Promise<{ harness: AwsHarness; id: string }> {
  const harness = await awsHarness();
  for (let index = 0; index < checks; index += 1) harness.check(`check_${index}.yml`, "'2025-12-08'");
  const { answer } = await harness.trigger(conf);
  return { harness, id: answer.clusterId ?? '' };
}

test('a cluster that fails to start ends with errors, without a step, and its DAG run fails', async () => {
  const { harness, id } = await triggered(2);
  harness.aws.advance(1);
  const message = 'On the master instance (i-0abc), bootstrap action 1 returned a non-zero return code';
  expect(await fail(harness, id, { code: 'BOOTSTRAP_FAILURE', message })).toEqual([
    200,
    { id, state: 'TERMINATING' },
  ]);
  harness.aws.advance(3);
  expect(await look(harness, id)).toEqual({
    state: 'TERMINATED_WITH_ERRORS',
    reason: { Code: 'BOOTSTRAP_FAILURE', Message: message },
    ready: false,
    ended: true,
    steps: [],
  });
  expect(harness.aws.dagRuns.list()).toMatchObject([{ state: 'failed', submitted: 0 }]);
});

test.each(['INTERNAL_ERROR', 'INSTANCE_FAILURE'])(
  'a cluster that fails with %s while steps run interrupts running steps and cancels pending ones',
  async (code) => {
    const { harness, id } = await triggered(12);
    for (let minutes = 0; !harness.cluster().steps.some((step) => step.state === 'RUNNING'); minutes += 1) {
      expect(minutes).toBeLessThan(60);
      harness.aws.advance(0.25);
    }
    await fail(harness, id, { code, message: 'The master node was lost.' });
    harness.aws.advance(3);
    const { steps, ...cluster } = await look(harness, id);
    expect(cluster).toEqual({
      state: 'TERMINATED_WITH_ERRORS',
      reason: { Code: code, Message: 'The master node was lost.' },
      ready: true,
      ended: true,
    });
    expect(steps).toHaveLength(12);
    for (const step of steps) {
      expect(['INTERRUPTED', 'CANCELLED', 'COMPLETED', 'FAILED']).toContain(step?.State);
      if (step?.State === 'INTERRUPTED') expect(step.Timeline?.EndDateTime).toBeDefined();
      if (step?.State === 'CANCELLED') expect(step.Timeline?.StartDateTime).toBeUndefined();
    }
    for (const state of ['INTERRUPTED', 'CANCELLED'])
      expect(steps.some((step) => step?.State === state)).toBe(true);
    expect(harness.aws.dagRuns.list()).toMatchObject([{ state: 'failed' }]);
  },
);

test('an impossible failure is refused, and changes nothing', async () => {
  const { harness, id } = await triggered(1, { keep_cluster: true });
  const message = 'x';
  expect(await fail(harness, id, { code: 'USER_REQUEST', message })).toMatchObject([
    400,
    { error: 'BadFailure' },
  ]);
  expect(await fail(harness, id, { code: 'INTERNAL_ERROR', message: 5 })).toMatchObject([400, {}]);
  expect(await fail(harness, 'j-NOBODY', { code: 'INTERNAL_ERROR', message })).toMatchObject([
    404,
    { error: 'NoSuchCluster' },
  ]);
  harness.aws.advance(5);
  expect(await fail(harness, id, { code: 'BOOTSTRAP_FAILURE', message })).toMatchObject([
    409,
    { error: 'ClusterIsUp' },
  ]);
  expect(['RUNNING', 'WAITING']).toContain((await look(harness, id)).state);
  expect(await fail(harness, id, { code: 'INTERNAL_ERROR', message })).toMatchObject([200, {}]);
  expect(await fail(harness, id, { code: 'INTERNAL_ERROR', message })).toMatchObject([
    409,
    { error: 'ClusterEnded' },
  ]);
});
