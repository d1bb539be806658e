/**
 * Translates whatever the AWS SDK throws to a ToolError: what happened, what was changed, and what to do. Key ids,
 * tokens and signatures never appear; AWS's own text is cleaned and truncated.
 */
import { type ErrorCode, ToolError } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';
import { LoginFault, type LoginSource } from './logins.ts';

/** A call to AWS, described for error messages. */
export interface AwsCall {
  /** "reading s3://bucket/key": completes "while …". */
  readonly what: string;
  /** The IAM action it needs: "s3:PutObject". */
  readonly action?: string;
  readonly bucket?: string;
  readonly clusterId?: string;
  /** What the call changed so far; "Nothing was changed." by default. Read when it fails. */
  changed?(): string;
}

/** The ToolError for a failure of AWS, by the first rule that matches. An abort and a ToolError are returned unchanged. */
export function translated(
  error: unknown,
  call: AwsCall,
  loginCommand: string,
  source: LoginSource = { profile: undefined, hasKeysInEnvironment: false },
): unknown {
  if (error instanceof ToolError || isAbort(error)) return error;
  const changed = call.changed?.() ?? 'Nothing was changed.';
  if (error instanceof LoginFault)
    return new ToolError(error.code, `${error.message} (while ${call.what}). ${changed}`, {
      next: error.next(loginCommand),
      cause: error,
    });
  const failure = { ...awsErrorOf(error), call, login: loginCommand, source };
  const { code, what, next } = ruleFor(failure);
  const text = (part: Text) => (typeof part === 'string' ? part : part(failure));
  return new ToolError(code, `${text(what)} (while ${call.what}). ${changed}`, {
    next: text(next),
    cause: error,
  });
}

const throttlings = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'SlowDown',
  'RequestLimitExceeded',
];

/** The account's request quota is used up. */
export function isThrottling(error: unknown): boolean {
  return statusOf(error) === 429 || is(awsErrorOf(error), ...throttlings);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/**
 * Whether the user may log in again after this error, so that the next call must read the credentials again. Includes
 * denied permissions: the usual fix is a login with another role, and a new client costs little.
 */
export function isAboutCredentials(error: unknown): boolean {
  const found = awsErrorOf(error);
  return found.name === 'CredentialsProviderError' || ruleFor(found).code === 'DENIED';
}

export function statusOf(error: unknown): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata;
  return metadata?.httpStatusCode;
}

/** An object or bucket that does not exist; HEAD reports that by the status alone. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey');
}

interface AwsError {
  readonly name: string;
  /** Node's error code when the connection failed: ENOTFOUND. */
  readonly nodeCode: string;
  readonly message: string;
  readonly status: number | undefined;
}

interface AwsFailure extends AwsError {
  readonly call: AwsCall;
  /** AWS_LOGIN_COMMAND. */
  readonly login: string;
  readonly source: LoginSource;
}

function awsErrorOf(error: unknown): AwsError {
  const raw = (error ?? {}) as { name?: string; code?: unknown; message?: string };
  return {
    name: raw.name ?? 'an unknown error',
    nodeCode: typeof raw.code === 'string' ? raw.code : '',
    message: raw.message ?? String(error),
    status: statusOf(error),
  };
}

/** The action and resource that AWS names, else the action that the call is known to need. */
function deniedAction({ message, call }: AwsFailure): string {
  const denied = /to perform:? ([a-z][\w-]*:\w+)(?: on resource:? "?(\S+?)"?(?:\s|$))?/.exec(message);
  const action = denied?.[1] ?? call.action ?? 'the request';
  const resource = denied?.[2];
  return cleanLine(resource === undefined ? action : `${action} on ${resource}`, 240);
}

type Text = string | ((failure: AwsFailure) => string);

interface AwsErrorRule {
  readonly when: (error: AwsError) => boolean;
  readonly code: ErrorCode;
  /** Without the full stop. */
  readonly what: Text;
  readonly next: Text;
}

function ruleFor(error: AwsError): Omit<AwsErrorRule, 'when'> {
  return rules.find(({ when }) => when(error)) ?? unknownFailure;
}

function is({ name, nodeCode }: AwsError, ...names: string[]): boolean {
  return names.includes(name) || names.includes(nodeCode);
}

const again = 'Wait a minute and call the same tool again; finished work is not repeated.';
/** Credentials of the server's environment stay as they were when it started. */
const logInAgain: Text = ({ login, source }) =>
  source.hasKeysInEnvironment
    ? `Log in with \`${login}\` in a terminal, then restart the server: its credentials are from its environment (AWS_ACCESS_KEY_ID).`
    : `Type \`${login}\` in a terminal, then call the same tool again.`;
const ssoLogIn: Text = ({ login, source: { profile = 'default' } }) =>
  `Type \`aws sso login --profile ${profile}\` in a terminal (or \`${login}\`), then call the same tool again.`;
const logIn: Text = ({ login }) => `Type \`${login}\` in a terminal, then call the same tool again.`;
const theBucket = ({ call }: AwsFailure) => `The bucket${call.bucket === undefined ? '' : ` ${call.bucket}`}`;

const unknownFailure: Omit<AwsErrorRule, 'when'> = {
  code: 'UPSTREAM',
  what: ({ name, message }) => `AWS returned ${cleanLine(name, 60)}: ${cleanLine(message, 240)}`,
  next: 'Run checkSetup; if everything is fine there, call the same tool again.',
};

