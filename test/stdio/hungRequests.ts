/** Requests that the sandbox in this process has not answered, and when their clients give them up. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface HungRequests {
  /** How many came so far. */
  count(): number;
  /** Resolves when the client has broken the connection of each of them: the sandbox itself answers none. */
  givenUp(): Promise<void>;
  stop(): void;
}

/** Watches every PUT from now on; while it watches, a fault lets them hang for longer than anybody waits. */
export function watchHungPuts(): HungRequests {
  const gone: Promise<void>[] = [];
  const onRequest = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.method === 'PUT')
      gone.push(new Promise<void>((resolve) => void response.once('close', resolve)));
  };
  subscribe('http.server.request.start', onRequest);
  return {
    count: () => gone.length,
    givenUp: async () => void (await Promise.all(gone)),
    stop: () => void unsubscribe('http.server.request.start', onRequest),
  };
}
