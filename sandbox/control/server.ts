import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlRoutes, controlAnswer, controlPrefix, standardRoutes } from './routes.ts';
import { type Exchange, exchange } from './exchange.ts';
import { type Fault, type Faults, faultList } from './faults.ts';
import { readRequest, resetConnection, sendResponse } from '../wire/http.ts';
import { type LoggedRequest, requestLog } from './requestLog.ts';
import { type SandboxClock, type Service, type ServiceName, WireError, type WireRequest } from '../service.ts';
import { serviceNameOf } from '../wire/signature.ts';

export interface FrontOptions {
  readonly services: readonly Service[];
  readonly clock: SandboxClock;
  /** Control paths besides faults and requests. */
  readonly control?: ControlRoutes;
  /** Left out: any free one. */
  readonly port?: number;
  /** Access key ids that AWS would not accept, with the error word that they meet (`ExpiredToken`). */
  readonly refusedKeys?: Readonly<Record<string, string>>;
}

export interface AwsFront {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly endpoint: string;
  readonly faults: Faults;
  requests(): LoggedRequest[];
  clearRequests(): void;
  /** Breaks what is under way and frees the port. */
  close(): Promise<void>;
}

/**
 * One HTTP server on 127.0.0.1 in front of every AWS service of the sandbox. A request goes to the service that it
 * is signed for. Dates on answers are sandbox time; a request's own date is not compared with it, because a clock
 * that runs fast would refuse every client after fifteen of its minutes (the fault RequestTimeTooSkewed does that).
 */
export async function startAwsFront(options: FrontOptions): Promise<AwsFront> {
  const { services, clock } = options;
  const log = requestLog(clock);
  const faults = faultList(services);
  const routes = { ...standardRoutes(faults, log), ...options.control };
  const closing = new AbortController();
  const { signal } = closing;
  // Every request that a fault delays listens to it.
  setMaxListeners(0, signal);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request.rawPath.startsWith(controlPrefix))
      return await sendResponse(outgoing, await controlAnswer(request, routes), { signal });
    const service = find(services, serviceNameOf(request));
    if (service === undefined)
      return await sendResponse(
        outgoing,
        { status: 501, body: 'The sandbox has no such service.\n' },
        { signal },
      );

    const operation = service.operationOf(request);
    const target = service.targetOf?.(request) ?? {};
    const settle = log.open({ service: service.name, operation, ...wireFacts(request), ...target });
    const met = faults.take(service.name, operation, target.key);
    const error = met.find((fault) => fault.error !== undefined)?.error;
    const waitMs = delayOf(met);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    if (error === 'resetConnection') {
      settle({ status: 0, fault: error });
      return resetConnection(outgoing);
    }
    const requestId = randomUUID();
    const turn: Exchange = {
      service,
      operation,
      request,
      requestId,
      error,
      refusedKeys: options.refusedKeys ?? {},
    };
    const response = await exchange(turn);
    const broken = error === 'responseLost';
    settle({ status: broken ? 0 : response.status, ...(error === undefined ? {} : { fault: error }) });
    const headers = { ...response.headers, ...stamps(service.name, requestId, clock) };
    const bodyMs = met.find((fault) => fault.error === 'slowBody')?.delayMs;
    await sendResponse(
      outgoing,
      { ...response, headers },
      { signal, ...accidentOf(error), ...(bodyMs ? { bodyMs } : {}) },
    );
  }

  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      // A client that went away, or the sandbox closing. A refusal to read goes back; a bug breaks the connection.
      if (error instanceof WireError && !outgoing.headersSent)
        outgoing.writeHead(error.status).end(error.message);
      else outgoing.destroy();
    });
  });
  // Longer than any client keeps an idle socket, so that none sends on one that is just being closed.
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

function find(services: readonly Service[], name: ServiceName | undefined): Service | undefined {
  return services.find((service) => service.name === name);
}

function wireFacts(request: WireRequest): { method: string; path: string; query?: string } {
  const query = request.query.toString();
  return { method: request.method, path: request.rawPath, ...(query === '' ? {} : { query }) };
}

function delayOf(met: readonly Fault[]): number {
  return met.reduce((sum, { error, delayMs }) => sum + (error === 'slowBody' ? 0 : (delayMs ?? 0)), 0);
}

function accidentOf(error: string | undefined) {
  switch (error) {
    case 'cutBody':
    case 'slowBody':
    case 'corruptBody':
    case 'responseLost':
      return { accident: error } as const;
    default:
      return {};
  }
}

/** S3 names its request ids otherwise than the rest of AWS. `Date` is in whole seconds, as in HTTP always. */
function stamps(service: ServiceName, requestId: string, clock: SandboxClock): Record<string, string> {
  const date = new Date(clock.nowMs()).toUTCString();
  if (service !== 's3') return { date, 'x-amzn-requestid': requestId };
  return { date, server: 'AmazonS3', 'x-amz-request-id': requestId, 'x-amz-id-2': `${requestId}/sandbox` };
}
