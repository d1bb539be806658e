import type { WireRequest } from '../../service.ts';
import { s3Error } from '../requests/errors.ts';

export interface Decoded {
  readonly bytes: Buffer;
  /** By lower-case name. The checksum of a stream is sent here. */
  readonly trailers: Readonly<Record<string, string>>;
}

export function isAwsChunked(request: WireRequest): boolean {
  const encoding = String(request.headers['content-encoding'] ?? '');
  const payload = String(request.headers['x-amz-content-sha256'] ?? '');
  return (
    encoding.split(',').some((word) => word.trim() === 'aws-chunked') || payload.startsWith('STREAMING-')
  );
}

/**
 * Decodes an `aws-chunked` body: `<hex size>[;chunk-signature=…]` CRLF bytes CRLF, a chunk of size
 * 0, trailers as header lines, an empty line. Chunk signatures are not verified, as no signature is.
 * Source: "Signature calculations: transferring a payload in multiple chunks" in the S3 API reference.
 * @throws S3 400 IncompleteBody when it is cut or does not have the length of its header
 */
export function decodeAwsChunked(request: WireRequest): Decoded {
  const { body } = request;
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const [line, start] = lineAt(body, offset);
    const size = /^([0-9a-f]+)(?:;.*)?$/i.exec(line)?.[1];
    if (size === undefined) throw s3Error('IncompleteBody');
    const sizeBytes = Number.parseInt(size, 16);
    if (sizeBytes === 0) {
      offset = start;
      break;
    }
    const end = start + sizeBytes;
    if (body.toString('latin1', end, end + 2) !== '\r\n') throw s3Error('IncompleteBody');
    chunks.push(body.subarray(start, end));
    offset = end + 2;
  }
  const bytes = Buffer.concat(chunks);
  const expected = request.headers['x-amz-decoded-content-length'];
  if (expected !== undefined && Number(expected) !== bytes.byteLength) throw s3Error('IncompleteBody');
  return { bytes, trailers: trailersAt(body, offset) };
}

function trailersAt(body: Buffer, from: number): Record<string, string> {
  const trailers: Record<string, string> = {};
  let offset = from;
  while (offset < body.byteLength) {
    const [line, next] = lineAt(body, offset);
    offset = next;
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return trailers;
}

function lineAt(body: Buffer, offset: number): [line: string, next: number] {
  const end = body.indexOf('\r\n', offset);
  if (end === -1) throw s3Error('IncompleteBody');
  return [body.toString('latin1', offset, end), end + 2];
}
