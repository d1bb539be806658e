/** What a copy or a read takes from an object: `x-amz-copy-source` and byte ranges. */
import type { IncomingHttpHeaders } from 'node:http';
import { decoded } from './address.ts';
import { header } from './call.ts';
import { s3Error } from './errors.ts';

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

/** Byte positions, both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The single range that S3 serves. Several ranges or an invalid header mean the whole object (RFC 7233).
 * @throws S3 416 InvalidRange when the range begins after the end
 */
export function rangeOf(range: string | undefined, sizeBytes: number): ByteRange | undefined {
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
