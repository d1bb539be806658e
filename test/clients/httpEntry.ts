/**
 * The server over HTTP on 127.0.0.1, for the conformance suite, which speaks nothing else. The product has no such
 * entry. Prints its address; ends when stdin does.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  type Transport,
} from '@modelcontextprotocol/server';
import { compose } from '../../src/compose.ts';
import { version } from '../../src/domain/version.ts';
import { createMcpServer, type McpServerOptions, serveMcp } from '../../src/interfaces/mcp/server.ts';
import { readSettings } from '../../src/settings.ts';

const ports = compose(readSettings(process.env, process.cwd()));
const options: McpServerOptions = {
  name: 'audit-load-test',
  version,
  ports: async () => ports,
  asksEveryTime: 'all',
};
const modern = createMcpHandler(({ era }) => createMcpServer(options, era), { legacy: 'reject' });
const sessions = new Map<string, StreamableHTTPServerTransport>();

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  serveMcp(options, transport as Transport);
  return transport;
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await text(incoming);
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers,
    ...(body === '' ? {} : { body }),
  });
  const foreign = hostHeaderValidationResponse(request, localhostAllowedHostnames());
  if (foreign !== undefined) return send(foreign, outgoing);
  if (!(await isLegacyRequest(request))) return send(await modern.fetch(request), outgoing);
  const transport = sessions.get(String(incoming.headers['mcp-session-id'])) ?? (await openSession());
  await transport.handleRequest(incoming, outgoing, body === '' ? undefined : JSON.parse(body));
}

function send(response: Response, outgoing: ServerResponse): void {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else Readable.fromWeb(response.body as ReadableStream).pipe(outgoing);
}

const http = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
});
http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}/mcp\n`);
});
process.stdin.resume().once('end', () => process.exit(0));
