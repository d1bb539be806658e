/** The rules of awsErrors.ts: the failures that occur in practice, each with its code, sentence and next step. */
import type { ErrorCode } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';

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

export interface AwsErrorText {
  readonly code: ErrorCode;
  /** Without the full stop. */
  readonly what: string;
  readonly next: string;
}

/** The text of the first matching rule, else AWS's own text as an upstream failure. */
export function explainAwsError(error: unknown, call: AwsCall, loginCommand: string): AwsErrorText {
  const failure = failureOf(error, call, loginCommand);
  const rule = rules.find((candidate) => candidate.matches(failure));
  if (rule !== undefined) return rule.explain(failure);
  return {
    code: 'UPSTREAM',
    what: `AWS returned ${cleanLine(failure.name, 60)}: ${cleanLine(failure.message, 240)}`,
    next: 'Run checkSetup; if everything is fine there, call the same tool again.',
  };
}

interface AwsFailure {
  readonly name: string;
  /** Node's error code when the connection failed: ENOTFOUND. */
  readonly nodeCode: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly call: AwsCall;
  /** AWS_LOGIN_COMMAND. */
  readonly login: string;
}

interface AwsErrorRule {
  matches(failure: AwsFailure): boolean;
  explain(failure: AwsFailure): AwsErrorText;
}

const named = (...names: string[]) => {
  const set = new Set(names);
  return ({ name, nodeCode }: AwsFailure) => set.has(name) || set.has(nodeCode);
};
const mentions = (pattern: RegExp) => (failure: AwsFailure) => pattern.test(failure.message);

const again = 'Wait a minute and call the same tool again; finished work is not repeated.';
const logIn = ({ login }: AwsFailure) => `Type \`${login}\` in a terminal, then call the same tool again.`;

