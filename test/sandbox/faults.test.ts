import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { errorOf, send, startWorld, type World } from './frontFixture.ts';

const at = { Bucket: 'load-test', Key: 'k' };
const put = () => new PutObjectCommand({ ...at, Body: '0123456789' });

async function inject(world: World, ...faults: object[]): Promise<void> {
  const { status, body } = await send(world, 'POST', '/_sandbox/faults', { body: JSON.stringify(faults) });
  expect(status, body).toBe(200);
}

describe('an injected fault', () => {
  test('applies to as many requests as it says, then to no more', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', operation: 'PutObject', error: 'SlowDown', times: 2 });
    const answers: string[] = [];
    for (let call = 0; call < 3; call += 1) answers.push(await errorOf(world.client().send(put())));
    expect(answers).toEqual(['SlowDown', 'SlowDown', 'succeeded']);
    expect(world.front.requests().map(({ status, fault }) => [status, fault])).toEqual([
      [503, 'SlowDown'],
      [503, 'SlowDown'],
      [200, undefined],
    ]);
  });

  test('without a number lasts until it is cleared', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', error: 'InternalError' });
    for (let call = 0; call < 3; call += 1)
      expect(await errorOf(world.client().send(new HeadBucketCommand({ Bucket: 'load-test' })))).not.toBe(
        'succeeded',
      );
    await send(world, 'DELETE', '/_sandbox/faults');
    expect(await errorOf(world.client().send(put()))).toBe('succeeded');
  });

  test('leaves other operations, services and keys alone', async () => {
    const world = await startWorld();
    await inject(
      world,
      { service: 's3', operation: 'PutObject', keyPrefix: 'other/', error: 'AccessDenied' },
      { service: 'sts', error: 'AccessDenied' },
    );
    expect(await errorOf(world.client().send(put()))).toBe('succeeded');
    const other = new PutObjectCommand({ ...at, Key: 'other/k', Body: 'x' });
    expect(await errorOf(world.client().send(other))).toBe('AccessDenied');
    expect(await errorOf(world.client().send(new DeleteObjectCommand({ ...at, Key: 'other/k' })))).toBe(
      'succeeded',
    );
  });

  for (const [wrong, message] of [
    [{ service: 'glue', error: 'SlowDown' }, 'unknown service "glue"; one of s3, sts'],
    [
      { service: 's3', error: 'SlowDwon' },
      's3 has no error "SlowDwon"; one of SlowDown, ThrottlingException, 503',
    ],
    [{ service: 'sts', error: 'NoSuchBucket' }, 'sts has no error "NoSuchBucket"'],
    [{ service: 's3', operation: 'PutObjekt', error: 'SlowDown' }, 's3 has no operation "PutObjekt"'],
    [{ service: 's3', error: 'SlowDown', time: 1 }, 'unknown field time'],
    [{ service: 's3', error: 'SlowDown', times: 0 }, 'times is a whole number from 1'],
    [{ service: 's3' }, 'a fault needs an error or delayMs'],
    ['SlowDown', 'a fault is an object'],
  ] as const)
    test(`is refused when it could never apply: ${message}`, async () => {
      const world = await startWorld();
      const body = JSON.stringify([{ service: 's3', error: 'SlowDown' }, wrong]);
      const answer = await send(world, 'POST', '/_sandbox/faults', { body });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body).message).toContain(message);
      expect(world.front.faults.list()).toEqual([]);
    });
});

describe('the errors of S3', () => {
  for (const [word, status, name] of [
    ['SlowDown', 503, 'SlowDown'],
    ['503', 503, 'SlowDown'],
    ['ThrottlingException', 503, 'SlowDown'],
    ['ServiceUnavailable', 503, 'ServiceUnavailable'],
    ['InternalError', 500, 'InternalError'],
    ['AccessDenied', 403, 'AccessDenied'],
    ['denied', 403, 'AccessDenied'],
    ['ExpiredToken', 400, 'ExpiredToken'],
    ['InvalidAccessKeyId', 403, 'InvalidAccessKeyId'],
    ['SignatureDoesNotMatch', 403, 'SignatureDoesNotMatch'],
    ['RequestTimeTooSkewed', 403, 'RequestTimeTooSkewed'],
    ['NoSuchBucket', 404, 'NoSuchBucket'],
    ['PermanentRedirect', 301, 'PermanentRedirect'],
    ['PreconditionFailed', 412, 'PreconditionFailed'],
    ['ConditionalRequestConflict', 409, 'ConditionalRequestConflict'],
    ['BadDigest', 400, 'BadDigest'],
    ['RequestTimeout', 400, 'RequestTimeout'],
  ] as const)
    test(`${word} reaches the SDK as ${name}, and nothing is stored`, async () => {
      const world = await startWorld();
      await inject(world, { service: 's3', operation: 'PutObject', error: word });
      expect(await errorOf(world.client().send(put()))).toBe(name);
      expect(world.front.requests()[0]?.status).toBe(status);
      expect(world.s3.buckets.get('load-test', 'k')).toBeUndefined();
    });

  test('a HEAD gets only the status', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', operation: 'HeadObject', error: 'AccessDenied' });
    await expect(world.client().send(new HeadObjectCommand(at))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('a skewed clock is corrected by the SDK, which tries again', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', error: 'RequestTimeTooSkewed', times: 1 });
    expect(await errorOf(world.client({ maxAttempts: 2 }).send(put()))).toBe('succeeded');
  });
});

describe('the errors of STS', () => {
  test('are sent in the query protocol', async () => {
    const world = await startWorld();
    const sts = new STSClient({
      endpoint: world.front.endpoint,
      region: 'us-east-1',
      credentials: exampleKey,
      maxAttempts: 1,
    });
    const names: string[] = [];
    for (const error of ['ExpiredToken', 'InvalidAccessKeyId', 'ThrottlingException', 'AccessDenied']) {
      await inject(world, { service: 'sts', error, times: 1 });
      names.push(await errorOf(sts.send(new GetCallerIdentityCommand({}))));
    }
    expect(names).toEqual(['ExpiredToken', 'InvalidClientTokenId', 'Throttling', 'AccessDenied']);
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:sts::123456789012:assumed-role/load-test/engineer',
    });
  });
});

