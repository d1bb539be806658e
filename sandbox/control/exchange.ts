import { errorFor } from './injectedErrors.ts';
import { type Service, WireError, type WireRequest, type WireResponse } from '../service.ts';
import { credentialOf } from '../wire/signature.ts';

export interface Exchange {
  readonly service: Service;
  readonly operation: string;
  readonly request: WireRequest;
  readonly requestId: string;
  /** The error word of the fault that met the request. */
  readonly error: string | undefined;
  readonly refusedKeys: Readonly<Record<string, string>>;
}

/** What the service answers to a request: an injected error first, then what its credentials allow, then its own. */
export async function exchange(turn: Exchange): Promise<WireResponse> {
  const { service, operation, request, requestId } = turn;
  try {
    // A copy can fail after S3 has sent its 200: the error is then all there is in the body.
    if (turn.error === '200WithError')
      return {
        ...service.failure(internalError('We encountered an internal error. Please try again.'), requestId),
        status: 200,
      };
    refuse(service, turn.error);
    const credential = credentialOf(request);
    refuse(
      service,
      credential === undefined ? 'MissingCredentials' : turn.refusedKeys[credential.accessKeyId],
    );
    return await service.handle(request, operation);
  } catch (error) {
    if (error instanceof WireError) return service.failure(error, requestId);
    // A bug of the sandbox must not look like one of AWS's own bad days.
    return service.failure(internalError(`The sandbox failed: ${String(error)}`), requestId);
  }
}

function refuse(service: Service, word: string | undefined): void {
  const error = word === undefined ? undefined : errorFor(service.name, word);
  if (error !== undefined) throw error;
}

function internalError(message: string): WireError {
  return new WireError(500, 'InternalError', message);
}
