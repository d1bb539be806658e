/** Combines what git knows about the check files with the files on disk. */
import { sha256 } from '../../domain/digest.ts';
import { isLfsPointer } from '../../domain/keys.ts';
import type { CheckFile, ChecksSnapshot, Spool, Spooled } from '../../ports/repository.ts';
import type { Watch } from '../../ports/time.ts';
import { type ChecksFolder, filesAtOnce } from '../disk/checksFolder.ts';
import { concurrently, inParts } from '../pool.ts';
import type { Git } from './git.ts';
import {
  type BlobOfPath,
  checkoutKey,
  firstVersions,
  objectId,
  readBlobs,
  readOthers,
  readTree,
} from './gitTree.ts';

/** Every check file, in path order, with its bytes on disk, at HEAD and in the baseline; unprintable names apart. */
export async function readCheckFiles(
  git: Git,
  folder: ChecksFolder,
  commits: { readonly baseCommit: string; readonly headCommit: string },
  spool: Spool,
  watch?: Watch,
): Promise<Omit<ChecksSnapshot, 'branch' | 'headCommit' | 'baseCommit' | 'baselineTip' | 'loadTested'>> {
  const { baseCommit, headCommit } = commits;
  const signal = watch?.signal;
  const below = `${folder.inRepository}/`;
  const readBase = readTree(git, baseCommit, folder.inRepository, signal);
  const [base, head, { files: onDisk, others: notFiles }] = await Promise.all([
    readBase,
    headCommit === baseCommit ? readBase : readTree(git, headCommit, folder.inRepository, signal),
    folder.list(),
  ]);
  const added = [...head.keys()].filter((path) => !base.has(path));
  const firsts = await firstVersions(git, baseCommit, folder.inRepository, added, base, signal);
  const listed = new Set(onDisk);
  const paths = [...onDisk];
  for (const name of head.keys()) {
    const path = name.slice(below.length);
    if (!listed.has(path)) paths.push(path);
  }
  const read = watchReading(onDisk.filter(hasPrintableName).length, watch);
  const reading = { folder, spool, idLike: headCommit, listed, read, signal };

  const parts = inParts(paths.filter(hasPrintableName).sort(), filesInPart);
  // The files of one part are read while git prints the versions of another.
  const files = await concurrently(parts, { limit: 2, signal }, async (part) => {
    const disk = await readDisk(part, reading);
    const known = part.flatMap((path) => {
      const name = below + path;
      const [headId, baseId] = [head.get(name), base.get(name) ?? firsts.get(name)];
      const now = disk.get(path);
      // Listed, and gone before it was read.
      if (now === undefined && headId === undefined) return [];
      return { path, name, headId, baseId, now };
    });
    // Only what differs from the bytes on disk has to be read from git.
    const checkouts = known.flatMap(({ name, headId, baseId, now }) =>
      [...new Set([headId, baseId])].flatMap((id) =>
        id === undefined || id === now?.id ? [] : [{ id, path: name }],
      ),
    );
    const blobs = new Map<string, Version>();
    const take = (one: BlobOfPath, bytes: Buffer) =>
      void blobs.set(checkoutKey(one), versionOf(bytes, spool));
    await readBlobs(git, checkouts, take, signal);
    return known.map(({ path, name, headId, baseId, now }) => {
      const version = (id: string) =>
        id === now?.id ? now.version : blobs.get(checkoutKey({ id, path: name }));
      const atHead = headId === undefined ? undefined : version(headId);
      // A file that is not in HEAD has no baseline, whatever an older commit contained.
      const isKnown = headId !== undefined && baseId !== undefined;
      const baseline = isKnown ? (baseId === headId ? atHead : version(baseId)) : undefined;
      const newOnBranch = headId !== undefined && !base.has(name);
      const facts = { newOnBranch, isPointer: now?.isPointer ?? false };
      return new FileVersions(path, facts, { now: now?.version, atHead, baseline });
    });
  });
  const inGit = (await readOthers(git, headCommit, folder.inRepository, signal)).map((path) =>
    path.slice(below.length),
  );
  const renamed = new Set(firsts.values());
  const deleted = [...base].flatMap(([path, id]) => (head.has(path) || renamed.has(id) ? [] : path));
  return {
    files: files.flat(),
    spool,
    unprintableNames: onDisk.filter((path) => !hasPrintableName(path)),
    // A plain file in place of a link of HEAD is read as that file.
    notFiles: [...new Set([...notFiles, ...inGit.filter((path) => !listed.has(path))])].sort(),
    deletedOnBranch: deleted.map((path) => path.slice(below.length)).filter((path) => !listed.has(path)),
  };
}

interface Version {
  readonly digest: string;
  readonly spooled: Spooled;
}

interface OnDisk {
  readonly version: Version;
  /** What git would call these bytes. */
  readonly id: string;
  readonly isPointer: boolean;
}

/** Keeps digests, and no bytes. */
class FileVersions implements CheckFile {
  readonly path: string;
  readonly newOnBranch: boolean;
  readonly isPointer: boolean;
  readonly #now: Version | undefined;
  readonly #atHead: Version | undefined;
  readonly #baseline: Version | undefined;

  constructor(
    path: string,
    { newOnBranch, isPointer }: Readonly<{ newOnBranch: boolean; isPointer: boolean }>,
    versions: Readonly<{
      now: Version | undefined;
      atHead: Version | undefined;
      baseline: Version | undefined;
    }>,
  ) {
    this.path = path;
    this.newOnBranch = newOnBranch;
    this.isPointer = isPointer;
    this.#now = versions.now;
    this.#atHead = versions.atHead;
    this.#baseline = versions.baseline;
  }

  get disk() {
    return this.#now?.spooled.read();
  }
  get diskDigest() {
    return this.#now?.digest;
  }
  get head() {
    return this.#atHead?.spooled.read();
  }
  get headDigest() {
    return this.#atHead?.digest;
  }
  get baseline() {
    return this.#baseline?.spooled.read();
  }
  get baselineDigest() {
    return this.#baseline?.digest;
  }
}

function versionOf(bytes: Buffer, spool: Spool): Version {
  return { digest: sha256(bytes), spooled: spool.put(bytes) };
}

interface Reading {
  readonly folder: ChecksFolder;
  readonly spool: Spool;
  readonly idLike: string;
  /** The files on disk; those that are gone when they are read are taken out. */
  readonly listed: Set<string>;
  /** Called for each file. */
  readonly read: () => void;
  readonly signal: AbortSignal | undefined;
}

async function readDisk(
  paths: readonly string[],
  { folder, spool, idLike, listed, read, signal }: Reading,
): Promise<Map<string, OnDisk>> {
  const disk = new Map<string, OnDisk>();
  const here = paths.filter((path) => listed.has(path));
  await concurrently(here, { limit: filesAtOnce, signal }, async (path) => {
    const bytes = await folder.read(path);
    read();
    if (bytes === undefined) {
      listed.delete(path);
      return;
    }
    const id = objectId(bytes, idLike);
    disk.set(path, { version: versionOf(bytes, spool), id, isPointer: isLfsPointer(bytes) });
  });
  return disk;
}

function watchReading(total: number, watch: Watch | undefined): () => void {
  let read = 0;
  return () => {
    read += 1;
    if (read % filesAtOnce === 0 || read === total) watch?.progress(read, total, 'check files read');
  };
}

/** Git's versions of two parts are in memory. */
const filesInPart = 2_000;

/** False for a name that is not UTF-8, would break git's line-based input, or looks like another name. */
function hasPrintableName(path: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u.test(path);
}
