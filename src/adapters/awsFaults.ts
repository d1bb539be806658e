/** The table behind awsErrors.ts: each failure people really meet, with its code, its sentence and its cure. */
import type { ErrorCode } from '../errors.ts';
import { cleanLine } from '../foreignText.ts';
import type { Doing } from './awsErrors.ts';

export interface Fault {
  readonly code: ErrorCode;
  /** Without the full stop. */
  readonly what: string;
  readonly next: string;
}

interface Failure {
  readonly name: string;
  /** The error code of Node (ENOTFOUND) where the connection failed. */
  readonly nodeCode: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly doing: Doing;
  readonly login: string;
}

interface Row {
  fits(failure: Failure): boolean;
  fault(failure: Failure): Fault;
}

const named = (...names: string[]) => {
  const set = new Set(names);
  return ({ name, nodeCode }: Failure) => set.has(name) || set.has(nodeCode);
};
const says = (pattern: RegExp) => (failure: Failure) => pattern.test(failure.message);

const again = 'Wait a minute and call the same tool again; what was finished is not repeated.';
const login = ({ login }: Failure) => `Type \`${login}\` in a terminal, then call the same tool again.`;

const rows: readonly Row[] = [
  {
    fits: (f) =>
      named('ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired')(f) ||
      (named('CredentialsProviderError', 'TokenProviderError')(f) && /expired|refresh/i.test(f.message)),
    fault: (f) => ({ code: 'DENIED', what: 'The AWS log-in has expired', next: login(f) }),
  },
  {
    fits: (f) =>
      named('CredentialsProviderError')(f) && /profile/i.test(f.message) && /not.*found/i.test(f.message),
    fault: (f) => ({
      code: 'CONFIG',
      what: `The AWS profile cannot be used: ${cleanLine(f.message, 160)}`,
      next: `Set AWS_PROFILE in .env to a profile of ~/.aws/config, or type \`${f.login}\`; then call the tool again.`,
    }),
  },
  {
    fits: named(
      'CredentialsProviderError',
      'TokenProviderError',
      'MissingAuthenticationToken',
      'MissingAuthenticationTokenException',
    ),
    fault: (f) => ({
      code: 'DENIED',
      what: 'No AWS credentials were found',
      next: `Type \`${f.login}\` in a terminal, or set AWS_PROFILE in .env to a profile that exists; then call the same tool again.`,
    }),
  },
  {
    fits: says(/region is missing/i),
    fault: () => ({
      code: 'CONFIG',
      what: 'No AWS region is set',
      next: 'Set AWS_REGION in .env (or `region` in ~/.aws/config for AWS_PROFILE), then call the same tool again.',
    }),
  },
  {
    fits: named(
      'InvalidAccessKeyId',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'InvalidToken',
      'InvalidSecurity',
    ),
    fault: (f) => ({
      code: 'DENIED',
      what: 'AWS does not know the credentials that were used',
      next: login(f),
    }),
  },
  {
    fits: (f) =>
      named('RequestTimeTooSkewed', 'RequestInTheFuture')(f) ||
      says(/signature (?:expired|not yet current)/i)(f),
    fault: () => ({
      code: 'DENIED',
      what: "AWS refused the request because this machine's clock is too far from its own",
      next: 'Set the clock of this machine (automatic time), then call the same tool again.',
    }),
  },
  {
    fits: named('SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'),
    fault: (f) => ({
      code: 'DENIED',
      what: 'AWS did not accept the signature: the secret key does not belong to the key id, or a proxy changed the request',
      next: login(f),
    }),
  },
  {
    fits: named('NoSuchBucket'),
    fault: (f) => ({
      code: 'CONFIG',
      what: `There is no bucket ${f.doing.bucket ?? 'of that name'}`,
      next: 'Correct S3_BUCKET (or PROD_HOURLY_CHECKS) in .env, then run checkSetup.',
    }),
  },
  {
    fits: (f) =>
      named('PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException')(f) ||
      f.status === 301,
    fault: (f) => ({
      code: 'CONFIG',
      what: `The bucket ${f.doing.bucket ?? ''} is in another region than the one that is set`.replace(
        '  ',
        ' ',
      ),
      next: 'Set AWS_REGION in .env to the region of the bucket, then call the same tool again.',
    }),
  },
  {
    fits: says(/cluster id '?[^']*'? is not valid/i),
    fault: (f) => ({
      code: 'NOT_FOUND',
      what: `EMR knows no cluster ${f.doing.clusterId ?? 'of that id'} in this account and region`,
      next: 'Check the id in the EMR console, and AWS_PROFILE and AWS_REGION in .env; or leave clusterId out to have it found.',
    }),
  },
  {
    fits: named(
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'TooManyRequestsException',
      'SlowDown',
      'RequestLimitExceeded',
    ),
    fault: () => ({
      code: 'UPSTREAM',
      what: 'AWS limits the rate of requests, and went on doing so after several tries',
      next: again,
    }),
  },
  {
    fits: (f) =>
      named('AccessDenied', 'AccessDeniedException', 'AllAccessDisabled', 'Forbidden')(f) || f.status === 403,
    fault: (f) => ({
      code: 'DENIED',
      what: `AWS denies ${deniedAction(f)}`,
      next: `Type \`${f.login}\` to log in with a role that may do this, or ask for the permission; checkSetup shows who you are.`,
    }),
  },
  {
    fits: named('PreconditionFailed', 'ConditionalRequestConflict', 'OperationAborted'),
    fault: () => ({
      code: 'CONFLICT',
      what: 'The object was changed by somebody else at the same moment',
      next: 'Call the same tool again: it looks anew and does only what is still to do.',
    }),
  },
  {
    fits: (f) =>
      named('BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch')(f) ||
      says(/checksum mismatch/i)(f),
    fault: () => ({
      code: 'UPSTREAM',
      what: 'The bytes that arrived were not the bytes that were sent, and were refused',
      next: 'Call the same tool again; when it repeats, something on the network changes requests.',
    }),
  },
  {
    fits: named('NoSuchKey', 'NotFound'),
    fault: () => ({
      code: 'NOT_FOUND',
      what: 'The object is not there (any more)',
      next: 'Call the same tool again.',
    }),
  },
  {
    fits: named('ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'),
    fault: () => ({
      code: 'UPSTREAM',
      what: 'AWS cannot be reached from this machine',
      next: 'Check the network, the VPN, AWS_REGION and AWS_ENDPOINT_URL, then call the same tool again.',
    }),
  },
  {
    fits: named(
      'TimeoutError',
      'RequestTimeout',
      'ECONNRESET',
      'EPIPE',
      'ETIMEDOUT',
      'ERR_STREAM_PREMATURE_CLOSE',
    ),
    fault: () => ({
      code: 'UPSTREAM',
      what: 'The connection to AWS broke or took too long, also after several tries',
      next: again,
    }),
  },
  {
    fits: (f) =>
      (f.status ?? 0) >= 500 || named('InternalError', 'InternalServerException', 'ServiceUnavailable')(f),
    fault: (f) => ({
      code: 'UPSTREAM',
      what: `AWS failed (${f.status === undefined ? cleanLine(f.name, 60) : `HTTP ${f.status}`}), also after several tries`,
      next: again,
    }),
  },
];

/** The row that fits, or the error in AWS's own words as an upstream failure. */
export function faultOf(error: unknown, doing: Doing, loginCommand: string): Fault {
  const failure = failureOf(error, doing, loginCommand);
  const row = rows.find((candidate) => candidate.fits(failure));
  if (row !== undefined) return row.fault(failure);
  return {
    code: 'UPSTREAM',
    what: `AWS answered with ${cleanLine(failure.name, 60)}: ${cleanLine(failure.message, 240)}`,
    next: 'Run checkSetup; when all is well there, call the same tool again.',
  };
}

function failureOf(error: unknown, doing: Doing, login: string): Failure {
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
    doing,
    login,
  };
}

/** The action and resource as AWS names them, else the action that we know the call needs. */
function deniedAction({ message, doing }: Failure): string {
  const told = /to perform:? ([a-z][\w-]*:\w+)(?: on resource:? "?(\S+?)"?(?:\s|$))?/.exec(message);
  const action = told?.[1] ?? doing.action ?? 'the request';
  const resource = told?.[2];
  return cleanLine(resource === undefined ? action : `${action} on ${resource}`, 240);
}
