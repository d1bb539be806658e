/** Many files as one object of the store: ten thousand would take as many writes. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Blobs } from './store.ts';

/** Path -> bytes; undefined for a file that is deleted. */
export type Pack = ReadonlyMap<string, Buffer | undefined>;

/** Returns the digest. */
export async function putPack(blobs: Blobs, pack: Pack): Promise<string> {
  const rows = [...pack].map(([path, bytes]) => [path, bytes?.toString('base64') ?? null]);
  return blobs.put(await promisify(gzip)(JSON.stringify(rows), { level: 1 }));
}

/** Undefined when it is missing or damaged. */
export async function getPack(blobs: Blobs, digest: string): Promise<Pack | undefined> {
  const kept = await blobs.get(digest);
  if (kept === undefined) return undefined;
  const rows = JSON.parse((await promisify(gunzip)(kept)).toString('utf8')) as [string, string | null][];
  return new Map(rows.map(([path, text]) => [path, text === null ? undefined : Buffer.from(text, 'base64')]));
}
