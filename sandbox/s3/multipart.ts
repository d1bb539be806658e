/** Uploads in parts: begin, send or copy a part, join, abort. */
import { randomUUID } from 'node:crypto';
import type { WireResponse } from '../service.ts';
import { leaf, xmlDocument } from '../wire/xml.ts';
import { childrenOf, childText, payloadOf, readXml } from './body.ts';
import { type Call, header, isoSecond, s3Namespace, targetOf, xmlAnswer } from './call.ts';
import {
  algorithmNamed,
  type Checksum,
  checksumElements,
  checksumHeaders,
  checksumOf,
  checksumSent,
  digestOf,
} from './checksums.ts';
import { s3Error } from './errors.ts';
import { encryptionOf, etagOf, objectHeaders, rangeOf, requireWritable } from './headers.ts';
import { copiedObject } from './objects.ts';
import type { Bucket, MultipartUpload, Part, S3Object } from './store.ts';

/** The least size of every part but the last. */
const leastPartBytes = 5 * 1024 * 1024;

export function createMultipartUpload(call: Call): WireResponse {
  const { headers } = call.request;
  const { bucket, key } = targetOf(call, 's3:PutObject');
  const asked = header(headers, 'x-amz-checksum-algorithm');
  const algorithm = algorithmNamed(asked ?? 'CRC64NVME');
  const upload: MultipartUpload = {
    key,
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

/** Hashes cannot be combined from those of the parts, CRC64NVME always is; the others are composite unless asked. */
function checksumType(asked: string | undefined, algorithm: Checksum['algorithm']): Checksum['type'] {
  if (algorithm === 'CRC64NVME') return 'FULL_OBJECT';
  return asked?.toUpperCase() === 'FULL_OBJECT' ? 'FULL_OBJECT' : 'COMPOSITE';
}

export function uploadPart(call: Call): WireResponse {
  const { upload } = uploadOf(call);
  const number = partNumberOf(call);
  const { bytes, md5, checksum } = payloadOf(call.request);
  const part: Part = { body: bytes, etag: md5.toString('hex'), checksum };
  upload.parts.set(number, part);
  return { status: 200, headers: { etag: `"${part.etag}"`, ...checksumHeaders(checksum) } };
}

export function uploadPartCopy(call: Call): WireResponse {
  const { upload } = uploadOf(call);
  const source = copiedObject(call);
  const range = rangeOf(header(call.request.headers, 'x-amz-copy-source-range'), source.body.byteLength);
  const body = range === undefined ? source.body : source.body.subarray(range.first, range.last + 1);
  const part: Part = {
    body,
    etag: digestOf('MD5', body).toString('hex'),
    checksum: checksumOf(upload.checksumAlgorithm, body),
  };
  upload.parts.set(partNumberOf(call), part);
  const result = [leaf('ETag', `"${part.etag}"`), leaf('LastModified', isoSecond(call.clock.nowMs()))];
  return xmlAnswer(xmlDocument('CopyPartResult', s3Namespace, ...result));
}

export function completeMultipartUpload(call: Call): WireResponse {
  const { headers, body } = call.request;
  const { bucket, key, upload, id } = uploadOf(call);
  const parts = partsOf(upload, body);
  requireWritable(headers, bucket, key);
  const md5s = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
  const whole = Buffer.concat(parts.map((part) => part.body));
  const object: S3Object = {
    body: whole,
    etag: etagOf(`${digestOf('MD5', md5s).toString('hex')}-${parts.length}`, upload.encryption),
    modifiedMs: call.clock.nowMs(),
    headers: upload.headers,
    encryption: upload.encryption,
    checksum: checksumOfParts(upload, parts, whole),
  };
  requireChecksum(checksumSent(headers), object.checksum);
  bucket.put(key, object);
  bucket.uploads.delete(id);
  const facts = [leaf('Location', `/${bucket.name}/${key}`), leaf('Bucket', bucket.name), leaf('Key', key)];
  const proof = [leaf('ETag', `"${object.etag}"`), checksumElements(object.checksum)];
  return xmlAnswer(xmlDocument('CompleteMultipartUploadResult', s3Namespace, ...facts, ...proof), {
    'x-amz-server-side-encryption': object.encryption,
  });
}

export function abortMultipartUpload(call: Call): WireResponse {
  const { bucket, id } = uploadOf(call, 's3:AbortMultipartUpload');
  bucket.uploads.delete(id);
  return { status: 204 };
}

/** @throws S3 400 MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function partsOf(upload: MultipartUpload, body: Buffer): Part[] {
  let before = 0;
  const parts = childrenOf(readXml(body, 'CompleteMultipartUpload'), 'Part').map((element) => {
    const number = Number(childText(element, 'PartNumber'));
    if (number <= before) throw s3Error('InvalidPartOrder');
    before = number;
    const part = upload.parts.get(number);
    const etag = childText(element, 'ETag')?.trim().replace(/^"|"$/g, '');
    if (part === undefined || part.etag !== etag)
      throw s3Error('InvalidPart', undefined, { fields: { PartNumber: String(number) } });
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.body.byteLength < leastPartBytes))
    throw s3Error('EntityTooSmall');
  return parts;
}

/**
 * A full-object checksum is that of the joined bytes; a composite one is the checksum of the parts' raw checksums.
 * Source: "Checking object integrity in Amazon S3", S3 user guide.
 */
function checksumOfParts(upload: MultipartUpload, parts: readonly Part[], whole: Buffer): Checksum {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  if (type === 'FULL_OBJECT') return checksumOf(algorithm, whole);
  const digests = Buffer.concat(parts.map((part) => digestOf(algorithm, part.body)));
  return { algorithm, value: `${digestOf(algorithm, digests).toString('base64')}-${parts.length}`, type };
}

function requireChecksum(sent: Checksum | undefined, actual: Checksum): void {
  if (sent?.algorithm === actual.algorithm && sent.value !== actual.value)
    throw s3Error('BadDigest', `The ${sent.algorithm} you specified did not match the calculated checksum.`);
}

function uploadOf(
  call: Call,
  action = 's3:PutObject',
): { bucket: Bucket; key: string; upload: MultipartUpload; id: string } {
  const { bucket, key } = targetOf(call, action);
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
