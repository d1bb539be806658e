import { WireError, type WireResponse } from '../../service.ts';
import { leaf, node, xmlDocument } from '../../wire/xml.ts';
import { payloadOf } from '../checksums/payload.ts';
import {
  bucketOf,
  type Call,
  objectArn,
  requirePermission,
  s3Namespace,
  xmlAnswer,
} from '../requests/call.ts';
import { requireMatch } from '../requests/conditions.ts';
import { s3Error } from '../requests/errors.ts';
import { childrenOf, childText, readXml, type XmlElement } from '../requests/readXml.ts';
import type { Bucket } from './store.ts';

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
