/** The control paths under `/_sandbox/`: JSON in, JSON out, no signature, not in the request log. */
import { WireError, type WireRequest, type WireResponse } from '../service.ts';
import type { InjectedFaults } from './faults.ts';
import type { RequestLog } from './requestLog.ts';

/**
 * @param body the parsed body, if any
 * @param id what the path has in place of `{id}`
 * @returns what is sent as JSON
 * @throws WireError, whose status, code and message are sent
 */
type ControlRoute = (body: unknown, id: string) => unknown;

/** By `METHOD path`, for example `POST /_sandbox/dagRuns` or `POST /_sandbox/clusters/{id}/fail`. */
export type ControlRoutes = Readonly<Record<string, ControlRoute>>;

export const controlPrefix = '/_sandbox/';

export function standardRoutes(faults: InjectedFaults, log: RequestLog): ControlRoutes {
  return {
    'POST /_sandbox/faults': (body) => {
      faults.add(body);
      return { faults: faults.list() };
    },
    'GET /_sandbox/faults': () => ({ faults: faults.list() }),
    'DELETE /_sandbox/faults': () => {
      faults.clear();
      return { faults: [] };
    },
    'GET /_sandbox/requests': () => log.entries(),
    'DELETE /_sandbox/requests': () => {
      log.clear();
      return [];
    },
  };
}

export async function controlAnswer(request: WireRequest, routes: ControlRoutes): Promise<WireResponse> {
  const name = `${request.method} ${request.rawPath}`;
  const found = routeOf(name, routes);
  try {
    if (found === undefined)
      throw new WireError(404, 'NoSuchRoute', `no ${name}; there are ${Object.keys(routes).join(', ')}`);
    return json(200, await found.route(parsed(request.body), found.id));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return json(error.status, { error: error.code, message: error.message });
  }
}

function routeOf(name: string, routes: ControlRoutes): { route: ControlRoute; id: string } | undefined {
  const words = name.split('/');
  for (const [pattern, route] of Object.entries(routes)) {
    const parts = pattern.split('/');
    if (parts.length === words.length && parts.every((part, at) => part === '{id}' || part === words[at]))
      return { route, id: words[parts.indexOf('{id}')] ?? '' };
  }
  return undefined;
}

function parsed(body: Buffer): unknown {
  if (body.byteLength === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new WireError(400, 'BadJson', `the body is not JSON: ${String(error)}`);
  }
}

function json(status: number, value: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}
