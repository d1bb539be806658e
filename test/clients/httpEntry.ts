/**
 * The server over HTTP on 127.0.0.1, for the conformance suite, which speaks nothing else. The product has no such
 * entry. Prints its address; ends when stdin does.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { compose } from '../../src/compose.ts';
import { version } from '../../src/domain/version.ts';
import { createMcpServer } from '../../src/interfaces/mcp/server.ts';
import { readSettings } from '../../src/settings.ts';

const sessions = new Map<string, StreamableHTTPServerTransport>();
const ports = compose(readSettings(process.env, process.cwd()));

async function open(allowedHosts: string[]): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    enableDnsRebindingProtection: true,
    allowedHosts,
  });
  const server = createMcpServer({
    name: 'audit-load-test',
    version,
    ports: async () => ports,
    asksEveryTime: 'all',
  });
  await server.connect(transport as Transport);
  return transport;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { port } = http.address() as AddressInfo;
  const known = sessions.get(String(request.headers['mcp-session-id']));
  const transport = known ?? (await open([`127.0.0.1:${port}`, `localhost:${port}`]));
  await transport.handleRequest(request, response);
}

const http = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
});
http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}/mcp\n`);
});
process.stdin.resume().once('end', () => process.exit(0));
