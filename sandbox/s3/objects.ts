import { WireError, type WireResponse } from '../service.ts';
import { leaf, node, xmlDocument } from '../wire/xml.ts';
import { childrenOf, childText, payloadOf, readXml, type XmlElement } from './body.ts';
import {
  bucketArn,
  bucketOf,
  type Call,
  header,
  isoSecond,
  objectArn,
  objectOf,
  requirePermission,
  s3Namespace,
  targetOf,
  xmlAnswer,
} from './call.ts';
import { algorithmNamed, checksumElements, checksumHeaders, checksumOf, digestOf } from './checksums.ts';
import { s3Error } from './errors.ts';
import {
  copySourceOf,
  encryptionOf,
  etagOf,
  objectHeaders,
  rangeOf,
  readCondition,
  requireCopySource,
  requireMatch,
  requireWritable,
} from './headers.ts';
import type { Bucket, S3Object } from './store.ts';

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

export function putObject(call: Call): WireResponse {
  const { headers } = call.request;
  const { bucket, key } = targetOf(call, 's3:PutObject');
  const { bytes, md5, checksum } = payloadOf(call.request);
  const encryption = encryptionOf(headers, bucket);
  const etag = etagOf(md5.toString('hex'), encryption);
  requireWritable(headers, bucket, key);
  bucket.put(key, {
    body: bytes,
    etag,
    modifiedMs: call.clock.nowMs(),
    headers: objectHeaders(headers),
    encryption,
    checksum,
  });
  return {
    status: 200,
    headers: {
      etag: `"${etag}"`,
      'x-amz-server-side-encryption': encryption,
      ...checksumHeaders(checksum),
    },
  };
}

export function copyObject(call: Call): WireResponse {
  const { headers } = call.request;
  const { bucket, key } = targetOf(call, 's3:PutObject');
  const source = copiedObject(call);
  const replace = header(headers, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  const asked = header(headers, 'x-amz-server-side-encryption');
  if (source === bucket.get(key) && !replace && asked === undefined)
    throw s3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  const encryption = encryptionOf(headers, bucket);
  const algorithm = header(headers, 'x-amz-checksum-algorithm') ?? source.checksum.algorithm;
  const object: S3Object = {
    body: source.body,
    // A copy is written in one piece, even when its source was uploaded in parts.
    etag: etagOf(digestOf('MD5', source.body).toString('hex'), encryption),
    modifiedMs: call.clock.nowMs(),
    headers: replace ? objectHeaders(headers) : source.headers,
    encryption,
    checksum: checksumOf(algorithmNamed(algorithm), source.body),
  };
  requireWritable(headers, bucket, key);
  bucket.put(key, object);
  const result = xmlDocument(
    'CopyObjectResult',
    s3Namespace,
    leaf('ETag', `"${object.etag}"`),
    leaf('LastModified', isoSecond(object.modifiedMs)),
    checksumElements(object.checksum),
  );
  return xmlAnswer(result, { 'x-amz-server-side-encryption': encryption });
}

/** The source of a copy. @throws S3 403 when the caller may not read it, 404 when it is missing, 412 by a condition */
export function copiedObject(call: Call): S3Object {
  const from = copySourceOf(call.request.headers);
  const bucket = bucketOf(call, from.bucket);
  requirePermission(call, { action: 's3:GetObject', resource: objectArn(from.bucket, from.key) });
  const source = objectOf(call, bucket, from.key);
  requireCopySource(call.request.headers, source);
  return source;
}

export function deleteObject(call: Call): WireResponse {
  const { bucket, key } = targetOf(call, 's3:DeleteObject');
  requireMatch(header(call.request.headers, 'if-match'), bucket, key);
  bucket.delete(key);
  return { status: 204 };
}

const mostKeys = 1000;

/** Deletes up to 1,000 keys. The answer is 200 even when some fail: each failure is an element of the body. */
export function deleteObjects(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const { bytes, proven } = payloadOf(call.request);
  if (!proven)
    throw s3Error(
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  const request = readXml(bytes, 'Delete');
  const objects = childrenOf(request, 'Object');
  if (objects.length > mostKeys) throw s3Error('MalformedXML');
  const quiet = childText(request, 'Quiet')?.trim() === 'true';
  const results = objects.map((object) => deleted(call, bucket, object, quiet));
  return xmlAnswer(xmlDocument('DeleteResult', s3Namespace, ...results));
}

function deleted(call: Call, bucket: Bucket, object: XmlElement, quiet: boolean): string {
  const key = childText(object, 'Key');
  if (key === undefined || key === '') throw s3Error('MalformedXML');
  try {
    requirePermission(call, { action: 's3:DeleteObject', resource: objectArn(bucket.name, key) });
    requireMatch(childText(object, 'ETag'), bucket, key);
    bucket.delete(key);
    return quiet ? '' : node('Deleted', leaf('Key', key));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return node('Error', leaf('Key', key), leaf('Code', error.code), leaf('Message', error.message));
  }
}
