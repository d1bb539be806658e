/**
 * The connection to the host that shows the page: JSON-RPC over postMessage, as specified by MCP Apps 2026-01-26. Written
 * by hand, because it is part of every page and much smaller than the SDK's bridge.
 */
export type Params = Readonly<Record<string, unknown>>;

interface Message {
  readonly jsonrpc?: unknown;
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message?: string };
}

export interface Host {
  /** Call it again after document.open(), which removes all listeners. */
  listen(): void;
  /** @throws Error with the host's message */
  request(method: string, params: Params): Promise<Params>;
  notify(method: string, params: Params): void;
}

export function createHost(onNotification: (method: string, params: Params) => void): Host {
  const waiting = new Map<number | string, { resolve(result: Params): void; reject(error: Error): void }>();
  let lastId = 0;

  // The page cannot know the host's origin, so it checks that messages come from its parent.
  const send = (message: Params) => window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');

  function receive({ source, data }: MessageEvent<Message | null>): void {
    if (source !== window.parent || data?.jsonrpc !== '2.0') return;
    const { id, method, params, result, error } = data;
    if (method === undefined) {
      const asked = id === undefined ? undefined : waiting.get(id);
      if (id !== undefined) waiting.delete(id);
      if (error === undefined) asked?.resolve(result ?? {});
      else asked?.reject(new Error(error.message ?? 'the host refused'));
    } else if (id === undefined) onNotification(method, params ?? {});
    // The page has nothing to save before a teardown.
    else if (method === 'ui/resource-teardown' || method === 'ping') send({ id, result: {} });
    else send({ id, error: { code: -32601, message: `method not found: ${method}` } });
  }

  return {
    listen: () => window.addEventListener('message', receive),
    request(method, params) {
      lastId += 1;
      const id = lastId;
      send({ id, method, params });
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    notify: (method, params) => send({ method, params }),
  };
}
