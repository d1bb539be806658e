/** Streams an event log: opens its parts, unpacks them by what their first bytes say, and hands on lines. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type {
  EventLog,
  EventLogEnd,
  EventLogLimits,
  EventLogPart,
  EventLogReading,
} from '../../ports/eventLogs.ts';
import { createLineCutter } from './lines.ts';
import { BrokenPacking, lz4Magic, unpackLz4Blocks } from './lz4.ts';
import { createZstdUnpacker } from './zstd.ts';

type Codec = 'plain' | 'gzip' | 'zstd' | 'lz4' | 'unknown';
type Bytes = AsyncIterable<Uint8Array>;

class TooLarge extends Error {}

/**
 * Reads until the end, a cap or an aborted signal; what a cut log still says is handed on. Throws what `open` throws.
 */
export async function readEventLog(
  log: EventLog,
  limits: EventLogLimits,
  take: (line: string) => void,
  signal?: AbortSignal,
): Promise<EventLogReading> {
  let bytes = 0;
  const lines = createLineCutter(limits.lineBytes, take);
  const sink = (some: Uint8Array) => {
    bytes += some.length;
    if (bytes > limits.unpackedBytes) throw new TooLarge();
    lines.push(some);
  };
  let end: EventLogEnd = 'whole';
  for (const part of log.parts) {
    const partEnd = await readPart(part, sink, signal);
    lines.end();
    if (partEnd !== 'whole') end = partEnd;
    if (partEnd !== 'whole' && partEnd !== 'cut') break;
  }
  return { end, bytes, longLines: lines.longLines };
}

async function readPart(
  part: EventLogPart,
  sink: (bytes: Uint8Array) => void,
  signal: AbortSignal | undefined,
): Promise<EventLogEnd> {
  try {
    const { codec, chunks } = await withCodec(untilAborted(part.open(signal), signal));
    if (codec === 'unknown') return 'codec';
    return (await unpackers[codec](chunks, sink)) ? 'whole' : 'cut';
  } catch (error) {
    if (error instanceof TooLarge) return 'too_large';
    if (error instanceof Aborted || signal?.aborted) return 'too_slow';
    if (error instanceof BrokenPacking) return 'broken';
    throw error;
  }
}

class Aborted extends Error {}

async function* untilAborted(chunks: Bytes, signal: AbortSignal | undefined): Bytes {
  for await (const chunk of chunks) {
    if (signal?.aborted) throw new Aborted();
    yield chunk;
  }
}

/** Each returns false for a stream that ends in the middle. */
const unpackers: Readonly<
  Record<Exclude<Codec, 'unknown'>, (chunks: Bytes, sink: (bytes: Uint8Array) => void) => Promise<boolean>>
> = {
  async plain(chunks, sink) {
    for await (const chunk of chunks) sink(chunk);
    return true;
  },
  gzip: (chunks, sink) =>
    new Promise((resolve, reject) => {
      const gunzip = createGunzip();
      gunzip.on('data', (bytes: Buffer) => {
        try {
          sink(bytes);
        } catch (error) {
          gunzip.destroy(error as Error);
        }
      });
      gunzip.on('end', () => resolve(true));
      gunzip.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'Z_BUF_ERROR') resolve(false);
        else reject(error.code?.startsWith('Z_') ? new BrokenPacking('gzip', { cause: error }) : error);
      });
      Readable.from(chunks)
        .on('error', (error) => gunzip.destroy(error))
        .pipe(gunzip);
    }),
  async zstd(chunks, sink) {
    const unpacker = createZstdUnpacker(sink);
    for await (const chunk of chunks) unpacker.push(chunk);
    return unpacker.end();
  },
  async lz4(chunks, sink) {
    let left: Buffer = Buffer.alloc(0);
    for await (const chunk of chunks)
      left = Buffer.from(
        unpackLz4Blocks(left.length > 0 ? Buffer.concat([left, chunk]) : Buffer.from(chunk), sink),
      );
    return left.length === 0;
  },
};

const magics: readonly (readonly [Exclude<Codec, 'plain'>, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['lz4', lz4Magic],
  // snappy-java's stream, and LZF chunks.
  ['unknown', Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])],
  ['unknown', Buffer.from('ZV')],
];
const magicBytes = 8;

/** The codec that the bytes begin with: a name can be wrong. Whatever has no known beginning is read as text. */
async function withCodec(chunks: Bytes): Promise<{ codec: Codec; chunks: Bytes }> {
  const source = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < magicBytes) {
    const next = await source.next();
    if (next.done) break;
    first.push(next.value);
    length += next.value.length;
  }
  const begin = Buffer.concat(first);
  const codec = magics.find(([, magic]) => begin.subarray(0, magic.length).equals(magic))?.[0] ?? 'plain';
  async function* again(): Bytes {
    try {
      if (begin.length > 0) yield begin;
      for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
    } finally {
      // Closes the file or the connection when the reader stops early.
      await source.return?.();
    }
  }
  if (codec === 'unknown') await source.return?.();
  return { codec, chunks: again() };
}
