/** A log as it lies in S3, gzip or not, whole or cut, to the end of its text. */
import { constants, createGunzip } from 'node:zlib';

export interface LogText {
  readonly text: string;
  /** True when only the end of the log is here, or its end is missing. */
  readonly cut: boolean;
}

/** So much of the end of a log is kept; what failed stands there. */
const keptBytes = 1024 * 1024;
/** And so much is unpacked at most, so that a bomb stays small. */
const unpackedBytes = 256 * 1024 * 1024;

/** The last mebibyte of a log as text; a gzip that breaks off gives what is before the break. */
export async function logText(bytes: Uint8Array, bytesAreCut: boolean): Promise<LogText> {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const tail = isGzip
    ? await unpackedTail(bytes)
    : { bytes: bytes.subarray(-keptBytes), cut: bytes.length > keptBytes };
  return { text: Buffer.from(tail.bytes).toString('utf8'), cut: tail.cut || bytesAreCut };
}

async function unpackedTail(bytes: Uint8Array): Promise<{ bytes: Uint8Array; cut: boolean }> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  gunzip.end(bytes);
  let tail = Buffer.alloc(0);
  let total = 0;
  let broken = false;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      total += chunk.length;
      tail = Buffer.concat([tail, chunk]);
      if (tail.length > 2 * keptBytes) tail = Buffer.from(tail.subarray(-keptBytes));
      if (total > unpackedBytes) {
        broken = true;
        break;
      }
    }
  } catch {
    broken = true;
  }
  return { bytes: tail.subarray(-keptBytes), cut: broken || total > keptBytes };
}
