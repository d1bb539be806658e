/** Between the bytes of a check file and the text that the scanner reads: exact in both directions. */

/** Why a file is left alone whole. */
export interface InvalidCheck {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** A check of this size is no check: real ones are a few kilobytes, the largest in public use below 50. */
export const maxCheckBytes = 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * The text of a check file, its byte order mark included, so that `encodeCheck` gives the same bytes back.
 * Bytes that are not UTF-8, and files over `maxCheckBytes`, come back as `invalid`.
 */
export function decodeCheck(bytes: Uint8Array): { source: string } | { invalid: InvalidCheck } {
  if (bytes.length > maxCheckBytes)
    return { invalid: { line: 1, message: `larger than ${maxCheckBytes} bytes, too large for a check` } };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { invalid: { line: 1, message: 'UTF-16, not UTF-8' } };
  try {
    return { source: decoder.decode(bytes) };
  } catch {
    return { invalid: { line: lineOfBadByte(bytes), message: 'not UTF-8' } };
  }
}

/** The bytes of a text that `decodeCheck` gave, edited or not. */
export function encodeCheck(source: string): Uint8Array {
  return encoder.encode(source);
}

/**
 * 1-based lines of offsets (UTF-16 code units); a line ends with LF, as git and editors count. Quick when the
 * offsets rise.
 */
export function lineCounter(source: string): (offset: number) => number {
  let line = 1;
  let lineStart = 0;
  let nextFeed = feedFrom(source, 0);
  return (offset) => {
    if (offset < lineStart) {
      line = 1;
      nextFeed = feedFrom(source, 0);
      lineStart = 0;
    }
    while (nextFeed < offset) {
      line += 1;
      lineStart = nextFeed + 1;
      nextFeed = feedFrom(source, lineStart);
    }
    return line;
  };
}

function feedFrom(source: string, at: number): number {
  const feed = source.indexOf('\n', at);
  return feed < 0 ? Number.POSITIVE_INFINITY : feed;
}

function lineOfBadByte(bytes: Uint8Array): number {
  const text = lenient.decode(bytes);
  return lineCounter(text)(Math.max(0, text.indexOf('\ufffd')));
}
