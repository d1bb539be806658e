/** Combines what git knows about the check files with the files on disk. */
import { sha256 } from '../../domain/digest.ts';
import type { ChecksSnapshot } from '../../ports/repository.ts';
import type { Watch } from '../../ports/time.ts';
import { type ChecksFolder, filesAtOnce } from '../disk/checksFolder.ts';
import { concurrently } from '../pool.ts';
import type { Git } from './git.ts';
import {
  type Checkout,
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
  { baseCommit, headCommit }: { readonly baseCommit: string; readonly headCommit: string },
  watch?: Watch,
): Promise<Omit<ChecksSnapshot, 'branch' | 'headCommit' | 'baseCommit' | 'loadTested'>> {
  const signal = watch?.signal;
  const below = `${folder.inRepository}/`;
  const readBase = readTree(git, baseCommit, folder.inRepository, signal);
  const [base, head, onDisk, notFiles] = await Promise.all([
    readBase,
    headCommit === baseCommit ? readBase : readTree(git, headCommit, folder.inRepository, signal),
    folder.list(),
    folder.listOthers(),
  ]);
  const added = [...head.keys()].filter((path) => !base.has(path));
  const firsts = await firstVersions(git, baseCommit, folder.inRepository, added, base, signal);
  const disk = await readDisk(folder, onDisk.filter(hasPrintableName), watch);

  // Only what differs from the bytes on disk has to be read from git.
  const idLike = head.values().next().value ?? baseCommit;
  const diskIds = new Map([...disk].map(([path, bytes]) => [path, objectId(bytes, idLike)]));
  const inHead = [...head.keys()].map((path) => path.slice(below.length)).filter(hasPrintableName);
  const paths = [...new Set([...disk.keys(), ...inHead])].sort();
  const known = paths.map((path) => {
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
      id === undefined || id === diskIds.get(path) ? [] : [{ id, path: below + path }],
    ),
  );
  const blobs = new Map<string, Buffer>();
  const take = (one: Checkout, bytes: Buffer) => void blobs.set(checkoutKey(one), Buffer.from(bytes));
  await readBlobs(git, checkouts, take, signal);

  const files = known.map(({ path, headId, baseId, isNew }) => {
    const version = (id: string): Version =>
      id === diskIds.get(path) ? now : versionOf(blobs.get(checkoutKey({ id, path: below + path })));
    const now = versionOf(disk.get(path));
    const atHead: Version = headId === undefined ? {} : version(headId);
    // A file that is not in HEAD has no baseline, whatever an older commit contained.
    const isKnown = headId !== undefined && baseId !== undefined;
    const baseline: Version = isKnown ? (baseId === headId ? atHead : version(baseId)) : {};
    return {
      path,
      newOnBranch: headId !== undefined && isNew,
      ...(now.bytes === undefined ? {} : { disk: now.bytes, diskDigest: now.digest }),
      ...(atHead.bytes === undefined ? {} : { head: atHead.bytes, headDigest: atHead.digest }),
      ...(baseline.bytes === undefined ? {} : { baseline: baseline.bytes, baselineDigest: baseline.digest }),
    };
  });
  const inGit = (await readOthers(git, headCommit, folder.inRepository, signal)).map((path) =>
    path.slice(below.length),
  );
  const renamed = new Set(firsts.values());
  const deleted = [...base].flatMap(([path, id]) => (head.has(path) || renamed.has(id) ? [] : path));
  return {
    files,
    unprintableNames: onDisk.filter((path) => !hasPrintableName(path)),
    // A plain file in place of a link of HEAD is read as that file.
    notFiles: [...new Set([...notFiles, ...inGit.filter((path) => !disk.has(path))])].sort(),
    deletedOnBranch: deleted.map((path) => path.slice(below.length)).filter((path) => !disk.has(path)),
  };
}

type Version = { bytes: Buffer; digest: string } | { bytes?: never };

function versionOf(bytes: Buffer | undefined): Version {
  return bytes === undefined ? {} : { bytes, digest: sha256(bytes) };
}

async function readDisk(
  folder: ChecksFolder,
  paths: readonly string[],
  watch: Watch | undefined,
): Promise<Map<string, Buffer>> {
  const pool = {
    limit: filesAtOnce,
    signal: watch?.signal,
    onProgress: (done: number) => watch?.progress(done, paths.length, 'check files read'),
  };
  const bytes = await concurrently(paths, pool, folder.read);
  return new Map(paths.flatMap((path, index) => (bytes[index] === undefined ? [] : [[path, bytes[index]]])));
}

/** False for a name that is not UTF-8, would break git's line-based input, or looks like another name. */
function hasPrintableName(path: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u.test(path);
}
