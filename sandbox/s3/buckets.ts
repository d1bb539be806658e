import type { Buckets, SandboxClock } from '../service.ts';
import { region } from '../wire/sts.ts';
import { checksumOf, digestOf } from './checksums/checksums.ts';
import { compareKeys, firstWhere } from './objects/keys.ts';
import { type Bucket, type BucketOptions, createBucket, type Store } from './objects/store.ts';
import { etagOf } from './requests/objectHeaders.ts';

/** Direct access to the stored objects, for the parts of the sandbox that play EMR and Airflow. */
export function createBuckets(
  store: Store,
  clock: SandboxClock,
): Buckets & { create(bucket: string, options?: BucketOptions): void } {
  function existing(name: string): Bucket {
    const bucket = store.get(name);
    if (bucket === undefined) throw new Error(`the sandbox has no bucket ${name}`);
    return bucket;
  }
  return {
    create(name, { region: bucketRegion = region, sseKms = false } = {}) {
      if (!store.has(name)) store.set(name, createBucket(name, bucketRegion, sseKms));
    },
    put(name, key, bytes, metadata = {}) {
      const bucket = existing(name);
      const body = Buffer.from(bytes);
      const user = Object.entries(metadata).map(([field, value]) => [`x-amz-meta-${field}`, value]);
      const encryption = bucket.sseKms ? 'aws:kms' : 'AES256';
      bucket.put(key, {
        body,
        etag: etagOf(digestOf('MD5', body).toString('hex'), encryption),
        modifiedMs: clock.nowMs(),
        headers: { 'content-type': 'binary/octet-stream', ...Object.fromEntries(user) },
        encryption,
        checksum: checksumOf('CRC64NVME', body),
      });
    },
    get: (name, key) => existing(name).get(key)?.body,
    keys(name, prefix) {
      const all = existing(name).keys();
      const start = firstWhere(all, (key) => compareKeys(key, prefix) >= 0);
      return all.slice(
        start,
        firstWhere(all, (key) => !key.startsWith(prefix), start),
      );
    },
  };
}
