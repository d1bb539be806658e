/** MCP on stdin and stdout. */
import { type JSONRPCMessage, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { log } from '../log.ts';
import { limitLines, longestMessageBytes } from './messageLimit.ts';
import { type McpServerOptions, serveMcp } from './server.ts';

/** Serves until `stop` aborts, which cancels the calls in flight. */
export function serveProcess(options: McpServerOptions, stop: AbortSignal): void {
  const input = limitLines({
    tooLong(id, bytes) {
      const message = `The message has ${bytes} bytes, more than ${longestMessageBytes}. Nothing was changed.`;
      const error = { code: ProtocolErrorCode.InvalidRequest, message };
      // JSON-RPC answers with the id null where it is not known; the SDK's type has no such message.
      void transport.send({ jsonrpc: '2.0', id, error } as JSONRPCMessage);
    },
    notJson: (bytes) => log('warn', 'a line on stdin is not JSON', { bytes }),
  });
  // At stdin's end the SDK drops the calls in flight. Here they are answered: the entry ends the process a little later.
  process.stdin.pipe(input, { end: false }).once('unpipe', () => input.write('\n'));
  const transport = new StdioServerTransport(input, process.stdout, {
    maxBufferSize: 2 * longestMessageBytes,
  });
  const handle = serveMcp(options, transport);
  stop.addEventListener('abort', () => void handle.close());
}
