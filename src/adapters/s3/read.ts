/** Reads S3: listings, bytes, and what HEAD says of an object. */
import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { StoredObject } from '../../ports/aws.ts';
import type { Watch } from '../../ports/time.ts';
import type { AwsServices } from '../aws/awsClient.ts';
import { isNotFound, statusOf } from '../aws/awsErrors.ts';
import { concurrently } from '../pool.ts';

export type S3 = AwsServices['s3'];
export type S3Sdk = typeof import('@aws-sdk/client-s3');

/** Names of the metadata entries of our own uploads and copies. */
export const shaMetadata = 'sha256';
export const sourceEtagMetadata = 'source-etag';
export const sourceUriMetadata = 'source-uri';

/** S3 sends ETags in quotes; they are compared without. */
export const bareEtag = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

/** S3's order: by the bytes of the key. */
const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Lists like `listAll`, pages side by side: they begin where they would end if `prefix` had just these keys. */
export async function listExpected(
  s3: S3,
  bucket: string,
  prefix: string,
  keys: readonly string[],
  watch?: Watch,
): Promise<StoredObject[]> {
  const ends = keys.length <= keysPerPage ? [] : keys.toSorted(byBytes);
  const cuts = ends.filter((_, index) => (index + 1) % keysPerPage === 0);
  const ranges = [undefined, ...cuts].map((after, index) => ({ after, until: cuts[index] }));
  const parts = await concurrently(ranges, { limit: 8, signal: watch?.signal }, (range) =>
    listAll(s3, bucket, prefix, watch, range),
  );
  return parts.flat();
}

/** The most that S3 lists at once. */
const keysPerPage = 1000;

/** Every object under `prefix` (with a key beyond `after`, to `until`), all pages, in S3's order. */
export async function listAll(
  s3: S3,
  bucket: string,
  prefix: string,
  watch?: Watch,
  { after, until }: { readonly after?: string | undefined; readonly until?: string | undefined } = {},
): Promise<StoredObject[]> {
  const call = {
    what: `listing s3://${bucket}/${prefix}`,
    action: 's3:ListBucket',
    bucket,
    changed: () => watch?.already ?? 'Nothing was changed.',
  };
  return s3.run(call, async (client, sdk) => {
    const objects: StoredObject[] = [];
    let from: string | undefined;
    do {
      const page = await client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          StartAfter: after,
          ContinuationToken: from,
        }),
        { ...(watch && { abortSignal: watch.signal }) },
      );
      const contents = page.Contents ?? [];
      const isLast = until !== undefined && byBytes(contents.at(-1)?.Key ?? '', until) >= 0;
      for (const object of contents) {
        if (isLast && byBytes(object.Key ?? '', until) > 0) break;
        objects.push({
          key: object.Key ?? '',
          sizeBytes: object.Size ?? 0,
          etag: bareEtag(object.ETag),
          modifiedMs: object.LastModified?.getTime() ?? 0,
        });
      }
      from = page.IsTruncated && !isLast ? page.NextContinuationToken : undefined;
    } while (from !== undefined);
    return objects;
  });
}

/** The bytes of an object, or undefined when the key does not exist. */
export async function readBytes(s3: S3, bucket: string, key: string): Promise<Uint8Array | undefined> {
  const call = { what: `reading s3://${bucket}/${key}`, action: 's3:GetObject', bucket };
  return s3.run(call, async (client, sdk) => {
    try {
      return (await readBody(client, sdk, { bucket, key }, Number.POSITIVE_INFINITY)).bytes;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  });
}

/** The SDK retries until a response begins; a body that breaks off later has to be retried here. */
const bodyAttempts = 3;

interface Body {
  readonly bytes: Buffer;
  /** True when the object is longer than the limit. */
  readonly cut: boolean;
}

/** At most about `limitBytes` of an object; retried when the connection breaks half-way. Throws the SDK's own errors. */
export async function readBody(
  client: S3Client,
  sdk: S3Sdk,
  object: { bucket: string; key: string },
  limitBytes: number,
  signal?: AbortSignal,
): Promise<Body> {
  const command = new sdk.GetObjectCommand({ Bucket: object.bucket, Key: object.key });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await client.send(command, { ...(signal && { abortSignal: signal }) });
      return await collected(answer.Body as AsyncIterable<Uint8Array> | undefined, limitBytes);
    } catch (error) {
      // An error with a status is S3's own response, and the SDK has already retried it.
      if (attempt >= bodyAttempts || signal?.aborted || statusOf(error) !== undefined) throw error;
    }
  }
}

async function collected(body: AsyncIterable<Uint8Array> | undefined, limitBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (sizeBytes > limitBytes) return { bytes: Buffer.concat(chunks), cut: true };
  }
  return { bytes: Buffer.concat(chunks), cut: false };
}

/** What HEAD returns for an object. */
export interface Head {
  readonly etag: string;
  readonly sizeBytes: number;
  /** In hex: S3's own checksum of the whole object. Metadata is not trusted, because anybody can set it. */
  readonly sha256?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Must be sent again when the object is copied with our own metadata. */
  readonly content: Pick<
    HeadObjectCommandOutput,
    'ContentType' | 'ContentEncoding' | 'ContentLanguage' | 'ContentDisposition' | 'CacheControl'
  >;
}

/** One HEAD request. Undefined when the object does not exist; throws the SDK's own errors. */
export async function head(
  client: S3Client,
  sdk: S3Sdk,
  bucket: string,
  key: string,
  signal?: AbortSignal,
): Promise<Head | undefined> {
  try {
    const answer = await client.send(
      new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
      { ...(signal && { abortSignal: signal }) },
    );
    const { ContentType, ContentEncoding, ContentLanguage, ContentDisposition, CacheControl } = answer;
    const sha256 = checksumHex(answer.ChecksumSHA256);
    return {
      etag: bareEtag(answer.ETag),
      sizeBytes: answer.ContentLength ?? 0,
      metadata: answer.Metadata ?? {},
      ...(sha256 !== undefined && { sha256 }),
      content: { ContentType, ContentEncoding, ContentLanguage, ContentDisposition, CacheControl },
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** From base64. Undefined for a multipart upload ("…-3"), whose checksum is computed from those of its parts. */
function checksumHex(base64: string | undefined): string | undefined {
  if (base64 === undefined || base64.includes('-')) return undefined;
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return hex.length === 64 ? hex : undefined;
}
