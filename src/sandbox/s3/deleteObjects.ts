import { WireError, type WireResponse } from '../service.ts';
import { leaf, node, xmlDocument } from '../xml.ts';
import { bucketOf, type Call, objectArn, requirePermission, s3Namespace, xmlAnswer } from './call.ts';
import { requireMatch } from './conditions.ts';
import { s3Error } from './errors.ts';
import { payloadOf } from './payload.ts';
import { type Bucket, removeObject } from './store.ts';
import { childText, readXml, type XmlElement } from './xmlReader.ts';

const mostKeys = 1000;

/** Deletes up to 1,000 keys. What fails for one key is told under 200, beside what went well. */
export function deleteObjects(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const { bytes, proven } = payloadOf(call.request);
  if (!proven)
    throw s3Error(
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  const order = readXml(bytes, 'Delete');
  const objects = order.children.filter(({ name }) => name === 'Object');
  if (objects.length === 0 || objects.length > mostKeys) throw s3Error('MalformedXML');
  const quiet = childText(order, 'Quiet')?.trim() === 'true';
  const results = objects.map((object) => deleted(call, bucket, object, quiet));
  return xmlAnswer(xmlDocument('DeleteResult', s3Namespace, ...results));
}

function deleted(call: Call, bucket: Bucket, object: XmlElement, quiet: boolean): string {
  const key = childText(object, 'Key');
  if (key === undefined || key === '') throw s3Error('MalformedXML');
  try {
    requirePermission(call, { action: 's3:DeleteObject', resource: objectArn(bucket.name, key) });
    requireMatch(childText(object, 'ETag'), bucket, key);
    removeObject(bucket, key);
    return quiet ? '' : node('Deleted', leaf('Key', key));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return node('Error', leaf('Key', key), leaf('Code', error.code), leaf('Message', error.message));
  }
}
