import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../../sandbox/wire/iam.ts';
import { errorOf, send, startWorld } from '../frontFixture.ts';

const at = { Bucket: 'load-test', Key: 'k' };
const md5OfX = '"9dd4e461268c8034f5c8564e155c67a6"';

describe('a key', () => {
  test.each([
    'a b+c&d=e.yml',
    'ünïcödé/😀.yml',
    '/leads with a slash',
    'a//b',
    'tab\there',
    '%41',
    '..//../x',
    "q'?#[]",
  ])('that reads %j comes back under that very name', async (Key) => {
    const world = await startWorld();
    await world.client().send(new PutObjectCommand({ Bucket: 'load-test', Key, Body: 'x' }));
    expect(world.s3.buckets.keys('load-test', '')).toEqual([Key]);
    const listed = await world.client().send(new ListObjectsV2Command({ Bucket: 'load-test' }));
    expect(listed.Contents?.map((object) => object.Key)).toEqual([Key]);
    expect(world.front.requests()[0]?.key).toBe(Key);
  });

  test('with a broken escape is refused', async () => {
    const world = await startWorld();
    const answer = await send(world, 'PUT', '/load-test/100%', { as: { service: 's3' }, body: 'x' });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('<Code>InvalidURI</Code>')]);
  });
});

describe('a read', () => {
  test('of a missing object has an error body for GET and none for HEAD', async () => {
    const world = await startWorld();
    const get = await send(world, 'GET', '/load-test/none', { as: { service: 's3' } });
    expect([get.status, get.body]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')]);
    expect(get.body).toContain('<Key>none</Key>');
    const head = await send(world, 'HEAD', '/load-test/none', { as: { service: 's3' } });
    expect([head.status, head.body]).toEqual([404, '']);
  });

  test('of an unchanged object is a 304 without a body', async () => {
    const world = await startWorld();
    world.s3.buckets.put('load-test', 'k', Buffer.from('x'));
    const answer = await send(world, 'GET', '/load-test/k', {
      as: { service: 's3' },
      headers: { 'if-none-match': md5OfX },
    });
    expect([answer.status, answer.body, answer.headers.etag]).toEqual([304, '', md5OfX]);
  });

  test('of a range says which, and a range after the end is an error with the size', async () => {
    const world = await startWorld();
    world.s3.buckets.put('load-test', 'k', Buffer.from('0123456789'));
    const range = (Range: string) => world.client().send(new GetObjectCommand({ ...at, Range }));
    const part = await range('bytes=-4');
    expect([part.ContentRange, await part.Body?.transformToString()]).toEqual(['bytes 6-9/10', '6789']);
    await expect(range('bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange', ActualObjectSize: '10' });
  });
});

describe('a conditional write', () => {
  test('gets 412 when the condition is not met, and 501 when S3 has no such condition', async () => {
    const world = await startWorld();
    const put = (condition: object) =>
      world.client().send(new PutObjectCommand({ ...at, Body: 'x', ...condition }));
    expect(await errorOf(put({ IfMatch: md5OfX }))).toBe('NoSuchKey');
    await put({ IfNoneMatch: '*' });
    expect(await errorOf(put({ IfNoneMatch: '*' }))).toBe('PreconditionFailed');
    expect(await errorOf(put({ IfNoneMatch: md5OfX }))).toBe('NotImplemented');
    expect(await errorOf(put({ IfMatch: '"other"' }))).toBe('PreconditionFailed');
    await put({ IfMatch: md5OfX });
  });

  test('succeeds once when many are sent at the same time', async () => {
    const world = await startWorld();
    const s3 = world.client();
    const writes = Array.from({ length: 20 }, (_, index) =>
      errorOf(s3.send(new PutObjectCommand({ ...at, Body: `${index}`, IfNoneMatch: '*' }))),
    );
    const answers = await Promise.all(writes);
    expect(answers.filter((answer) => answer === 'succeeded')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['succeeded', 'PreconditionFailed']));
  });

  test('also guards copies and deletes', async () => {
    const world = await startWorld();
    world.s3.buckets.put('load-test', 'k', Buffer.from('x'));
    const copy = {
      Bucket: 'load-test',
      Key: 'k',
      CopySource: 'load-test/k',
      MetadataDirective: 'REPLACE',
    } as const;
    const s3 = world.client();
    expect(await errorOf(s3.send(new CopyObjectCommand({ ...copy, IfNoneMatch: '*' })))).toBe(
      'PreconditionFailed',
    );
    expect(await errorOf(s3.send(new DeleteObjectCommand({ ...at, IfMatch: '"other"' })))).toBe(
      'PreconditionFailed',
    );
    expect(await errorOf(s3.send(new DeleteObjectCommand({ ...at, Key: 'none', IfMatch: '*' })))).toBe(
      'NoSuchKey',
    );
    await s3.send(new DeleteObjectCommand({ ...at, IfMatch: md5OfX }));
    expect(world.s3.buckets.get('load-test', 'k')).toBeUndefined();
  });
});

