/** Uploads objects: only those whose bytes the bucket does not already contain, verified by checksum. */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import type { LoadTestKey } from '../../domain/keys.ts';
import type { Delivered, Upload } from '../../ports/aws.ts';
import type { Watch } from '../../ports/time.ts';
import { concurrently } from '../pool.ts';
import { openFolders, type RemoteObject, type S3Settings } from './memory.ts';
import { bareEtag, head, type S3, type S3Sdk, shaMetadata } from './read.ts';

/** Concurrent requests: enough to hide a latency of 25 ms, below the client's 50 sockets. */
export const requestsAtOnce = 40;

/**
 * Each body is read and hashed once, and those bytes are sent with their sha256, which S3 verifies. An object is
 * unchanged if the bucket lists the ETag and size that S3 returned for our own upload of these bytes; for an object
 * that is not remembered, a HEAD request returns the sha256.
 */
export async function uploadAll(
  s3: S3,
  settings: S3Settings,
  memoryDirectory: string,
  uploads: readonly Upload[],
  watch: Watch,
): Promise<Delivered> {
  if (uploads.length === 0) return { sent: [], unchanged: [] };
  const { bucket } = settings;
  const sent = new Set<LoadTestKey>();
  const unchanged = new Set<LoadTestKey>();
  const keys = uploads.map(({ key }) => key);
  const call = {
    what: `uploading to s3://${bucket}`,
    action: 's3:PutObject',
    bucket,
    changed: () => sentSoFar(sent.size, uploads.length),
  };
  const folders = await openFolders(s3, settings, memoryDirectory, keys, watch);
  try {
    await s3.run(call, async (client, sdk) => {
      await concurrently(uploads, { limit: requestsAtOnce, signal: watch.signal }, async (upload) => {
        const bytes = await upload.body();
        const sha256 = createHash('sha256').update(bytes).digest();
        const object: ObjectToSend = { bucket, key: upload.key, bytes, sha256 };
        const remote = folders.lookUp(upload.key);
        if (await isUploaded(client, sdk, object, remote, watch.signal)) {
          unchanged.add(upload.key);
        } else {
          const etag = await put(client, sdk, object, watch.signal);
          sent.add(upload.key);
          remote.memory.remember(upload.key, {
            etag,
            sizeBytes: bytes.length,
            sha256: sha256.toString('hex'),
          });
        }
        watch.progress(
          sent.size + unchanged.size,
          uploads.length,
          `${sent.size} sent, ${unchanged.size} unchanged`,
        );
      });
    });
  } finally {
    await folders.save();
  }
  return { sent: keys.filter((key) => sent.has(key)), unchanged: keys.filter((key) => unchanged.has(key)) };
}

/** For the message of a failure: what the call has already done. */
export function sentSoFar(sent: number, total: number): string {
  if (sent === 0) return `None of the ${total} objects is known to have arrived.`;
  return `${sent} of ${total} objects were sent; they are complete and will not be sent again.`;
}

interface ObjectToSend {
  readonly bucket: string;
  readonly key: LoadTestKey;
  readonly bytes: Uint8Array;
  readonly sha256: Buffer;
}

async function isUploaded(
  client: S3Client,
  sdk: S3Sdk,
  object: ObjectToSend,
  { listed, memory }: RemoteObject,
  signal: AbortSignal,
): Promise<boolean> {
  if (listed === undefined || listed.sizeBytes !== object.bytes.length) return false;
  const sha256 = object.sha256.toString('hex');
  const known = memory.lookUp(listed)?.sha256;
  if (known !== undefined) return known === sha256;
  const found = await head(client, sdk, object.bucket, object.key, signal);
  if (found?.sha256 === undefined) return false;
  memory.remember(object.key, { etag: found.etag, sizeBytes: found.sizeBytes, sha256: found.sha256 });
  return found.sha256 === sha256;
}

async function put(client: S3Client, sdk: S3Sdk, object: ObjectToSend, signal: AbortSignal): Promise<string> {
  const answer = await client.send(
    new sdk.PutObjectCommand({
      Bucket: object.bucket,
      Key: object.key,
      Body: object.bytes,
      ContentLength: object.bytes.length,
      ContentType: contentType(object.key),
      ChecksumSHA256: object.sha256.toString('base64'),
      Metadata: { [shaMetadata]: object.sha256.toString('hex') },
    }),
    { abortSignal: signal },
  );
  return bareEtag(answer.ETag);
}

function contentType(key: string): string {
  if (key.endsWith('.yml') || key.endsWith('.yaml')) return 'application/yaml';
  if (key.endsWith('.json')) return 'application/json';
  if (key.endsWith('.py')) return 'text/x-python';
  return 'application/octet-stream';
}
