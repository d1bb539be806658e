import type { ServiceName, WireRequest } from '../service.ts';

/** The Authorization header of Signature Version 4. */
export interface Credential {
  readonly accessKeyId: string;
  /** The day in the scope: `20251208`. */
  readonly day: string;
  readonly region: string;
  /** As in the scope of the signature: `s3`, `elasticmapreduce`, `sts`. */
  readonly signingName: string;
  /** In lower case, as listed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Who signed a request, for which day, region and service; undefined when there is no complete signature. */
export function credentialOf(request: WireRequest): Credential | undefined {
  const [algorithm, list = ''] = splitOnce(request.headers.authorization ?? '', ' ');
  const fields = new Map(list.split(',').map((field) => splitOnce(field.trim(), '=')));
  const scope = fields.get('Credential')?.split('/') ?? [];
  // An access key id can contain a slash, so the scope is counted from its end.
  const [day, region, signingName, terminator] = scope.slice(-4);
  const signedHeaders = fields.get('SignedHeaders')?.split(';') ?? [];
  const signature = fields.get('Signature');
  if (algorithm !== 'AWS4-HMAC-SHA256' || scope.length < 5 || terminator !== 'aws4_request') return undefined;
  if (!day || !region || !signingName || signedHeaders.length === 0 || !signature) return undefined;
  return { accessKeyId: scope.slice(0, -4).join('/'), day, region, signingName, signedHeaders, signature };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

const bySigningName: Readonly<Record<string, ServiceName>> = {
  s3: 's3',
  elasticmapreduce: 'emr',
  sts: 'sts',
};

/** The service that a request is for; undefined when it is signed for a service that the sandbox does not have. */
export function serviceNameOf(request: WireRequest): ServiceName | undefined {
  const credential = credentialOf(request);
  if (credential !== undefined) return bySigningName[credential.signingName];
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.startsWith('ElasticMapReduce.') ? 'emr' : undefined;
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  if (form && /(?:^|&)Action=/.test(request.body.toString('latin1'))) return 'sts';
  return 's3';
}