describe('accidents on the wire', () => {
  test('a reset connection: nothing was stored', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', error: 'resetConnection', times: 1 });
    await expect(world.client().send(put())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(world.s3.buckets.get('load-test', 'k')).toBeUndefined();
    expect(world.front.requests()).toMatchObject([
      { operation: 'PutObject', status: 0, fault: 'resetConnection' },
    ]);
  });

  test('a lost response: it was stored, and a retry finds it', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', error: 'responseLost', times: 1 });
    const conditional = new PutObjectCommand({ ...at, Body: 'x', IfNoneMatch: '*' });
    expect(await errorOf(world.client({ maxAttempts: 2 }).send(conditional))).toBe('PreconditionFailed');
    expect(world.s3.buckets.get('load-test', 'k')?.toString()).toBe('x');
    expect(world.front.requests().map(({ status }) => status)).toEqual([0, 412]);
  });

  test('a cut body ends in the middle', async () => {
    const world = await startWorld();
    world.s3.buckets.put('load-test', 'k', Buffer.alloc(100_000, 'x'));
    await inject(world, { service: 's3', operation: 'GetObject', error: 'cutBody', times: 1 });
    const answer = await world.client().send(new GetObjectCommand(at));
    expect(answer.ContentLength).toBe(100_000);
    expect(await errorOf(answer.Body?.transformToString() ?? Promise.resolve())).toMatch(/abort|ECONNRESET/i);
  });

  test('a cut answer without a body is lost whole', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', operation: 'PutObject', error: 'cutBody', times: 1 });
    await expect(world.client().send(put())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(world.s3.buckets.get('load-test', 'k')?.toString()).toBe('0123456789');
  });

  test('a corrupt body has the right length, and the checksum finds it', async () => {
    const world = await startWorld();
    await world.client().send(put());
    await inject(world, { service: 's3', operation: 'GetObject', error: 'corruptBody', times: 1 });
    const answer = await world.client().send(new GetObjectCommand(at));
    await expect(answer.Body?.transformToString()).rejects.toThrow(/[Cc]hecksum mismatch/);
  });

  test('a slow body arrives whole', async () => {
    const world = await startWorld();
    await world.client().send(put());
    await inject(world, { service: 's3', operation: 'GetObject', error: 'slowBody', delayMs: 50 });
    const answer = await world.client().send(new GetObjectCommand(at));
    expect(await answer.Body?.transformToString()).toBe('0123456789');
  });

  test('a slow answer times out in the client, and the sandbox can still close', async () => {
    const world = await startWorld();
    await inject(world, { service: 's3', delayMs: 600_000 });
    const client = world.client({ requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } });
    expect(await errorOf(client.send(new ListObjectsV2Command({ Bucket: 'load-test' })))).toBe(
      'TimeoutError',
    );
  });

  test('a copy that fails with status 200 is an error for the SDK, which tries again', async () => {
    const world = await startWorld();
    await world.client().send(put());
    const copy = () => new CopyObjectCommand({ Bucket: 'load-test', Key: 'to', CopySource: 'load-test/k' });
    await inject(world, { service: 's3', operation: 'CopyObject', error: '200WithError', times: 1 });
    expect(await errorOf(world.client().send(copy()))).toBe('InternalError');
    expect(world.s3.buckets.get('load-test', 'to')).toBeUndefined();
    await inject(world, { service: 's3', operation: 'CopyObject', error: '200WithError', times: 1 });
    expect(await errorOf(world.client({ maxAttempts: 2 }).send(copy()))).toBe('succeeded');
    expect(world.front.requests().at(-2)).toMatchObject({ status: 200, fault: '200WithError' });
  });
});