const rules: readonly AwsErrorRule[] = [
  {
    matches: (f) =>
      named('ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired')(f) ||
      (named('CredentialsProviderError', 'TokenProviderError')(f) && /expired|refresh/i.test(f.message)),
    explain: (f) => ({ code: 'DENIED', what: 'The AWS login has expired', next: logIn(f) }),
  },
  {
    matches: (f) =>
      named('CredentialsProviderError')(f) && /profile/i.test(f.message) && /not.*found/i.test(f.message),
    explain: (f) => ({
      code: 'CONFIG',
      what: `The AWS profile cannot be used: ${cleanLine(f.message, 160)}`,
      next: `Set AWS_PROFILE in .env to a profile in ~/.aws/config, or type \`${f.login}\`; then call the tool again.`,
    }),
  },
  {
    matches: named(
      'CredentialsProviderError',
      'TokenProviderError',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
    ),
    explain: (f) => ({
      code: 'DENIED',
      what: 'No AWS credentials were found',
      next: `Type \`${f.login}\` in a terminal, or set AWS_PROFILE in .env to a profile that exists; then call the same tool again.`,
    }),
  },
  {
    matches: mentions(/region is missing/i),
    explain: () => ({
      code: 'CONFIG',
      what: 'No AWS region is set',
      next: 'Set AWS_REGION in .env (or `region` in ~/.aws/config for AWS_PROFILE), then call the same tool again.',
    }),
  },
  {
    matches: named(
      'InvalidAccessKeyId',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'InvalidToken',
      'InvalidSecurity',
    ),
    explain: (f) => ({
      code: 'DENIED',
      what: 'AWS does not recognize these credentials',
      next: logIn(f),
    }),
  },
  {
    matches: (f) =>
      named('RequestTimeTooSkewed', 'RequestInTheFuture')(f) ||
      mentions(/signature (?:expired|not yet current)/i)(f),
    explain: () => ({
      code: 'DENIED',
      what: "AWS rejected the request because this machine's clock is wrong",
      next: 'Set the clock of this machine (turn on automatic time), then call the same tool again.',
    }),
  },
  {
    matches: named('SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'),
    explain: (f) => ({
      code: 'DENIED',
      what: 'AWS rejected the signature: the secret key does not belong to the key id, or a proxy changed the request',
      next: logIn(f),
    }),
  },
  {
    matches: named('NoSuchBucket'),
    explain: (f) => ({
      code: 'CONFIG',
      what: `The bucket${f.call.bucket === undefined ? '' : ` ${f.call.bucket}`} does not exist`,
      next: 'Correct S3_BUCKET (or PROD_HOURLY_CHECKS) in .env, then run checkSetup.',
    }),
  },
  {
    matches: (f) =>
      named('PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException')(f) ||
      f.status === 301,
    explain: (f) => ({
      code: 'CONFIG',
      what: `The bucket${f.call.bucket === undefined ? '' : ` ${f.call.bucket}`} is in another region than AWS_REGION`,
      next: 'Set AWS_REGION in .env to the region of the bucket, then call the same tool again.',
    }),
  },
  {
    matches: mentions(/cluster id '?[^']*'? is not valid/i),
    explain: (f) => ({
      code: 'NOT_FOUND',
      what: `EMR has no cluster ${f.call.clusterId ?? 'with that id'} in this account and region`,
      next: 'Check the id in the EMR console, and AWS_PROFILE and AWS_REGION in .env; or omit clusterId to let the tool find it.',
    }),
  },
  {
    matches: named(
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'TooManyRequestsException',
      'SlowDown',
      'RequestLimitExceeded',
    ),
    explain: () => ({
      code: 'UPSTREAM',
      what: 'AWS throttled the requests, and several retries as well',
      next: again,
    }),
  },
  {
    matches: (f) =>
      named('AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'Forbidden')(f) || f.status === 403,
    explain: (f) => ({
      code: 'DENIED',
      what: `AWS denies ${deniedAction(f)}`,
      next: `Type \`${f.login}\` to log in with a role that allows this, or ask for the permission; checkSetup shows your identity.`,
    }),
  },
  {
    matches: named('PreconditionFailed', 'ConditionalRequestConflict', 'OperationAborted'),
    explain: () => ({
      code: 'CONFLICT',
      what: 'Somebody else changed the object at the same time',
      next: 'Call the same tool again: it checks again and does only what is left.',
    }),
  },
  {
    matches: (f) =>
      named('BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch')(f) ||
      mentions(/checksum mismatch/i)(f),
    explain: () => ({
      code: 'UPSTREAM',
      what: 'AWS rejected the upload: the bytes it received differ from the bytes sent',
      next: 'Call the same tool again; if the error repeats, something on the network changes requests.',
    }),
  },
  {
    matches: named('NoSuchKey', 'NotFound'),
    explain: () => ({
      code: 'NOT_FOUND',
      what: 'The object does not exist (any more)',
      next: 'Call the same tool again.',
    }),
  },
  {
    matches: named('ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'),
    explain: () => ({
      code: 'UPSTREAM',
      what: 'AWS cannot be reached from this machine',
      next: 'Check the network, the VPN, AWS_REGION and AWS_ENDPOINT_URL, then call the same tool again.',
    }),
  },
  {
    matches: named(
      'TimeoutError',
      'RequestTimeout',
      'ECONNRESET',
      'EPIPE',
      'ETIMEDOUT',
      'ERR_STREAM_PREMATURE_CLOSE',
    ),
    explain: () => ({
      code: 'UPSTREAM',
      what: 'The connection to AWS failed or timed out, after several retries',
      next: again,
    }),
  },
  {
    matches: (f) =>
      (f.status ?? 0) >= 500 || named('InternalError', 'InternalServerException', 'ServiceUnavailable')(f),
    explain: (f) => ({
      code: 'UPSTREAM',
      what: `AWS failed (${f.status === undefined ? cleanLine(f.name, 60) : `HTTP ${f.status}`}), after several retries`,
      next: again,
    }),
  },
];

function failureOf(error: unknown, call: AwsCall, login: string): AwsFailure {
  const raw = (error ?? {}) as {
    name?: string;
    code?: unknown;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return {
    name: raw.name ?? 'an unknown error',
    nodeCode: typeof raw.code === 'string' ? raw.code : '',
    message: raw.message ?? String(error),
    status: raw.$metadata?.httpStatusCode,
    call,
    login,
  };
}

/** The action and resource that AWS names, else the action that the call is known to need. */
function deniedAction({ message, call }: AwsFailure): string {
  const denied = /to perform:? ([a-z][\w-]*:\w+)(?: on resource:? "?(\S+?)"?(?:\s|$))?/.exec(message);
  const action = denied?.[1] ?? call.action ?? 'the request';
  const resource = denied?.[2];
  return cleanLine(resource === undefined ? action : `${action} on ${resource}`, 240);
}
