import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type SandboxClock,
  type Service,
  type ServiceName,
  WireError,
  type WireRequest,
  type WireResponse,
} from '../service.ts';
import { type Accident, accidents, readRequest, resetConnection, sendResponse } from '../wire/http.ts';
import { credentialOf, serviceNameOf } from '../wire/signature.ts';
import { exampleKey, type Secrets, signatureError } from '../wire/verify.ts';
import { errorFor, type InjectedFault, type InjectedFaults, injectedFaults } from './faults.ts';
import { type LoggedRequest, requestLog } from './requestLog.ts';
import { type ControlRoutes, controlAnswer, controlPrefix, standardRoutes } from './routes.ts';

export interface FrontOptions {
  readonly services: readonly Service[];
  readonly clock: SandboxClock;
  /** Control paths beside those for faults and requests. */
  readonly control?: ControlRoutes;
  /** Default: any free port. */
  readonly port?: number;
  /** The access keys that exist. Default: `exampleKey`. */
  readonly secrets?: Secrets;
  /** Access key ids that are refused, with the name of the error (`ExpiredToken`). */
  readonly refusedKeys?: Readonly<Record<string, string>>;
}

export interface AwsFront {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly endpoint: string;
  readonly faults: InjectedFaults;
  requests(): LoggedRequest[];
  clearRequests(): void;
  /** Breaks open connections and frees the port. */
  close(): Promise<void>;
}

/**
 * One HTTP server on 127.0.0.1 in front of every AWS service of the sandbox. A request goes to the service that it is
 * signed for. Dates in answers are sandbox time. A request's own date may follow that, this machine's clock, or anything between: some
 * clients learn the time from answers.
 */
export async function startAwsFront(options: FrontOptions): Promise<AwsFront> {
  const { services, clock } = options;
  const refusedKeys = new Map(Object.entries(options.refusedKeys ?? {}));
  const { accessKeyId, secretAccessKey } = exampleKey;
  const secrets = options.secrets ?? { [accessKeyId]: { secretAccessKey } };
  const refusalOf = (request: WireRequest): string | undefined =>
    refusedKeys.get(credentialOf(request)?.accessKeyId ?? '') ??
    signatureError(request, secrets, [clock.nowMs(), Date.now()]);
  const log = requestLog(clock);
  const faults = injectedFaults(services);
  const routes = { ...standardRoutes(faults, log), ...options.control };
  const closing = new AbortController();
  const { signal } = closing;
  // Every request that a fault delays listens to it.
  setMaxListeners(0, signal);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request.rawPath.startsWith(controlPrefix))
      return await sendResponse(outgoing, await controlAnswer(request, routes), { signal });
    const name = serviceNameOf(request);
    const service = services.find((candidate) => candidate.name === name);
    if (service === undefined) {
      const refusal = { status: 501, body: 'The sandbox has no such service.\n' };
      return await sendResponse(outgoing, refusal, { signal });
    }
    const operation = service.operationOf(request);
    const target = service.targetOf?.(request) ?? {};
    const settle = log.open({ service: service.name, operation, ...wireFacts(request), ...target });
    const met = faults.take(service.name, operation, target.key);
    const fault = met.find(({ error }) => error !== undefined);
    const waitMs = delayOf(met);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    const requestId = randomUUID();
    const response =
      fault?.error === 'resetConnection'
        ? undefined
        : await responseTo(request, { service, operation, requestId, error: fault?.error, refusalOf });
    const isAnswered = response !== undefined && fault?.error !== 'responseLost';
    settle({ status: isAnswered ? response.status : 0, ...(fault?.error ? { fault: fault.error } : {}) });
    if (response === undefined) return resetConnection(outgoing);
    const headers = { ...response.headers, ...standardHeaders(service.name, requestId, clock) };
    await sendResponse(outgoing, { ...response, headers }, { signal, ...accidentOf(fault) });
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      // A client that went away, or the sandbox is closing. A WireError is sent; a bug breaks the connection.
      if (error instanceof WireError && !outgoing.headersSent)
        outgoing.writeHead(error.status).end(error.message);
      else outgoing.destroy();
    });
  });
  // Longer than clients keep an idle socket, so that none sends on a socket that is being closed.
  server.keepAliveTimeout = 120_000;
  server.headersTimeout = 125_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    faults,
    requests: () => log.entries(),
    clearRequests: () => log.clear(),
    async close() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Exchange {
  readonly service: Service;
  readonly operation: string;
  readonly requestId: string;
  /** The name of the injected error. */
  readonly error: string | undefined;
  /** The name of the error, for a request that its signature does not admit. */
  refusalOf(request: WireRequest): string | undefined;
}

/** What the service answers: an injected error first, then what the signature allows, then its own answer. */
async function responseTo(request: WireRequest, exchange: Exchange): Promise<WireResponse> {
  const { service, operation, requestId, error: injected, refusalOf } = exchange;
  const failure = (error: WireError): WireResponse => service.failure(error, requestId);
  try {
    // A copy can fail after S3 has sent 200: then the error is all that is in the body.
    if (injected === '200WithError')
      return {
        ...failure(internalError('We encountered an internal error. Please try again.')),
        status: 200,
      };
    refuse(service, injected);
    refuse(service, refusalOf(request));
    return await service.handle(request, operation);
  } catch (error) {
    if (error instanceof WireError) return failure(error);
    // A bug of the sandbox must not look like a failure of AWS.
    return failure(internalError(`The sandbox failed: ${String(error)}`));
  }
}

function refuse(service: Service, name: string | undefined): void {
  const error = name === undefined ? undefined : errorFor(service.name, name);
  if (error !== undefined) throw error;
}

function internalError(message: string): WireError {
  return new WireError(500, 'InternalError', message);
}

function wireFacts(request: WireRequest): { method: string; path: string; query?: string } {
  const query = request.query.toString();
  return { method: request.method, path: request.rawPath, ...(query === '' ? {} : { query }) };
}

function delayOf(met: readonly InjectedFault[]): number {
  return met.reduce((sum, { error, delayMs }) => sum + (error === 'slowBody' ? 0 : (delayMs ?? 0)), 0);
}

function accidentOf(fault: InjectedFault | undefined): { accident?: Accident; bodyMs?: number } {
  const accident = accidents.find((candidate) => candidate === fault?.error);
  if (accident === undefined) return {};
  return { accident, ...(fault?.delayMs ? { bodyMs: fault.delayMs } : {}) };
}

/** S3 uses other names for its request ids than the rest of AWS. `date` is in whole seconds, as always in HTTP. */
function standardHeaders(
  service: ServiceName,
  requestId: string,
  clock: SandboxClock,
): Record<string, string> {
  const date = new Date(clock.nowMs()).toUTCString();
  if (service !== 's3') return { date, 'x-amzn-requestid': requestId };
  return { date, server: 'AmazonS3', 'x-amz-request-id': requestId, 'x-amz-id-2': `${requestId}/sandbox` };
}
