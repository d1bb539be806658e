import type { Checksum } from './checksums.ts';
import { compareKeys } from './listing.ts';

export interface S3Object {
  readonly body: Buffer;
  /** Without quotes. The MD5 of the body unless the object is encrypted with KMS or was uploaded in parts. */
  readonly etag: string;
  readonly modifiedMs: number;
  /** Returned with every read: content type and the like, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: 'AES256' | 'aws:kms';
  readonly checksum: Checksum;
}

export type Part = Pick<S3Object, 'body' | 'etag' | 'checksum'>;

export interface MultipartUpload {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: S3Object['encryption'];
  readonly checksumAlgorithm: Checksum['algorithm'];
  readonly checksumType: Checksum['type'];
  readonly parts: Map<number, Part>;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly sseKms: boolean;
  /** By upload id. */
  readonly uploads: Map<string, MultipartUpload>;
  get(key: string): S3Object | undefined;
  put(key: string, object: S3Object): void;
  delete(key: string): void;
  /** In UTF-8 byte order. Sorted when a listing follows a change, so ten thousand uploads cost one sort. */
  keys(): readonly string[];
}

/** By name. */
export type Store = Map<string, Bucket>;

export function createBucket(name: string, region: string, sseKms = false): Bucket {
  const objects = new Map<string, S3Object>();
  let sorted: string[] | undefined = [];
  return {
    name,
    region,
    sseKms,
    uploads: new Map(),
    get: (key) => objects.get(key),
    put(key, object) {
      if (!objects.has(key)) sorted = undefined;
      objects.set(key, object);
    },
    delete(key) {
      if (objects.delete(key)) sorted = undefined;
    },
    keys() {
      sorted ??= [...objects.keys()].sort(compareKeys);
      return sorted;
    },
  };
}
