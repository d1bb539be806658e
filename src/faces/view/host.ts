/**
 * The way to the host that shows the page: JSON-RPC over postMessage, as MCP Apps 2026-01-26 has it. Written by hand,
 * because the whole of what is needed is smaller than the SDK's bridge, and travels with every page.
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
  /** Hears the host again: opening the document anew takes all listeners away. */
  listen(): void;
  /** @throws Error with the host's words */
  request(method: string, params: Params): Promise<Params>;
  notify(method: string, params: Params): void;
}

export function createHost(onNotification: (method: string, params: Params) => void): Host {
  const waiting = new Map<number | string, { resolve(result: Params): void; reject(error: Error): void }>();
  let lastId = 0;

  // The frame has no origin that the page could know; only its parent is listened to.
  const send = (message: Params) => window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');

  function hear({ source, data }: MessageEvent<Message | null>): void {
    if (source !== window.parent || data?.jsonrpc !== '2.0') return;
    const { id, method, params, result, error } = data;
    if (method === undefined) {
      const asked = id === undefined ? undefined : waiting.get(id);
      if (id !== undefined) waiting.delete(id);
      if (error === undefined) asked?.resolve(result ?? {});
      else asked?.reject(new Error(error.message ?? 'the host refused'));
    } else if (id === undefined) onNotification(method, params ?? {});
    // A teardown may come at any time, and the page has nothing to save.
    else if (method === 'ui/resource-teardown' || method === 'ping') send({ id, result: {} });
    else send({ id, error: { code: -32601, message: `no ${method} here` } });
  }

  return {
    listen: () => window.addEventListener('message', hear),
    request(method, params) {
      lastId += 1;
      const id = lastId;
      send({ id, method, params });
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    notify: (method, params) => send({ method, params }),
  };
}
