// A stand-in for the model behind Claude Code: an HTTP server on 127.0.0.1 that answers /v1/messages in the form of the
// Messages API. It plays one script: each turn is a call of a tool, or a text. It knows no login and costs nothing.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** `script(request)` gives the content block that answers a request with tools. Returns the address and the requests. */
export async function startStubModel(script) {
  const requests = [];
  const http = createServer(async (incoming, outgoing) => {
    const body = await text(incoming);
    if (!incoming.url.startsWith('/v1/messages') || incoming.url.includes('count_tokens'))
      return outgoing.writeHead(404).end('{}');
    const request = JSON.parse(body);
    // Side questions, for example for a title, have no tools.
    const block = request.tools?.length > 0 ? script(request) : { type: 'text', text: 'ok' };
    if (request.tools?.length > 0) requests.push(request);
    const message = {
      id: `msg_${requests.length}`,
      type: 'message',
      role: 'assistant',
      model: request.model,
      content: [block],
      stop_reason: block.type === 'tool_use' ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    if (request.stream !== true) {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      return outgoing.end(JSON.stringify(message));
    }
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of eventsOf(message))
      outgoing.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    return outgoing.end();
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${http.address().port}`, requests, close: () => http.close() };
}

function eventsOf({ content: [block], stop_reason, ...message }) {
  const isCall = block.type === 'tool_use';
  const delta = isCall
    ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
    : { type: 'text_delta', text: block.text };
  const empty = isCall ? { ...block, input: {} } : { ...block, text: '' };
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: empty },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ];
}
