import type { Buckets, SandboxClock, Service } from '../service.ts';
import type { PolicyDocument } from '../wire/iam.ts';
import { createBuckets } from './buckets.ts';
import type { BucketOptions, Store } from './objects/store.ts';
import { operationOf, operations } from './operations.ts';
import { addressOf } from './requests/address.ts';
import { requireRegion } from './requests/call.ts';
import { s3Error, s3Failure } from './requests/errors.ts';

export interface S3 {
  readonly service: Service;
  /** The same buckets without HTTP and without a policy. */
  readonly buckets: Buckets & { create(bucket: string, options?: BucketOptions): void };
  /** Sets what the caller may do from now on, as an IAM identity policy; undefined allows everything. */
  setPolicy(policy: PolicyDocument | undefined): void;
}

/** S3 in memory, as far as uploads, listings and reads of small objects need it. Versioning is never enabled. */
export function createS3({ clock }: { clock: SandboxClock }): S3 {
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
      const call = { request, address: addressOf(request), store, clock, policy };
      const bucket = store.get(call.address.bucket ?? '');
      if (bucket !== undefined) requireRegion(call, bucket);
      return run(call);
    },
    failure: s3Failure,
  };
  return {
    service,
    buckets: createBuckets(store, clock),
    setPolicy(next) {
      policy = next;
    },
  };
}
