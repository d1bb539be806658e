import { DescribeClusterCommand, ListStepsCommand } from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { emrHarness } from './emrHarness.ts';

test('ListSteps allows ten calls at once and then one every two seconds', async () => {
  let nowMs = 0;
  const harness = await emrHarness({ quotaClock: () => nowMs });
  const ClusterId = await harness.upCluster();
  const list = () => harness.emr.send(new ListStepsCommand({ ClusterId }));
  for (let call = 0; call < 10; call++) await list();
  await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  nowMs += 1900;
  await expect(list()).rejects.toThrow('Rate exceeded');
  nowMs += 100;
  await list();
  await expect(list()).rejects.toThrow('Rate exceeded');
});

test('all calls together share one quota of 25, which any operation uses up', async () => {
  let nowMs = 0;
  const harness = await emrHarness({ quotaClock: () => nowMs });
  const ClusterId = await harness.upCluster();
  const describe = () => harness.emr.send(new DescribeClusterCommand({ ClusterId }));
  const list = () => harness.emr.send(new ListStepsCommand({ ClusterId }));
  for (let call = 0; call < 10; call++) await describe();
  for (let call = 0; call < 10; call++) await list();
  await expect(describe()).rejects.toThrow('Rate exceeded');
  nowMs += 60_000;
  await describe();
});

test('the clock of the quotas is not the clock of the clusters', async () => {
  const harness = await emrHarness({ quotaClock: () => 0 });
  const ClusterId = await harness.upCluster();
  for (let call = 0; call < 10; call++) await harness.emr.send(new ListStepsCommand({ ClusterId }));
  harness.minutes(60);
  // The client learns the new time from this refusal.
  await expect(harness.emr.send(new ListStepsCommand({ ClusterId }))).rejects.toThrow('Signature expired');
  await expect(harness.emr.send(new ListStepsCommand({ ClusterId }))).rejects.toThrow('Rate exceeded');
});

test('the SDK recognises the refusal and tries again', async () => {
  let exhausted = false;
  let looks = 0;
  // The refused call reads the clock twice; a minute has passed at the next reading.
  const quotaClock = () => (exhausted && ++looks > 2 ? 60_000 : 0);
  const harness = await emrHarness({ quotaClock, maxAttempts: 2 });
  const ClusterId = await harness.upCluster();
  for (let call = 0; call < 10; call++) await harness.emr.send(new ListStepsCommand({ ClusterId }));
  exhausted = true;
  const { $metadata } = await harness.emr.send(new ListStepsCommand({ ClusterId }));
  expect($metadata.attempts).toBe(2);
});
