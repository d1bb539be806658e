/** The text of a log file, plain or packed with gzip. */
import { constants, createGunzip } from 'node:zlib';
import type { LogPart } from '../ports/aws.ts';

/** How much of the end of a log is kept: errors are there. */
const keptBytes = 1024 * 1024;
/** The limit for unpacked bytes, against zip bombs. */
const unpackedBytes = 256 * 1024 * 1024;
/** Enough to decide: text has few control characters and few bytes that are not UTF-8, anything else has many. */
const sampledBytes = 4096;

/**
 * The last mebibyte of a log as text; a truncated gzip yields what precedes the break. Undefined for bytes that are
 * neither gzip nor text.
 */
export async function logText(
  bytes: Uint8Array,
  bytesAreCut: boolean,
): Promise<Omit<LogPart, 'uri'> | undefined> {
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!gzip && !isText(bytes)) return undefined;
  const tail = gzip
    ? await unpackedTail(bytes)
    : { bytes: bytes.subarray(-keptBytes), cut: bytes.length > keptBytes };
  return { text: Buffer.from(tail.bytes).toString('utf8'), cut: tail.cut || bytesAreCut, gzip };
}

/** Tolerates colour escapes, a character cut at the end of the sample, and another encoding. */
function isText(bytes: Uint8Array): boolean {
  const sample = Buffer.from(bytes.subarray(0, sampledBytes));
  const unprintable = sample.toString('utf8').match(/(?!\s)\p{Cc}|\ufffd/gu)?.length ?? 0;
  return unprintable <= sample.length / 5 + 1;
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
