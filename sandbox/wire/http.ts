/** Between node:http and the wire types of the sandbox, with the accidents that can happen to an answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WireError, type WireRequest, type WireResponse } from '../service.ts';

/** Far more than the workflow sends, far less than the machine's memory. */
const largestBodyBytes = 256 * 1024 * 1024;

/** Reads a whole request. @throws WireError 400 EntityTooLarge */
export async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > largestBodyBytes)
      throw new WireError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
    chunks.push(chunk);
  }
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const rawQuery = mark === -1 ? '' : url.slice(mark + 1);
  return {
    method: incoming.method ?? 'GET',
    rawPath: mark === -1 ? url : url.slice(0, mark),
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers: incoming.headers,
    body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
  };
}

/** Resets the connection, as a load balancer does that lost its backend. */
export function resetConnection(outgoing: ServerResponse): void {
  outgoing.socket?.resetAndDestroy();
}

export const accidents = ['cutBody', 'slowBody', 'corruptBody', 'responseLost'] as const;
export type Accident = (typeof accidents)[number];

interface Delivery {
  readonly accident?: Accident;
  /** Real milliseconds over which a slow body is spread. */
  readonly bodyMs?: number;
  readonly signal: AbortSignal;
}

/** Sends an answer. HEAD, 204 and 304 get the headers without the body. */
export async function sendResponse(
  outgoing: ServerResponse,
  response: WireResponse,
  delivery: Delivery,
): Promise<void> {
  const body = Buffer.from(response.body ?? '');
  const bodiless = outgoing.req.method === 'HEAD' || response.status === 204 || response.status === 304;
  const length = response.status === 204 ? {} : { 'content-length': String(body.byteLength) };
  // An answer without a body to cut is lost whole: otherwise the fault would have no effect.
  const cutsNothing = delivery.accident === 'cutBody' && (bodiless || body.byteLength < 2);
  if (delivery.accident === 'responseLost' || cutsNothing) return void outgoing.socket?.destroy();
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, { ...length, ...response.headers });
  if (bodiless) return void outgoing.end();
  switch (delivery.accident) {
    case 'cutBody':
      outgoing.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => outgoing.socket?.destroy());
      return;
    case 'slowBody':
      return await trickle(outgoing, body, delivery.bodyMs ?? 5000, delivery.signal);
    case 'corruptBody':
      return void outgoing.end(flipped(body));
    default:
      return void outgoing.end(body);
  }
}

async function trickle(
  outgoing: ServerResponse,
  body: Buffer,
  overMs: number,
  signal: AbortSignal,
): Promise<void> {
  const pieces = 10;
  const pieceBytes = Math.ceil(body.byteLength / pieces);
  outgoing.flushHeaders();
  for (let piece = 0; piece < pieces && !outgoing.destroyed; piece += 1) {
    await sleep(overMs / pieces, undefined, { signal });
    outgoing.write(body.subarray(piece * pieceBytes, (piece + 1) * pieceBytes));
  }
  outgoing.end();
}

function flipped(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const middle = Math.floor(copy.byteLength / 2);
  if (copy.byteLength > 0) copy.writeUInt8(copy.readUInt8(middle) ^ 0xff, middle);
  return copy;
}
