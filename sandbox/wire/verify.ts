/** Whether AWS would accept who signed a request: key, session token, date, signed headers, signature, chunks. */
import { timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../service.ts';
import { chunkSignaturesMatch } from './chunkSignatures.ts';
import { type Credential, credentialOf } from './signature.ts';
import { expectedSignature, type SigningScope, signingScope } from './sigv4.ts';

export interface Secret {
  readonly secretAccessKey: string;
  /** Temporary credentials have one, and every request must carry it. */
  readonly sessionToken?: string;
}

/** By access key id. */
export type Secrets = Readonly<Record<string, Secret>>;

/** The keys of AWS's documentation. */
export const exampleKey = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

/** The names of `injectedErrors.ts`. */
type SignatureError =
  | 'MissingCredentials'
  | 'InvalidAccessKeyId'
  | 'InvalidToken'
  | 'RequestTimeTooSkewed'
  | 'HeadersNotSigned'
  | 'MissingContentHash'
  | 'SignatureDoesNotMatch';

const largestSkewMs = 15 * 60_000;

/**
 * @param nowsMs this machine's clock and the sandbox's, which runs fast: a date between them is one that the client
 *   learned from an earlier answer
 * @returns the name of the error; undefined when the request is accepted
 */
export function signatureError(
  request: WireRequest,
  secrets: Secrets,
  nowsMs: readonly number[],
): SignatureError | undefined {
  const credential = credentialOf(request);
  if (credential === undefined) return 'MissingCredentials';
  const secret = Object.hasOwn(secrets, credential.accessKeyId) ? secrets[credential.accessKeyId] : undefined;
  if (secret === undefined) return 'InvalidAccessKeyId';
  if (request.headers['x-amz-security-token'] !== secret.sessionToken) return 'InvalidToken';
  const date = dateOf(request);
  if (date === undefined || date.slice(0, 8) !== credential.day) return 'SignatureDoesNotMatch';
  const dateMs = millisecondsOf(date);
  if (dateMs < Math.min(...nowsMs) - largestSkewMs || dateMs > Math.max(...nowsMs) + largestSkewMs)
    return 'RequestTimeTooSkewed';
  if (unsignedHeaders(request, credential).length > 0) return 'HeadersNotSigned';
  if (credential.signingName === 's3' && request.headers['x-amz-content-sha256'] === undefined)
    return 'MissingContentHash';
  const signing = signingScope(credential, secret.secretAccessKey, date);
  return isSigned(request, credential, signing) ? undefined : 'SignatureDoesNotMatch';
}

function isSigned(request: WireRequest, credential: Credential, signing: SigningScope): boolean {
  const expected = Buffer.from(expectedSignature(request, credential, signing));
  const sent = Buffer.from(credential.signature);
  return (
    sent.byteLength === expected.byteLength &&
    timingSafeEqual(sent, expected) &&
    chunkSignaturesMatch(request, credential.signature, signing)
  );
}

/** `20251208T153000Z`, from `x-amz-date` or `date`. */
function dateOf({ headers }: WireRequest): string | undefined {
  const amzDate = headers['x-amz-date'];
  if (typeof amzDate === 'string') return /^\d{8}T\d{6}Z$/.test(amzDate) ? amzDate : undefined;
  const parsed = Date.parse(headers.date ?? '');
  return Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function millisecondsOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Headers that must be signed and are not: `host` and every `x-amz-*`. */
function unsignedHeaders({ headers }: WireRequest, { signedHeaders }: Credential): string[] {
  const required = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  return required.filter((name) => !signedHeaders.includes(name));
}
