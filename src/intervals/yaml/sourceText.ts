/** Converts between the bytes of a check file and the text that the scanner reads, exactly in both directions. */

/** Why a whole file is left alone. */
export interface InvalidCheck {
  /** `bytes`: another encoding than UTF-8, or too large, also in tokens. `yaml`: text that is not valid YAML. */
  readonly kind: 'bytes' | 'yaml';
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** Real checks have a few kilobytes; the largest in public use has less than 50. */
export const maxCheckBytes = 1024 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Decodes a check file, its byte order mark included, so that `encodeCheck` restores the same bytes. Bytes that are
 * not UTF-8, and files over `maxCheckBytes`, are `invalid`.
 */
export function decodeCheck(bytes: Uint8Array): { source: string } | { invalid: InvalidCheck } {
  if (bytes.length > maxCheckBytes)
    return invalid(1, `larger than ${maxCheckBytes} bytes, too large for a check`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return invalid(1, 'UTF-16, not UTF-8');
  try {
    return { source: decoder.decode(bytes) };
  } catch {
    return invalid(lineOfBadByte(bytes), 'not UTF-8');
  }
}

function invalid(line: number, message: string): { invalid: InvalidCheck } {
  return { invalid: { kind: 'bytes', line, message } };
}

/** Encodes a text that `decodeCheck` returned, edited or not. */
export function encodeCheck(source: string): Uint8Array {
  return encoder.encode(source);
}

/**
 * Converts offsets (UTF-16 code units) to 1-based lines; a line ends with LF, as git and editors count. Fast when
 * the offsets rise.
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
