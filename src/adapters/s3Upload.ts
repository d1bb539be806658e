/** Sending objects: only what the bucket does not hold with these very bytes, verified by checksum. */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import type { LoadTestKey } from '../checks/keys.ts';
import type { Delivered, Upload, Watch } from '../ports.ts';
import { concurrently } from './concurrently.ts';
import { openFolders, type Place, type S3Settings } from './s3Folders.ts';
import { bareEtag, head, type S3, shaMetadata } from './s3Listing.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** Requests under way at once: enough to hide a distance of 25 ms, below the client's 50 sockets. */
export const requestsAtOnce = 40;

/**
 * Each body is read and hashed once, and those bytes are sent with their sha256, which S3 verifies. That an
 * object is unchanged is decided without sending: the bucket lists the pair of ETag and size that S3 answered to
 * our own upload of these bytes; or, for an object that is not remembered, a HEAD tells the sha256.
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
  const doing = {
    what: `uploading to s3://${bucket}`,
    action: 's3:PutObject',
    bucket,
    changed: () => sentSoFar(sent.size, uploads.length),
  };
  const folders = await openFolders(
    s3,
    settings,
    memoryDirectory,
    uploads.map(({ key }) => key),
    watch,
  );
  try {
    await s3.run(doing, async (client, sdk) => {
      await concurrently(uploads, { limit: requestsAtOnce, signal: watch.signal }, async (upload) => {
        const bytes = await upload.body();
        const sha256 = createHash('sha256').update(bytes).digest();
        const object: ObjectToSend = { bucket, key: upload.key, bytes, sha256 };
        if (await holdsAlready(client, sdk, object, folders.at(upload.key), watch.signal)) {
          unchanged.add(upload.key);
        } else {
          const etag = await put(client, sdk, object, watch.signal);
          sent.add(upload.key);
          folders
            .at(upload.key)
            .memory.remember(upload.key, { etag, sizeBytes: bytes.length, sha256: sha256.toString('hex') });
        }
        watch.progress(
          sent.size + unchanged.size,
          uploads.length,
          `${sent.size} sent, ${unchanged.size} unchanged`,
        );
      });
    });
  } finally {
    await folders.keep();
  }
  const inOrder = (keys: Set<LoadTestKey>) => uploads.map(({ key }) => key).filter((key) => keys.has(key));
  return { sent: inOrder(sent), unchanged: inOrder(unchanged) };
}

/** For the message of a failure: what of the call took effect. */
export function sentSoFar(sent: number, total: number): string {
  if (sent === 0) return `None of the ${total} objects is known to have arrived.`;
  return `${sent} of ${total} objects had been sent; they are complete and will not be sent again.`;
}

interface ObjectToSend {
  readonly bucket: string;
  readonly key: LoadTestKey;
  readonly bytes: Uint8Array;
  readonly sha256: Buffer;
}

async function holdsAlready(
  client: S3Client,
  sdk: Sdk,
  object: ObjectToSend,
  place: Place,
  signal: AbortSignal,
): Promise<boolean> {
  const { listed, memory } = place;
  if (listed === undefined || listed.sizeBytes !== object.bytes.length) return false;
  const sha256 = object.sha256.toString('hex');
  const known = memory.of(listed)?.sha256;
  if (known !== undefined) return known === sha256;
  const found = await head(client, sdk, object.bucket, object.key, signal);
  if (found?.sha256 === undefined) return false;
  memory.remember(object.key, { etag: found.etag, sizeBytes: found.sizeBytes, sha256: found.sha256 });
  return found.sha256 === sha256;
}

async function put(client: S3Client, sdk: Sdk, object: ObjectToSend, signal: AbortSignal): Promise<string> {
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
