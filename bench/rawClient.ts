/** A minimal MCP client for measurements: sends requests as JSON lines to a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RawClient {
  /** @throws Error with the server's error, or when it exits before it answers */
  request(method: string, params?: unknown): Promise<Record<string, unknown>>;
  /** Sends a message without waiting. */
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
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<number, (message: { result?: Record<string, unknown>; error?: unknown }) => void>();
  let lastId = 0;
  createInterface(child.stdout).on('line', (line) => {
    const message = JSON.parse(line);
    // The server's pings have their own ids.
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
      const answer = await Promise.race([answered, exited]);
      if (answer?.result === undefined)
        throw new Error(`${command} ${method}: ${JSON.stringify(answer?.error ?? 'the server exited')}`);
      return answer.result;
    },
    async close() {
      child.stdin.end();
      setTimeout(() => child.kill(), 2000).unref();
      await exited;
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
