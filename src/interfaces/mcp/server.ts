/** The MCP interface: one server for both eras of the protocol, on any transport. */
import {
  type JSONRPCMessage,
  type jsonSchemaValidator,
  PROTOCOL_VERSION_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type Transport,
} from '@modelcontextprotocol/server';
import { type StdioServerHandle, serveStdio } from '@modelcontextprotocol/server/stdio';
import { ToolError, type ErrorCode as ToolErrorCode } from '../../domain/errors.ts';
import { log } from '../log.ts';
import { instructions } from './phrases.ts';
import { surface } from './surface.ts';
import type { CallOptions, Era, toolCaller } from './toolCall.ts';

type ListedTool = (typeof surface)[number];

export interface McpServerOptions extends CallOptions {
  readonly name: string;
  readonly version: string;
  /** Which tools have the hint that makes Claude Code ask its user on every call: triggerDag alone, all that may, none. */
  readonly asksEveryTime: 'trigger' | 'all' | 'none';
}

/** The newest revision of the modern era; the SDK negotiates the older ones. */
const modernVersion = '2026-07-28';

/** Serves one connection, in the era of its first request, until it is closed. */
export function serveMcp(options: McpServerOptions, transport: Transport): StdioServerHandle {
  const handle = serveStdio(({ era }) => createMcpServer(options, era), {
    transport,
    onerror: (error) => log('warn', 'protocol error', { message: error.message }),
  });
  const { onmessage } = transport;
  // The SDK looks at the version of the first request only.
  transport.onmessage = (message, extra) => {
    const refusal = versionRefusal(message);
    if (refusal === undefined) onmessage?.(message, extra);
    else void transport.send(refusal);
  };
  return handle;
}

function versionRefusal(message: JSONRPCMessage): JSONRPCMessage | undefined {
  if (!('method' in message && 'id' in message)) return undefined;
  const requested = message.params?._meta?.[PROTOCOL_VERSION_META_KEY];
  if (typeof requested !== 'string' || requested === modernVersion) return undefined;
  return {
    jsonrpc: '2.0',
    id: message.id,
    error: {
      code: ProtocolErrorCode.UnsupportedProtocolVersion,
      message: `Unsupported protocol version: ${requested}`,
      data: { supported: [modernVersion], requested },
    },
  };
}

/** The server of one connection or request; `serveMcp` makes it for whoever has a transport. */
export function createMcpServer(options: McpServerOptions, era: Era): Server {
  const server = new Server(
    { name: options.name, title: 'Audit load test', version: options.version },
    {
      capabilities: { tools: {}, prompts: {}, resources: {}, completions: {} },
      instructions,
      jsonSchemaValidator: acceptAnything,
    },
  );
  // In the built server this is text: it lists its tools before it loads one of them.
  server.setRequestHandler('tools/list', () => ({
    tools: surface.map((listed) => withHints(listed, options)),
  }));
  let caller: Promise<ReturnType<typeof toolCaller>> | undefined;
  // Not the SDK's handler for tools/call: it answers arguments that are no object with its validator's own dump.
  server.fallbackRequestHandler = async ({ method, params }, ctx) => {
    if (method !== 'tools/call')
      throw new ProtocolError(ProtocolErrorCode.MethodNotFound, 'Method not found');
    caller ??= import('./toolCall.ts').then((module) => module.toolCaller(server, era, options));
    return (await caller)(params, ctx);
  };
  servePrompts(server);
  serveResources(server, options);
  server.setRequestHandler('completion/complete', ({ params }) =>
    inProtocol(async () => {
      const { complete } = await import('./prompts.ts');
      return { completion: await complete(params, await options.ports()) };
    }),
  );
  return server;
}

function servePrompts(server: Server): void {
  server.setRequestHandler('prompts/list', async () => {
    const { prompts } = await import('./prompts.ts');
    return {
      prompts: prompts.map(({ name, title, description, arguments: expected }) => ({
        name,
        title,
        description,
        arguments: expected.map((one) => ({ name: one.name, description: one.description, required: false })),
      })),
    };
  });
  server.setRequestHandler('prompts/get', ({ params }) =>
    inProtocol(async () => {
      const { promptMessage } = await import('./prompts.ts');
      const text = promptMessage(params.name, params.arguments ?? {});
      return { messages: [{ role: 'user', content: { type: 'text', text } }] };
    }),
  );
}

function serveResources(server: Server, options: McpServerOptions): void {
  server.setRequestHandler('resources/list', () =>
    inProtocol(async () => {
      const { listResources } = await import('./resources.ts');
      return { resources: await listResources(await options.ports()) };
    }),
  );
  server.setRequestHandler('resources/templates/list', async () => {
    const { reportTemplate } = await import('./resources.ts');
    return { resourceTemplates: [reportTemplate] };
  });
  server.setRequestHandler('resources/read', ({ params }, { mcpReq: { signal } }) =>
    inProtocol(async () => {
      const { readResource } = await import('./resources.ts');
      const watch = { signal, progress: () => undefined };
      return { contents: [await readResource(params.uri, await options.ports(), watch)] };
    }),
  );
}

/** Prompts, resources and completions have no error results: a failure becomes a protocol error with the same text. */
async function inProtocol<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const expected = error instanceof ToolError ? error : undefined;
    if (expected === undefined) log('error', 'a request failed', { stack: String((error as Error).stack) });
    const text = expected?.text ?? 'INTERNAL: a bug in audit-load-test; see its log (stderr).';
    throw new ProtocolError(protocolCode(expected?.code), text);
  }
}

/** MCP says "resource not found" with the code of invalid parameters since 2026-07-28; the SDK does in both eras. */
function protocolCode(code: ToolErrorCode | undefined): ProtocolErrorCode {
  return code === 'NOT_FOUND' || code === 'BAD_INPUT'
    ? ProtocolErrorCode.InvalidParams
    : ProtocolErrorCode.InternalError;
}

/** Clients that know these hints ask the user on every call of a tool, or show a page beside its result. */
function withHints({ asksEveryTime, view, ...listed }: ListedTool, options: McpServerOptions) {
  const asks =
    asksEveryTime &&
    (options.asksEveryTime === 'all' ||
      (options.asksEveryTime === 'trigger' && listed.name === 'triggerDag'));
  if (!asks && view === undefined) return listed;
  return {
    ...listed,
    _meta: {
      ...(asks ? { 'anthropic/requiresUserInteraction': true } : {}),
      ...(view === undefined ? {} : { ui: { resourceUri: view } }),
    },
  };
}

/** The only answer that a client sends is checked where it is asked for; the SDK's validator is slow to load. */
const acceptAnything: jsonSchemaValidator = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};
