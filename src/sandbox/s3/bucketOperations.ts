import type { WireResponse } from '../service.ts';
import { credentialOf } from '../signature.ts';
import { leaf, node, xmlDocument } from '../xml.ts';
import { bucketArn, bucketOf, type Call, requirePermission, s3Namespace, xmlAnswer } from './call.ts';
import { s3Error } from './errors.ts';
import { ownerId } from './listObjects.ts';
import { newBucket } from './store.ts';
import { childText, readXml } from './xmlReader.ts';

export function listBuckets(call: Call): WireResponse {
  requirePermission(call, { action: 's3:ListAllMyBuckets', resource: '*' });
  const prefix = call.request.query.get('prefix') ?? '';
  const buckets = [...call.store.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, createdMs, region }) =>
      node(
        'Bucket',
        leaf('Name', name),
        leaf('CreationDate', new Date(Math.floor(createdMs / 1000) * 1000).toISOString()),
        leaf('BucketRegion', region),
      ),
    );
  const owner = node('Owner', leaf('ID', ownerId));
  return xmlAnswer(xmlDocument('ListAllMyBucketsResult', s3Namespace, owner, node('Buckets', ...buckets)));
}

export function createBucket(call: Call): WireResponse {
  const { address, request, store } = call;
  const name = address.bucket ?? '';
  if (!/^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/.test(name))
    throw s3Error('InvalidBucketName', undefined, { fields: { BucketName: name } });
  requirePermission(call, { action: 's3:CreateBucket', resource: bucketArn(name) });
  const endpointRegion = credentialOf(request)?.region ?? call.defaultRegion;
  const asked =
    request.body.byteLength === 0
      ? undefined
      : childText(readXml(request.body, 'CreateBucketConfiguration'), 'LocationConstraint');
  // Only us-east-1 makes buckets without being told where, and only it makes them anywhere.
  if (endpointRegion !== 'us-east-1' && asked !== endpointRegion)
    throw s3Error(
      'IllegalLocationConstraintException',
      asked === undefined
        ? undefined
        : `The ${asked} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  const existing = store.get(name);
  // Making one's own bucket again is an error everywhere but in us-east-1, which is as it has always been.
  if (existing !== undefined && !(existing.region === 'us-east-1' && endpointRegion === 'us-east-1'))
    throw s3Error('BucketAlreadyOwnedByYou', undefined, { fields: { BucketName: name } });
  if (existing === undefined) store.set(name, newBucket(name, asked ?? endpointRegion, call.clock.nowMs()));
  return { status: 200, headers: { location: `/${name}` } };
}

export function deleteBucket(call: Call): WireResponse {
  const bucket = bucketOf(call);
  requirePermission(call, { action: 's3:DeleteBucket', resource: bucketArn(bucket.name) });
  if (bucket.objects.size > 0)
    throw s3Error('BucketNotEmpty', undefined, { fields: { BucketName: bucket.name } });
  call.store.delete(bucket.name);
  return { status: 204 };
}

export function headBucket(call: Call): WireResponse {
  const bucket = bucketOf(call);
  requirePermission(call, { action: 's3:ListBucket', resource: bucketArn(bucket.name) });
  return {
    status: 200,
    headers: { 'x-amz-bucket-region': bucket.region, 'content-type': 'application/xml' },
  };
}

/** us-east-1 has an empty location, for it is older than the others. */
export function getBucketLocation(call: Call): WireResponse {
  const bucket = bucketOf(call);
  requirePermission(call, { action: 's3:GetBucketLocation', resource: bucketArn(bucket.name) });
  const region = bucket.region === 'us-east-1' ? '' : bucket.region;
  return xmlAnswer(xmlDocument('LocationConstraint', s3Namespace, region));
}

/** Never switched on, which is what an empty answer means. */
export function getBucketVersioning(call: Call): WireResponse {
  bucketOf(call);
  return xmlAnswer(xmlDocument('VersioningConfiguration', s3Namespace));
}
