import { createHash } from 'node:crypto';
import type { WireRequest } from '../../service.ts';
import { s3Error } from '../requests/errors.ts';
import { type Checksum, checksumOf, checksumSent, verifyChecksum } from './checksums.ts';
import { decodeAwsChunked, isAwsChunked } from './chunked.ts';

export interface Payload {
  readonly bytes: Buffer;
  readonly md5: Buffer;
  readonly checksum: Checksum;
  /** Whether the client sent a digest of its bytes beside the one in the signature. */
  readonly proven: boolean;
}

/**
 * The bytes of an upload after S3's checks: the hash in the signature, Content-MD5, and the checksum in a header or
 * trailer. When the client sends no checksum, S3 computes CRC64NVME.
 * @throws S3 400 when a digest does not match
 */
export function payloadOf(request: WireRequest): Payload {
  const { bytes, trailers } = isAwsChunked(request)
    ? decodeAwsChunked(request)
    : { bytes: request.body, trailers: {} };
  const headers = { ...request.headers, ...trailers };
  verifySignedHash(request, bytes);
  const md5 = createHash('md5').update(bytes).digest();
  verifyContentMd5(headers['content-md5'], md5);
  const sent = checksumSent(headers);
  if (sent !== undefined) verifyChecksum(sent, bytes);
  else if (headers['x-amz-sdk-checksum-algorithm'] !== undefined && headers['content-md5'] === undefined)
    throw s3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  return {
    bytes,
    md5,
    checksum: sent ?? checksumOf('CRC64NVME', bytes),
    proven: sent !== undefined || headers['content-md5'] !== undefined,
  };
}

function verifySignedHash(request: WireRequest, bytes: Buffer): void {
  const claimed = String(request.headers['x-amz-content-sha256'] ?? '');
  // Any other value means that the payload is unsigned or signed chunk by chunk.
  if (!/^[0-9a-f]{64}$/i.test(claimed)) return;
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== claimed.toLowerCase())
    throw s3Error('XAmzContentSHA256Mismatch', undefined, {
      fields: { ClientComputedContentSHA256: claimed, S3ComputedContentSHA256: actual },
    });
}

function verifyContentMd5(header: string | readonly string[] | undefined, md5: Buffer): void {
  if (header === undefined) return;
  const claimed = Buffer.from(String(header), 'base64');
  if (claimed.byteLength !== 16)
    throw s3Error('InvalidDigest', undefined, { fields: { 'Content-MD5': String(header) } });
  if (!claimed.equals(md5))
    throw s3Error('BadDigest', undefined, {
      fields: { ExpectedDigest: String(header), CalculatedDigest: md5.toString('base64') },
    });
}
