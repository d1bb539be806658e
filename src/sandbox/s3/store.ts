import type { Checksum } from './checksums.ts';
import { createKeyIndex, type KeyIndex } from './keyIndex.ts';

export interface S3Object {
  readonly body: Buffer;
  /** Without quotes. The MD5 of the body unless the object is encrypted with KMS or was sent in parts. */
  readonly etag: string;
  readonly modifiedMs: number;
  /** What goes back with every read: content type and the like, storage class, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: 'AES256' | 'aws:kms';
  readonly checksum: Checksum;
}

export interface Part {
  readonly body: Buffer;
  readonly etag: string;
  readonly checksum: Checksum;
  readonly modifiedMs: number;
}

export interface MultipartUpload {
  readonly key: string;
  readonly initiatedMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: S3Object['encryption'];
  readonly checksumAlgorithm: Checksum['algorithm'];
  readonly checksumType: Checksum['type'];
  readonly parts: Map<number, Part>;
}

export interface BucketOptions {
  readonly region?: string;
  /** Objects are encrypted with a KMS key by default: their ETags say nothing about their bytes. */
  readonly sseKms?: boolean;
}

export interface Bucket {
  readonly name: string;
  readonly region: string;
  readonly sseKms: boolean;
  readonly createdMs: number;
  readonly objects: Map<string, S3Object>;
  readonly keys: KeyIndex;
  /** By upload id. */
  readonly uploads: Map<string, MultipartUpload>;
}

/** By name. */
export type Store = Map<string, Bucket>;

export function newBucket(name: string, region: string, createdMs: number, sseKms = false): Bucket {
  return { name, region, sseKms, createdMs, objects: new Map(), keys: createKeyIndex(), uploads: new Map() };
}

export function storeObject(bucket: Bucket, key: string, object: S3Object): void {
  if (!bucket.objects.has(key)) bucket.keys.add(key);
  bucket.objects.set(key, object);
}

export function removeObject(bucket: Bucket, key: string): void {
  if (bucket.objects.delete(key)) bucket.keys.remove(key);
}
