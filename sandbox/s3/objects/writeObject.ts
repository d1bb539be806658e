import type { WireResponse } from '../../service.ts';
import { leaf, xmlDocument } from '../../wire/xml.ts';
import {
  algorithmNamed,
  checksumElements,
  checksumHeaders,
  checksumOf,
  digestOf,
} from '../checksums/checksums.ts';
import { payloadOf } from '../checksums/payload.ts';
import {
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
} from '../requests/call.ts';
import { requireCopySource, requireMatch, requireWritable } from '../requests/conditions.ts';
import { s3Error } from '../requests/errors.ts';
import { encryptionOf, etagOf, objectHeaders } from '../requests/objectHeaders.ts';
import { copySourceOf } from '../requests/source.ts';
import type { S3Object } from './store.ts';

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
