import {
  DescribeClusterCommand,
  ListClustersCommand,
  ListInstancesCommand,
  ListStepsCommand,
  ModifyClusterCommand,
  PutAutoTerminationPolicyCommand,
  paginateListClusters,
  RunJobFlowCommand,
  SetKeepJobFlowAliveWhenNoStepsCommand,
  SetTerminationProtectionCommand,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { type Bed, clusterInput, emrBed, startMs, step } from './emrBed.ts';

async function look({ emr }: Bed, ClusterId: string) {
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

test('a cluster starts, boots, waits, works, waits again and ends when it is told to', async () => {
  const bed = await emrBed();
  const { JobFlowId: id = '' } = await bed.emr.send(new RunJobFlowCommand(clusterInput));
  const states: unknown[] = [(await look(bed, id)).state];
  for (const minutes of [2.5, 2]) {
    bed.minutes(minutes);
    states.push((await look(bed, id)).state);
  }
  await bed.add(id, [step('a', 60)]);
  bed.clock.advance(10_000);
  states.push((await look(bed, id)).state);
  bed.minutes(2);
  states.push((await look(bed, id)).state);
  await bed.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  states.push((await look(bed, id)).state);
  bed.minutes(2);
  const ended = await look(bed, id);
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

test('DescribeCluster tells what a report needs, with the log folder under the scheme of EMR', async () => {
  const bed = await emrBed();
  const { cluster } = await look(bed, await bed.upCluster());
  expect(cluster).toMatchObject({
    LogUri: 's3n://logs/emr/',
    ReleaseLabel: 'emr-7.12.0',
    StepConcurrencyLevel: 4,
    InstanceCollectionType: 'INSTANCE_GROUP',
    AutoTerminate: false,
    NormalizedInstanceHours: 96,
  });
});

test('a cluster that is not to be kept ends by itself, and says whether a step failed', async () => {
  const bed = await emrBed();
  const Steps = (seconds: number) => ({ ...clusterInput, ...shortLived, Steps: [step('a', seconds)] });
  const good = await bed.emr.send(new RunJobFlowCommand(Steps(30)));
  const bad = await bed.emr.send(new RunJobFlowCommand(Steps(-30)));
  bed.minutes(10);
  const TERMINATED = { state: 'TERMINATED' };
  expect(await look(bed, good.JobFlowId ?? '')).toMatchObject({ ...TERMINATED, code: 'ALL_STEPS_COMPLETED' });
  expect(await look(bed, bad.JobFlowId ?? '')).toMatchObject({ ...TERMINATED, code: 'STEP_FAILURE' });
});

test('a failed step may take its cluster with it', async () => {
  const bed = await emrBed();
  const id = await bed.upCluster({ StepConcurrencyLevel: 1 });
  await bed.add(id, [step('a', -10, 'TERMINATE_CLUSTER'), step('b', 10)]);
  bed.minutes(5);
  expect(await look(bed, id)).toMatchObject({
    state: 'TERMINATED_WITH_ERRORS',
    message: 'Shut down as step failed',
  });
  const { Steps = [] } = await bed.emr.send(new ListStepsCommand({ ClusterId: id }));
  expect(Steps.map(({ Status }) => Status?.State)).toEqual(['CANCELLED', 'FAILED']);
});

test('ending a cluster in mid-run interrupts what runs and cancels what waits', async () => {
  const bed = await emrBed();
  const id = await bed.upCluster({ StepConcurrencyLevel: 1 });
  await bed.add(id, [step('a', 600), step('b', 600)]);
  bed.minutes(1);
  await bed.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  const { Steps = [] } = await bed.emr.send(new ListStepsCommand({ ClusterId: id }));
  expect(Steps.map(({ Status }) => Status?.State)).toEqual(['CANCELLED', 'INTERRUPTED']);
  await expect(bed.add(id, [step('c', 1)])).rejects.toThrow(/shutting down, terminated, or finished/);
});

test('an idle cluster ends after its timeout, counted from the last step', async () => {
  const bed = await emrBed();
  const id = await bed.upCluster({ AutoTerminationPolicy: { IdleTimeout: 600 } });
  bed.minutes(4);
  await bed.add(id, [step('a', 300)]);
  bed.minutes(12);
  expect((await look(bed, id)).state).toBe('WAITING');
  bed.minutes(6);
  expect((await look(bed, id)).state).toBe('TERMINATED');
});

test('an idle timeout can be set on a cluster that is up', async () => {
  const bed = await emrBed();
  const id = await bed.upCluster();
  const AutoTerminationPolicy = { IdleTimeout: 120 };
  await bed.emr.send(new PutAutoTerminationPolicyCommand({ ClusterId: id, AutoTerminationPolicy }));
  bed.minutes(5);
  expect((await look(bed, id)).state).toBe('TERMINATED');
});

test('a protected cluster is not ended by hand', async () => {
  const bed = await emrBed();
  const id = await bed.upCluster();
  const protect = (TerminationProtected: boolean) =>
    bed.emr.send(new SetTerminationProtectionCommand({ JobFlowIds: [id], TerminationProtected }));
  const terminate = () => bed.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  await protect(true);
  await expect(terminate()).rejects.toThrow(/termination protected/);
  expect((await look(bed, id)).state).toBe('WAITING');
  await protect(false);
  await terminate();
  expect((await look(bed, id)).state).toBe('TERMINATING');
});

test('concurrency and keeping alive can be changed while the cluster is up', async () => {
  const bed = await emrBed();
  const id = await bed.upCluster({ StepConcurrencyLevel: 1 });
  await bed.add(id, [step('a', 300), step('b', 300)]);
  bed.minutes(1);
  await bed.emr.send(new ModifyClusterCommand({ ClusterId: id, StepConcurrencyLevel: 2 }));
  bed.minutes(1);
  const { Steps = [] } = await bed.emr.send(new ListStepsCommand({ ClusterId: id }));
  expect(Steps.map(({ Status }) => Status?.State)).toEqual(['RUNNING', 'RUNNING']);
  const keep = { JobFlowIds: [id], KeepJobFlowAliveWhenNoSteps: false };
  await bed.emr.send(new SetKeepJobFlowAliveWhenNoStepsCommand(keep));
  bed.minutes(10);
  expect((await look(bed, id)).state).toBe('TERMINATED');
});

test('ListClusters pages by fifty from the newest, by time and by state', async () => {
  const bed = await emrBed();
  const ids: (string | undefined)[] = [];
  for (let index = 0; index < 60; index++) {
    ids.unshift((await bed.emr.send(new RunJobFlowCommand(clusterInput))).JobFlowId);
    bed.minutes(1);
  }
  const list = async (which: object) => {
    const found: (string | undefined)[] = [];
    for await (const page of paginateListClusters({ client: bed.emr }, which))
      found.push(...(page.Clusters ?? []).map(({ Id }) => Id));
    return found;
  };
  expect((await bed.emr.send(new ListClustersCommand({}))).Clusters).toHaveLength(50);
  expect(await list({})).toEqual(ids);
  expect(await list({ CreatedAfter: new Date(startMs + 57 * 60_000) })).toEqual(ids.slice(0, 3));
  expect(await list({ CreatedBefore: new Date(startMs) })).toEqual(ids.slice(-1));
  const young = await list({ ClusterStates: ['STARTING', 'BOOTSTRAPPING'] });
  expect(young).toContain(ids[0]);
  expect([...young, ...(await list({ ClusterStates: ['WAITING'] }))]).toEqual(ids);
});

test('every instance is listed with its type, market and lifetime', async () => {
  const bed = await emrBed();
  const id = await bed.upCluster();
  await bed.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  bed.minutes(3);
  const { Instances = [] } = await bed.emr.send(new ListInstancesCommand({ ClusterId: id }));
  expect(Instances.map(({ Market, InstanceType }) => `${Market} ${InstanceType}`)).toEqual([
    'ON_DEMAND m6i.2xlarge',
    ...Array.from({ length: 5 }, () => 'SPOT m6i.2xlarge'),
  ]);
  expect(
    Instances.every(({ Status }) => Status?.State === 'TERMINATED' && Status.Timeline?.EndDateTime),
  ).toBe(true);
  const spot = new ListInstancesCommand({ ClusterId: id, InstanceGroupTypes: ['CORE'] });
  expect((await bed.emr.send(spot)).Instances).toHaveLength(5);
});
