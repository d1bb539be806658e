import { createHash } from 'node:crypto';
import type { Git } from './git.ts';

/** Path (relative to the repository) -> object id of each regular file in a tree. */
export type Tree = ReadonlyMap<string, string>;

/** The regular files of a commit under a folder; links and submodules are not check files. */
export async function readTree(
  git: Git,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Tree> {
  const listing = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', folder], { signal });
  const tree = new Map<string, string>();
  for (const row of listing.split('\0')) {
    const match = /^100(?:644|755|664) blob ([0-9a-f]{40,64})\t(.+)$/s.exec(row);
    if (match?.[1] !== undefined && match[2] !== undefined) tree.set(match[2], match[1]);
  }
  return tree;
}

/** The object id that git would give these bytes; `like` is an id of the same repository (sha1 or sha256). */
export function objectId(bytes: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

/** Many blobs in one git process. Names without a blob are left out. */
export async function readBlobs(
  git: Git,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  if (names.length === 0) return blobs;
  const output = await git.bytes(['cat-file', '--batch'], { input: `${names.join('\n')}\n`, signal });
  let position = 0;
  for (const name of names) {
    const end = output.indexOf(0x0a, position);
    const header = output.toString('utf8', position, end);
    position = end + 1;
    const sizeBytes = Number(/ blob (\d+)$/.exec(header)?.[1] ?? Number.NaN);
    if (Number.isNaN(sizeBytes)) continue;
    blobs.set(name, Buffer.from(output.subarray(position, position + sizeBytes)));
    position += sizeBytes + 1;
  }
  return blobs;
}

/**
 * For files that the branch added: where their first version lies, as a name for cat-file. A file that was
 * renamed on the branch keeps the first version (or the baseline) of its old name: a rename after a commit of
 * scaled configs must not make the scaled bytes a baseline.
 */
export async function firstVersions(
  git: Git,
  baseCommit: string,
  folder: string,
  added: readonly string[],
  base: Tree,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (added.length === 0) return found;
  const log = await git.run(
    [
      'log',
      '--reverse',
      '--diff-filter=AR',
      '-M',
      '--format=%H',
      '-z',
      '--name-status',
      `${baseCommit}..HEAD`,
      '--',
      folder,
    ],
    { signal },
  );
  const words = log.split('\0').map((word) => word.replace(/^\n/, ''));
  const origins = new Map<string, string>(base);
  let commit = '';
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (/^[0-9a-f]{40,64}$/.test(word)) commit = word;
    else if (word === 'A') {
      const path = words[++index] ?? '';
      // Deleted and added again: the first version stays the baseline.
      if (!origins.has(path)) origins.set(path, `${commit}:${path}`);
    } else if (/^R\d+$/.test(word)) {
      const from = words[++index] ?? '';
      const to = words[++index] ?? '';
      const origin = origins.get(from);
      if (origin !== undefined && !origins.has(to)) origins.set(to, origin);
    }
  }
  for (const path of added) {
    const origin = origins.get(path);
    if (origin !== undefined) found.set(path, origin);
  }
  return found;
}
