/**
 * Translates whatever the AWS SDK throws to a ToolError: what happened, what was changed, and what to do. Key ids,
 * tokens and signatures never appear; AWS's own text is cleaned and truncated.
 */
import { ToolError } from '../../domain/errors.ts';
import { type AwsCall, explainAwsError } from './awsFaults.ts';

/** The ToolError for a failure of AWS. An abort and a ToolError are returned unchanged. */
export function translated(error: unknown, call: AwsCall, loginCommand: string): unknown {
  if (error instanceof ToolError || isAbort(error)) return error;
  const text = explainAwsError(error, call, loginCommand);
  const changed = call.changed?.() ?? 'Nothing was changed.';
  return new ToolError(text.code, `${text.what} (while ${call.what}). ${changed}`, {
    next: text.next,
    cause: error,
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Errors after which the user may log in again, so the next call must read the credentials again. */
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

/** Includes denied permissions: the usual fix is a login with another role, and a new client costs little. */
export function isAboutCredentials(error: unknown): boolean {
  return error instanceof Error && (credentialErrors.has(error.name) || statusOf(error) === 403);
}

export function statusOf(error: unknown): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata;
  return metadata?.httpStatusCode;
}

/** An object or bucket that does not exist; HEAD reports that by the status alone. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey');
}
