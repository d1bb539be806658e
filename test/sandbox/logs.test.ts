import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { awsHarness, bucket } from './awsHarness.ts';

const folder = 'checks_load_test/results/emr_logs/15m';

async function failed(stem: string, hours: number, load: number) {
  const harness = await awsHarness({ load });
  harness.check(`${stem}.yml`, `INTERVAL '${hours}' hour`);
  const { answer } = await harness.trigger();
  harness.aws.advance(60);
  const { id = '', applicationId = '' } = harness.cluster().steps[0] ?? {};
  const container = applicationId.replace('application', 'container');
  return {
    step: (name: string) => harness.log(`${folder}/${answer.clusterId}/steps/${id}/${name}.gz`),
    driver: (name: string) =>
      harness.log(
        `${folder}/${answer.clusterId}/containers/${applicationId}/${container}_01_000001/${name}.gz`,
      ),
    applicationId,
  };
}

test("the step's own log names the application, and the traceback is in the driver's stdout, where spark-submit prints it", async () => {
  const logs = await failed('check_consent_15m', 3, 1);
  expect(logs.step('stderr')).toContain(`Submitted application ${logs.applicationId}`);
  expect(logs.step('stderr')).toContain('finished with failed status');
  expect(logs.step('stderr')).not.toContain('UNRESOLVED_COLUMN');
  expect(logs.step('controller')).toContain('WARN Step failed with exitCode 1');
  expect(logs.driver('stdout')).toMatch(/^Traceback \(most recent call last\):/);
  expect(logs.driver('stdout')).toContain('[UNRESOLVED_COLUMN.WITH_SUGGESTION]');
  expect(logs.driver('stdout')).toContain('consent_updated_at');
  expect(logs.driver('stderr')).toContain('User application exited with status 1');
  expect(logs.driver('stderr')).not.toContain('Traceback');
});

test('a check that needs more memory than its executors have is killed by YARN, with the message of YARN', async () => {
  const logs = await failed('check_profile_merges_15m', 24, 4);
  expect(logs.driver('stderr')).toMatch(
    /exceeding physical memory limits\. 4\.[56] GB of 4\.4 GB physical memory used/,
  );
  expect(logs.driver('stderr')).toContain('Consider boosting spark.executor.memoryOverhead');
});

test('a check that succeeds also has logs', async () => {
  const logs = await failed('check_lists_15m', 3, 1);
  expect(logs.step('stderr')).toContain('final status: SUCCEEDED');
  expect(logs.step('stdout')).toBe('');
});

test('logs reach the bucket five to ten minutes after the end, even when nobody calls EMR', async () => {
  const harness = await awsHarness({ load: 1 });
  harness.check('check_consent_15m.yml', "INTERVAL '3' hour");
  const { answer } = await harness.trigger({ keep_cluster: true });
  let minutes = 0;
  while (harness.cluster().steps[0]?.endedMs === undefined && minutes++ < 30) harness.aws.advance(1);
  const { id } = harness.cluster().steps[0] ?? {};
  const credentials = exampleKey;
  const s3 = new S3Client({ endpoint: harness.aws.endpoint, region: 'us-east-1', credentials });
  const get = () =>
    s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: `${folder}/${answer.clusterId}/steps/${id}/stderr.gz` }),
    );
  harness.aws.advance(4);
  await expect(get()).rejects.toMatchObject({ name: 'NoSuchKey' });
  harness.aws.advance(6);
  await expect(get()).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  s3.destroy();
});
