import type { WireResponse } from '../../service.ts';
import { checksumHeaders } from '../checksums/checksums.ts';
import {
  bucketArn,
  bucketOf,
  type Call,
  header,
  objectOf,
  requirePermission,
  targetOf,
} from '../requests/call.ts';
import { readCondition } from '../requests/conditions.ts';
import { rangeOf } from '../requests/source.ts';
import type { S3Object } from './store.ts';

export function headBucket(call: Call): WireResponse {
  const bucket = bucketOf(call);
  requirePermission(call, { action: 's3:ListBucket', resource: bucketArn(bucket.name) });
  return {
    status: 200,
    headers: { 'x-amz-bucket-region': bucket.region, 'content-type': 'application/xml' },
  };
}

/** Serves HEAD as well: the server drops the body, and `content-length` stays that of the object. */
export function getObject(call: Call): WireResponse {
  const { headers } = call.request;
  const { bucket, key } = targetOf(call, 's3:GetObject');
  const object = objectOf(call, bucket, key);
  const facts = {
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    'x-amz-server-side-encryption': object.encryption,
  };
  if (readCondition(headers, object) === 'not modified') return { status: 304, headers: facts };
  const whole = { ...object.headers, ...facts };
  const range = rangeOf(header(headers, 'range'), object.body.byteLength);
  if (range === undefined) {
    const withChecksum = header(headers, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
    return answer(200, object.body, { ...whole, ...(withChecksum ? checksumHeaders(object.checksum) : {}) });
  }
  const { first, last } = range;
  const contentRange = `bytes ${first}-${last}/${object.body.byteLength}`;
  return answer(206, object.body.subarray(first, last + 1), { ...whole, 'content-range': contentRange });
}

function answer(status: number, body: Buffer, headers: S3Object['headers']): WireResponse {
  return { status, headers: { ...headers, 'content-length': String(body.byteLength) }, body };
}
