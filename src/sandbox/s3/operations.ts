import type { WireRequest } from '../service.ts';
import { addressOf } from './address.ts';
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
} from './bucketOperations.ts';
import type { Operation } from './call.ts';
import { completeMultipartUpload } from './completeMultipart.ts';
import { deleteObjects } from './deleteObjects.ts';
import { listObjects, listObjectsV2 } from './listObjects.ts';
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
  uploadPartCopy,
} from './multipart.ts';
import { getObject, headObject } from './readObject.ts';
import { copyObject, deleteObject, putObject } from './writeObject.ts';

export const operations: Readonly<Record<string, Operation>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  DeleteBucket: deleteBucket,
  HeadBucket: headBucket,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  ListObjectsV2: listObjectsV2,
  ListObjects: listObjects,
  GetObject: getObject,
  HeadObject: headObject,
  PutObject: putObject,
  CopyObject: copyObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
  ListParts: listParts,
  ListMultipartUploads: listMultipartUploads,
};

/** Query parameters that turn a request into one about something else than bytes or keys. */
const otherMatters = [
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'encryption',
  'inventory',
  'legal-hold',
  'lifecycle',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'versions',
  'website',
  'renameObject',
];

/** The operation's name, from method, address and query; `Unsupported` for what the sandbox does not do. */
export function operationOf(request: WireRequest): string {
  const { bucket, key } = addressOf(request);
  if (otherMatters.some((name) => request.query.has(name))) return 'Unsupported';
  if (bucket === undefined) return request.method === 'GET' ? 'ListBuckets' : 'Unsupported';
  return (key === undefined ? bucketOperation(request) : objectOperation(request)) ?? 'Unsupported';
}

function bucketOperation({ method, query }: WireRequest): string | undefined {
  switch (method) {
    case 'GET':
      if (query.has('location')) return 'GetBucketLocation';
      if (query.has('versioning')) return 'GetBucketVersioning';
      if (query.has('uploads')) return 'ListMultipartUploads';
      return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
    case 'HEAD':
      return 'HeadBucket';
    case 'PUT':
      return query.has('versioning') ? undefined : 'CreateBucket';
    case 'DELETE':
      return 'DeleteBucket';
    case 'POST':
      return query.has('delete') ? 'DeleteObjects' : undefined;
    default:
      return undefined;
  }
}

function objectOperation({ method, query, headers }: WireRequest): string | undefined {
  const copies = headers['x-amz-copy-source'] !== undefined;
  const multipart = query.has('uploadId');
  switch (method) {
    case 'GET':
      return multipart ? 'ListParts' : 'GetObject';
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
