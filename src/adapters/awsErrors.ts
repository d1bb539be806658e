/**
 * One translation from whatever the AWS SDK throws to a ToolError: what happened in a sentence, what was changed,
 * and what to do. Key ids, tokens and signatures never appear; AWS's own words are cleaned and cut.
 */
import { ToolError } from '../errors.ts';
import { type Fault, faultOf } from './awsFaults.ts';

/** What was being done when it failed, in words that complete a sentence. */
export interface Doing {
  /** "reading s3://bucket/key". */
  readonly what: string;
  /** The IAM action that it needs, "s3:PutObject". */
  readonly action?: string;
  readonly bucket?: string;
  readonly clusterId?: string;
  /** What of this call took effect; "Nothing was changed." when left out. Read when the failure is told. */
  changed?(): string;
}

/** The ToolError for a failure of AWS; an abort, and an error that is translated already, pass as they are. */
export function translated(error: unknown, doing: Doing, loginCommand: string): unknown {
  if (error instanceof ToolError || isAbort(error)) return error;
  const fault = faultOf(error, doing, loginCommand);
  const changed = doing.changed?.() ?? 'Nothing was changed.';
  return new ToolError(fault.code, `${sentence(fault, doing)} ${changed}`, {
    next: fault.next,
    cause: error,
  });
}

function sentence(fault: Fault, doing: Doing): string {
  return `${fault.what} (while ${doing.what}).`;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Errors after which a person logs in again, so that the next call must start with fresh credentials. */
const credentialErrors = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'TokenRefreshRequired',
  'InvalidToken',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'AccessDenied',
  'AccessDeniedException',
  'Forbidden',
  '403',
]);

/** Denied permissions are among them: a log-in with another role is the usual cure, and a new client costs little. */
export function isAboutCredentials(error: unknown): boolean {
  return error instanceof Error && (credentialErrors.has(error.name) || statusOf(error) === 403);
}

export function statusOf(error: unknown): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata;
  return metadata?.httpStatusCode;
}

/** An object or bucket that is not there, also as HEAD says it: without a body, by the status alone. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey');
}
