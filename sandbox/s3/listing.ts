/** Where a listing continues: after a key, or after all keys that were shown as one common prefix. */
export type Position = { readonly key: string } | { readonly group: string };

export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after?: Position | undefined;
  /** Keys and common prefixes together. */
  readonly limit: number;
}

export interface ListingPage {
  readonly keys: string[];
  readonly commonPrefixes: string[];
  /** Set when there is more. */
  readonly next?: Position;
}

/** One page of the sorted keys. The cost depends on the page, not on the size of the bucket. */
export function listPage(keys: readonly string[], query: ListingQuery): ListingPage {
  const { prefix, delimiter, limit } = query;
  const page = { keys: [] as string[], commonPrefixes: [] as string[] };
  let last: Position | undefined;
  let index = startOf(keys, query);
  for (let shown = 0; index < keys.length; shown += 1) {
    const key = keys[index] as string;
    if (!key.startsWith(prefix)) break;
    if (shown >= limit) return last === undefined ? page : { ...page, next: last };
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut === -1) {
      page.keys.push(key);
      last = { key };
      index += 1;
    } else {
      const group = key.slice(0, cut + delimiter.length);
      page.commonPrefixes.push(group);
      last = { group };
      index = firstWhere(keys, (other) => isPast(other, { group }), index);
    }
  }
  return page;
}

function startOf(keys: readonly string[], { prefix, after }: ListingQuery): number {
  const start = firstWhere(keys, (key) => compareKeys(key, prefix) >= 0);
  return after === undefined ? start : firstWhere(keys, (key) => isPast(key, after), start);
}

function isPast(key: string, position: Position): boolean {
  if ('key' in position) return compareKeys(key, position.key) > 0;
  return !key.startsWith(position.group) && compareKeys(key, position.group) > 0;
}

/** A continuation token: opaque to the client, as in S3. */
export function tokenOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Undefined for a token that the sandbox never issued. */
export function positionOf(token: string): Position | undefined {
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<
      Record<'key' | 'group', unknown>
    >;
    if (typeof value.key === 'string') return { key: value.key };
    return typeof value.group === 'string' ? { group: value.group } : undefined;
  } catch {
    return undefined;
  }
}

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
