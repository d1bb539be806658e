import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { leaf } from '../wire/xml.ts';
import { s3Error } from './errors.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const digests = {
  CRC32: (bytes: Uint8Array) => {
    const digest = Buffer.alloc(4);
    digest.writeUInt32BE(crc32(bytes));
    return digest;
  },
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
  SHA1: hash('sha1'),
  SHA256: hash('sha256'),
  MD5: hash('md5'),
} as const;

export type ChecksumAlgorithm = keyof typeof digests;

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite checksum ends with `-` and the number of parts. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export function digestOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Buffer {
  return digests[algorithm](bytes);
}

export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Checksum {
  return { algorithm, value: digestOf(algorithm, bytes).toString('base64'), type: 'FULL_OBJECT' };
}

/** @throws S3 400 InvalidRequest for an unknown algorithm */
export function algorithmNamed(name: string): ChecksumAlgorithm {
  const upper = name.toUpperCase();
  if (Object.hasOwn(digests, upper)) return upper as ChecksumAlgorithm;
  throw s3Error(
    'InvalidRequest',
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  );
}

/** The checksum that a client sent, in a header or a trailer; at most one is allowed. */
export function checksumSent(headers: Headers): Checksum | undefined {
  const sent = Object.keys(digests).filter((name) => typeof headers[headerOf(name)] === 'string');
  if (sent.length > 1)
    throw s3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const [algorithm] = sent as ChecksumAlgorithm[];
  if (algorithm === undefined) return undefined;
  return { algorithm, value: String(headers[headerOf(algorithm)]), type: 'FULL_OBJECT' };
}

/** @throws S3 InvalidRequest for a value of the wrong length, BadDigest for the checksum of other bytes */
export function verifyChecksum(sent: Checksum, bytes: Uint8Array): void {
  const actual = digestOf(sent.algorithm, bytes);
  const claimed = Buffer.from(sent.value, 'base64');
  if (claimed.byteLength !== actual.byteLength)
    throw s3Error('InvalidRequest', `Value for ${headerOf(sent.algorithm)} header is invalid.`);
  if (!claimed.equals(actual))
    throw s3Error('BadDigest', `The ${sent.algorithm} you specified did not match the calculated checksum.`);
}

function headerOf(algorithm: string): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function checksumHeaders(checksum: Checksum): Record<string, string> {
  return { [headerOf(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

export function checksumElements(checksum: Checksum): string {
  return leaf(`Checksum${checksum.algorithm}`, checksum.value) + leaf('ChecksumType', checksum.type);
}

function hash(name: string): (bytes: Uint8Array) => Buffer {
  return (bytes) => createHash(name).update(bytes).digest();
}

/**
 * The two CRCs that Node does not have. Both are reflected, start with all ones and are inverted at the end; the
 * polynomials are those of iSCSI (RFC 3720) and of the NVM Express base specification.
 */
const crc32cTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function crc32c(bytes: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crc32cTable[(crc ^ byte) & 0xff] ?? 0);
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(~crc >>> 0);
  return digest;
}

// 64 bits as two halves of 32: BigInt is a hundred times slower.
const [crc64High, crc64Low] = crc64Tables();

function crc64Tables(): [Uint32Array, Uint32Array] {
  const highs = new Uint32Array(256);
  const lows = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let high = 0;
    let low = index;
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd) {
        high ^= 0x9a6c9329;
        low ^= 0xac4bc9b5;
      }
    }
    highs[index] = high;
    lows[index] = low;
  }
  return [highs, lows];
}

function crc64nvme(bytes: Uint8Array): Buffer {
  let high = 0xffffffff;
  let low = 0xffffffff;
  for (const byte of bytes) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] ?? 0);
    high = (high >>> 8) ^ (crc64High[index] ?? 0);
  }
  const digest = Buffer.alloc(8);
  digest.writeUInt32BE(~high >>> 0, 0);
  digest.writeUInt32BE(~low >>> 0, 4);
  return digest;
}
