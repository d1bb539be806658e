/**
 * The product's uploads to S3 servers that others wrote: moto, and versitygw, which verifies signatures with code of its
 * own. A key that is encoded or signed in another way than S3's is refused there, or arrives under another name.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { createAwsServices } from '../../src/adapters/aws/awsClient.ts';
import { openDisk } from '../../src/adapters/disk/disk.ts';
import { createObjectStore } from '../../src/adapters/s3/s3.ts';
import type { LoadTestKey } from '../../src/domain/keys.ts';
import { settings, useEndpoint, watch } from '../adapters/awsWorld.ts';
import { motoEndpoint } from './contract.ts';

const versity = process.env.VERSITYGW_ENDPOINT;
const directory = mkdtempSync(join(tmpdir(), 'odd-keys-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const clientOf = (endpoint: string, credentials = exampleKey) =>
  new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 });

const names = [
  'plain_15m.yml',
  "it's (a) *test*!_15m.yml",
  'a b/ c /d+e_15m.yml',
  '100%/a%20b_15m.yml',
  'ü/日本/😀_15m.yml',
  'a\u0308 decomposed_15m.yml',
  '~tilde-_.yml',
  'a=b&c;d,e:f@g$h_15m.yml',
  'quote"<>[]{}|^`#?_15m.yml',
  '...three_15m.yml',
  ...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
    .filter((character) => !'/\\'.includes(character))
    .map((character) => `each/${character.charCodeAt(0)} ${character}_15m.yml`),
];

async function uploadedTo(endpoint: string): Promise<void> {
  await clientOf(endpoint).send(new CreateBucketCommand({ Bucket: settings.bucket }));
  useEndpoint(endpoint);
  const store = createObjectStore({
    aws: createAwsServices(settings, { retryDelayMs: () => 0 }),
    settings,
    uploadMemory: openDisk(mkdtempSync(join(directory, 'memory-')), 'STATE_DIR'),
  });
  const folder = `${settings.configsPrefix}/15m/2x/`;
  const uploads = names.map((name) => ({
    key: `${folder}${name}` as LoadTestKey,
    body: async () => Buffer.from(`text of ${name}`),
  }));
  const { sent, retried } = await store.upload(uploads, watch());
  expect([sent.length, retried]).toEqual([names.length, 0]);
  const listed = await store.list(folder);
  expect(listed.map(({ key }) => key).sort()).toEqual(uploads.map(({ key }) => key).sort());
  for (const { key, body } of uploads)
    expect(Buffer.from((await store.read(key)) ?? []).toString()).toBe(String(await body()));
  expect((await store.upload(uploads, watch())).unchanged).toHaveLength(names.length);
}

test('moto stores odd keys under their names, with the first request', () => uploadedTo(motoEndpoint()));

test.skipIf(versity === undefined)('versitygw too, and it refuses a wrong signature', async () => {
  const endpoint = versity ?? '';
  await uploadedTo(endpoint);
  const stranger = clientOf(endpoint, { ...exampleKey, secretAccessKey: 'another' });
  const refused = stranger.send(new PutObjectCommand({ Bucket: settings.bucket, Key: 'a', Body: 'a' }));
  await expect(refused).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});
