/**
 * The fault matrix of S3: each fault on the wire gives the declared code and a true message, and the same call succeeds
 * once the fault is over.
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDisk } from '../../src/adapters/disk/disk.ts';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { configKey } from '../../src/domain/keys.ts';
import { check, keyId, settings, startAwsWorld, tally, useEndpoint, watch } from './awsWorld.ts';

let world: Awaited<ReturnType<typeof startAwsWorld>>;
beforeEach(async () => {
  world = await startAwsWorld();
});
afterEach(() => world.close());

const uploads = () => Array.from({ length: 6 }, (_, index) => check(`c${index}_15m.yml`, `body ${index}`));

describe('a single fault is not noticed', () => {
  it.each([
    'SlowDown',
    'ServiceUnavailable',
    'InternalError',
    'RequestTimeout',
    'resetConnection',
    'responseLost',
    'cutBody',
    'ConditionalRequestConflict',
  ])('%s, on a listing and on an upload', async (error) => {
    world.front.faults.add([
      { service: 's3', operation: 'ListObjectsV2', error, times: 1 },
      { service: 's3', operation: 'PutObject', error, times: 1 },
    ]);
    const delivered = await world.store().upload(uploads(), watch());
    expect(delivered.sent).toHaveLength(6);
    expect(world.buckets.keys(settings.bucket, '')).toHaveLength(6);
  });

  it.each(['200WithError', 'SlowDown', 'resetConnection', 'responseLost'])('%s, on a copy', async (error) => {
    world.buckets.put(settings.bucket, 'prod/a_table_metrics.yml', Buffer.from('m'));
    const [object] = await world.store().list('prod/');
    if (object === undefined) throw new Error('the object was not listed');
    world.front.faults.add([{ service: 's3', operation: 'CopyObject', error, times: 1 }]);
    const to = configKey(settings, 'hourly', 1, 'a_table_metrics.yml');
    const copy = { from: { bucket: settings.bucket, object }, to };
    expect((await world.store().copy([copy], watch())).sent).toEqual([to]);
    expect(world.buckets.get(settings.bucket, to)?.toString()).toBe('m');
  });

  it('RequestTimeTooSkewed, when the clock of this machine is three hours slow', async () => {
    await world.close();
    world = await startAwsWorld({ startMs: Date.now() + 3 * 3_600_000 });
    world.front.faults.add([
      { service: 's3', operation: 'PutObject', error: 'RequestTimeTooSkewed', times: 1 },
    ]);
    expect((await world.store().upload([check('a_15m.yml', 'a')], watch())).sent).toHaveLength(1);
  });

  it.each(['cutBody', 'corruptBody'])('%s, on a read', async (error) => {
    await world.store().upload(uploads(), watch());
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error, times: 1 }]);
    const bytes = await world.store().read(check('c1_15m.yml', '').key);
    expect(Buffer.from(bytes ?? []).toString()).toBe('body 1');
  });
});

const lasting: readonly [string, ErrorCode, RegExp][] = [
  ['SlowDown', 'UPSTREAM', /throttled the requests/],
  ['ServiceUnavailable', 'UPSTREAM', /HTTP 503/],
  ['InternalError', 'UPSTREAM', /HTTP 500/],
  ['resetConnection', 'UPSTREAM', /connection to AWS failed/],
  ['responseLost', 'UPSTREAM', /connection to AWS failed/],
  ['cutBody', 'UPSTREAM', /connection to AWS failed/],
  ['BadDigest', 'UPSTREAM', /differ from the bytes sent/],
  ['AccessDenied', 'DENIED', /AWS denies s3:/],
  ['ExpiredToken', 'DENIED', /login has expired/],
  ['InvalidAccessKeyId', 'DENIED', /does not recognize these credentials/],
  ['SignatureDoesNotMatch', 'DENIED', /rejected the signature/],
  ['RequestTimeTooSkewed', 'DENIED', /machine's clock is wrong/],
  ['NoSuchBucket', 'CONFIG', /bucket orchestration does not exist/],
  ['PermanentRedirect', 'CONFIG', /orchestration is in another region/],
  ['AuthorizationHeaderMalformed', 'CONFIG', /another region/],
  ['PreconditionFailed', 'CONFLICT', /Somebody else changed the object/],
  ['ConditionalRequestConflict', 'CONFLICT', /Somebody else changed the object/],
];

describe('a lasting fault is reported, and the same call succeeds once it is over', () => {
  // The response to an upload has no body to cut.
  it.each(lasting.filter(([error]) => error !== 'cutBody'))(
    '%s on uploads: %s',
    async (error, code, words) => {
      world.front.faults.add([{ service: 's3', operation: 'PutObject', error }]);
      const failure = await world
        .store()
        .upload(uploads(), watch())
        .catch((problem) => problem);
      expect(failure).toMatchObject({ name: 'ToolError', code, message: expect.stringMatching(words) });
      // A lost response hides an object that arrived, so the message claims neither.
      expect(failure.message).toContain('None of the 6 objects is known to have arrived.');
      expect(failure.text).not.toContain(keyId);
      expect(failure.next.length).toBeGreaterThan(20);

      world.front.faults.clear();
      const delivered = await world.store().upload(uploads(), watch());
      expect(delivered.sent.length + delivered.unchanged.length).toBe(6);
      expect(world.buckets.keys(settings.bucket, '')).toHaveLength(6);
    },
  );

  it.each(lasting.filter(([error]) => error !== 'BadDigest'))('%s on a listing: %s', async (error, code) => {
    world.front.faults.add([{ service: 's3', operation: 'ListObjectsV2', error }]);
    await expect(world.store().list('checks_load_test/')).rejects.toMatchObject({
      code,
      message: expect.stringContaining('Nothing was changed.'),
    });
    world.front.faults.clear();
    expect(await world.store().list('checks_load_test/')).toEqual([]);
  });

  it('reports how much of an upload is complete, and does not send it again', async () => {
    const many = Array.from({ length: 120 }, (_, index) => check(`c${index}_15m.yml`, String(index)));
    const bad = many.at(-1)?.key ?? '';
    world.front.faults.add([
      { service: 's3', operation: 'PutObject', keyPrefix: bad, error: 'AccessDenied' },
    ]);
    const failure = await world
      .store()
      .upload(many, watch())
      .catch((problem) => problem);
    expect(failure.message).toContain('119 of 120 objects were sent; they are complete');
    world.front.faults.clear();
    world.wire();
    await world.store().upload(many, watch());
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 1, PutObject: 1 });
  });

  it('an error of HEAD has no body, and still gets its sentence', async () => {
    await world.store().upload(uploads(), watch());
    const [object] = await world.store().list('checks_load_test/');
    world.front.faults.add([{ service: 's3', operation: 'HeadObject', error: 'AccessDenied' }]);
    if (object === undefined) throw new Error('the object was not listed');
    await expect(world.store('no memory').digest(object)).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining('AWS denies s3:GetObject'),
    });
  });

  it('a copy that always fails inside a 200 is a failure, not a success', async () => {
    world.buckets.put(settings.bucket, 'prod/a_table_metrics.yml', Buffer.from('m'));
    const [object] = await world.store().list('prod/');
    if (object === undefined) throw new Error('the object was not listed');
    world.front.faults.add([{ service: 's3', operation: 'CopyObject', error: '200WithError' }]);
    const copy = {
      from: { bucket: settings.bucket, object },
      to: configKey(settings, 'hourly', 1, 'a_table_metrics.yml'),
    };
    await expect(world.store().copy([copy], watch())).rejects.toMatchObject({ code: 'UPSTREAM' });
    world.front.faults.clear();
    expect((await world.store().copy([copy], watch())).sent).toHaveLength(1);
  });
});

it('nothing listens at the address at first, then something does', async () => {
  useEndpoint('http://127.0.0.1:9');
  const aws = await import('../../src/adapters/aws/awsClient.ts');
  const { createObjectStore } = await import('../../src/adapters/s3/s3.ts');
  const store = createObjectStore({
    aws: aws.createAwsServices(settings, { retryDelayMs: () => 0 }),
    settings,
    uploadMemory: openDisk(world.directory, 'STATE_DIR'),
  });
  await expect(store.upload(uploads(), watch())).rejects.toMatchObject({
    code: 'UPSTREAM',
    message: expect.stringContaining('cannot be reached'),
  });
});
