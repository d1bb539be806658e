/** The MCP interface: the only importer of the MCP SDK in the product. */
import { setMaxListeners } from 'node:events';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  type JSONRPCMessage,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
  McpError,
  ReadResourceRequestSchema,
  type ServerNotification,
} from '@modelcontextprotocol/sdk/types.js';
import type { jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import type { ErrorCode as ToolErrorCode } from '../../domain/errors.ts';
import { nearestOf } from '../../domain/text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Answer, Tool, ToolCall } from '../../tools/tool.ts';
import { invoke, toolErrorIn } from '../invoke.ts';
import { log } from '../log.ts';
import { risingProgress } from '../progress.ts';
import { limitLines, longestMessageBytes } from './messageLimit.ts';
import { instructions } from './phrases.ts';
import type { surface } from './surface.ts';

type ListedTool = (typeof surface)[number];

export interface McpServerOptions {
  readonly name: string;
  readonly version: string;
  /** Created on the first call: `initialize` and `tools/list` must not wait for adapters. */
  ports(): Promise<Ports>;
  /** Which tools have the hint that makes Claude Code ask its user on every call: triggerDag alone, all that may, none. */
  readonly asksEveryTime: 'trigger' | 'all' | 'none';
  /** How long the user has to answer a question in the client, in milliseconds; default ten minutes. */
  readonly answerWithinMs?: number;
}

/** A server with the tools of the registry; connect it to any transport. */
export function createMcpServer(options: McpServerOptions): Server {
  const server = new Server(
    { name: options.name, title: 'Audit load test', version: options.version },
    {
      capabilities: { tools: {}, prompts: {}, resources: {}, completions: {} },
      instructions,
      jsonSchemaValidator: acceptAnything,
    },
  );
  // Loaded on request: the built server lists its tools before it loads one of them.
  server.setRequestHandler(ListToolsRequestSchema, async () => {
    const { surface } = await import('./surface.ts');
    return { tools: surface.map((listed) => withHints(listed, options)) };
  });
  // Not the SDK's handler for tools/call: it answers arguments that are no object with its validator's own dump.
  server.fallbackRequestHandler = async ({ method, params }, extra) => {
    if (method !== 'tools/call') throw new McpError(ErrorCode.MethodNotFound, 'Method not found');
    const { tools } = await import('../../tools/index.ts');
    const name = String(params?.name);
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) return unknownTool(name, tools);
    // One upload adds hundreds of listeners to the signal.
    setMaxListeners(0, extra.signal);
    const token = extra._meta?.progressToken;
    const progress =
      token === undefined
        ? () => undefined
        : risingProgress((done, total, message) =>
            extra
              .sendNotification({
                method: 'notifications/progress',
                params: {
                  progressToken: token,
                  progress: done,
                  message,
                  ...(total === undefined ? {} : { total }),
                },
              } satisfies ServerNotification)
              .catch((error: Error) => log('warn', 'progress was not delivered', { message: error.message })),
          );
    const call: ToolCall = {
      signal: extra.signal,
      progress,
      ask: (question) => elicit(server, question, options.answerWithinMs ?? 10 * 60_000, extra.signal),
    };
    return withPulse(
      () => server.ping(),
      () => answer(tool, params?.arguments, options, call),
    );
  };
  servePrompts(server);
  serveResources(server, options);
  server.setRequestHandler(CompleteRequestSchema, ({ params }) =>
    inProtocol(async () => {
      const { complete } = await import('./prompts.ts');
      return { completion: await complete(params, await options.ports()) };
    }),
  );
  return server;
}

function servePrompts(server: Server): void {
  server.setRequestHandler(ListPromptsRequestSchema, async () => {
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
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) =>
    inProtocol(async () => {
      const { promptMessage } = await import('./prompts.ts');
      const text = promptMessage(params.name, params.arguments ?? {});
      return { messages: [{ role: 'user', content: { type: 'text', text } }] };
    }),
  );
}

function serveResources(server: Server, options: McpServerOptions): void {
  server.setRequestHandler(ListResourcesRequestSchema, () =>
    inProtocol(async () => {
      const { listResources } = await import('./resources.ts');
      return { resources: await listResources(await options.ports()) };
    }),
  );
  server.setRequestHandler(ListResourceTemplatesRequestSchema, async () => {
    const { reportTemplate } = await import('./resources.ts');
    return { resourceTemplates: [reportTemplate] };
  });
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }, { signal }) =>
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
    const expected = toolErrorIn(error);
    if (expected === undefined) log('error', 'a request failed', { stack: String((error as Error).stack) });
    const text = expected?.text ?? 'INTERNAL: a bug in audit-load-test; see its log (stderr).';
    throw Object.assign(new Error(text), { code: protocolCode(expected?.code) });
  }
}

