import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { leaf } from '../../wire/xml.ts';
import { s3Error } from '../requests/errors.ts';
import { crc32c, crc64nvme } from './crc.ts';

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
