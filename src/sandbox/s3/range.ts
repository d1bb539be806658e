import { s3Error } from './errors.ts';

/** Byte positions, both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The one range that S3 serves. Several at once, or a header that is none, mean the whole object (RFC 7233).
 * @throws S3 416 InvalidRange when it begins behind the end
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
