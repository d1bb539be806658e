/**
 * Unpacks what Spark's `lz4` codec writes: lz4-java's LZ4Block stream, which is not the LZ4 frame format that npm's
 * packages read. Each block has a header of 21 bytes: "LZ4Block", a token (0x10 stored, 0x20 packed, + the level), the
 * packed and the unpacked length, a checksum (not verified); little endian.
 */

export const lz4Magic = Buffer.from('LZ4Block');
const headerBytes = 21;
/** The largest block of lz4-java's stream; Spark's default is 32 KiB. */
const mostBlockBytes = 32 * 1024 * 1024;

export class BrokenPacking extends Error {}

/** Returns the bytes that are left: the beginning of a block that has not arrived whole. */
export function unpackLz4Blocks(bytes: Buffer, take: (bytes: Uint8Array) => void): Buffer {
  let at = 0;
  while (bytes.length - at >= headerBytes) {
    if (!bytes.subarray(at, at + lz4Magic.length).equals(lz4Magic)) throw new BrokenPacking('no LZ4 block');
    const method = (bytes[at + 8] ?? 0) & 0xf0;
    const packed = bytes.readUInt32LE(at + 9);
    const unpacked = bytes.readUInt32LE(at + 13);
    if (packed > mostBlockBytes || unpacked > mostBlockBytes)
      throw new BrokenPacking('an LZ4 block too large');
    if (bytes.length - at < headerBytes + packed) break;
    const block = bytes.subarray(at + headerBytes, at + headerBytes + packed);
    // A block of length 0 ends a stream; another may follow.
    if (unpacked > 0) take(method === 0x10 ? block : unpackBlock(block, unpacked));
    at += headerBytes + packed;
  }
  return bytes.subarray(at);
}

/** The LZ4 block format: literals, then a match of at least four bytes, each length in a token and what follows it. */
function unpackBlock(block: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let from = 0;
  let to = 0;
  const lengthOf = (nibble: number) => {
    let sum = nibble;
    if (nibble === 15)
      for (let more = 255; more === 255; ) {
        more = block[from++] ?? 0;
        sum += more;
      }
    return sum;
  };
  while (from < block.length) {
    const token = block[from++] ?? 0;
    const literals = lengthOf(token >> 4);
    if (from + literals > block.length || to + literals > length) throw new BrokenPacking('LZ4 literals');
    output.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from >= block.length) break;
    const distance = (block[from] ?? 0) | ((block[from + 1] ?? 0) << 8);
    from += 2;
    const match = lengthOf(token & 15) + 4;
    if (distance === 0 || distance > to || to + match > length) throw new BrokenPacking('an LZ4 match');
    // Byte by byte: a match may overlap what it writes.
    for (let left = match; left > 0; left -= 1, to += 1) output[to] = output[to - distance] ?? 0;
  }
  if (to !== length) throw new BrokenPacking('an LZ4 block of another length');
  return output;
}
