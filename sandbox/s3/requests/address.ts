import type { WireRequest } from '../../service.ts';

/** Which bucket and key a request is about. */
export interface Address {
  readonly bucket?: string;
  /** Decoded; undefined when the request is about the bucket. */
  readonly key?: string;
  /** False when the percent-encoding of the key is broken: then the key is as it was sent. */
  readonly wellFormed: boolean;
}

/** Reads path-style addresses alone: clients use them for an endpoint on an IP address. */
export function addressOf({ rawPath }: WireRequest): Address {
  const [, rawBucket = '', rawKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(rawPath) ?? [];
  if (rawBucket === '') return { wellFormed: true };
  const bucket = decoded(rawBucket) ?? rawBucket;
  if (rawKey === '') return { bucket, wellFormed: true };
  const key = decoded(rawKey);
  return { bucket, key: key ?? rawKey, wellFormed: key !== undefined };
}

/** Percent-decodes a path, in which `+` stands for itself; undefined when the encoding is broken. */
export function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}