test('the ETag of an object encrypted with KMS says nothing about its bytes', async () => {
  const world = await startWorld();
  world.s3.buckets.create('kms', { sseKms: true });
  const put = async () =>
    await world
      .client()
      .send(new PutObjectCommand({ Bucket: 'kms', Key: 'k', Body: 'x', Metadata: { sha256: 's' } }));
  const [first, second] = [await put(), await put()];
  expect(first.ETag).toMatch(/^"[0-9a-f]{32}"$/);
  expect(new Set([first.ETag, second.ETag, md5OfX]).size).toBe(3);
  const head = await world.client().send(new HeadObjectCommand({ Bucket: 'kms', Key: 'k' }));
  expect([head.ETag, head.ServerSideEncryption, head.Metadata]).toEqual([
    second.ETag,
    'aws:kms',
    { sha256: 's' },
  ]);
});

test('a write has the time of the sandbox, and a listing shows it in whole seconds', async () => {
  const world = await startWorld();
  await world.client().send(new PutObjectCommand({ ...at, Body: 'x' }));
  const listing = await send(world, 'GET', '/load-test?list-type=2', { as: { service: 's3' } });
  expect(listing.body).toContain('<LastModified>2025-12-08T15:30:00.000Z</LastModified>');
});

test('requests about what the sandbox does not have are refused, not misread', async () => {
  const world = await startWorld();
  for (const query of ['acl', 'tagging', 'policy', 'versions', 'versioning']) {
    const answer = await send(world, 'PUT', `/load-test/k?${query}`, { as: { service: 's3' }, body: 'x' });
    expect([query, answer.status]).toEqual([query, 501]);
  }
  expect(world.s3.buckets.keys('load-test', '')).toEqual([]);
});

describe('a caller with a policy', () => {
  const policy: PolicyDocument = {
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:PutObject', 's3:DeleteObject', 's3:GetObject'],
        Resource: 'arn:aws:s3:::load-test/checks_load_test/*',
      },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::load-test/checks/*' },
    ],
  };

  test('writes only where it is allowed, and the error names what was denied', async () => {
    const world = await startWorld();
    world.s3.setPolicy(policy);
    const put = (Key: string) => world.client().send(new PutObjectCommand({ ...at, Key, Body: 'x' }));
    await put('checks_load_test/a.yml');
    await expect(put('checks/prod/a.yml')).rejects.toThrow(
      'is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::load-test/checks/prod/a.yml" because no identity-based policy allows the s3:PutObject action',
    );
    expect(world.s3.buckets.keys('load-test', '')).toEqual(['checks_load_test/a.yml']);
  });

  test('that must not list gets AccessDenied for a missing object', async () => {
    const world = await startWorld();
    world.s3.setPolicy(policy);
    const get = new GetObjectCommand({ ...at, Key: 'checks/none.yml' });
    expect(await errorOf(world.client().send(get))).toBe('AccessDenied');
  });

  test('gets 200 for many deletes, with an error for each key that it must not delete', async () => {
    const world = await startWorld();
    for (const key of ['checks_load_test/a', 'checks/b']) world.s3.buckets.put('load-test', key, Buffer.of());
    world.s3.setPolicy(policy);
    const Objects = [{ Key: 'checks_load_test/a' }, { Key: 'checks/b' }];
    const answer = await world
      .client()
      .send(new DeleteObjectsCommand({ Bucket: 'load-test', Delete: { Objects } }));
    expect(answer.$metadata.httpStatusCode).toBe(200);
    expect(answer.Deleted).toEqual([{ Key: 'checks_load_test/a' }]);
    expect(answer.Errors).toMatchObject([{ Key: 'checks/b', Code: 'AccessDenied' }]);
    expect(world.s3.buckets.keys('load-test', '')).toEqual(['checks/b']);
  });
});

test.each([
  ['not XML', 'hello'],
  ['another document', '<Other/>'],
  ['an element without an end', '<Delete><Object><Key>k</Key></Object>'],
  ['elements that overlap', '<Delete><Object></Delete></Object>'],
  ['an unknown entity', '<Delete><Object><Key>&k;</Key></Object></Delete>'],
  ['a document type', '<!DOCTYPE d [<!ENTITY k "v">]><Delete><Object><Key>&k;</Key></Object></Delete>'],
  ['nothing to delete', '<Delete></Delete>'],
])('a delete of %s is malformed', async (_, body) => {
  const world = await startWorld();
  const md5 = createHash('md5').update(body).digest('base64');
  const headers = { 'content-md5': md5 };
  const answer = await send(world, 'POST', '/load-test?delete', { as: { service: 's3' }, headers, body });
  expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('<Code>MalformedXML</Code>')]);
});
