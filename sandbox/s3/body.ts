import { XMLParser } from 'fast-xml-parser';
import { isRecord, type WireRequest } from '../service.ts';
import { type Checksum, checksumOf, checksumSent, digestOf, verifyChecksum } from './checksums.ts';
import { s3Error } from './errors.ts';

interface Payload {
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
  const md5 = digestOf('MD5', bytes);
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
  const actual = digestOf('SHA256', bytes).toString('hex');
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

function isAwsChunked(request: WireRequest): boolean {
  const encoding = String(request.headers['content-encoding'] ?? '');
  const payload = String(request.headers['x-amz-content-sha256'] ?? '');
  return (
    encoding.split(',').some((word) => word.trim() === 'aws-chunked') || payload.startsWith('STREAMING-')
  );
}

/**
 * Decodes an `aws-chunked` body: `<hex size>[;chunk-signature=…]` CRLF bytes CRLF, a chunk of size 0, trailers as header
 * lines (the checksum of a stream is one), an empty line. The front has verified the signatures of the chunks.
 * Source: "Signature calculations: transferring a payload in multiple chunks" in the S3 API reference.
 * @throws S3 400 IncompleteBody when it is cut or does not have the length of its header
 */
function decodeAwsChunked({ body, headers }: WireRequest) {
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
  const expected = headers['x-amz-decoded-content-length'];
  if (expected !== undefined && Number(expected) !== bytes.byteLength) throw s3Error('IncompleteBody');
  return { bytes, trailers: trailersAt(body, offset) };
}

/** By lower-case name. */
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

/** An element of a request body: text and child elements by name. */
export type XmlElement = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  // Without it, numeric character references stay as they are.
  htmlEntities: true,
  isArray: (name) => name === 'Object' || name === 'Part',
});

/** A document type could define entities that grow; of the entities, only XML's own five and characters by number pass. */
const refused = /<!DOCTYPE|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i;

/**
 * Reads the documents that S3 accepts in a request: keys to delete, parts to join. Attributes are ignored.
 * @throws S3 400 MalformedXML
 */
export function readXml(body: Buffer, root: string): XmlElement {
  const element = parsed(body.toString('utf8'))[root];
  if (!isRecord(element)) throw s3Error('MalformedXML');
  return element;
}

function parsed(source: string): XmlElement {
  if (refused.test(source)) throw s3Error('MalformedXML');
  try {
    return parser.parse(source, true) as XmlElement;
  } catch {
    throw s3Error('MalformedXML');
  }
}

/** The child elements of a name that can repeat: `Object` or `Part`. @throws S3 400 MalformedXML without any */
export function childrenOf(element: XmlElement, name: 'Object' | 'Part'): readonly XmlElement[] {
  const children = element[name];
  if (!Array.isArray(children)) throw s3Error('MalformedXML');
  return children.map((child) => (isRecord(child) ? child : {}));
}

export function childText(element: XmlElement, name: string): string | undefined {
  const text = element[name];
  return typeof text === 'string' ? text : undefined;
}
