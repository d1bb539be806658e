import type { ServiceName, WireRequest } from '../service.ts';

interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  /** As in the scope of the signature: `s3`, `elasticmapreduce`, `sts`. */
  readonly signingName: string;
}

/**
 * Who signed a request, and for which region and service, from the credential scope of Signature Version 4 in the
 * Authorization header. The signature itself is not verified: the sandbox has no secrets, and AWS would show a client
 * that signs wrongly on its first call.
 */
export function credentialOf(request: WireRequest): Credential | undefined {
  const header = request.headers.authorization ?? '';
  const parts = /^AWS4-HMAC-SHA256 .*?Credential=([^,\s]+)/.exec(header)?.[1]?.split('/') ?? [];
  // An access key id can contain a slash, so the scope is counted from its end.
  const [, region, signingName, terminator] = parts.slice(-4);
  if (parts.length < 5 || terminator !== 'aws4_request' || region === undefined || signingName === undefined)
    return undefined;
  return { accessKeyId: parts.slice(0, -4).join('/'), region, signingName };
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
