import type { Buckets, SandboxClock, Service, WireRequest } from '../service.ts';
import type { PolicyDocument } from '../wire/iam.ts';
import { region } from '../wire/sts.ts';
import { addressOf, type Operation, requireRegion } from './call.ts';
import { checksumOf, digestOf } from './checksums.ts';
import { s3Error, s3Failure } from './errors.ts';
import { etagOf } from './headers.ts';
import { compareKeys, firstWhere } from './listing.ts';
import { listObjects, listObjectsV2 } from './listObjects.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from './multipart.ts';
import { copyObject, deleteObject, deleteObjects, getObject, headBucket, putObject } from './objects.ts';
import { type Bucket, createBucket, type Store } from './store.ts';

export interface S3 {
  readonly service: Service;
  /** The same buckets without HTTP and without a policy. */
  readonly buckets: Buckets;
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

/** Direct access to the stored objects, for the parts of the sandbox that play EMR and Airflow. */
function createBuckets(store: Store, clock: SandboxClock): Buckets {
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

/** What the product, the DAG, rclone and Spark's writers call. */
const operations: Readonly<Record<string, Operation>> = {
  HeadBucket: headBucket,
  ListObjectsV2: listObjectsV2,
  ListObjects: listObjects,
  GetObject: getObject,
  HeadObject: getObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
};

/** Query parameters that turn a request into one about something other than bytes or keys. */
const subresources =
  'accelerate acl analytics attributes cors encryption inventory legal-hold lifecycle location logging metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject replication requestPayment restore retention select tagging torrent versioning versions website'.split(
    ' ',
  );

/** The operation's name, from method, address and query; `Unsupported` for anything that the sandbox does not do. */
function operationOf(request: WireRequest): string {
  const { bucket, key } = addressOf(request);
  if (bucket === undefined || subresources.some((name) => request.query.has(name))) return 'Unsupported';
  return (key === undefined ? bucketOperation(request) : objectOperation(request)) ?? 'Unsupported';
}

function bucketOperation({ method, query }: WireRequest): string | undefined {
  if (method === 'HEAD') return 'HeadBucket';
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
  if (method !== 'GET' || query.has('uploads')) return undefined;
  return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
}

function objectOperation({ method, query, headers }: WireRequest): string | undefined {
  const copies = headers['x-amz-copy-source'] !== undefined;
  const multipart = query.has('uploadId');
  switch (method) {
    case 'GET':
      return multipart ? undefined : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      if (multipart) return copies ? 'UploadPartCopy' : 'UploadPart';
      return copies ? 'CopyObject' : 'PutObject';
    case 'DELETE':
      return multipart ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return multipart ? 'CompleteMultipartUpload' : undefined;
    default:
      return undefined;
  }
}
