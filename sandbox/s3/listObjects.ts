import type { WireResponse } from '../service.ts';
import { accountId } from '../wire/sts.ts';
import { leaf, node, xmlDocument } from '../wire/xml.ts';
import {
  bucketArn,
  bucketOf,
  type Call,
  isoSecond,
  requirePermission,
  s3Namespace,
  xmlAnswer,
} from './call.ts';
import { s3Error } from './errors.ts';
import {
  type ListingPage,
  type ListingQuery,
  listPage,
  type Position,
  positionOf,
  tokenOf,
} from './listing.ts';
import type { Bucket } from './store.ts';

const mostKeys = 1000;

interface Listing extends Omit<ListingQuery, 'after'> {
  readonly bucket: Bucket;
  readonly encodingType: 'url' | undefined;
  /** Encodes a key or prefix as the caller asked. */
  encode(text: string): string;
}

export function listObjectsV2(call: Call): WireResponse {
  const { query } = call.request;
  const listing = listingOf(call);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const resumed = token === null ? undefined : positionOf(token);
  if (token !== null && resumed === undefined)
    throw s3Error('InvalidArgument', 'The continuation token provided is incorrect', {
      fields: { ArgumentName: 'continuation-token' },
    });
  const after = resumed ?? (startAfter ? { key: startAfter } : undefined);
  const page = listPage(listing.bucket.keys(), { ...listing, after });
  const owner = query.get('fetch-owner') === 'true';
  return xmlAnswer(
    xmlDocument(
      'ListBucketResult',
      s3Namespace,
      ...listingElements(listing),
      leaf('StartAfter', startAfter === null ? undefined : listing.encode(startAfter)),
      leaf('ContinuationToken', token ?? undefined),
      leaf('NextContinuationToken', page.next && tokenOf(page.next)),
      leaf('KeyCount', page.keys.length + page.commonPrefixes.length),
      ...pageElements(listing, page, owner),
    ),
  );
}

export function listObjects(call: Call): WireResponse {
  const listing = listingOf(call);
  const marker = call.request.query.get('marker') ?? '';
  const after = marker === '' ? undefined : markerPosition(marker, listing.delimiter);
  const page = listPage(listing.bucket.keys(), { ...listing, after });
  const last = page.next && ('key' in page.next ? page.next.key : page.next.group);
  // Without a delimiter, a client continues after the last key of the page.
  const next = listing.delimiter === '' || last === undefined ? undefined : listing.encode(last);
  return xmlAnswer(
    xmlDocument(
      'ListBucketResult',
      s3Namespace,
      ...listingElements(listing),
      leaf('Marker', listing.encode(marker)),
      leaf('NextMarker', next),
      ...pageElements(listing, page, true),
    ),
  );
}

/** A marker that ends like a common prefix is after all of its keys: that is how a client gets the next page. */
function markerPosition(marker: string, delimiter: string): Position {
  return delimiter !== '' && marker.endsWith(delimiter) ? { group: marker } : { key: marker };
}

function listingOf(call: Call): Listing {
  const { query } = call.request;
  const bucket = bucketOf(call);
  const prefix = query.get('prefix') ?? '';
  requirePermission(call, {
    action: 's3:ListBucket',
    resource: bucketArn(bucket.name),
    context: { 's3:prefix': prefix },
  });
  const encoding = query.get('encoding-type');
  if (encoding !== null && encoding !== 'url')
    throw s3Error('InvalidArgument', 'Invalid Encoding Method specified in Request', {
      fields: { ArgumentName: 'encoding-type', ArgumentValue: encoding },
    });
  return {
    bucket,
    prefix,
    delimiter: query.get('delimiter') ?? '',
    limit: limitOf(query.get('max-keys')),
    encodingType: encoding ?? undefined,
    encode: encoding === null ? (text) => text : urlEncoded,
  };
}

function limitOf(given: string | null): number {
  if (given === null || given === '') return mostKeys;
  if (/^\d{1,10}$/.test(given) && Number(given) < 2 ** 31) return Math.min(Number(given), mostKeys);
  throw s3Error('InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647', {
    fields: { ArgumentName: 'max-keys', ArgumentValue: given },
  });
}

function listingElements({ bucket, prefix, delimiter, limit, encodingType, encode }: Listing): string[] {
  return [
    leaf('Name', bucket.name),
    leaf('Prefix', encode(prefix)),
    leaf('Delimiter', delimiter === '' ? undefined : encode(delimiter)),
    leaf('MaxKeys', limit),
    leaf('EncodingType', encodingType),
  ];
}

function pageElements({ bucket, encode }: Listing, page: ListingPage, owner: boolean): string[] {
  const contents = page.keys.map((key) => {
    const object = bucket.get(key);
    if (object === undefined) throw new Error(`the index of ${bucket.name} names a key that is gone`);
    return node(
      'Contents',
      leaf('Key', encode(key)),
      leaf('LastModified', isoSecond(object.modifiedMs)),
      leaf('ETag', `"${object.etag}"`),
      leaf('ChecksumAlgorithm', object.checksum.algorithm),
      leaf('ChecksumType', object.checksum.type),
      leaf('Size', object.body.byteLength),
      leaf('StorageClass', 'STANDARD'),
      owner ? node('Owner', leaf('ID', ownerId)) : '',
    );
  });
  const prefixes = page.commonPrefixes.map((group) => node('CommonPrefixes', leaf('Prefix', encode(group))));
  return [leaf('IsTruncated', page.next !== undefined), ...contents, ...prefixes];
}

/** In place of the canonical user id, which has 64 hex digits. */
const ownerId = accountId.padStart(64, '0');

/** Encodes keys as S3 does in listings: a space is `+`, and `/` and `*` stay, as in Java's URLEncoder. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
