/**
 * Signature Version 4 as AWS computes it from what it received. A client that encodes an odd key differently from
 * AWS, or leaves a header out, gets another signature here, as it would there.
 * Source: "Create a signed AWS API request" in the IAM user guide, and "Signature calculations" in the S3 API reference.
 */
import { createHash, createHmac } from 'node:crypto';
import type { WireRequest } from '../service.ts';
import type { Credential } from './signature.ts';

/** What a signature is made with. */
export interface SigningScope {
  readonly key: Buffer;
  /** `20251208T153000Z`. */
  readonly date: string;
  /** `20251208/us-east-1/s3/aws4_request`. */
  readonly scope: string;
}

export function signingScope(credential: Credential, secretAccessKey: string, date: string): SigningScope {
  const { day, region, signingName } = credential;
  const parts = [day, region, signingName, 'aws4_request'];
  const key = parts.reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return { key, date, scope: parts.join('/') };
}

/** The signature that a request must have: 64 hex digits. */
export function expectedSignature(
  request: WireRequest,
  credential: Credential,
  signing: SigningScope,
): string {
  return sign('AWS4-HMAC-SHA256', sha256(canonicalRequest(request, credential)), signing);
}

/** @param content what follows the scope in the string to sign */
export function sign(algorithm: string, content: string, { key, date, scope }: SigningScope): string {
  return hmac(key, [algorithm, date, scope, content].join('\n')).toString('hex');
}

function canonicalRequest(request: WireRequest, { signedHeaders, signingName }: Credential): string {
  const headers = signedHeaders.map((name) => `${name}:${canonicalValue(request, name)}\n`);
  return [
    request.method,
    canonicalPath(request.rawPath, signingName),
    canonicalQuery(request.rawQuery),
    headers.join(''),
    signedHeaders.join(';'),
    payloadHash(request),
  ].join('\n');
}

/** S3 encodes the decoded key once. The other services encode the path as it was sent, so its escapes twice. */
function canonicalPath(rawPath: string, signingName: string): string {
  const path = signingName === 's3' ? percentDecoded(rawPath) : Buffer.from(rawPath);
  return percentEncoded(path, '/');
}

function canonicalQuery(rawQuery: string): string {
  const recoded = (text: string) => percentEncoded(percentDecoded(text), '');
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [recoded(name), recoded(value.join('='))] as const;
    })
    .toSorted(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonicalValue({ headers }: WireRequest, name: string): string {
  const value = headers[name];
  return (typeof value === 'string' ? value : (value ?? []).join(',')).trim().replace(/ +/g, ' ');
}

function payloadHash({ headers, body }: WireRequest): string {
  const claimed = headers['x-amz-content-sha256'];
  return typeof claimed === 'string' ? claimed : sha256(body);
}

/** Percent-decodes byte by byte; a broken escape stands for itself. */
function percentDecoded(raw: string): Buffer {
  return Buffer.from(
    raw.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** RFC 3986: everything but unreserved characters, and `keep`, as `%XX`. */
function percentEncoded(bytes: Buffer, keep: string): string {
  let encoded = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const plain = /[\w.~-]/.test(character) || keep.includes(character);
    encoded += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest();
}
