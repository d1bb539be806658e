import { type ErrorExtras, isRecord, type Service, type ServiceName, WireError } from '../service.ts';
import { accidents } from '../wire/http.ts';

/** A fault to inject. At least one of `error` and `delayMs` is given. */
export interface InjectedFault {
  readonly service: ServiceName;
  /** Default: every operation of the service. */
  readonly operation?: string;
  /** Only requests whose key begins with this. */
  readonly keyPrefix?: string;
  readonly error?: string;
  /** How many requests it applies to; default: all, until the faults are cleared. */
  readonly times?: number;
  /** Real milliseconds that the request waits first; for `slowBody`, the time that sending the body takes. */
  readonly delayMs?: number;
}

export interface InjectedFaults {
  /** @throws WireError 400 that names what is wrong; then none of the faults is added */
  add(faults: unknown): void;
  clear(): void;
  /** The active faults, with the `times` that are left. */
  list(): InjectedFault[];
  /** The faults that apply to this request: the first with an error, and every plain delay. Each counts once. */
  take(service: ServiceName, operation: string, key: string | undefined): InjectedFault[];
}

export function injectedFaults(services: readonly Service[]): InjectedFaults {
  let active: { fault: InjectedFault; left: number }[] = [];
  return {
    add(faults) {
      const checked = (Array.isArray(faults) ? faults : [faults]).map((fault) => parseFault(fault, services));
      active.push(...checked.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })));
    },
    clear() {
      active = [];
    },
    list: () =>
      active.map(({ fault, left }) => (fault.times === undefined ? fault : { ...fault, times: left })),
    take(service, operation, key) {
      const met: InjectedFault[] = [];
      for (const entry of active) {
        if (!applies(entry.fault, service, operation, key)) continue;
        if (entry.fault.error !== undefined && met.some((fault) => fault.error !== undefined)) continue;
        entry.left -= 1;
        met.push(entry.fault);
      }
      active = active.filter(({ left }) => left > 0);
      return met;
    },
  };
}

function applies(
  fault: InjectedFault,
  service: ServiceName,
  operation: string,
  key: string | undefined,
): boolean {
  return (
    fault.service === service &&
    (fault.operation === undefined || fault.operation === operation) &&
    (fault.keyPrefix === undefined || (key?.startsWith(fault.keyPrefix) ?? false))
  );
}

const fields = ['service', 'operation', 'keyPrefix', 'error', 'times', 'delayMs'];

function parseFault(fault: unknown, services: readonly Service[]): InjectedFault {
  if (!isRecord(fault)) throw refusal('a fault is an object');
  const unknown = Object.keys(fault).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw refusal(`unknown field ${unknown}; a fault has ${fields.join(', ')}`);
  const { service: name, operation, error, times, delayMs } = fault;
  const service = services.find((candidate) => candidate.name === name);
  if (service === undefined)
    throw refusal(
      `unknown service ${JSON.stringify(name)}; one of ${services.map((s) => s.name).join(', ')}`,
    );
  if (operation !== undefined && !service.operations.includes(operation as string))
    throw refusal(
      `${service.name} has no operation ${JSON.stringify(operation)}; one of ${service.operations.join(', ')}`,
    );
  if (error === undefined && delayMs === undefined) throw refusal('a fault needs an error or delayMs');
  const errors = errorNames(service.name);
  if (error !== undefined && !errors.includes(error as string))
    throw refusal(`${service.name} has no error ${JSON.stringify(error)}; one of ${errors.join(', ')}`);
  if (times !== undefined && !(Number.isInteger(times) && (times as number) >= 1))
    throw refusal('times is a whole number from 1');
  if (delayMs !== undefined && !(typeof delayMs === 'number' && delayMs >= 0))
    throw refusal('delayMs is a number of milliseconds');
  return fault as unknown as InjectedFault;
}

function refusal(message: string): WireError {
  return new WireError(400, 'BadFault', message);
}

/**
 * What the name of an injected error means on the wire of each service. One name covers the same failure in all of
 * them; a service that cannot have it has no row, and the fault is refused.
 * Sources: the error tables of the S3 API reference, "Common errors" of the EMR and STS references, and observed
 * answers (STS says `ExpiredToken` where EMR says `ExpiredTokenException`).
 *
 * names (the first and its aliases), service, status, code, message
 */
