/** Reading S3: listings, bytes, and the sha256 that an object carries. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { StoredObject, Watch } from '../ports.ts';
import type { AwsServices } from './awsClient.ts';
import { isNotFound } from './awsErrors.ts';
import { readBody } from './s3Body.ts';

export type S3 = AwsServices['s3'];
type Sdk = typeof import('@aws-sdk/client-s3');

/** Names of the metadata entries that our own uploads and copies carry. */
export const shaMetadata = 'sha256';
export const sourceEtagMetadata = 'source-etag';
export const sourceUriMetadata = 'source-uri';

/** ETags travel in quotes; inside they are compared without. */
export const bareEtag = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

/** Every object under `prefix`, page after page, in the order of S3: by the bytes of the key. */
export async function listAll(
  s3: S3,
  bucket: string,
  prefix: string,
  watch?: Watch,
): Promise<StoredObject[]> {
  const doing = {
    what: `listing s3://${bucket}/${prefix}`,
    action: 's3:ListBucket',
    bucket,
    changed: () => watch?.already ?? 'Nothing was changed.',
  };
  return s3.run(doing, async (client, sdk) => {
    const objects: StoredObject[] = [];
    let from: string | undefined;
    do {
      const page = await client.send(
        new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: from }),
        { ...(watch && { abortSignal: watch.signal }) },
      );
      for (const object of page.Contents ?? [])
        objects.push({
          key: object.Key ?? '',
          sizeBytes: object.Size ?? 0,
          etag: bareEtag(object.ETag),
          modifiedMs: object.LastModified?.getTime() ?? 0,
        });
      from = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (from !== undefined);
    return objects;
  });
}

/** The bytes of an object, or undefined when there is none of that key. */
export async function readBytes(s3: S3, bucket: string, key: string): Promise<Uint8Array | undefined> {
  const doing = { what: `reading s3://${bucket}/${key}`, action: 's3:GetObject', bucket };
  return s3.run(doing, async (client, sdk) => {
    try {
      return (await readBody(client, sdk, { bucket, key }, Number.POSITIVE_INFINITY)).bytes;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  });
}

/** What HEAD tells of an object; undefined when there is none. */
export interface Head {
  readonly etag: string;
  readonly sizeBytes: number;
  /** Hex; S3's own checksum of the whole object. Metadata are anybody's word, and are not believed. */
  readonly sha256?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** To be given again when the object is copied with metadata of ours. */
  readonly content: {
    readonly ContentType?: string;
    readonly ContentEncoding?: string;
    readonly ContentLanguage?: string;
    readonly ContentDisposition?: string;
    readonly CacheControl?: string;
  };
}

/** One HEAD request; errors leave as the SDK threw them. */
export async function head(
  client: S3Client,
  sdk: Sdk,
  bucket: string,
  key: string,
  signal?: AbortSignal,
): Promise<Head | undefined> {
  try {
    const answer = await client.send(
      new sdk.HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
      { ...(signal && { abortSignal: signal }) },
    );
    const metadata = answer.Metadata ?? {};
    const sha256 = checksumHex(answer.ChecksumSHA256);
    return {
      etag: bareEtag(answer.ETag),
      sizeBytes: answer.ContentLength ?? 0,
      metadata,
      ...(sha256 !== undefined && { sha256 }),
      content: {
        ...(answer.ContentType !== undefined && { ContentType: answer.ContentType }),
        ...(answer.ContentEncoding !== undefined && { ContentEncoding: answer.ContentEncoding }),
        ...(answer.ContentLanguage !== undefined && { ContentLanguage: answer.ContentLanguage }),
        ...(answer.ContentDisposition !== undefined && { ContentDisposition: answer.ContentDisposition }),
        ...(answer.CacheControl !== undefined && { CacheControl: answer.CacheControl }),
      },
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A checksum of a whole object, from base64; that of a multipart upload ("…-3") is one of its parts' checksums. */
function checksumHex(base64: string | undefined): string | undefined {
  if (base64 === undefined || base64.includes('-')) return undefined;
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return hex.length === 64 ? hex : undefined;
}
