/**
 * The signatures inside an `aws-chunked` body: each covers its chunk and the signature before it.
 * Source: "Signature calculations: transferring a payload in multiple chunks" in the S3 API reference.
 */
import type { WireRequest } from '../service.ts';
import { type SigningScope, sha256, sign } from './sigv4.ts';

const signedKinds = ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'];

/** True for a body that is not signed chunk by chunk. A body that is cut has no last chunk: false. */
export function chunkSignaturesMatch(request: WireRequest, seed: string, signing: SigningScope): boolean {
  const kind = String(request.headers['x-amz-content-sha256'] ?? '');
  if (!signedKinds.includes(kind)) return true;
  const { body } = request;
  let previous = seed;
  for (let offset = 0; ; ) {
    const end = body.indexOf('\r\n', offset);
    const head = /^([0-9a-f]+);chunk-signature=([0-9a-f]{64})$/i.exec(
      end === -1 ? '' : body.toString('latin1', offset, end),
    );
    if (head === null) return false;
    const sizeBytes = Number.parseInt(head[1] ?? '', 16);
    const chunk = body.subarray(end + 2, end + 2 + sizeBytes);
    const content = [previous, sha256(''), sha256(chunk)].join('\n');
    previous = sign('AWS4-HMAC-SHA256-PAYLOAD', content, signing);
    if (head[2] !== previous) return false;
    if (sizeBytes === 0)
      return kind.endsWith('-TRAILER') ? trailerMatches(body.subarray(end + 2), previous, signing) : true;
    offset = end + 2 + sizeBytes + 2;
  }
}

function trailerMatches(rest: Buffer, previous: string, signing: SigningScope): boolean {
  const lines = rest.toString('latin1').split('\r\n').filter(Boolean);
  const [, sent] = lines.map((line) => /^x-amz-trailer-signature:(.*)$/i.exec(line)).find(Boolean) ?? [];
  const trailers = lines.filter((line) => !/^x-amz-trailer-signature:/i.test(line));
  const content = [previous, sha256(trailers.map((line) => `${line}\n`).join(''))].join('\n');
  return sent?.trim() === sign('AWS4-HMAC-SHA256-TRAILER', content, signing);
}
