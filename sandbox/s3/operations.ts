import type { WireRequest } from '../service.ts';
import { deleteObjects } from './objects/deleteObjects.ts';
import { listObjects, listObjectsV2 } from './objects/listObjects.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from './objects/multipart.ts';
import { getObject, headBucket } from './objects/readObject.ts';
import { copyObject, deleteObject, putObject } from './objects/writeObject.ts';
import { addressOf } from './requests/address.ts';
import type { Operation } from './requests/call.ts';

/** What the product, the DAG, rclone and Spark's writers call. */
export const operations: Readonly<Record<string, Operation>> = {
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
export function operationOf(request: WireRequest): string {
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
