import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { errorOf, send, startWorld } from '../frontFixture.ts';

const put = new PutObjectCommand({ Bucket: 'ireland', Key: 'k', Body: 'x' });

async function startWithIreland() {
  const world = await startWorld();
  world.s3.buckets.create('ireland', { region: 'eu-west-1' });
  return world;
}

test('a bucket in another region answers with that region and stores nothing', async () => {
  const world = await startWithIreland();
  const answer = await send(world, 'PUT', '/ireland/k', { as: { service: 's3' }, body: 'x' });
  expect([answer.status, answer.headers['x-amz-bucket-region'], answer.body]).toEqual([
    301,
    'eu-west-1',
    expect.stringContaining('<Code>PermanentRedirect</Code>'),
  ]);
  expect(await errorOf(world.client().send(put))).toBe('PermanentRedirect');
  expect(world.s3.buckets.get('ireland', 'k')).toBeUndefined();
});

test('an SDK that follows region redirects reaches the bucket', async () => {
  const world = await startWithIreland();
  await world.client({ followRegionRedirects: true }).send(put);
  expect(world.s3.buckets.get('ireland', 'k')?.toString()).toBe('x');
  const head = await world
    .client({ followRegionRedirects: true })
    .send(new HeadBucketCommand({ Bucket: 'ireland' }));
  expect(head.BucketRegion).toBe('eu-west-1');
});
