/** docs/iam-policy.json allows a whole load test and nothing more. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { evaluatePolicy, type PolicyDocument } from '../sandbox/wire/iam.ts';
import { prepareWorld, toolHarness } from './tools/toolHarness.ts';

const policy = JSON.parse(readFileSync('docs/iam-policy.json', 'utf8')) as PolicyDocument;
const bucket = 'arn:aws:s3:::klaviyo-data-platform-orchestration-v1';

prepareWorld();

test('a whole load test runs under the least-privilege policy', async () => {
  const harness = await toolHarness();
  harness.aws.s3.setPolicy(policy);
  const setup = await harness.call('checkSetup');
  expect(setup.structure.ok).toBe(true);
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  const upload = await harness.call('uploadChecks', { reviewId: structure.reviewId, approved: true });
  expect(upload.structure.status).toBe('uploaded');
  expect((await harness.call('uploadDags')).structure.status).toBe('uploaded');
  harness.aws.s3.setPolicy(undefined);
  harness.trigger('15m');
  harness.aws.s3.setPolicy(policy);
  harness.minutes(60);
  expect((await harness.call('pollCluster', { waitSeconds: 0 })).structure.done).toBe(true);
  const report = await harness.call('buildReport');
  expect(report.structure.failures[0].cause).toBe('Column not found');
});

test.each([
  ['s3:PutObject', `${bucket}/checks/configs/prod/hourly/events_table_metrics.yml`],
  ['s3:DeleteObject', `${bucket}/checks/configs/prod/hourly/events_table_metrics.yml`],
  ['s3:PutObject', `${bucket}/checks_load_test/results/x`],
  ['s3:PutObject', `${bucket}/dags/datalake/other.py`],
  ['s3:PutObject', 'arn:aws:s3:::another-bucket/checks_load_test/configs/x'],
  ['s3:PutBucketPolicy', bucket],
])('%s on %s is denied explicitly, whatever else the role allows', (action, resource) => {
  const generous = { Effect: 'Allow', Action: 's3:*', Resource: '*' } as const;
  expect(evaluatePolicy({ Statement: [...policy.Statement, generous] }, { action, resource })).toBe(
    'explicitly denied',
  );
});

test.each([
  'elasticmapreduce:RunJobFlow',
  'elasticmapreduce:AddJobFlowSteps',
  'elasticmapreduce:TerminateJobFlows',
])('%s is not allowed: Airflow starts and terminates clusters', (action) => {
  expect(evaluatePolicy(policy, { action, resource: '*' })).toBe('not allowed');
});

test('the simulator under the AGPL is installed for tests, and nothing but a test imports it', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(dependencies ?? {}).toEqual({});
  expect(devDependencies).toHaveProperty('@cloud-copilot/iam-simulate');
  const importing = ['src', 'sandbox', 'tooling', 'bench', 'evals', 'scripts', 'dags', 'test'].flatMap(
    (folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(?:ts|mjs|js)$/.test(path))
        .map((path) => `${folder}/${path}`)
        .filter((path) => /from '@cloud[-]copilot/.test(readFileSync(path, 'utf8'))),
  );
  expect(importing).toEqual(['test/trust/iam.test.ts']);
});
