import {
  type ChecksumAlgorithm,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { digestOf } from '../../../sandbox/s3/checksums.ts';
import { startWorld, type World } from '../frontFixture.ts';

const at = { Bucket: 'load-test', Key: 'big' };
const bodies: readonly Buffer[] = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the end')];
const whole = Buffer.concat(bodies);

async function upload(
  world: World,
  checksum: { ChecksumAlgorithm: ChecksumAlgorithm; ChecksumType?: ChecksumType },
) {
  const s3 = world.client();
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...at, ...checksum }));
  const { ChecksumAlgorithm } = checksum;
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  for (const [index, Body] of bodies.entries()) {
    const part = { UploadId, PartNumber: index + 1, Body, ChecksumAlgorithm };
    Parts.push({
      PartNumber: index + 1,
      ETag: (await s3.send(new UploadPartCommand({ ...at, ...part }))).ETag,
    });
  }
  return await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
}

test('a composite checksum is that of the parts, with their number', async () => {
  const world = await startWorld();
  const done = await upload(world, { ChecksumAlgorithm: 'SHA256' });
  const digests = Buffer.concat(bodies.map((body) => digestOf('SHA256', body)));
  expect(done.ChecksumSHA256).toBe(`${digestOf('SHA256', digests).toString('base64')}-2`);
  const tags = Buffer.concat(bodies.map((body) => digestOf('MD5', body)));
  expect(done.ETag).toBe(`"${digestOf('MD5', tags).toString('hex')}-2"`);
  const head = await world.client().send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
  expect([head.ChecksumType, head.ContentLength]).toEqual(['COMPOSITE', whole.byteLength]);
  expect(head.ChecksumSHA256).toBe(done.ChecksumSHA256);
});

test('a full-object checksum is that of the joined bytes, which the SDK verifies when it reads', async () => {
  const world = await startWorld();
  const done = await upload(world, { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
  expect(done.ChecksumCRC32).toBe(digestOf('CRC32', whole).toString('base64'));
  const got = await world.client().send(new GetObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
  expect((await got.Body?.transformToByteArray())?.byteLength).toBe(whole.byteLength);
});
