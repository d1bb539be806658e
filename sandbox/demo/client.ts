/** The demo's client: a real MCP client with the real server as its child process. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

export interface ToolAnswer {
  readonly text: string;
  readonly structure: Record<string, unknown>;
}

export interface DemoClient {
  /** Calls a tool. @throws Error with the tool's message when it fails: no call of the demo should */
  call(tool: string, input: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** Starts `command args` with these variables alone (and what every child process needs), and connects to it. */
export async function connect(
  command: string,
  args: string[],
  env: Readonly<Record<string, string>>,
): Promise<DemoClient> {
  const client = new Client({ name: 'audit-load-test-demo', version: '1' });
  const transport = new StdioClientTransport({ command, args, env: { ...env }, stderr: 'pipe' });
  if (transport.stderr instanceof Readable) showProblems(transport.stderr);
  await client.connect(transport);
  return {
    async call(name, input) {
      const answer = await client.callTool({ name, arguments: input }, undefined, { timeout: 120_000 });
      const [content] = answer.content as { type: string; text?: string }[];
      const text = content?.text ?? '';
      if (answer.isError === true) throw new Error(`${name}: ${text}`);
      return { text, structure: (answer.structuredContent ?? {}) as Record<string, unknown> };
    },
    close: () => client.close(),
  };
}

/** Shows what the server logs, except warnings: a library warns about the Node version. */
function showProblems(stderr: Readable): void {
  createInterface({ input: stderr }).on('line', (line) => {
    if (!line.includes('"level":"warn"')) process.stderr.write(`${line}\n`);
  });
}
