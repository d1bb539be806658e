import type { IncomingHttpHeaders } from 'node:http';
import type { SandboxClock, WireRequest, WireResponse } from '../service.ts';
import { type Attempt, evaluatePolicy, type PolicyDocument } from '../wire/iam.ts';
import { credentialOf } from '../wire/signature.ts';
import { callerArn } from '../wire/sts.ts';
import { s3Error } from './errors.ts';
import type { Bucket, S3Object, Store } from './store.ts';

/** One request to S3, with the state it acts on. */
export interface Call {
  readonly request: WireRequest;
  readonly address: Address;
  readonly store: Store;
  readonly clock: SandboxClock;
  /** What the caller may do; undefined allows everything. */
  readonly policy: PolicyDocument | undefined;
}

export type Operation = (call: Call) => WireResponse;

/** The bucket that a request is about, or another one by name. @throws S3 404 NoSuchBucket */
export function bucketOf(call: Call, name = call.address.bucket): Bucket {
  if (name === undefined) throw s3Error('MethodNotAllowed');
  const bucket = call.store.get(name);
  if (bucket === undefined) throw s3Error('NoSuchBucket', undefined, { fields: { BucketName: name } });
  return bucket;
}

/** A request that is signed for another region gets the redirect that names the bucket's own. @throws S3 301 */
export function requireRegion(call: Call, bucket: Bucket): void {
  const signedFor = credentialOf(call.request)?.region;
  if (signedFor === undefined || signedFor === bucket.region) return;
  throw s3Error('PermanentRedirect', undefined, {
    headers: { 'x-amz-bucket-region': bucket.region },
    fields: { Endpoint: `s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
  });
}

function keyOf(call: Call): string {
  const { key, wellFormed } = call.address;
  if (key === undefined) throw s3Error('MethodNotAllowed');
  if (!wellFormed) throw s3Error('InvalidURI');
  if (Buffer.byteLength(key) > 1024)
    throw s3Error('KeyTooLongError', undefined, {
      fields: { Size: String(Buffer.byteLength(key)), MaxSizeAllowed: '1024' },
    });
  return key;
}

/** The bucket and key that a request is about. @throws S3 403 AccessDenied when the caller may not do `action` there */
export function targetOf(call: Call, action: string): { bucket: Bucket; key: string } {
  const bucket = bucketOf(call);
  const key = keyOf(call);
  requirePermission(call, { action, resource: objectArn(bucket.name, key) });
  return { bucket, key };
}

/** @throws S3 403 AccessDenied with S3's message, which names the caller, the action and the resource */
export function requirePermission(call: Call, attempt: Attempt): void {
  const decision = call.policy === undefined ? 'allowed' : evaluatePolicy(call.policy, attempt);
  if (decision === 'allowed') return;
  const because =
    decision === 'explicitly denied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${attempt.action} action`;
  throw s3Error(
    'AccessDenied',
    `User: ${callerArn} is not authorized to perform: ${attempt.action} on resource: "${attempt.resource}" ${because}`,
  );
}

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

/** @throws S3 404 NoSuchKey for a missing object, or 403 to a caller who may not list the bucket */
export function objectOf(call: Call, bucket: Bucket, key: string): S3Object {
  const object = bucket.get(key);
  if (object !== undefined) return object;
  requirePermission(call, {
    action: 's3:ListBucket',
    resource: bucketArn(bucket.name),
    context: { 's3:prefix': key },
  });
  throw s3Error('NoSuchKey', undefined, { fields: { Key: key } });
}

export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

export function xmlAnswer(body: string, headers: Record<string, string> = {}): WireResponse {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

/** A time as S3 shows it in XML: ISO 8601, in whole seconds. */
export function isoSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}

export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Which bucket and key a request is about. */
export interface Address {
  readonly bucket?: string;
  /** Decoded; undefined when the request is about the bucket. */
  readonly key?: string;
  /** False when the percent-encoding of the key is broken: then the key is as it was sent. */
  readonly wellFormed: boolean;
}

/** Reads path-style addresses alone: clients use them for an endpoint on an IP address. */
export function addressOf({ rawPath }: WireRequest): Address {
  const [, rawBucket = '', rawKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(rawPath) ?? [];
  if (rawBucket === '') return { wellFormed: true };
  const bucket = decoded(rawBucket) ?? rawBucket;
  if (rawKey === '') return { bucket, wellFormed: true };
  const key = decoded(rawKey);
  return { bucket, key: key ?? rawKey, wellFormed: key !== undefined };
}

/** Percent-decodes a path, in which `+` stands for itself; undefined when the encoding is broken. */
export function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}
