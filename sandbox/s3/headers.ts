/**
 * What the headers of a request ask: conditions, the source of a copy, a byte range, what is stored with an object.
 * Conditions follow RFC 7232 for reads, and S3's own rules for writes ("Add preconditions to S3 operations with
 * conditional requests" in the S3 user guide).
 */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { decoded, header } from './call.ts';
import { s3Error } from './errors.ts';
import type { Bucket, S3Object } from './store.ts';

/** @returns whether to send the object or 304. @throws S3 412 PreconditionFailed */
export function readCondition(headers: IncomingHttpHeaders, object: S3Object): 'send' | 'not modified' {
  const failed = failedCondition(headers, object, '');
  if (failed === undefined) return 'send';
  if (failed === 'If-None-Match' || failed === 'If-Modified-Since') return 'not modified';
  throw preconditionFailed(failed);
}

/** The same four conditions on the source of a copy, where each failure is 412. */
export function requireCopySource(headers: IncomingHttpHeaders, source: S3Object): void {
  const failed = failedCondition(headers, source, 'x-amz-copy-source-');
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

function failedCondition(headers: IncomingHttpHeaders, object: S3Object, scope: string): string | undefined {
  const match = header(headers, `${scope}if-match`);
  const noneMatch = header(headers, `${scope}if-none-match`);
  const modifiedSince = seconds(header(headers, `${scope}if-modified-since`));
  const unmodifiedSince = seconds(header(headers, `${scope}if-unmodified-since`));
  const modified = Math.floor(object.modifiedMs / 1000);
  // A condition on dates counts only without one on tags.
  if (match !== undefined) {
    if (!names(match, object.etag)) return 'If-Match';
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) return 'If-Unmodified-Since';
  if (noneMatch !== undefined) {
    if (names(noneMatch, object.etag)) return 'If-None-Match';
  } else if (modifiedSince !== undefined && modified <= modifiedSince) return 'If-Modified-Since';
  return undefined;
}

/**
 * Conditions on a write: `If-None-Match: *` (only if there is no such object) and `If-Match: <etag>`.
 * @throws S3 412 PreconditionFailed, 404 NoSuchKey (nothing to match), 501 for a form that S3 does not support
 */
export function requireWritable(headers: IncomingHttpHeaders, bucket: Bucket, key: string): void {
  const match = header(headers, 'if-match');
  const noneMatch = header(headers, 'if-none-match');
  const present = bucket.get(key);
  if (noneMatch !== undefined) {
    if (noneMatch !== '*')
      throw s3Error('NotImplemented', undefined, { fields: { Header: 'If-None-Match' } });
    if (present !== undefined) throw preconditionFailed('If-None-Match');
  }
  requireMatch(match, bucket, key);
}

/**
 * The condition of a delete: `If-Match` with an ETag, or `*` for any.
 * @throws S3 412 PreconditionFailed, 404 NoSuchKey when there is nothing to match
 */
export function requireMatch(match: string | undefined, bucket: Bucket, key: string): void {
  if (match === undefined) return;
  const present = bucket.get(key);
  if (present === undefined) throw s3Error('NoSuchKey', undefined, { fields: { Key: key } });
  if (!names(match, present.etag)) throw preconditionFailed('If-Match');
}

function names(condition: string, etag: string): boolean {
  if (condition.trim() === '*') return true;
  return condition.split(',').some((tag) => tag.trim().replace(/^W\//, '').replace(/^"|"$/g, '') === etag);
}

/** HTTP dates are whole seconds; an invalid date is ignored (RFC 7232). */
function seconds(date: string | undefined): number | undefined {
  const ms = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

function preconditionFailed(condition: string) {
  return s3Error('PreconditionFailed', undefined, { fields: { Condition: condition } });
}

/**
 * `x-amz-copy-source`: `bucket/key`, percent-encoded, with or without a leading slash.
 * @throws S3 400 InvalidArgument for anything else
 */
export function copySourceOf(headers: IncomingHttpHeaders): { bucket: string; key: string } {
  const value = header(headers, 'x-amz-copy-source') ?? '';
  const path = decoded(value.replace(/\?versionId=.*$/, ''))?.replace(/^\//, '') ?? '';
  const slash = path.indexOf('/');
  if (slash < 1 || slash === path.length - 1)
    throw s3Error(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      { fields: { ArgumentName: 'x-amz-copy-source', ArgumentValue: value } },
    );
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

/**
 * The single range that S3 serves, both positions inclusive. Several ranges or an invalid header mean the whole object (RFC 7233).
 * @throws S3 416 InvalidRange when the range begins after the end
 */
export function rangeOf(
  range: string | undefined,
  sizeBytes: number,
): { first: number; last: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const suffix = from === '';
  if (!suffix && to !== '' && Number(to) < Number(from)) return undefined;
  const first = suffix ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = suffix || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (first < sizeBytes) return { first, last };
  const fields = { RangeRequested: range ?? '', ActualObjectSize: String(sizeBytes) };
  throw s3Error('InvalidRange', undefined, { fields });
}

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
