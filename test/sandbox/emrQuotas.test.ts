import { DescribeClusterCommand, ListStepsCommand } from '@aws-sdk/client-emr';
import { expect, test } from 'vitest';
import { emrBed } from './emrBed.ts';

test('ListSteps has ten calls at once and then one every two seconds', async () => {
  let nowMs = 0;
  const bed = await emrBed({ quotaClock: () => nowMs });
  const ClusterId = await bed.upCluster();
  const list = () => bed.emr.send(new ListStepsCommand({ ClusterId }));
  for (let call = 0; call < 10; call++) await list();
  await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  nowMs += 1900;
  await expect(list()).rejects.toThrow('Rate exceeded');
  nowMs += 100;
  await list();
  await expect(list()).rejects.toThrow('Rate exceeded');
});

test('all calls together share one quota of 25, which other operations use up', async () => {
  let nowMs = 0;
  const bed = await emrBed({ quotaClock: () => nowMs });
  const ClusterId = await bed.upCluster();
  const describe = () => bed.emr.send(new DescribeClusterCommand({ ClusterId }));
  const list = () => bed.emr.send(new ListStepsCommand({ ClusterId }));
  for (let call = 0; call < 10; call++) await describe();
  for (let call = 0; call < 10; call++) await list();
  await expect(describe()).rejects.toThrow('Rate exceeded');
  nowMs += 60_000;
  await describe();
});

test('the clock of the quotas is not the clock of the clusters', async () => {
  const bed = await emrBed({ quotaClock: () => 0 });
  const ClusterId = await bed.upCluster();
  for (let call = 0; call < 10; call++) await bed.emr.send(new ListStepsCommand({ ClusterId }));
  bed.minutes(60);
  await expect(bed.emr.send(new ListStepsCommand({ ClusterId }))).rejects.toThrow('Rate exceeded');
});

test('the SDK knows the refusal for one that is worth another try', async () => {
  let exhausted = false;
  let looks = 0;
  // The refused call looks at the clock twice; a minute has passed when the next one looks.
  const quotaClock = () => (exhausted && ++looks > 2 ? 60_000 : 0);
  const bed = await emrBed({ quotaClock, maxAttempts: 2 });
  const ClusterId = await bed.upCluster();
  for (let call = 0; call < 10; call++) await bed.emr.send(new ListStepsCommand({ ClusterId }));
  exhausted = true;
  const { $metadata } = await bed.emr.send(new ListStepsCommand({ ClusterId }));
  expect($metadata.attempts).toBe(2);
});
