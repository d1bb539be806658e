import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Bucket, S3Object } from '../objects/store.ts';
import { header } from './call.ts';

const kept = ['cache-control', 'content-disposition', 'content-language', 'expires'];

/** The headers of a write that are stored with the object. */
export function objectHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {
    'content-type': header(headers, 'content-type') ?? 'binary/octet-stream',
  };
  const encoding = (header(headers, 'content-encoding') ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'aws-chunked');
  if (encoding.length > 0) result['content-encoding'] = encoding.join(',');
  for (const name of Object.keys(headers)) {
    const value = header(headers, name);
    if (value !== undefined && (kept.includes(name) || name.startsWith('x-amz-meta-'))) result[name] = value;
  }
  return result;
}

export function encryptionOf(headers: IncomingHttpHeaders, bucket: Bucket): S3Object['encryption'] {
  const asked = header(headers, 'x-amz-server-side-encryption');
  return asked === 'aws:kms' || (asked === undefined && bucket.sseKms) ? 'aws:kms' : 'AES256';
}

/** With KMS, S3 hashes the encrypted bytes, so the tag is effectively random. */
export function etagOf(plain: string, encryption: S3Object['encryption']): string {
  return encryption === 'AES256' ? plain : randomBytes(16).toString('hex');
}
