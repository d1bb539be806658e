import type { WireResponse } from '../service.ts';
import { leaf, xmlDocument } from '../xml.ts';
import {
  bucketOf,
  type Call,
  header,
  keyOf,
  objectArn,
  objectOf,
  requirePermission,
  s3Namespace,
  xmlAnswer,
} from './call.ts';
import { algorithmNamed, checksumElements, checksumHeaders, checksumOf } from './checksums.ts';
import { requireCopySource, requireMatch, requireWritable } from './conditions.ts';
import { copySourceOf } from './copySource.ts';
import { s3Error } from './errors.ts';
import { encryptionOf, etagOf, objectHeaders } from './objectHeaders.ts';
import { payloadOf } from './payload.ts';
import { removeObject, type S3Object, storeObject } from './store.ts';

export function putObject(call: Call): WireResponse {
  const { headers } = call.request;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  requirePermission(call, { action: 's3:PutObject', resource: objectArn(bucket.name, key) });
  const { bytes, md5, checksum } = payloadOf(call.request);
  const encryption = encryptionOf(headers, bucket);
  const object: S3Object = {
    body: bytes,
    etag: etagOf(md5.toString('hex'), encryption),
    modifiedMs: call.clock.nowMs(),
    headers: objectHeaders(headers),
    encryption,
    checksum,
  };
  requireWritable(headers, bucket, key);
  storeObject(bucket, key, object);
  return { status: 200, headers: { ...writtenHeaders(object), ...checksumHeaders(checksum) } };
}

export function copyObject(call: Call): WireResponse {
  const { headers } = call.request;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  const from = copySourceOf(headers);
  const sourceBucket = bucketOf(call, from.bucket);
  requirePermission(call, { action: 's3:GetObject', resource: objectArn(from.bucket, from.key) });
  requirePermission(call, { action: 's3:PutObject', resource: objectArn(bucket.name, key) });
  const source = objectOf(call, sourceBucket, from.key);
  requireCopySource(headers, source);
  const replace = header(headers, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  const storageClass = header(headers, 'x-amz-storage-class');
  const asked = header(headers, 'x-amz-server-side-encryption');
  if (source === bucket.objects.get(key) && !replace && storageClass === undefined && asked === undefined)
    throw s3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  const encryption = encryptionOf(headers, bucket);
  const algorithm = header(headers, 'x-amz-checksum-algorithm');
  const object: S3Object = {
    body: source.body,
    // A copy is written in one piece, whatever its source was.
    etag: etagOf(checksumHex(source.body), encryption),
    modifiedMs: call.clock.nowMs(),
    headers: replace ? objectHeaders(headers) : copiedHeaders(source, storageClass),
    encryption,
    checksum: checksumOf(
      algorithm === undefined ? source.checksum.algorithm : algorithmNamed(algorithm),
      source.body,
    ),
  };
  requireWritable(headers, bucket, key);
  storeObject(bucket, key, object);
  const result = xmlDocument(
    'CopyObjectResult',
    s3Namespace,
    leaf('ETag', `"${object.etag}"`),
    leaf('LastModified', new Date(Math.floor(object.modifiedMs / 1000) * 1000).toISOString()),
    checksumElements(object.checksum),
  );
  return xmlAnswer(result, { 'x-amz-server-side-encryption': encryption });
}

export function deleteObject(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const key = keyOf(call);
  requirePermission(call, { action: 's3:DeleteObject', resource: objectArn(bucket.name, key) });
  requireMatch(header(call.request.headers, 'if-match'), bucket, key);
  removeObject(bucket, key);
  return { status: 204 };
}

function writtenHeaders(object: S3Object): Record<string, string> {
  return { etag: `"${object.etag}"`, 'x-amz-server-side-encryption': object.encryption };
}

function copiedHeaders(source: S3Object, storageClass: string | undefined): S3Object['headers'] {
  const { 'x-amz-storage-class': _, ...rest } = source.headers;
  return storageClass === undefined || storageClass === 'STANDARD'
    ? rest
    : { ...rest, 'x-amz-storage-class': storageClass };
}

function checksumHex(body: Buffer): string {
  return Buffer.from(checksumOf('MD5', body).value, 'base64').toString('hex');
}
