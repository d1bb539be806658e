/**
 * Unpacks Zstandard with fzstd. Spark writes many frames, one after the other: Node 20 has no zstd, and Node 22's reads
 * the first frame alone.
 */
import { Decompress } from 'fzstd';
import { BrokenPacking } from './lz4.ts';

/** Spark's levels up to 9 use at most 8 MiB. fzstd allocates what a frame asks for, up to 2 GiB. */
const mostWindowBytes = 8 * 1024 * 1024;
/** fzstd calls itself once for each frame of a push: little at a time keeps the stack short. */
const pushBytes = 8 * 1024;

export interface ZstdUnpacker {
  push(bytes: Uint8Array): void;
  /** True when the stream ended between two frames. */
  end(): boolean;
}

export function createZstdUnpacker(take: (bytes: Uint8Array) => void): ZstdUnpacker {
  let thrown: unknown;
  const unpacker = new Decompress((bytes) => {
    try {
      take(bytes);
    } catch (error) {
      thrown = error;
      throw error;
    }
  });
  const guard = createWindowGuard();
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; at += pushBytes) {
        const some = bytes.subarray(at, at + pushBytes);
        guard.push(some);
        try {
          unpacker.push(some);
        } catch {
          // Broken bytes make it throw whatever they lead to, a RangeError for example.
          throw thrown ?? new BrokenPacking('zstd');
        }
      }
    },
    end: () => guard.isBetweenFrames(),
  };
}

/**
 * Walks over frames and blocks, by their headers alone (RFC 8878), and throws before a frame that asks for too much
 * memory reaches the unpacker.
 */
function createWindowGuard() {
  let held = Buffer.alloc(0);
  let skip = 0;
  let inFrame = false;
  let hasChecksum = false;

  /** How many bytes the next header has, or 0 when more are needed to know. */
  function step(bytes: Buffer): number {
    if (inFrame) {
      if (bytes.length < 3) return 0;
      const header = bytes.readUIntLE(0, 3);
      const isRepeat = ((header >> 1) & 3) === 1;
      skip = isRepeat ? 1 : header >> 3;
      if ((header & 1) === 1) {
        inFrame = false;
        if (hasChecksum) skip += 4;
      }
      return 3;
    }
    if (bytes.length < 5) return 0;
    const magic = bytes.readUInt32LE(0);
    if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      if (bytes.length < 8) return 0;
      skip = bytes.readUInt32LE(4);
      return 8;
    }
    if (magic !== 0xfd2fb528) throw new BrokenPacking('no zstd frame');
    const flags = bytes[4] ?? 0;
    const isSingle = (flags & 0x20) !== 0;
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
    const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
    const length = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
    if (bytes.length < length) return 0;
    const exponent = (bytes[5] ?? 0) >> 3;
    const window = isSingle
      ? sizeOf(bytes.subarray(length - sizeBytes, length))
      : 2 ** (10 + exponent) * (1 + ((bytes[5] ?? 0) & 7) / 8);
    if (window > mostWindowBytes) throw new BrokenPacking('a zstd window too large');
    inFrame = true;
    hasChecksum = (flags & 4) !== 0;
    return length;
  }

  return {
    push(bytes: Uint8Array): void {
      let rest =
        held.length > 0
          ? Buffer.concat([held, bytes])
          : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      for (;;) {
        const over = Math.min(skip, rest.length);
        skip -= over;
        rest = rest.subarray(over);
        const header = skip > 0 ? 0 : step(rest);
        if (header === 0) break;
        rest = rest.subarray(header);
      }
      // At most a header's beginning.
      held = Buffer.from(rest);
    },
    isBetweenFrames: () => !inFrame && skip === 0 && held.length === 0,
  };
}

function sizeOf(bytes: Buffer): number {
  if (bytes.length === 8) return Number(bytes.readBigUInt64LE(0));
  return bytes.length === 2 ? bytes.readUInt16LE(0) + 256 : bytes.readUIntLE(0, bytes.length);
}
