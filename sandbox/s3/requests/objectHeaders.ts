import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Bucket, S3Object } from '../objects/store.ts';
import { header } from './call.ts';
import { s3Error } from './errors.ts';

const kept = ['cache-control', 'content-disposition', 'content-language', 'expires'];
const mostMetadataBytes = 2048;

/** The headers of a write that are stored with the object. @throws S3 400 MetadataTooLarge */
export function objectHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {
    'content-type': header(headers, 'content-type') ?? 'binary/octet-stream',
  };
  const encoding = (header(headers, 'content-encoding') ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'aws-chunked');
  if (encoding.length > 0) result['content-encoding'] = encoding.join(',');
  for (const name of kept) {
    const value = header(headers, name);
    if (value !== undefined) result[name] = value;
  }
  // S3 does not send the default storage class.
  const storageClass = header(headers, 'x-amz-storage-class');
  if (storageClass !== undefined && storageClass !== 'STANDARD') result['x-amz-storage-class'] = storageClass;
  return { ...result, ...userMetadata(headers) };
}

function userMetadata(headers: IncomingHttpHeaders): Record<string, string> {
  const prefix = 'x-amz-meta-';
  const metadata: Record<string, string> = {};
  let sizeBytes = 0;
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(prefix)) continue;
    const value = header(headers, name) ?? '';
    sizeBytes += name.length - prefix.length + value.length;
    metadata[name] = value;
  }
  if (sizeBytes > mostMetadataBytes)
    throw s3Error('MetadataTooLarge', undefined, {
      fields: { Size: String(sizeBytes), MaxSizeAllowed: String(mostMetadataBytes) },
    });
  return metadata;
}

export function encryptionOf(headers: IncomingHttpHeaders, bucket: Bucket): S3Object['encryption'] {
  const asked = header(headers, 'x-amz-server-side-encryption');
  return asked === 'aws:kms' || (asked === undefined && bucket.sseKms) ? 'aws:kms' : 'AES256';
}

/** With KMS, S3 hashes the encrypted bytes, so the tag is effectively random. */
export function etagOf(plain: string, encryption: S3Object['encryption']): string {
  return encryption === 'AES256' ? plain : randomBytes(16).toString('hex');
}