/** MCP: -32002 is "resource not found". */
function protocolCode(code: ToolErrorCode | undefined): number {
  if (code === 'NOT_FOUND') return -32002;
  return code === 'BAD_INPUT' ? ErrorCode.InvalidParams : ErrorCode.InternalError;
}

/** Serves MCP on stdin and stdout until `stop` aborts, which cancels the calls in flight. */
export async function serveStdio(options: McpServerOptions, stop: AbortSignal): Promise<void> {
  const server = createMcpServer(options);
  server.onerror = (error) => log('warn', 'protocol error', { message: error.message });
  stop.addEventListener('abort', () => server.close());
  const input = limitLines((id, bytes) => {
    const message = `The message has ${bytes} bytes, more than ${longestMessageBytes}. Nothing was changed.`;
    const error = { code: ErrorCode.InvalidRequest, message };
    // JSON-RPC answers with the id null where it is not known; the SDK's type has no such message.
    void transport.send({ jsonrpc: '2.0', id, error } as JSONRPCMessage);
  });
  const transport: Transport = new StdioServerTransport(process.stdin.pipe(input), process.stdout, {
    maxBufferSize: 2 * longestMessageBytes,
  });
  await server.connect(transport);
}

async function answer(
  tool: Tool,
  given: unknown,
  options: McpServerOptions,
  call: ToolCall,
): Promise<CallToolResult> {
  try {
    const { parseArguments } = await import('../schemas.ts');
    const { structured, text } = await invoke(tool, parseArguments(tool, given), await options.ports(), call);
    return { content: [{ type: 'text', text }], structuredContent: structured };
  } catch (error) {
    const expected = toolErrorIn(error);
    if (expected !== undefined) return failed(expected.text);
    if (call.signal.aborted)
      return failed(
        'WRONG_STATE: The call was cancelled. Completed work was kept. Next: showSession shows the current state.',
      );
    log('error', `${tool.name} failed`, { stack: error instanceof Error ? error.stack : String(error) });
    return failed(
      `INTERNAL: ${tool.name} failed because of a bug in audit-load-test; see its log (stderr). Next: showSession shows the current state.`,
    );
  }
}

function failed(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}

function unknownTool(name: string, tools: readonly Tool[]): CallToolResult {
  const meant = nearestOf(
    name,
    tools.map((tool) => tool.name),
  );
  return failed(
    `BAD_INPUT: There is no tool ${JSON.stringify(name.slice(0, 60))}. Nothing was changed. Next: ${meant === undefined ? 'list the tools.' : `call ${meant}.`}`,
  );
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

/** `elicit` checks the only answer a client sends; the SDK's validator is slow to load. */
const acceptAnything: jsonSchemaValidator = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

/** Only an explicit approval counts. "not now" is a decline as well. */
async function elicit(
  server: Server,
  question: string,
  answerWithinMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  if (server.getClientCapabilities()?.elicitation === undefined) return 'unanswered';
  try {
    const reply = await server.elicitInput(
      {
        message: question,
        requestedSchema: {
          type: 'object',
          properties: { decision: { type: 'string', title: 'Decision', enum: ['approve', 'not now'] } },
          required: ['decision'],
        },
      },
      { timeout: answerWithinMs, signal },
    );
    const decision = reply.action === 'accept' ? reply.content?.decision : reply.action;
    if (decision === 'approve') return 'accepted';
    return decision === 'decline' || decision === 'not now' ? 'declined' : 'unanswered';
  } catch (error) {
    signal.throwIfAborted();
    log('warn', 'the client could not ask the user', {
      message: error instanceof Error ? error.message : String(error),
    });
    return 'unanswered';
  }
}

/** Milliseconds between two pings: a call that ends sooner sends none. */
const pingEveryMs = 5000;

/**
 * Pings the client while `work` runs. A dead pipe shows only on a write, and a long call may write nothing; without a
 * ping the process would outlive its client until the call ends. The answer, or its absence, is ignored.
 */
async function withPulse<Result>(ping: () => Promise<unknown>, work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => void ping().catch(() => undefined), pingEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
