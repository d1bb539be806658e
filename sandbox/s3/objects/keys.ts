/**
 * Compares keys in the order in which S3 lists them: UTF-8 byte order, which is code point order. JavaScript compares
 * UTF-16 units, which differs only where a surrogate (a character beyond U+FFFF) meets a unit from U+E000 up.
 */
export function compareKeys(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return a >= 0xd800 && b >= 0xd800 ? codePointRank(a) - codePointRank(b) : a - b;
  }
  return left.length - right.length;
}

/** Ranks surrogates above all other units. */
function codePointRank(unit: number): number {
  return unit < 0xe000 ? unit + 0x10000 : unit;
}

/** The first position from which `after` is true for every key (binary search: it must be false before). */
export function firstWhere(keys: readonly string[], after: (key: string) => boolean, from = 0): number {
  let low = from;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (after(keys[middle] as string)) high = middle;
    else low = middle + 1;
  }
  return low;
}
