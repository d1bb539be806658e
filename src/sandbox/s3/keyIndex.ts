/**
 * The keys of a bucket in the order in which S3 lists them: by their UTF-8 bytes. Changes are collected and merged
 * in when somebody lists, so that ten thousand uploads cost one sort and a listing of an unchanged bucket none.
 */
export interface KeyIndex {
  add(key: string): void;
  remove(key: string): void;
  /** Do not keep it: a later change makes a new one. */
  sorted(): readonly string[];
}

export function createKeyIndex(): KeyIndex {
  let order: string[] = [];
  const added = new Set<string>();
  const removed = new Set<string>();
  return {
    add(key) {
      if (!removed.delete(key)) added.add(key);
    },
    remove(key) {
      if (!added.delete(key)) removed.add(key);
    },
    sorted() {
      if (added.size > 0 || removed.size > 0) {
        order = merged(order, [...added].sort(compareKeys), removed);
        added.clear();
        removed.clear();
      }
      return order;
    },
  };
}

function merged(order: readonly string[], fresh: readonly string[], gone: ReadonlySet<string>): string[] {
  const result: string[] = [];
  let next = 0;
  for (const key of order) {
    for (let other = fresh[next]; other !== undefined && compareKeys(other, key) < 0; other = fresh[next]) {
      result.push(other);
      next += 1;
    }
    if (!gone.has(key)) result.push(key);
  }
  for (; next < fresh.length; next += 1) result.push(fresh[next] as string);
  return result;
}

/**
 * UTF-8 byte order, which is code point order. JavaScript compares UTF-16 units, which is the same except where a
 * surrogate (a character beyond U+FFFF) meets a unit from U+E000 up.
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

/** Puts the surrogates above all other units. */
function codePointRank(unit: number): number {
  return unit < 0xe000 ? unit + 0x10000 : unit;
}

/** The first position from which `after` holds for every key; it must not hold before. */
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
