/** The check files in git's trees and blobs. */
import { createHash, randomBytes } from 'node:crypto';
import { concurrently, inParts } from '../pool.ts';
import type { Git } from './git.ts';

/** Path (relative to the repository) -> object id of each regular file in a tree. */
export type Tree = ReadonlyMap<string, string>;

/** How many trees of a repository are cached: those of the baseline, HEAD and the previous HEAD. */
const maxCachedTrees = 3;

interface Listing {
  readonly files: Tree;
  /** Paths of links and submodules. */
  readonly others: readonly string[];
}

const listingsOf = new WeakMap<Git, Map<string, Listing>>();

/**
 * The regular files of a commit below a folder; links and submodules are not check files. A commit never changes, so
 * the most recently read trees are cached.
 */
export async function readTree(
  git: Git,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Tree> {
  return (await listing(git, commit, folder, signal)).files;
}

/** The links and submodules of a commit below a folder, relative to the repository. */
export async function readOthers(
  git: Git,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return (await listing(git, commit, folder, signal)).others;
}

async function listing(git: Git, commit: string, folder: string, signal?: AbortSignal): Promise<Listing> {
  const listings = listingsOf.get(git) ?? new Map<string, Listing>();
  listingsOf.set(git, listings);
  const key = `${commit} ${folder}`;
  const found = listings.get(key) ?? (await listTree(git, commit, folder, signal));
  listings.delete(key);
  listings.set(key, found);
  for (const oldest of listings.keys()) if (listings.size > maxCachedTrees) listings.delete(oldest);
  return found;
}

async function listTree(git: Git, commit: string, folder: string, signal?: AbortSignal): Promise<Listing> {
  const rows = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', folder], { signal });
  const files = new Map<string, string>();
  const others: string[] = [];
  for (const row of rows.split('\0')) {
    const [, mode, id, path] = /^(\d{6}) \w+ ([0-9a-f]{40,64})\t(.+)$/s.exec(row) ?? [];
    if (mode === undefined || id === undefined || path === undefined) continue;
    if (/^100(?:644|755|664)$/.test(mode)) files.set(path, id);
    else others.push(path);
  }
  return { files, others };
}

/** The object id that git gives these bytes; `like` is an id of the same repository (sha1 or sha256). */
export function objectId(bytes: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

/** A blob, and the path that determines how git checks it out. */
export interface BlobOfPath {
  readonly id: string;
  /** Relative to the repository, without control characters. */
  readonly path: string;
}

/** How many blobs one git process prints: its output is held in memory. */
const checkoutsAtOnce = 2_000;

/**
 * Gives `take` each blob as a checkout would write it: with the line endings (core.autocrlf, eol) and the filters of its
 * path, so that a freshly checked-out file does not look edited. `take` copies what it keeps. Leaves out a blob that the
 * repository lacks.
 */
export async function readBlobs(
  git: Git,
  checkouts: readonly BlobOfPath[],
  take: (checkout: BlobOfPath, bytes: Buffer) => void,
  signal?: AbortSignal,
): Promise<void> {
  // The next git prints while the bytes of the one before are taken.
  await concurrently(inParts(checkouts, checkoutsAtOnce), { limit: 2, signal }, async (some) => {
    // git prints the size before filters; a word that no blob contains marks where each begins.
    const nonce = randomBytes(16).toString('hex');
    const args = ['cat-file', `--batch=${nonce} %(objectname) %(objecttype)`, '--filters'];
    const input = some.map(({ id, path }) => `${id} ${path}\n`).join('');
    const output = await git.bytes(args, { input, signal });
    for (const { checkout, start, end } of placesIn(output, nonce, some))
      take(checkout, output.subarray(start, end));
  });
}

interface BlobPlace {
  readonly checkout: BlobOfPath;
  readonly start: number;
  end: number;
}

/** Where each blob is in the output of git, which has a line without the word for each object that is missing. */
function placesIn(output: Buffer, nonce: string, checkouts: readonly BlobOfPath[]): BlobPlace[] {
  const places: BlobPlace[] = [];
  const headerAfter = (from: number) => output.indexOf(`${nonce} `, from);
  let header = headerAfter(0);
  for (const checkout of checkouts) {
    const start = output.indexOf(0x0a, header) + 1;
    const isHere =
      header >= 0 && output.toString('latin1', header, start) === `${nonce} ${checkout.id} blob\n`;
    const last = places.at(-1);
    if (!isHere && last !== undefined) last.end -= `${checkout.id} missing\n`.length;
    if (!isHere) continue;
    header = headerAfter(start);
    places.push({ checkout, start, end: (header < 0 ? output.length : header) - 1 });
  }
  return places;
}

export function checkoutKey({ id, path }: BlobOfPath): string {
  return `${id} ${path}`;
}

/**
 * The blob of the first version of each file that the branch added. A file renamed on the branch keeps the first
 * version (or the baseline) of its old name: a rename after a commit of scaled configs must not make the scaled bytes
 * a baseline.
 */
export async function firstVersions(
  git: Git,
  baseCommit: string,
  folder: string,
  added: readonly string[],
  base: Tree,
  signal?: AbortSignal,
): Promise<Tree> {
  if (added.length === 0) return new Map();
  const range = `${baseCommit}..HEAD`;
  const options = ['--reverse', '--diff-filter=AR', '-M', '--format=', '-z', '--raw', '--no-abbrev'];
  const log = await git.run(['log', ...options, range, '--', folder], { signal });
  const origins = new Map<string, string>(base);
  const words = log.split('\0');
  for (let index = 0; index < words.length; index += 1) {
    const [, blob, status] = /^\n?:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([AR])\d*$/.exec(words[index] ?? '') ?? [];
    if (blob === undefined) continue;
    const from = words[++index] ?? '';
    const to = status === 'R' ? (words[++index] ?? '') : from;
    const origin = status === 'R' ? origins.get(from) : blob;
    // Deleted and added again: the first version remains the baseline.
    if (origin !== undefined && !origins.has(to)) origins.set(to, origin);
  }
  return new Map(
    added.flatMap((path) => {
      const origin = origins.get(path);
      return origin === undefined ? [] : [[path, origin] as const];
    }),
  );
}