const rows = `
SlowDown ThrottlingException 503 | s3  | 503 | SlowDown                       | Please reduce your request rate.
SlowDown ThrottlingException 503 | emr | 400 | ThrottlingException            | Rate exceeded
SlowDown ThrottlingException 503 | sts | 400 | Throttling                     | Rate exceeded
ServiceUnavailable               | s3  | 503 | ServiceUnavailable             | Please reduce your request rate.
ServiceUnavailable               | emr | 503 | ServiceUnavailable             | The request has failed due to a temporary failure of the server.
ServiceUnavailable               | sts | 503 | ServiceUnavailable             | The request has failed due to a temporary failure of the server.
InternalError 500                | s3  | 500 | InternalError                  | We encountered an internal error. Please try again.
InternalError 500                | emr | 500 | InternalServerException        | An internal error occurred. Try again later.
InternalError 500                | sts | 500 | InternalFailure                | An internal error occurred. Try again later.
AccessDenied denied              | s3  | 403 | AccessDenied                   | Access Denied
AccessDenied denied              | emr | 400 | AccessDeniedException          | User is not authorized to perform this action
AccessDenied denied              | sts | 403 | AccessDenied                   | User is not authorized to perform this action
ExpiredToken                     | s3  | 400 | ExpiredToken                   | The provided token has expired.
ExpiredToken                     | emr | 400 | ExpiredTokenException          | The security token included in the request is expired
ExpiredToken                     | sts | 403 | ExpiredToken                   | The security token included in the request is expired
InvalidAccessKeyId               | s3  | 403 | InvalidAccessKeyId             | The AWS Access Key Id you provided does not exist in our records.
InvalidAccessKeyId               | emr | 400 | UnrecognizedClientException    | The security token included in the request is invalid.
InvalidAccessKeyId               | sts | 403 | InvalidClientTokenId           | The security token included in the request is invalid.
SignatureDoesNotMatch            | s3  | 403 | SignatureDoesNotMatch          | The request signature we calculated does not match the signature you provided. Check your key and signing method.
SignatureDoesNotMatch            | emr | 400 | InvalidSignatureException      | The request signature we calculated does not match the signature you provided.
SignatureDoesNotMatch            | sts | 403 | SignatureDoesNotMatch          | The request signature we calculated does not match the signature you provided.
MissingCredentials               | s3  | 403 | AccessDenied                   | Access Denied
MissingCredentials               | emr | 400 | MissingAuthenticationTokenException | Missing Authentication Token
MissingCredentials               | sts | 403 | MissingAuthenticationToken     | Request is missing Authentication Token
InvalidToken                     | s3  | 400 | InvalidToken                   | The provided token is malformed or otherwise invalid.
InvalidToken                     | emr | 400 | UnrecognizedClientException    | The security token included in the request is invalid.
InvalidToken                     | sts | 403 | InvalidClientTokenId           | The security token included in the request is invalid.
HeadersNotSigned                 | s3  | 403 | AccessDenied                   | There were headers present in the request which were not signed
HeadersNotSigned                 | emr | 400 | InvalidSignatureException      | A required header is not a 'SignedHeader' in the AWS Authorization header.
HeadersNotSigned                 | sts | 403 | SignatureDoesNotMatch          | A required header is not a 'SignedHeader' in the AWS Authorization header.
MissingContentHash               | s3  | 400 | InvalidRequest                 | Missing required header for this request: x-amz-content-sha256
RequestTimeTooSkewed             | s3  | 403 | RequestTimeTooSkewed           | The difference between the request time and the current time is too large.
RequestTimeTooSkewed             | emr | 400 | InvalidSignatureException      | Signature expired: it is now earlier than the present time less 5 min.
RequestTimeTooSkewed             | sts | 403 | SignatureDoesNotMatch          | Signature expired: it is now earlier than the present time less 15 min.
NoSuchBucket                     | s3  | 404 | NoSuchBucket                   | The specified bucket does not exist
NoSuchKey                        | s3  | 404 | NoSuchKey                      | The specified key does not exist.
PermanentRedirect                | s3  | 301 | PermanentRedirect              | The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.
AuthorizationHeaderMalformed     | s3  | 400 | AuthorizationHeaderMalformed   | The authorization header is malformed; the region is wrong; expecting 'eu-west-1'
PreconditionFailed               | s3  | 412 | PreconditionFailed             | At least one of the pre-conditions you specified did not hold
ConditionalRequestConflict       | s3  | 409 | ConditionalRequestConflict     | The conditional request cannot succeed due to a conflicting operation against this resource.
BadDigest                        | s3  | 400 | BadDigest                      | The CRC32 you specified did not match the calculated checksum.
RequestTimeout                   | s3  | 400 | RequestTimeout                 | Your socket connection to the server was not read from or written to within the timeout period.
InvalidRequestException          | emr | 400 | InvalidRequestException        | Cluster id 'j-INJECTED' is not valid.
`;

/** What some errors have beside code and message. */
const extras: Readonly<Record<string, ErrorExtras>> = {
  RequestTimeTooSkewed: { fields: { MaxAllowedSkewMilliseconds: '900000' } },
  PermanentRedirect: {
    headers: { 'x-amz-bucket-region': 'eu-west-1' },
    fields: { Endpoint: 's3.eu-west-1.amazonaws.com' },
  },
  AuthorizationHeaderMalformed: {
    headers: { 'x-amz-bucket-region': 'eu-west-1' },
    fields: { Region: 'eu-west-1' },
  },
};

const errors = rows
  .trim()
  .split('\n')
  .map((row) => {
    const [names = '', service, status, code = '', message = ''] = row.split('|').map((cell) => cell.trim());
    return { names: names.split(' '), service, status: Number(status), code, message };
  });

/** The names of all errors that can be injected into a service. */
function errorNames(service: ServiceName): string[] {
  const names = errors.filter((error) => error.service === service).flatMap((error) => error.names);
  // Only S3 begins an answer before it knows how the operation ends.
  return [...names, 'resetConnection', ...accidents, ...(service === 's3' ? ['200WithError'] : [])];
}

/** The error of this name in a service; undefined for a name that stands for an accident on the wire. */
export function errorFor(service: ServiceName, name: string): WireError | undefined {
  const found = errors.find((error) => error.service === service && error.names.includes(name));
  return found && new WireError(found.status, found.code, found.message, extras[found.code]);
}
