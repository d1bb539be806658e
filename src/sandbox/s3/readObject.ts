import type { WireResponse } from '../service.ts';
import { bucketOf, type Call, header, keyOf, objectArn, objectOf, requirePermission } from './call.ts';
import { checksumHeaders } from './checksums.ts';
import { readCondition } from './conditions.ts';
import { rangeOf } from './range.ts';
import type { S3Object } from './store.ts';

export function getObject(call: Call): WireResponse {
  return read(call);
}

/** The headers of a GET. The front drops the body, and `content-length` stays that of the object. */
export function headObject(call: Call): WireResponse {
  return read(call);
}

function read(call: Call): WireResponse {
  const { headers, query } = call.request;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  requirePermission(call, { action: 's3:GetObject', resource: objectArn(bucket.name, key) });
  const object = objectOf(call, bucket, key);
  const facts = {
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
    'x-amz-server-side-encryption': object.encryption,
  };
  if (readCondition(headers, object) === 'not modified') return { status: 304, headers: facts };
  const whole = { ...object.headers, ...facts, ...replacedHeaders(query) };
  const range = rangeOf(header(headers, 'range'), object.body.byteLength);
  if (range === undefined) {
    const wanted = header(headers, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
    return answer(200, object.body, wanted ? { ...whole, ...checksumHeaders(object.checksum) } : whole);
  }
  const { first, last } = range;
  const contentRange = `bytes ${first}-${last}/${object.body.byteLength}`;
  return answer(206, object.body.subarray(first, last + 1), { ...whole, 'content-range': contentRange });
}

function answer(status: number, body: Buffer, headers: S3Object['headers']): WireResponse {
  return { status, headers: { ...headers, 'content-length': String(body.byteLength) }, body };
}

/** `response-content-type=…` and its kin, which presigned links use. */
function replacedHeaders(query: URLSearchParams): Record<string, string> {
  const replaced: Record<string, string> = {};
  for (const name of ['type', 'language', 'disposition', 'encoding']) {
    const value = query.get(`response-content-${name}`);
    if (value !== null) replaced[`content-${name}`] = value;
  }
  return replaced;
}
