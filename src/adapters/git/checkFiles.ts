/** Combines what git knows about the check files with the files on disk. */
import { sha256 } from '../../domain/digest.ts';
import { isLfsPointer } from '../../domain/keys.ts';
import type { CheckFile, ChecksSnapshot, Spool, Spooled } from '../../ports/repository.ts';
import type { Watch } from '../../ports/time.ts';
import { type ChecksFolder, filesAtOnce } from '../disk/checksFolder.ts';
import { concurrently } from '../pool.ts';
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
  const idLike = head.values().next().value ?? baseCommit;
  const disk = await readDisk(folder, onDisk.filter(hasPrintableName), { spool, idLike }, watch);

  // Only what differs from the bytes on disk has to be read from git.
  const paths = new Set(disk.keys());
  for (const path of head.keys()) {
    const name = path.slice(below.length);
    if (hasPrintableName(name)) paths.add(name);
  }
  const known = [...paths].sort().map((path) => {
    const name = below + path;
    return {
      path,
      headId: head.get(name),
      baseId: base.get(name) ?? firsts.get(name),
      isNew: !base.has(name),
    };
  });
  const checkouts = known.flatMap(({ path, headId, baseId }) =>
    [...new Set([headId, baseId])].flatMap((id) =>
      id === undefined || id === disk.get(path)?.id ? [] : [{ id, path: below + path }],
    ),
  );
  const blobs = new Map<string, Version>();
  const take = (one: BlobOfPath, bytes: Buffer) => void blobs.set(checkoutKey(one), versionOf(bytes, spool));
  await readBlobs(git, checkouts, take, signal);

  const files = known.map(({ path, headId, baseId, isNew }) => {
    const now = disk.get(path);
    const version = (id: string) =>
      id === now?.id ? now.version : blobs.get(checkoutKey({ id, path: below + path }));
    const atHead = headId === undefined ? undefined : version(headId);
    // A file that is not in HEAD has no baseline, whatever an older commit contained.
    const isKnown = headId !== undefined && baseId !== undefined;
    const baseline = isKnown ? (baseId === headId ? atHead : version(baseId)) : undefined;
    const facts = { newOnBranch: headId !== undefined && isNew, isPointer: now?.isPointer ?? false };
    return new FileVersions(path, facts, { now: now?.version, atHead, baseline });
  });
  const inGit = (await readOthers(git, headCommit, folder.inRepository, signal)).map((path) =>
    path.slice(below.length),
  );
  const renamed = new Set(firsts.values());
  const deleted = [...base].flatMap(([path, id]) => (head.has(path) || renamed.has(id) ? [] : path));
  return {
    files,
    spool,
    unprintableNames: onDisk.filter((path) => !hasPrintableName(path)),
    // A plain file in place of a link of HEAD is read as that file.
    notFiles: [...new Set([...notFiles, ...inGit.filter((path) => !disk.has(path))])].sort(),
    deletedOnBranch: deleted.map((path) => path.slice(below.length)).filter((path) => !disk.has(path)),
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

async function readDisk(
  folder: ChecksFolder,
  paths: readonly string[],
  { spool, idLike }: { readonly spool: Spool; readonly idLike: string },
  watch: Watch | undefined,
): Promise<Map<string, OnDisk>> {
  const pool = {
    limit: filesAtOnce,
    signal: watch?.signal,
    onProgress: (done: number) => watch?.progress(done, paths.length, 'check files read'),
  };
  const found = await concurrently(paths, pool, async (path): Promise<OnDisk | undefined> => {
    const bytes = await folder.read(path);
    if (bytes === undefined) return undefined;
    const id = objectId(bytes, idLike);
    return { version: versionOf(bytes, spool), id, isPointer: isLfsPointer(bytes) };
  });
  return new Map(paths.flatMap((path, index) => (found[index] === undefined ? [] : [[path, found[index]]])));
}

/** False for a name that is not UTF-8, would break git's line-based input, or looks like another name. */
function hasPrintableName(path: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u.test(path);
}
