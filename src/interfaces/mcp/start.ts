/** Starts the MCP server on stdin and stdout. */
import * as z from 'zod';
import type { McpServerOptions } from './server.ts';

/**
 * Serves until `stop` aborts. zod compiles a schema on its first use: worth it for ours, which read thousands of files,
 * but not for the SDK's, which see a few messages. The SDK builds the last of them with the first message.
 */
export async function startServer(options: McpServerOptions, stop: AbortSignal): Promise<void> {
  z.config({ jitless: true });
  const { serveProcess } = await import('./stdio.ts');
  serveProcess(options, stop);
  process.stdin.once('data', () => setImmediate(() => z.config({ jitless: false })));
}
