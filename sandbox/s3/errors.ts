/** S3's errors with their status and message. Source: "Error responses" in the S3 API reference. */
import { type ErrorExtras, WireError, type WireResponse } from '../service.ts';
import { leaf, xmlDocument } from '../wire/xml.ts';

const errors = {
  AccessDenied: [403, 'Access Denied'],
  BadDigest: [400, 'The Content-MD5 you specified did not match what we received.'],
  EntityTooSmall: [400, 'Your proposed upload is smaller than the minimum allowed size'],
  IncompleteBody: [400, 'The request body terminated unexpectedly'],
  InvalidArgument: [400, 'Invalid Argument'],
  InvalidDigest: [400, 'The Content-MD5 you specified was invalid.'],
  InvalidPart: [
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  ],
  InvalidPartOrder: [
    400,
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
  ],
  InvalidRange: [416, 'The requested range is not satisfiable'],
  InvalidRequest: [400, 'Invalid Request'],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  KeyTooLongError: [400, 'Your key is too long'],
  MalformedXML: [
    400,
    'The XML you provided was not well-formed or did not validate against our published schema',
  ],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  NoSuchUpload: [
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  ],
  NotImplemented: [501, 'A header you provided implies functionality that is not implemented'],
  PermanentRedirect: [
    301,
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
  ],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
  XAmzContentSHA256Mismatch: [
    400,
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ],
} as const satisfies Record<string, readonly [number, string]>;

/** @param message where it differs from the usual one @param extras the elements and headers that S3 adds to some errors */
export function s3Error(code: keyof typeof errors, message?: string, extras?: ErrorExtras): WireError {
  const [status, usual] = errors[code];
  return new WireError(status, code, message ?? usual, extras);
}

export function s3Failure(error: WireError, requestId: string): WireResponse {
  const fields = Object.entries(error.extras.fields ?? {}).map(([name, value]) => leaf(name, value));
  const words = [leaf('Code', error.code), leaf('Message', error.message), ...fields];
  const ids = [leaf('RequestId', requestId), leaf('HostId', `${requestId}/sandbox`)];
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml', ...error.extras.headers },
    body: xmlDocument('Error', undefined, ...words, ...ids),
  };
}
