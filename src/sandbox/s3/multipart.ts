/** Uploads in parts: begin, send, list, give up. Joining them is completeMultipart.ts. */
import { randomUUID } from 'node:crypto';
import type { WireResponse } from '../service.ts';
import { leaf, node, xmlDocument } from '../xml.ts';
import {
  bucketArn,
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
import { algorithmNamed, type Checksum, checksumElements, checksumHeaders, checksumOf } from './checksums.ts';
import { requireCopySource } from './conditions.ts';
import { copySourceOf } from './copySource.ts';
import { s3Error } from './errors.ts';
import { encryptionOf, objectHeaders } from './objectHeaders.ts';
import { payloadOf } from './payload.ts';
import { rangeOf } from './range.ts';
import type { Bucket, MultipartUpload, Part } from './store.ts';

export function createMultipartUpload(call: Call): WireResponse {
  const { headers } = call.request;
  const bucket = bucketOf(call);
  const key = keyOf(call);
  requirePermission(call, { action: 's3:PutObject', resource: objectArn(bucket.name, key) });
  const asked = header(headers, 'x-amz-checksum-algorithm');
  const algorithm = algorithmNamed(asked ?? 'CRC64NVME');
  const upload: MultipartUpload = {
    key,
    initiatedMs: call.clock.nowMs(),
    headers: objectHeaders(headers),
    encryption: encryptionOf(headers, bucket),
    checksumAlgorithm: algorithm,
    checksumType: checksumType(header(headers, 'x-amz-checksum-type'), algorithm),
    parts: new Map(),
  };
  const id = randomUUID().replaceAll('-', '');
  bucket.uploads.set(id, upload);
  const body = [leaf('Bucket', bucket.name), leaf('Key', key), leaf('UploadId', id)];
  const checksum: Record<string, string> =
    asked === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': upload.checksumType };
  return xmlAnswer(xmlDocument('InitiateMultipartUploadResult', s3Namespace, ...body), {
    'x-amz-server-side-encryption': upload.encryption,
    ...checksum,
  });
}

/** Hashes cannot be put together from those of the parts, CRC64NVME always is; the rest is composite unless asked. */
function checksumType(asked: string | undefined, algorithm: Checksum['algorithm']): Checksum['type'] {
  if (algorithm === 'CRC64NVME') return 'FULL_OBJECT';
  return asked?.toUpperCase() === 'FULL_OBJECT' ? 'FULL_OBJECT' : 'COMPOSITE';
}

export function uploadPart(call: Call): WireResponse {
  const { bucket, key, upload } = uploadOf(call);
  requirePermission(call, { action: 's3:PutObject', resource: objectArn(bucket.name, key) });
  const number = partNumberOf(call);
  const { bytes, md5, checksum } = payloadOf(call.request);
  const part: Part = { body: bytes, etag: md5.toString('hex'), checksum, modifiedMs: call.clock.nowMs() };
  upload.parts.set(number, part);
  return { status: 200, headers: { etag: `"${part.etag}"`, ...checksumHeaders(checksum) } };
}

export function uploadPartCopy(call: Call): WireResponse {
  const { headers } = call.request;
  const { bucket, key, upload } = uploadOf(call);
  const from = copySourceOf(headers);
  requirePermission(call, { action: 's3:GetObject', resource: objectArn(from.bucket, from.key) });
  requirePermission(call, { action: 's3:PutObject', resource: objectArn(bucket.name, key) });
  const source = objectOf(call, bucketOf(call, from.bucket), from.key);
  requireCopySource(headers, source);
  const range = rangeOf(header(headers, 'x-amz-copy-source-range'), source.body.byteLength);
  const body = range === undefined ? source.body : source.body.subarray(range.first, range.last + 1);
  const part: Part = {
    body,
    etag: Buffer.from(checksumOf('MD5', body).value, 'base64').toString('hex'),
    checksum: checksumOf(upload.checksumAlgorithm, body),
    modifiedMs: call.clock.nowMs(),
  };
  upload.parts.set(partNumberOf(call), part);
  const result = [
    leaf('ETag', `"${part.etag}"`),
    leaf('LastModified', new Date(part.modifiedMs).toISOString()),
  ];
  return xmlAnswer(xmlDocument('CopyPartResult', s3Namespace, ...result));
}

export function listParts(call: Call): WireResponse {
  const { bucket, key, upload, id } = uploadOf(call);
  requirePermission(call, { action: 's3:ListMultipartUploadParts', resource: objectArn(bucket.name, key) });
  const after = Number(call.request.query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(call.request.query.get('max-parts') ?? 1000), 1000);
  const numbers = [...upload.parts.keys()]
    .sort((left, right) => left - right)
    .filter((number) => number > after);
  const shown = numbers.slice(0, limit);
  const parts = shown.map((number) => {
    const { etag, body, checksum, modifiedMs } = upload.parts.get(number) as Part;
    const facts = [leaf('PartNumber', number), leaf('LastModified', new Date(modifiedMs).toISOString())];
    return node(
      'Part',
      ...facts,
      leaf('ETag', `"${etag}"`),
      leaf('Size', body.byteLength),
      checksumElements(checksum),
    );
  });
  const truncated = shown.length < numbers.length;
  return xmlAnswer(
    xmlDocument(
      'ListPartsResult',
      s3Namespace,
      leaf('Bucket', bucket.name),
      leaf('Key', key),
      leaf('UploadId', id),
      leaf('PartNumberMarker', after),
      leaf('NextPartNumberMarker', truncated ? shown.at(-1) : undefined),
      leaf('MaxParts', limit),
      leaf('IsTruncated', truncated),
      ...parts,
    ),
  );
}

export function listMultipartUploads(call: Call): WireResponse {
  const bucket = bucketOf(call);
  requirePermission(call, { action: 's3:ListBucketMultipartUploads', resource: bucketArn(bucket.name) });
  const prefix = call.request.query.get('prefix') ?? '';
  const uploads = [...bucket.uploads]
    .filter(([, { key }]) => key.startsWith(prefix))
    .map(([id, { key, initiatedMs }]) =>
      node(
        'Upload',
        leaf('Key', key),
        leaf('UploadId', id),
        leaf('Initiated', new Date(initiatedMs).toISOString()),
      ),
    );
  const facts = [leaf('Bucket', bucket.name), leaf('Prefix', prefix), leaf('IsTruncated', false)];
  return xmlAnswer(xmlDocument('ListMultipartUploadsResult', s3Namespace, ...facts, ...uploads));
}

export function abortMultipartUpload(call: Call): WireResponse {
  const { bucket, key, id } = uploadOf(call);
  requirePermission(call, { action: 's3:AbortMultipartUpload', resource: objectArn(bucket.name, key) });
  bucket.uploads.delete(id);
  return { status: 204 };
}

export function uploadOf(call: Call): { bucket: Bucket; key: string; upload: MultipartUpload; id: string } {
  const bucket = bucketOf(call);
  const key = keyOf(call);
  const id = call.request.query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(id);
  if (upload === undefined || upload.key !== key)
    throw s3Error('NoSuchUpload', undefined, { fields: { UploadId: id } });
  return { bucket, key, upload, id };
}

function partNumberOf(call: Call): number {
  const number = Number(call.request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw s3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      fields: { ArgumentName: 'partNumber' },
    });
  return number;
}
