import {
  DescribeClusterCommand,
  ListClustersCommand,
  ListInstancesCommand,
  ListStepsCommand,
  paginateListClusters,
  RunJobFlowCommand,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { clusterInput, type EmrHarness, emrHarness, startMs, step } from './emrHarness.ts';

async function look({ emr }: EmrHarness, ClusterId: string) {
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId }));
  const { State, StateChangeReason, Timeline } = Cluster?.Status ?? {};
  return {
    state: State,
    code: StateChangeReason?.Code,
    message: StateChangeReason?.Message,
    timeline: Timeline,
    cluster: Cluster,
  };
}

const shortLived = { Instances: { ...clusterInput.Instances, KeepJobFlowAliveWhenNoSteps: false } };

test('a cluster starts, bootstraps, waits, runs, waits again and terminates on request', async () => {
  const harness = await emrHarness();
  const { JobFlowId: id = '' } = await harness.emr.send(new RunJobFlowCommand(clusterInput));
  const states: unknown[] = [(await look(harness, id)).state];
  for (const minutes of [2.5, 2]) {
    harness.minutes(minutes);
    states.push((await look(harness, id)).state);
  }
  await harness.add(id, [step('a', 60)]);
  harness.clock.advance(10_000);
  states.push((await look(harness, id)).state);
  harness.minutes(2);
  states.push((await look(harness, id)).state);
  await harness.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  states.push((await look(harness, id)).state);
  harness.minutes(2);
  const ended = await look(harness, id);
  expect([...states, ended.state]).toEqual([
    'STARTING',
    'BOOTSTRAPPING',
    'WAITING',
    'RUNNING',
    'WAITING',
    'TERMINATING',
    'TERMINATED',
  ]);
  expect(ended).toMatchObject({ code: 'USER_REQUEST', message: 'Terminated by user request' });
  expect(ended.timeline?.CreationDateTime).toEqual(new Date(startMs));
});

test('DescribeCluster has what a report needs, with the log folder in the scheme of EMR', async () => {
  const harness = await emrHarness();
  const { cluster } = await look(harness, await harness.upCluster());
  expect(cluster).toMatchObject({
    LogUri: 's3n://logs/emr/',
    ReleaseLabel: 'emr-7.12.0',
    StepConcurrencyLevel: 4,
    InstanceCollectionType: 'INSTANCE_GROUP',
    AutoTerminate: false,
    NormalizedInstanceHours: 96,
  });
});

test('a cluster that is not kept alive terminates after its last step, and says whether a step failed', async () => {
  const harness = await emrHarness();
  const Steps = (seconds: number) => ({ ...clusterInput, ...shortLived, Steps: [step('a', seconds)] });
  const good = await harness.emr.send(new RunJobFlowCommand(Steps(30)));
  const bad = await harness.emr.send(new RunJobFlowCommand(Steps(-30)));
  harness.minutes(10);
  const TERMINATED = { state: 'TERMINATED' };
  expect(await look(harness, good.JobFlowId ?? '')).toMatchObject({
    ...TERMINATED,
    code: 'ALL_STEPS_COMPLETED',
  });
  expect(await look(harness, bad.JobFlowId ?? '')).toMatchObject({ ...TERMINATED, code: 'STEP_FAILURE' });
});

test('a failed step can terminate its cluster', async () => {
  const harness = await emrHarness();
  const id = await harness.upCluster({ StepConcurrencyLevel: 1 });
  await harness.add(id, [step('a', -10, 'TERMINATE_CLUSTER'), step('b', 10)]);
  harness.minutes(5);
  expect(await look(harness, id)).toMatchObject({
    state: 'TERMINATED_WITH_ERRORS',
    message: 'Shut down as step failed',
  });
  const { Steps = [] } = await harness.emr.send(new ListStepsCommand({ ClusterId: id }));
  expect(Steps.map(({ Status }) => Status?.State)).toEqual(['CANCELLED', 'FAILED']);
});

test('terminating a cluster during a run interrupts running steps and cancels pending ones', async () => {
  const harness = await emrHarness();
  const id = await harness.upCluster({ StepConcurrencyLevel: 1 });
  await harness.add(id, [step('a', 600), step('b', 600)]);
  harness.minutes(1);
  await harness.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  const { Steps = [] } = await harness.emr.send(new ListStepsCommand({ ClusterId: id }));
  expect(Steps.map(({ Status }) => Status?.State)).toEqual(['CANCELLED', 'INTERRUPTED']);
  await expect(harness.add(id, [step('c', 1)])).rejects.toThrow(/shutting down, terminated, or finished/);
});

test('an idle cluster terminates after its timeout, counted from the last step', async () => {
  const harness = await emrHarness();
  const id = await harness.upCluster({ AutoTerminationPolicy: { IdleTimeout: 600 } });
  harness.minutes(4);
  await harness.add(id, [step('a', 300)]);
  harness.minutes(12);
  expect((await look(harness, id)).state).toBe('WAITING');
  harness.minutes(6);
  expect((await look(harness, id)).state).toBe('TERMINATED');
});

test('a protected cluster is not terminated by a request', async () => {
  const harness = await emrHarness();
  const id = await harness.upCluster({
    Instances: { ...clusterInput.Instances, TerminationProtected: true },
  });
  const terminate = harness.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  await expect(terminate).rejects.toThrow(/termination protected/);
  expect((await look(harness, id)).state).toBe('WAITING');
});

test('ListClusters pages by fifty from the newest, by time and by state', async () => {
  const harness = await emrHarness();
  const ids: (string | undefined)[] = [];
  for (let index = 0; index < 60; index++) {
    ids.unshift((await harness.emr.send(new RunJobFlowCommand(clusterInput))).JobFlowId);
    harness.minutes(1);
  }
  const list = async (which: object) => {
    const found: (string | undefined)[] = [];
    for await (const page of paginateListClusters({ client: harness.emr }, which))
      found.push(...(page.Clusters ?? []).map(({ Id }) => Id));
    return found;
  };
  expect((await harness.emr.send(new ListClustersCommand({}))).Clusters).toHaveLength(50);
  expect(await list({})).toEqual(ids);
  expect(await list({ CreatedAfter: new Date(startMs + 57 * 60_000) })).toEqual(ids.slice(0, 3));
  expect(await list({ CreatedBefore: new Date(startMs) })).toEqual(ids.slice(-1));
  const young = await list({ ClusterStates: ['STARTING', 'BOOTSTRAPPING'] });
  expect(young).toContain(ids[0]);
  expect([...young, ...(await list({ ClusterStates: ['WAITING'] }))]).toEqual(ids);
});

test('every instance is listed with its type, market and lifetime', async () => {
  const harness = await emrHarness();
  const id = await harness.upCluster();
  await harness.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  harness.minutes(3);
  const { Instances = [] } = await harness.emr.send(new ListInstancesCommand({ ClusterId: id }));
  expect(Instances.map(({ Market, InstanceType }) => `${Market} ${InstanceType}`)).toEqual([
    'ON_DEMAND m6i.2xlarge',
    ...Array.from({ length: 5 }, () => 'SPOT m6i.2xlarge'),
  ]);
  expect(
    Instances.every(({ Status }) => Status?.State === 'TERMINATED' && Status.Timeline?.EndDateTime),
  ).toBe(true);
});
