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
  /** Calls a tool. @throws Error with the tool's own words when it fails: the demo tells a story without failures */
  call(tool: string, given: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** Starts `command args` with only these variables (and what a child needs to run at all), and says hello to it. */
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
    async call(name, given) {
      const answer = await client.callTool({ name, arguments: given }, undefined, { timeout: 120_000 });
      const [content] = answer.content as { type: string; text?: string }[];
      const text = content?.text ?? '';
      if (answer.isError === true) throw new Error(`${name}: ${text}`);
      return { text, structure: (answer.structuredContent ?? {}) as Record<string, unknown> };
    },
    close: () => client.close(),
  };
}

/** What the server logs, without its warnings: a library's remark about Node is no part of the story. */
function showProblems(stderr: Readable): void {
  createInterface({ input: stderr }).on('line', (line) => {
    if (!line.includes('"level":"warn"')) process.stderr.write(`${line}\n`);
  });
}
