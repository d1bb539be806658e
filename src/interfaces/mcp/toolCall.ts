/** One tools/call: finds the tool, runs it, and turns what happened into a result. */
import { setMaxListeners } from 'node:events';
import type {
  CallToolResult,
  InputRequiredResult,
  Server,
  ServerContext,
} from '@modelcontextprotocol/server';
import { nearestOf } from '../../domain/text.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Tool, ToolCall } from '../../tools/tool.ts';
import { invoke, toolErrorIn } from '../invoke.ts';
import { log } from '../log.ts';
import { risingProgress } from '../progress.ts';
import { type Asking, askByResult, askDuringCall, usedAnswers } from './question.ts';

/** `modern` is 2026-07-28 and later: requests without a handshake, and no request from the server to the client. */
export type Era = 'legacy' | 'modern';

export interface CallOptions {
  /** Created on the first call: the first answers must not wait for adapters. */
  ports(): Promise<Ports>;
  /** How long the user has to answer a question during a call, in milliseconds; default ten minutes. */
  readonly answerWithinMs?: number;
}

/** Answers calls of one connection. */
export function toolCaller(server: Server, era: Era, options: CallOptions) {
  function asking(tool: string, parsed: Record<string, unknown>, ports: Ports, { mcpReq }: ServerContext) {
    if (era === 'modern') return askByResult(mcpReq, [tool, parsed], usedAnswers(ports));
    const answerWithinMs = options.answerWithinMs ?? 10 * 60_000;
    return askDuringCall(mcpReq.elicitInput, server.getClientCapabilities(), answerWithinMs, mcpReq.signal);
  }

  async function run(tool: Tool, given: unknown, ctx: ServerContext) {
    try {
      const { parseArguments } = await import('../schemas.ts');
      const parsed = parseArguments(tool, given);
      const ports = await options.ports();
      const { ask, open }: Asking = asking(tool.name, parsed, ports, ctx);
      const call: ToolCall = { signal: ctx.mcpReq.signal, progress: progressOf(ctx), ask };
      const { structured, text } = await invoke(tool, parsed, ports, call);
      return open() ?? { content: [{ type: 'text' as const, text }], structuredContent: structured };
    } catch (error) {
      return failure(tool, error, ctx.mcpReq.signal);
    }
  }

  return async (
    params: Record<string, unknown> | undefined,
    ctx: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult> => {
    const { tools } = await import('../../tools/index.ts');
    const name = String(params?.name);
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) return unknownTool(name, tools);
    // One upload adds hundreds of listeners to the signal.
    setMaxListeners(0, ctx.mcpReq.signal);
    const work = () => run(tool, params?.arguments, ctx);
    // The modern era has no ping: there a dead pipe shows at the next progress or answer, within the call's deadline.
    return era === 'legacy' ? withPulse(() => server.ping(), work) : work();
  };
}

function progressOf({ mcpReq }: ServerContext): ToolCall['progress'] {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  return risingProgress((progress, total, message) =>
    mcpReq
      .notify({
        method: 'notifications/progress',
        params: { progressToken, progress, message, ...(total === undefined ? {} : { total }) },
      })
      .catch((error: Error) => log('warn', 'progress was not delivered', { message: error.message })),
  );
}

function failure(tool: Tool, error: unknown, signal: AbortSignal): CallToolResult {
  const expected = toolErrorIn(error);
  if (expected !== undefined) return failed(expected.text);
  if (signal.aborted)
    return failed(
      'WRONG_STATE: The call was cancelled. Completed work was kept. Next: showSession shows the current state.',
    );
  log('error', `${tool.name} failed`, { stack: error instanceof Error ? error.stack : String(error) });
  return failed(
    `INTERNAL: ${tool.name} failed because of a bug in audit-load-test; see its log (stderr). Next: showSession shows the current state.`,
  );
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
