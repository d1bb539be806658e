import {
  DescribeClusterCommand,
  InvalidRequestException,
  ListClustersCommand,
  ListStepsCommand,
  RunJobFlowCommand,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { clusterInput, emrHarness, step } from './emrHarness.ts';

const tooMany =
  "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.";

test('a cluster accepts 256 active steps and no more until one has ended', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster();
  await harness.add(
    ClusterId,
    Array.from({ length: 256 }, (_, index) => step(`s${index}`, 60)),
  );
  await expect(harness.add(ClusterId, [step('more', 1)])).rejects.toMatchObject({
    name: 'ValidationException',
    message: tooMany,
  });
  harness.minutes(2);
  await expect(harness.add(ClusterId, [step('more', 1)])).resolves.toHaveLength(1);
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
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster();
  await expect(harness.add(ClusterId, steps)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
  expect((await harness.emr.send(new ListStepsCommand({ ClusterId }))).Steps).toEqual([]);
});

test('an unknown cluster is an invalid request, for the older operations an invalid job flow', async () => {
  const { emr, add } = await emrHarness();
  const unknown = emr.send(new DescribeClusterCommand({ ClusterId: 'j-NOSUCH' }));
  await expect(unknown).rejects.toThrow(InvalidRequestException);
  await expect(unknown).rejects.toThrow("Cluster id 'j-NOSUCH' is not valid.");
  await expect(add('j-NOSUCH', [step('s', 1)])).rejects.toThrow('Specified job flow ID not valid.');
  const terminate = emr.send(new TerminateJobFlowsCommand({ JobFlowIds: ['j-NOSUCH'] }));
  await expect(terminate).rejects.toMatchObject({ name: 'ValidationException' });
});

test('ListSteps accepts ten ids, one filter and its own markers', async () => {
  const harness = await emrHarness();
  const ClusterId = await harness.upCluster();
  const ids = await harness.add(
    ClusterId,
    Array.from({ length: 11 }, () => step('s', 1)),
  );
  const list = (which: object) => harness.emr.send(new ListStepsCommand({ ClusterId, ...which }));
  await expect(list({ StepIds: ids })).rejects.toThrow('more than 10 StepIds');
  await expect(list({ StepIds: ids.slice(1), StepStates: ['PENDING'] })).rejects.toThrow(
    'both StepIds and StepStates',
  );
  await expect(list({ StepIds: ['s-NOSUCH'] })).rejects.toThrow("Step id 's-NOSUCH' is not valid.");
  await expect(list({ StepStates: ['SUCCESS'] })).rejects.toThrow('Member must satisfy enum value set');
  await expect(list({ Marker: 'nonsense' })).rejects.toThrow("Marker 'nonsense' is not valid.");
});

test.each([
  ['no primary node', { Instances: { InstanceGroups: [] } }, /Zero master instance groups/],
  ['no instance profile', { JobFlowRole: undefined }, /InstanceProfile is required/],
  ['no service role', { ServiceRole: undefined }, /ServiceRole is required/],
  ['an invalid release', { ReleaseLabel: 'emr-7' }, /release label is invalid: emr-7/],
  ['a concurrency of 257', { StepConcurrencyLevel: 257 }, /between 1 and 256/],
  ['an idle timeout of a second', { AutoTerminationPolicy: { IdleTimeout: 1 } }, /IdleTimeout/],
])('a cluster with %s is refused, and none is created', async (_what, change, message) => {
  const { emr } = await emrHarness();
  const run = emr.send(new RunJobFlowCommand({ ...clusterInput, ...change }));
  await expect(run).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
  expect((await emr.send(new ListClustersCommand({}))).Clusters).toEqual([]);
});
