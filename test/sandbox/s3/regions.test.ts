import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { errorOf, send, signedFor, startWorld } from '../frontFixture.ts';

const put = new PutObjectCommand({ Bucket: 'ireland', Key: 'k', Body: 'x' });

async function startWithIreland() {
  const world = await startWorld();
  world.s3.buckets.create('ireland', { region: 'eu-west-1' });
  return world;
}

test('a bucket elsewhere answers with its region, and stores nothing', async () => {
  const world = await startWithIreland();
  const answer = await send(world, 'PUT', '/ireland/k', { headers: signedFor('s3'), body: 'x' });
  expect([answer.status, answer.headers['x-amz-bucket-region'], answer.body]).toEqual([
    301,
    'eu-west-1',
    expect.stringContaining('<Code>PermanentRedirect</Code>'),
  ]);
  expect(await errorOf(world.client().send(put))).toBe('PermanentRedirect');
  expect(world.s3.buckets.get('ireland', 'k')).toBeUndefined();
});

test('an SDK that follows regions gets there', async () => {
  const world = await startWithIreland();
  await world.client({ followRegionRedirects: true }).send(put);
  expect(world.s3.buckets.get('ireland', 'k')?.toString()).toBe('x');
  const head = await world
    .client({ followRegionRedirects: true })
    .send(new HeadBucketCommand({ Bucket: 'ireland' }));
  expect(head.BucketRegion).toBe('eu-west-1');
});

test('under a virtual host name the signature itself is at fault', async () => {
  const world = await startWithIreland();
  const headers = { ...signedFor('s3'), host: 'ireland.s3.amazonaws.com' };
  const answer = await send(world, 'GET', '/k', { headers });
  expect([answer.status, answer.headers['x-amz-bucket-region']]).toEqual([400, 'eu-west-1']);
  expect(answer.body).toContain('<Code>AuthorizationHeaderMalformed</Code>');
  expect(answer.body).toContain('<Region>eu-west-1</Region>');
});

test('the location can be asked from anywhere; us-east-1 has an empty one', async () => {
  const world = await startWithIreland();
  const location = async (Bucket: string) =>
    (await world.client().send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint;
  expect([await location('ireland'), await location('load-test')]).toEqual(['eu-west-1', undefined]);
  const { Buckets } = await world.client().send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion])).toEqual([
    ['ireland', 'eu-west-1'],
    ['load-test', 'us-east-1'],
  ]);
});

test('a bucket is made in the region that is asked for, if the endpoint may', async () => {
  const world = await startWorld();
  const inLondon = { LocationConstraint: 'eu-west-2' } as const;
  const london = new CreateBucketCommand({ Bucket: 'london', CreateBucketConfiguration: inLondon });
  expect(await errorOf(world.client({ region: 'eu-west-1' }).send(london))).toBe(
    'IllegalLocationConstraintException',
  );
  const nowhere = await send(world, 'PUT', '/nowhere', { headers: signedFor('s3', 'eu-west-2') });
  expect([nowhere.status, nowhere.body]).toEqual([
    400,
    expect.stringContaining('IllegalLocationConstraintException'),
  ]);
  await world.client({ region: 'eu-west-2' }).send(london);
  const again = world.client({ region: 'eu-west-2' }).send(london);
  expect(await errorOf(again)).toBe('BucketAlreadyOwnedByYou');
});
