import type { PolicyDocument } from '../iam.ts';
import type { Buckets, SandboxClock, Service } from '../service.ts';
import { addressOf } from './address.ts';
import { createBuckets } from './buckets.ts';
import { type Call, requireRegion } from './call.ts';
import { s3Error, s3Failure } from './errors.ts';
import { operationOf, operations } from './operations.ts';
import type { BucketOptions, Store } from './store.ts';

export interface S3Options {
  readonly clock: SandboxClock;
  /** Where buckets are made that name no region. */
  readonly region?: string;
}

export interface S3 {
  readonly service: Service;
  /** The same buckets without HTTP, and without a policy in the way. */
  readonly buckets: Buckets & { create(bucket: string, options?: BucketOptions): void };
  /** What the caller may do from now on, as an identity policy of IAM; undefined: everything. */
  setPolicy(policy: PolicyDocument | undefined): void;
}

/** Asked of a bucket in another region, these answer all the same. */
const regionless = ['CreateBucket', 'ListBuckets', 'GetBucketLocation'];

/** S3 in memory, as far as uploads, listings and reads of small objects need it. Versioning is off for good. */
export function createS3({ clock, region = 'us-east-1' }: S3Options): S3 {
  const store: Store = new Map();
  let policy: PolicyDocument | undefined;
  const service: Service = {
    name: 's3',
    operations: Object.keys(operations),
    operationOf,
    targetOf(request) {
      const { bucket, key } = addressOf(request);
      return { ...(bucket === undefined ? {} : { bucket }), ...(key === undefined ? {} : { key }) };
    },
    async handle(request, operation) {
      const run = operations[operation];
      if (run === undefined) throw s3Error('NotImplemented');
      const call: Call = {
        request,
        address: addressOf(request),
        store,
        clock,
        defaultRegion: region,
        policy,
      };
      const bucket = store.get(call.address.bucket ?? '');
      if (bucket !== undefined && !regionless.includes(operation)) requireRegion(call, bucket);
      return run(call);
    },
    failure: s3Failure,
  };
  return {
    service,
    buckets: createBuckets(store, clock, region),
    setPolicy(next) {
      policy = next;
    },
  };
}
