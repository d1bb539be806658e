import type { WireRequest } from '../service.ts';

export interface Address {
  readonly bucket?: string;
  /** Decoded; undefined when the request is about the bucket. */
  readonly key?: string;
  /** The bucket stood in the host name rather than in the path. */
  readonly virtualHost: boolean;
  /** False when the percent-encoding is broken: then the key is as it was sent. */
  readonly wellFormed: boolean;
}

/** Hosts whose first labels are a bucket. Everything else, an IP address above all, is addressed by path. */
const bucketHost = /^(?<bucket>.+?)\.(?:(?:s3\.)?localhost|s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com)$/;

/** Which bucket and key a request is about, in either of S3's two forms of address. */
export function addressOf(request: WireRequest): Address {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const hosted = bucketHost.exec(host)?.groups?.bucket;
  const path = request.rawPath.slice(1);
  if (hosted !== undefined) return { bucket: hosted, virtualHost: true, ...keyIn(path) };
  const slash = path.indexOf('/');
  const bucket = slash === -1 ? path : path.slice(0, slash);
  if (bucket === '') return { virtualHost: false, wellFormed: true };
  return {
    bucket: decoded(bucket) ?? bucket,
    virtualHost: false,
    ...keyIn(slash === -1 ? '' : path.slice(slash + 1)),
  };
}

function keyIn(raw: string): { key?: string; wellFormed: boolean } {
  if (raw === '') return { wellFormed: true };
  const key = decoded(raw);
  return { key: key ?? raw, wellFormed: key !== undefined };
}

/** Percent-decoding of a path, where `+` stands for itself; undefined when it is broken. */
export function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}
