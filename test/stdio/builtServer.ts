/** The product as it is shipped, as a process: every line that it says is kept, every message can be waited for. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// biome-ignore lint/suspicious/noExplicitAny: a test reads the fields that it names
export type Message = Record<string, any>;

let built = '';

/** Builds the product once into a directory of its own: tests do not wait for, nor disturb, anybody's dist/. */
export function builtProduct(): string {
  if (built === '') {
    const place = mkdtempSync(join(tmpdir(), 'built-'));
    execFileSync(process.execPath, ['tooling/build.mjs', join(place, 'dist')], { stdio: 'inherit' });
    built = join(place, 'dist', 'main.js');
  }
  return built;
}

export interface ServerProcess {
  readonly child: ChildProcess;
  /** Every message on stdout; a line that is not a message fails the test when it ends. */
  readonly messages: readonly Message[];
  readonly log: readonly string[];
  /** Lines of stdout that are no JSON-RPC message. */
  readonly strays: readonly string[];
  write(line: string): void;
  notify(method: string, params?: object): void;
  /** The id of the request, for the one who wants to cancel it. */
  send(method: string, params?: object): number;
  answerTo(id: number): Promise<Message>;
  request(method: string, params?: object): Promise<Message>;
  /** The structured result of a tool; its text when it failed. */
  call(name: string, given?: object): Promise<Message>;
  /** The exit code, or the signal that ended it, once everything that it said was read. */
  readonly exit: Promise<number | string>;
}

const own = { PATH: process.env.PATH ?? '', NODE_OPTIONS: '' };

/** Starts the server with these settings and nothing else of this process's environment. Detached, it leads a process group. */
export function startProcess(
  main: string,
  env: Record<string, string>,
  nodeOptions: string[] = [],
  cwd = tmpdir(),
  detached = false,
): ServerProcess {
  const child = spawn(process.execPath, [...nodeOptions, main], {
    env: { ...own, ...env },
    cwd,
    detached,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  const messages: Message[] = [];
  const strays: string[] = [];
  const log: string[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  createInterface(child.stderr).on('line', (line) => log.push(line));
  createInterface(child.stdout).on('line', (line) => {
    const message = parsed(line);
    if (message === undefined) strays.push(line);
    else messages.push(message);
    if (message?.method === undefined) waiting.get(message?.id)?.(message ?? {});
  });
  const exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);

  let lastId = 0;
  const server: ServerProcess = {
    child,
    messages,
    strays,
    log,
    exit,
    write: (line) => void child.stdin.write(`${line}\n`),
    notify: (method, params = {}) => server.write(JSON.stringify({ jsonrpc: '2.0', method, params })),
    send(method, params = {}) {
      lastId += 1;
      server.write(JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params }));
      return lastId;
    },
    async answerTo(id) {
      const here = messages.find((message) => message.id === id && message.method === undefined);
      if (here !== undefined) return here;
      const ended = exit.then((status) =>
        Promise.reject(new Error(`the server ended: ${status}\n${log.join('\n')}`)),
      );
      ended.catch(() => undefined);
      return Promise.race([new Promise<Message>((resolve) => waiting.set(id, resolve)), ended]);
    },
    request: (method, params) => server.answerTo(server.send(method, params)),
    async call(name, given = {}) {
      const { result } = await server.request('tools/call', { name, arguments: given });
      return result.isError ? { error: result.content[0].text } : result.structuredContent;
    },
  };
  return server;
}

export async function initialize(server: ServerProcess, capabilities: object = {}): Promise<Message> {
  const { result } = await server.request('initialize', {
    protocolVersion: '2025-06-18',
    capabilities,
    clientInfo: { name: 'test', version: '1' },
  });
  server.notify('notifications/initialized');
  return result;
}

/** What every request of the era of 2026-07-28 carries: there is no handshake. */
export function envelope(capabilities: object = {}, version = '2026-07-28') {
  return {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': capabilities,
    },
  };
}

function parsed(line: string): Message | undefined {
  try {
    const message = JSON.parse(line);
    return message.jsonrpc === '2.0' ? message : undefined;
  } catch {
    return undefined;
  }
}
