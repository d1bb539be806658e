/** As much of an MCP client as a measurement needs: requests as lines of JSON to a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RawClient {
  /** @throws Error with the server's own words, or when it goes before it answered */
  request(method: string, params?: unknown): Promise<Record<string, unknown>>;
  /** Sends a message and waits for nothing. */
  send(message: object): void;
  readonly child: ChildProcess;
  close(): Promise<void>;
}

export async function startClient(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<RawClient> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<number, (message: { result?: Record<string, unknown>; error?: unknown }) => void>();
  let lastId = 0;
  createInterface(child.stdout).on('line', (line) => {
    const message = JSON.parse(line);
    // The server's own pings have ids of their own count.
    if (message.method !== undefined) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  child.stdin.on('error', () => undefined);
  const send = (message: object) =>
    void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

  const client: RawClient = {
    send,
    child,
    async request(method, params = {}) {
      lastId += 1;
      const id = lastId;
      const answered = new Promise<{ result?: Record<string, unknown>; error?: unknown }>((resolve) =>
        waiting.set(id, resolve),
      );
      send({ id, method, params });
      const answer = await Promise.race([answered, gone]);
      if (answer?.result === undefined)
        throw new Error(`${command} ${method}: ${JSON.stringify(answer?.error ?? 'it went away')}`);
      return answer.result;
    },
    async close() {
      child.stdin.end();
      setTimeout(() => child.kill(), 2000).unref();
      await gone;
    },
  };
  await client.request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'tokens', version: '1' },
  });
  send({ method: 'notifications/initialized' });
  return client;
}
