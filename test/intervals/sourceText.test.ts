import { expect, test } from 'vitest';
import { decodeCheck, encodeCheck, lineCounter, maxCheckBytes } from '../../src/intervals/yaml/sourceText.ts';

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);

test('a byte order mark, CRLF and characters of every length survive decoding and encoding', () => {
  const bytes = Buffer.from('\ufeffa: é € 😀\r\nb: \u0000\ufffd');
  const decoded = decodeCheck(bytes);
  if ('invalid' in decoded) throw new Error(decoded.invalid.message);
  expect(decoded.source.startsWith('\ufeffa')).toBe(true);
  expect(Buffer.from(encodeCheck(decoded.source)).equals(bytes)).toBe(true);
});

test.each([
  [
    'a stray byte',
    bytesOf(0x61, 0x0a, 0x62, 0x0a, 0xe9, 0x20),
    { kind: 'bytes', line: 3, message: 'not UTF-8' },
  ],
  ['an overlong form', bytesOf(0xc0, 0xaf), { kind: 'bytes', line: 1, message: 'not UTF-8' }],
  ['a surrogate', bytesOf(0x0a, 0xed, 0xa0, 0x80), { kind: 'bytes', line: 2, message: 'not UTF-8' }],
  [
    'a character cut short',
    bytesOf(0x0a, 0xf0, 0x9f, 0x98),
    { kind: 'bytes', line: 2, message: 'not UTF-8' },
  ],
  ['UTF-16', bytesOf(0xff, 0xfe, 0x61, 0), { kind: 'bytes', line: 1, message: 'UTF-16, not UTF-8' }],
  [
    'UTF-16, big-endian',
    bytesOf(0xfe, 0xff, 0, 0x61),
    { kind: 'bytes', line: 1, message: 'UTF-16, not UTF-8' },
  ],
])('%s is rejected with its line', (_form, bytes, invalid) => {
  expect(decodeCheck(bytes)).toEqual({ invalid });
});

test('a file over the cap is rejected, one at the cap is not', () => {
  expect(decodeCheck(new Uint8Array(maxCheckBytes).fill(0x61))).toHaveProperty('source');
  expect(decodeCheck(new Uint8Array(maxCheckBytes + 1))).toEqual({
    invalid: { kind: 'bytes', line: 1, message: 'larger than 1048576 bytes, too large for a check' },
  });
});

test('lines are counted from 1 by LF, in any order of offsets', () => {
  const lineOf = lineCounter('a\nb\r\n\nc');
  expect([0, 1, 2, 4, 5, 6, 3, 0, 6].map(lineOf)).toEqual([1, 1, 2, 2, 3, 4, 2, 1, 4]);
});
