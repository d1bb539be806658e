import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { digestOf } from '../../../sandbox/s3/checksums.ts';
import { send, startWorld, type World } from '../frontFixture.ts';

// The check values of the CRC catalogue, each over "123456789".
test.each([
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
] as const)('%s of "123456789" is %s', (algorithm, check) => {
  expect(digestOf(algorithm, Buffer.from('123456789')).toString('hex')).toBe(check);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  '%s is verified when it is written, stored, and verified by the SDK when it is read',
  async (ChecksumAlgorithm) => {
    const world = await startWorld();
    const at = { Bucket: 'load-test', Key: 'k' };
    const put = await world
      .client()
      .send(new PutObjectCommand({ ...at, Body: 'INTERVAL', ChecksumAlgorithm }));
    const head = await world.client().send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    const field = `Checksum${ChecksumAlgorithm}` as const;
    const expected = digestOf(ChecksumAlgorithm, Buffer.from('INTERVAL')).toString('base64');
    expect([put[field], head[field], head.ChecksumType]).toEqual([expected, expected, 'FULL_OBJECT']);
    const got = await world.client().send(new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
    expect(await got.Body?.transformToString()).toBe('INTERVAL');
  },
);

test('an object uploaded without a checksum gets a CRC64NVME from S3', async () => {
  const world = await startWorld();
  await world
    .client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    .send(new PutObjectCommand({ Bucket: 'load-test', Key: 'k', Body: '123456789' }));
  const head = await world
    .client()
    .send(new HeadObjectCommand({ Bucket: 'load-test', Key: 'k', ChecksumMode: 'ENABLED' }));
  expect(head.ChecksumCRC64NVME).toBe(Buffer.from('ae8b14860a799888', 'hex').toString('base64'));
});

test('a stream is sent in chunks with its checksum in the trailer, and stored without them', async () => {
  const world = await startWorld();
  const Body = Readable.from([Buffer.alloc(70_000, 'a'), Buffer.alloc(70_000, 'b')]);
  await world.client().send(
    new PutObjectCommand({
      Bucket: 'load-test',
      Key: 'k',
      Body,
      ContentLength: 140_000,
      ContentEncoding: 'gzip',
    }),
  );
  expect(world.s3.buckets.get('load-test', 'k')?.toString()).toBe('a'.repeat(70_000) + 'b'.repeat(70_000));
  const head = await world
    .client()
    .send(new HeadObjectCommand({ Bucket: 'load-test', Key: 'k', ChecksumMode: 'ENABLED' }));
  expect(head.ContentEncoding).toBe('gzip');
  expect(head.ChecksumCRC32).toBeDefined();
});

const put = (world: World, headers: Record<string, string>, body: string) =>
  send(world, 'PUT', '/load-test/k', { as: { service: 's3' }, headers, body });

const chunked = {
  'content-encoding': 'aws-chunked',
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'x-amz-decoded-content-length': '9',
  'x-amz-trailer': 'x-amz-checksum-crc32',
};
const crc32 = Buffer.from('cbf43926', 'hex').toString('base64');

test.each([
  [
    'a signed chunk',
    `4;chunk-signature=00\r\n1234\r\n5\r\n56789\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:${crc32}\r\n\r\n`,
    200,
    '',
  ],
  ['a wrong trailer', '9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', 400, 'BadDigest'],
  ['a length other than its header', '8\r\n12345678\r\n0\r\n\r\n', 400, 'IncompleteBody'],
  ['a cut chunk', '9\r\n1234', 400, 'IncompleteBody'],
  ['an invalid size', 'nine\r\n123456789\r\n0\r\n\r\n', 400, 'IncompleteBody'],
])('a chunked body with %s is answered as S3 does', async (_, body, status, code) => {
  const world = await startWorld();
  const answer = await put(world, chunked, body);
  expect([answer.status, /<Code>(\w+)/.exec(answer.body)?.[1] ?? '']).toEqual([status, code]);
});

test.each([
  [
    { 'x-amz-content-sha256': createHash('sha256').update('other').digest('hex') },
    'XAmzContentSHA256Mismatch',
  ],
  [{ 'content-md5': createHash('md5').update('other').digest('base64') }, 'BadDigest'],
  [{ 'content-md5': 'bm90IGEgZGlnZXN0' }, 'InvalidDigest'],
  [{ 'x-amz-checksum-crc32c': 'AAAAAA==' }, 'BadDigest'],
  [{ 'x-amz-checksum-sha256': 'AAAA' }, 'InvalidRequest'],
  [{ 'x-amz-checksum-crc32': crc32, 'x-amz-checksum-sha1': 'AAAA' }, 'InvalidRequest'],
  [{ 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 'InvalidRequest'],
])('bytes that do not match %o are refused, and nothing is stored', async (headers, code) => {
  const world = await startWorld();
  const answer = await put(world, headers, '123456789');
  expect([answer.status, /<Code>(\w+)/.exec(answer.body)?.[1]]).toEqual([400, code]);
  expect(world.s3.buckets.get('load-test', 'k')).toBeUndefined();
});
