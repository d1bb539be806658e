import {
  DescribeClusterCommand,
  InvalidRequestException,
  ListClustersCommand,
  ListInstanceFleetsCommand,
  ListInstanceGroupsCommand,
  ListStepsCommand,
  RunJobFlowCommand,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { clusterInput, emrBed, step } from './emrBed.ts';

const tooMany =
  "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.";

test('a cluster takes 256 active steps and not one more, until one has ended', async () => {
  const bed = await emrBed();
  const ClusterId = await bed.upCluster();
  await bed.add(
    ClusterId,
    Array.from({ length: 256 }, (_, index) => step(`s${index}`, 60)),
  );
  await expect(bed.add(ClusterId, [step('more', 1)])).rejects.toMatchObject({
    name: 'ValidationException',
    message: tooMany,
  });
  bed.minutes(2);
  await expect(bed.add(ClusterId, [step('more', 1)])).resolves.toHaveLength(1);
});

test.each([
  [
    '257 steps in one call',
    Array.from({ length: 257 }, () => step('s', 1)),
    /at 'steps' failed to satisfy constraint/,
  ],
  ['a name of 257 characters', [step('n'.repeat(257), 1)], /length less than or equal to 256/],
  [
    'a cluster-ending step beside others',
    [step('s', 1, 'TERMINATE_CLUSTER')],
    /ActionOnFailure TERMINATE_CLUSTER is not valid/,
  ],
  [
    'arguments of more than 10,240 characters',
    [step('s'.repeat(9), 1)].map((long) => ({
      ...long,
      HadoopJarStep: { Jar: 'j', Args: ['a'.repeat(10_240)] },
    })),
    /exceeds 10240 characters/,
  ],
])('%s are refused, and nothing is added', async (_what, steps, message) => {
  const bed = await emrBed();
  const ClusterId = await bed.upCluster();
  await expect(bed.add(ClusterId, steps)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
  expect((await bed.emr.send(new ListStepsCommand({ ClusterId }))).Steps).toEqual([]);
});

test('an unknown cluster is an invalid request, to the older calls an invalid job flow', async () => {
  const { emr, add } = await emrBed();
  const unknown = emr.send(new DescribeClusterCommand({ ClusterId: 'j-NOSUCH' }));
  await expect(unknown).rejects.toThrow(InvalidRequestException);
  await expect(unknown).rejects.toThrow("Cluster id 'j-NOSUCH' is not valid.");
  await expect(add('j-NOSUCH', [step('s', 1)])).rejects.toThrow('Specified job flow ID not valid.');
  const terminate = emr.send(new TerminateJobFlowsCommand({ JobFlowIds: ['j-NOSUCH'] }));
  await expect(terminate).rejects.toMatchObject({ name: 'ValidationException' });
});

test('ListSteps takes ten ids, one filter and its own markers', async () => {
  const bed = await emrBed();
  const ClusterId = await bed.upCluster();
  const ids = await bed.add(
    ClusterId,
    Array.from({ length: 11 }, () => step('s', 1)),
  );
  const list = (which: object) => bed.emr.send(new ListStepsCommand({ ClusterId, ...which }));
  await expect(list({ StepIds: ids })).rejects.toThrow('more than 10 StepIds');
  await expect(list({ StepIds: ids.slice(1), StepStates: ['PENDING'] })).rejects.toThrow(
    'both StepIds and StepStates',
  );
  await expect(list({ StepIds: ['s-NOSUCH'] })).rejects.toThrow("Step id 's-NOSUCH' is not valid.");
  await expect(list({ StepStates: ['SUCCESS'] })).rejects.toThrow('Member must satisfy enum value set');
  await expect(list({ Marker: 'nonsense' })).rejects.toThrow("Marker 'nonsense' is not valid.");
});

test('groups and fleets have a list each, and the wrong one says so', async () => {
  const bed = await emrBed();
  const groups = await bed.upCluster();
  const fleets = await bed.upCluster({
    Instances: {
      KeepJobFlowAliveWhenNoSteps: true,
      InstanceFleets: [
        {
          InstanceFleetType: 'MASTER',
          TargetOnDemandCapacity: 1,
          InstanceTypeConfigs: [{ InstanceType: 'm6i.xlarge' }],
        },
        {
          InstanceFleetType: 'CORE',
          TargetSpotCapacity: 4,
          InstanceTypeConfigs: [{ InstanceType: 'm6i.xlarge' }],
        },
      ],
    },
  });
  const listed = await bed.emr.send(new ListInstanceGroupsCommand({ ClusterId: groups }));
  expect(listed.InstanceGroups).toMatchObject([
    { InstanceGroupType: 'MASTER', RunningInstanceCount: 1, Market: 'ON_DEMAND' },
    { InstanceGroupType: 'CORE', RunningInstanceCount: 5, Market: 'SPOT' },
  ]);
  const { InstanceFleets } = await bed.emr.send(new ListInstanceFleetsCommand({ ClusterId: fleets }));
  expect(InstanceFleets).toMatchObject([{ ProvisionedOnDemandCapacity: 1 }, { ProvisionedSpotCapacity: 4 }]);
  const wrong = bed.emr.send(new ListInstanceGroupsCommand({ ClusterId: fleets }));
  await expect(wrong).rejects.toThrow('Use the ListInstanceFleets operation instead.');
  const alsoWrong = bed.emr.send(new ListInstanceFleetsCommand({ ClusterId: groups }));
  await expect(alsoWrong).rejects.toThrow('Use the ListInstanceGroups operation instead.');
});

test.each([
  ['no primary node', { Instances: { InstanceGroups: [] } }, /Zero master instance groups/],
  ['no instance profile', { JobFlowRole: undefined }, /InstanceProfile is required/],
  ['no service role', { ServiceRole: undefined }, /ServiceRole is required/],
  ['a release that is none', { ReleaseLabel: 'emr-7' }, /release label is invalid: emr-7/],
  ['a concurrency of 257', { StepConcurrencyLevel: 257 }, /between 1 and 256/],
  ['an idle timeout of a second', { AutoTerminationPolicy: { IdleTimeout: 1 } }, /IdleTimeout/],
])('a cluster with %s is refused and leaves no trace', async (_what, change, message) => {
  const { emr } = await emrBed();
  const run = emr.send(new RunJobFlowCommand({ ...clusterInput, ...change }));
  await expect(run).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
  expect((await emr.send(new ListClustersCommand({}))).Clusters).toEqual([]);
});
