/** docs/iam-policy.json: enough for a whole load test, and no more. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { judge, type PolicyDocument } from '../src/sandbox/iam.ts';
import { prepareWorld, toolHarness } from './tools/toolHarness.ts';

const policy = JSON.parse(readFileSync('docs/iam-policy.json', 'utf8')) as PolicyDocument;
const bucket = 'arn:aws:s3:::klaviyo-data-platform-orchestration-v1';

prepareWorld();

test('a whole load test runs under the least-privilege policy', async () => {
  const bed = await toolHarness();
  bed.aws.s3.setPolicy(policy);
  const setup = await bed.call('checkSetup');
  expect(setup.structure.ok).toBe(true);
  const { structure } = await bed.call('scaleConfigs', { load: 2 });
  const upload = await bed.call('uploadChecks', { reviewId: structure.reviewId, approved: true });
  expect(upload.structure.status).toBe('uploaded');
  expect((await bed.call('uploadDags')).structure.status).toBe('uploaded');
  bed.aws.s3.setPolicy(undefined);
  bed.trigger('15m');
  bed.aws.s3.setPolicy(policy);
  bed.minutes(60);
  expect((await bed.call('pollCluster', { waitSeconds: 0 })).structure.done).toBe(true);
  const report = await bed.call('buildReport');
  expect(report.structure.failures[0].cause).toBe('Column not found');
});

test.each([
  ['s3:PutObject', `${bucket}/checks/configs/prod/hourly/events_table_metrics.yml`],
  ['s3:DeleteObject', `${bucket}/checks/configs/prod/hourly/events_table_metrics.yml`],
  ['s3:PutObject', `${bucket}/checks_load_test/results/x`],
  ['s3:PutObject', `${bucket}/dags/datalake/other.py`],
  ['s3:PutObject', 'arn:aws:s3:::another-bucket/checks_load_test/configs/x'],
  ['s3:PutBucketPolicy', bucket],
])('%s on %s is denied explicitly, whatever else the role may do', (action, resource) => {
  const generous = { Effect: 'Allow', Action: 's3:*', Resource: '*' } as const;
  expect(judge({ Statement: [...policy.Statement, generous] }, { action, resource })).toBe(
    'explicitly denied',
  );
});

test.each([
  'elasticmapreduce:RunJobFlow',
  'elasticmapreduce:AddJobFlowSteps',
  'elasticmapreduce:TerminateJobFlows',
])('%s is not allowed: starting and ending clusters is the part of Airflow', (action) => {
  expect(judge(policy, { action, resource: '*' })).toBe('not allowed');
});