/** The failures that occur in practice, each with its code, sentence and next step. */
const rules: readonly AwsErrorRule[] = [
  {
    when: (f) => is(f, 'CredentialsProviderError', 'TokenProviderError') && /\bSSO\b/i.test(f.message),
    code: 'DENIED',
    what: ({ source: { profile = 'default' } }) =>
      `The SSO login of profile ${profile} has expired, or there was none`,
    next: ssoLogIn,
  },
  {
    when: (f) =>
      is(f, 'ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired') ||
      (is(f, 'CredentialsProviderError', 'TokenProviderError') && /expired|refresh/i.test(f.message)),
    code: 'DENIED',
    what: 'The AWS login has expired',
    next: logInAgain,
  },
  {
    when: (f) =>
      is(
        f,
        'CredentialsProviderError',
        'TokenProviderError',
        'MissingAuthenticationToken',
        'MissingAuthenticationTokenException',
      ),
    code: 'DENIED',
    what: 'No AWS credentials were found',
    next: ({ login }) =>
      `Type \`${login}\` in a terminal, or set AWS_PROFILE in .env to a profile that exists; then call the same tool again.`,
  },
  {
    when: (f) => /region is missing/i.test(f.message),
    code: 'CONFIG',
    what: 'No AWS region is set',
    next: 'Set AWS_REGION in .env (or `region` in ~/.aws/config for AWS_PROFILE), then call the same tool again.',
  },
  {
    when: (f) =>
      is(
        f,
        'InvalidAccessKeyId',
        'InvalidClientTokenId',
        'UnrecognizedClientException',
        'InvalidToken',
        'InvalidSecurity',
      ),
    code: 'DENIED',
    what: 'AWS does not recognize these credentials',
    next: logIn,
  },
  {
    when: (f) =>
      is(f, 'RequestTimeTooSkewed', 'RequestInTheFuture') ||
      /signature (?:expired|not yet current)/i.test(f.message),
    code: 'DENIED',
    what: "AWS rejected the request because this machine's clock is wrong",
    next: 'Set the clock of this machine (turn on automatic time), then call the same tool again.',
  },
  {
    when: (f) => is(f, 'SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'),
    code: 'DENIED',
    what: 'AWS rejected the signature: the secret key does not belong to the key id, or a proxy changed the request',
    next: logIn,
  },
  {
    when: (f) => is(f, 'NoSuchBucket'),
    code: 'CONFIG',
    what: (failure) => `${theBucket(failure)} does not exist`,
    next: 'Correct S3_BUCKET (or PROD_HOURLY_CHECKS) in .env, then run checkSetup.',
  },
  {
    when: (f) =>
      is(f, 'PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException') ||
      f.status === 301,
    code: 'CONFIG',
    what: (failure) => `${theBucket(failure)} is in another region than AWS_REGION`,
    next: 'Set AWS_REGION in .env to the region of the bucket, then call the same tool again.',
  },
  {
    when: (f) => /cluster id '?[^']*'? is not valid/i.test(f.message),
    code: 'NOT_FOUND',
    what: ({ call }) => `EMR has no cluster ${call.clusterId ?? 'with that id'} in this account and region`,
    next: 'Check the id in the EMR console, and AWS_PROFILE and AWS_REGION in .env; or omit clusterId to let the tool find it.',
  },
  {
    when: (f) => is(f, ...throttlings),
    code: 'UPSTREAM',
    what: 'AWS throttled the requests, and several retries as well',
    next: again,
  },
  {
    when: (f) =>
      is(f, 'AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'Forbidden') || f.status === 403,
    code: 'DENIED',
    what: (failure) => `AWS denies ${deniedAction(failure)}`,
    next: ({ login }) =>
      `Type \`${login}\` to log in with a role that allows this, or ask for the permission; checkSetup shows your identity.`,
  },
  {
    when: (f) => is(f, 'PreconditionFailed', 'ConditionalRequestConflict', 'OperationAborted'),
    code: 'CONFLICT',
    what: 'Somebody else changed the object at the same time',
    next: 'Call the same tool again: it checks again and does only what is left.',
  },
  {
    when: (f) =>
      is(f, 'BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch') ||
      /checksum mismatch/i.test(f.message),
    code: 'UPSTREAM',
    what: 'AWS rejected the upload: the bytes it received differ from the bytes sent',
    next: 'Call the same tool again; if the error repeats, something on the network changes requests.',
  },
  {
    when: (f) => is(f, 'NoSuchKey', 'NotFound'),
    code: 'NOT_FOUND',
    what: 'The object does not exist (any more)',
    next: 'Call the same tool again.',
  },
  {
    when: (f) => is(f, 'ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'),
    code: 'UPSTREAM',
    what: 'AWS cannot be reached from this machine',
    next: 'Check the network, the VPN, AWS_REGION and AWS_ENDPOINT_URL, then call the same tool again.',
  },
  {
    when: (f) =>
      is(
        f,
        'TimeoutError',
        'RequestTimeout',
        'ECONNRESET',
        'EPIPE',
        'ETIMEDOUT',
        'ERR_STREAM_PREMATURE_CLOSE',
      ),
    code: 'UPSTREAM',
    what: 'The connection to AWS failed or timed out, after several retries',
    next: again,
  },
  {
    when: (f) =>
      is(f, 'InternalError', 'InternalServerException', 'ServiceUnavailable') || (f.status ?? 0) >= 500,
    code: 'UPSTREAM',
    what: ({ name, status }) =>
      `AWS failed (${status === undefined ? cleanLine(name, 60) : `HTTP ${status}`}), after several retries`,
    next: again,
  },
];
