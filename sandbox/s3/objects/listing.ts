import { compareKeys, firstWhere } from './keys.ts';

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
