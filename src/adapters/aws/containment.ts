/**
 * The last check of a request before the wire: nothing is written outside the two load-test prefixes, and nothing in
 * EMR is changed, whatever the code above believes. It checks the request that will be sent, so it does not rely on
 * LoadTestKey. It refuses what it does not recognize.
 */
import { ToolError } from '../../domain/errors.ts';

export interface OutgoingRequest {
  readonly method: string;
  /** Without the port. */
  readonly hostname: string;
  /** As sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly fragment?: string | undefined;
}

export interface Allowed {
  readonly service: 's3' | 'emr' | 'sts';
  readonly bucket: string;
  readonly configsPrefix: string;
  readonly dagsPrefix: string;
  /** The host of S3 without a bucket, by the SDK's settings: AWS_ENDPOINT_URL, or S3 of the region. */
  readonly serviceHost?: string | undefined;
}

/** @throws ToolError DENIED unless the request only reads, or writes under one of the two prefixes. */
export function assertAllowed(request: OutgoingRequest, allowed: Allowed): void {
  const objection = objectionTo(request, allowed);
  if (objection === undefined) return;
  throw new ToolError(
    'DENIED',
    `A request was blocked: ${objection}; it was not sent (${request.method} ${request.path.slice(0, 200)}).`,
    {
      next: 'This is a safeguard, not a permission: check S3_BUCKET, CONFIGS_PREFIX and DAGS_PREFIX in .env with checkSetup.',
    },
  );
}

function objectionTo(request: OutgoingRequest, allowed: Allowed): string | undefined {
  if (/[?#]/.test(request.path) || request.fragment) return 'its path contains a query or a fragment';
  if (allowed.service === 's3') return s3Objection(request, allowed);
  if (allowed.service === 'emr') {
    const operation = request.headers['x-amz-target'] ?? '';
    return /^ElasticMapReduce\.(?:Describe|List)[A-Za-z]+$/.test(operation)
      ? undefined
      : 'it is not a read operation of EMR';
  }
  const actions = new URLSearchParams(typeof request.body === 'string' ? request.body : '').getAll('Action');
  return actions.length === 1 && actions[0] === 'GetCallerIdentity'
    ? undefined
    : 'it does not ask STS who we are';
}

function s3Objection(request: OutgoingRequest, allowed: Allowed): string | undefined {
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (request.method !== 'PUT' && request.method !== 'DELETE') return `${request.method} is not used on S3`;
  // Sub-resources (?acl, ?policy, ?versionId, ?uploads …) turn PUT and DELETE into other operations.
  if (Object.keys(request.query).some((name) => name !== 'x-id')) return 'it addresses a sub-resource';
  const path = pathInBucket(request, allowed);
  if (path === undefined) return `it does not write to the bucket ${allowed.bucket}`;
  const key = plainKey(path);
  if (key === undefined) return 'its key is not a plain path';
  const inside = [allowed.configsPrefix, allowed.dagsPrefix].some(
    (prefix) => prefix !== '' && key.startsWith(`${prefix}/`),
  );
  return inside ? undefined : 'it writes outside the two load-test prefixes';
}

/** S3's hosts, without a bucket: `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, dual-stack, FIPS, China. */
const s3Host = /^s3(?:-fips)?(?:\.dualstack)?(?:\.[a-z]{2}(?:-[a-z]+)+-\d{1,2})?\.amazonaws\.com(?:\.cn)?$/;

/** The raw path after the bucket, whether the bucket is in the host name or in the path. */
function pathInBucket(request: OutgoingRequest, allowed: Allowed): string | undefined {
  if (allowed.bucket === '' || !request.path.startsWith('/')) return undefined;
  const host = request.hostname.toLowerCase();
  if (isServiceHost(host, allowed)) {
    const start = `/${allowed.bucket}/`;
    return request.path.startsWith(start) ? request.path.slice(start.length) : undefined;
  }
  const label = `${allowed.bucket}.`;
  return host.startsWith(label) && isServiceHost(host.slice(label.length), allowed)
    ? request.path.slice(1)
    : undefined;
}

/** After a redirect to the region of a bucket, the host is S3 of that region. */
function isServiceHost(host: string, allowed: Allowed): boolean {
  return s3Host.test(host) || host === allowed.serviceHost?.toLowerCase();
}

/** The decoded key, or undefined when a proxy or a server could interpret the path in more than one way. */
function plainKey(rawPath: string): string | undefined {
  const segments: string[] = [];
  for (const raw of rawPath.split('/')) {
    const segment = decoded(raw);
    if (segment === undefined || segment === '' || segment === '.' || segment === '..') return undefined;
    if (/[/\\\p{Cc}]|%(?:25)*(?:2e|2f|5c|00)/iu.test(segment)) return undefined;
    segments.push(segment);
  }
  return segments.join('/');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
