/** EMR's errors, with its own messages. */
import { WireError, type WireResponse } from '../../service.ts';

/** The kind that has an error code of its own beside the message. */
export class InvalidRequest extends WireError {
  readonly errorCode: string;
  constructor(message: string, errorCode = 'ValidationError') {
    super(400, 'InvalidRequestException', message);
    this.errorCode = errorCode;
  }
}

export function validation(message: string): WireError {
  return new WireError(400, 'ValidationException', message);
}

/** The error for a member that violates the API model. */
export function brokenConstraint(member: string, value: unknown, constraint: string): WireError {
  const shown = value === undefined ? 'null' : `'${String(value)}'`;
  return validation(
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export function noSuchCluster(id: string): WireError {
  return new InvalidRequest(`Cluster id '${id}' is not valid.`, 'NoSuchCluster');
}

/** The older operations, which call a cluster a job flow, have a message of their own. */
export function noSuchJobFlow(): WireError {
  return validation('Specified job flow ID not valid.');
}

/** awsJson1.1: the type in `__type`; modelled exceptions spell `Message`, the others `message`. */
export function serialise(error: WireError, requestId: string): WireResponse {
  const body =
    error instanceof InvalidRequest
      ? { __type: error.code, ErrorCode: error.errorCode, Message: error.message }
      : { __type: error.code, message: error.message };
  return {
    status: error.status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body: JSON.stringify(body),
  };
}
