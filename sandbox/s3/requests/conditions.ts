/**
 * Conditional requests: RFC 7232 for reads, and S3's own rules for writes ("Add preconditions to S3 operations with
 * conditional requests" in the S3 user guide).
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Bucket, S3Object } from '../objects/store.ts';
import { header } from './call.ts';
import { s3Error } from './errors.ts';

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
  // A condition on dates counts only when there is none on tags.
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
