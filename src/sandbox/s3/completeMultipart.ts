import type { WireResponse } from '../service.ts';
import { leaf, xmlDocument } from '../xml.ts';
import { type Call, objectArn, requirePermission, s3Namespace, xmlAnswer } from './call.ts';
import { type Checksum, checksumElements, checksumOf, checksumSent, digestOf } from './checksums.ts';
import { requireWritable } from './conditions.ts';
import { s3Error } from './errors.ts';
import { uploadOf } from './multipart.ts';
import { etagOf } from './objectHeaders.ts';
import { type MultipartUpload, type Part, type S3Object, storeObject } from './store.ts';
import { childText, readXml } from './xmlReader.ts';

/** Every part but the last has at least this. */
const leastPartBytes = 5 * 1024 * 1024;

export function completeMultipartUpload(call: Call): WireResponse {
  const { headers, body } = call.request;
  const { bucket, key, upload, id } = uploadOf(call);
  requirePermission(call, { action: 's3:PutObject', resource: objectArn(bucket.name, key) });
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
  const claimed = checksumSent(headers);
  if (
    claimed !== undefined &&
    claimed.algorithm === object.checksum.algorithm &&
    claimed.value !== object.checksum.value
  )
    throw s3Error(
      'BadDigest',
      `The ${claimed.algorithm} you specified did not match the calculated checksum.`,
    );
  storeObject(bucket, key, object);
  bucket.uploads.delete(id);
  const facts = [leaf('Location', `/${bucket.name}/${key}`), leaf('Bucket', bucket.name), leaf('Key', key)];
  const proof = [leaf('ETag', `"${object.etag}"`), checksumElements(object.checksum)];
  return xmlAnswer(xmlDocument('CompleteMultipartUploadResult', s3Namespace, ...facts, ...proof), {
    'x-amz-server-side-encryption': object.encryption,
  });
}

/** @throws S3 400 MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function partsOf(upload: MultipartUpload, body: Buffer): Part[] {
  const listed = readXml(body, 'CompleteMultipartUpload').children.filter(({ name }) => name === 'Part');
  if (listed.length === 0) throw s3Error('MalformedXML');
  let before = 0;
  const parts = listed.map((element) => {
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
