import { createHash } from 'node:crypto';
import { access, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ToolError } from '../errors.ts';
import type { CheckFile, TargetRepository, Watch } from '../ports.ts';
import type { Settings } from '../settings.ts';
import { backupPatch } from './backups.ts';
import { type ChecksFolder, openChecksFolder } from './checksFolder.ts';
import { commitFiles } from './commits.ts';
import { type Git, openGit } from './git.ts';
import { firstVersions, objectId, readBlobs, readTree } from './gitTree.ts';

type Wanted = Pick<Settings, 'targetRepo' | 'checksPath' | 'testBranch' | 'baselineRef' | 'stateDir'>;

/** The repository that holds the checks, through git and the file system. Nothing is ever pushed. */
export function createTargetRepository(settings: Wanted): TargetRepository {
  const git = openGit(settings.targetRepo);

  async function open(): Promise<ChecksFolder> {
    await requireRepository(settings.targetRepo);
    return openChecksFolder(settings.targetRepo, settings.checksPath);
  }

  return {
    async snapshot({ forWriting }, watch) {
      const folder = await open();
      const branch = await requireBranch(git, forWriting ? settings.testBranch : undefined);
      const headCommit = (await git.run(['rev-parse', 'HEAD'])).trim();
      const baseCommit = await mergeBase(git, settings.baselineRef);
      const files = await readCheckFiles(git, folder, baseCommit, watch);
      return { branch, headCommit, baseCommit, files };
    },

    async write(files, watch) {
      const folder = await open();
      await requireBranch(git, settings.testBranch);
      for (const [index, file] of files.entries()) {
        watch?.signal.throwIfAborted();
        await folder.write(file.path, file.bytes);
        watch?.progress(index + 1, files.length, 'check files written');
      }
    },

    async backup(files) {
      const folder = await open();
      return backupPatch(settings.stateDir, folder.inRepository, files);
    },

    async commit(paths, message, trailer) {
      const folder = await open();
      const branch = await requireBranch(git, settings.testBranch);
      const inRepository = paths.map((path) => `${folder.inRepository}/${path}`);
      return commitFiles(git, branch, inRepository, message, trailer);
    },

    async identity() {
      await requireRepository(settings.targetRepo);
      const words = (await git.run(['var', 'GIT_AUTHOR_IDENT'])).trim();
      return words.replace(/ \d+ [+-]\d{4}$/, '');
    },
  };
}

async function requireRepository(targetRepo: string): Promise<void> {
  const top = await realpath(targetRepo).catch(() => undefined);
  if (top === undefined)
    throw new ToolError('CONFIG', `TARGET_REPO ${targetRepo} does not exist. Nothing was changed.`, {
      next: 'set TARGET_REPO in .env to your checkout of the repository that holds the checks.',
    });
  await access(resolve(top, '.git')).catch((cause) => {
    throw new ToolError(
      'CONFIG',
      `TARGET_REPO ${targetRepo} is not the top of a git repository. Nothing was changed.`,
      {
        next: 'set TARGET_REPO in .env to the folder that contains .git.',
        cause,
      },
    );
  });
}

/** The checked-out branch; with `wanted`, that one and no other. */
async function requireBranch(git: Git, wanted: string | undefined): Promise<string> {
  const branch = (await git.run(['symbolic-ref', '-q', '--short', 'HEAD'])).trim();
  const next = `type: git checkout ${wanted ?? 'audit_checks_load_testing'} in TARGET_REPO, then call the same tool again.`;
  if (branch === '')
    throw new ToolError(
      'WRONG_STATE',
      'TARGET_REPO has no branch checked out (detached HEAD). Nothing was changed.',
      { next },
    );
  if (wanted !== undefined && branch !== wanted)
    throw new ToolError(
      'WRONG_STATE',
      `TARGET_REPO is on branch ${branch}, not on ${wanted}. Nothing was changed.`,
      {
        next: `type: git checkout ${wanted} in TARGET_REPO (git checkout -b ${wanted} the first time), then call the same tool again.`,
      },
    );
  if ((await git.run(['rev-parse', '-q', '--verify', 'HEAD'])).trim() === '')
    throw new ToolError(
      'WRONG_STATE',
      `Branch ${branch} of TARGET_REPO has no commit yet. Nothing was changed.`,
      { next: 'commit the checks first.' },
    );
  for (const [marker, what] of unfinished) {
    const path = (await git.run(['rev-parse', '--git-path', marker])).trim();
    const present = await access(resolve(git.directory, path)).then(
      () => true,
      () => false,
    );
    if (present)
      throw new ToolError('WRONG_STATE', `TARGET_REPO is in the middle of a ${what}. Nothing was changed.`, {
        next: `finish or abort the ${what} in TARGET_REPO, then call the same tool again.`,
      });
  }
  return branch;
}

const unfinished = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
] as const;

async function mergeBase(git: Git, baselineRef: string): Promise<string> {
  const known = (await git.run(['rev-parse', '-q', '--verify', `${baselineRef}^{commit}`])).trim();
  const base = known === '' ? '' : (await git.run(['merge-base', 'HEAD', known])).trim();
  if (base !== '') return base;
  const why = known === '' ? `has no ${baselineRef}` : `shares no history between HEAD and ${baselineRef}`;
  throw new ToolError(
    'CONFIG',
    `TARGET_REPO ${why}, so there is no baseline to scale from. Nothing was changed.`,
    {
      next: 'set BASELINE_REF in .env to the branch that the test branch was made from (for example main or origin/main).',
    },
  );
}

async function readCheckFiles(
  git: Git,
  folder: ChecksFolder,
  baseCommit: string,
  watch?: Watch,
): Promise<CheckFile[]> {
  const signal = watch?.signal;
  const below = `${folder.inRepository}/`;
  const [base, head, onDisk] = await Promise.all([
    readTree(git, baseCommit, folder.inRepository, signal),
    readTree(git, 'HEAD', folder.inRepository, signal),
    folder.list(),
  ]);
  const added = [...head.keys()].filter((path) => !base.has(path));
  const firsts = await firstVersions(git, baseCommit, folder.inRepository, added, base, signal);

  const disk = new Map<string, Buffer>();
  const readable = onDisk.filter((path) => !hasControlCharacter(path));
  for (let start = 0; start < readable.length; start += 64) {
    signal?.throwIfAborted();
    const some = readable.slice(start, start + 64);
    for (const [index, bytes] of (await Promise.all(some.map(folder.read))).entries())
      disk.set(some[index] ?? '', bytes);
    watch?.progress(disk.size, readable.length, 'check files read');
  }

  // Only what differs from the bytes on disk has to be fetched from git.
  const idLike = head.values().next().value ?? baseCommit;
  const diskIds = new Map([...disk].map(([path, bytes]) => [path, objectId(bytes, idLike)]));
  const baselineName = (path: string): string | undefined => base.get(path) ?? firsts.get(path);
  const paths = [
    ...new Set([...disk.keys(), ...[...head.keys()].map((path) => path.slice(below.length))]),
  ].sort();
  const wanted = new Set<string>();
  for (const path of paths) {
    for (const name of [baselineName(below + path), head.get(below + path)])
      if (name !== undefined && name !== diskIds.get(path)) wanted.add(name);
  }
  const blobs = await readBlobs(git, [...wanted], signal);
  const bytesOf = (path: string, name: string | undefined): Buffer | undefined =>
    name !== undefined && name === diskIds.get(path) ? disk.get(path) : blobs.get(name ?? '');

  return paths.map((path) => {
    const bytes = disk.get(path);
    const headName = head.get(below + path);
    // A file that HEAD does not have is not git's yet, whatever an older commit held.
    const baseline = headName === undefined ? undefined : bytesOf(path, baselineName(below + path));
    const headBytes = bytesOf(path, headName);
    const diskDigest = bytes && sha256(bytes);
    return {
      path,
      newOnBranch: headName !== undefined && !base.has(below + path),
      ...(bytes === undefined ? {} : { disk: bytes, diskDigest: diskDigest ?? '' }),
      ...(headBytes === undefined
        ? {}
        : { head: headBytes, headDigest: headBytes === bytes ? (diskDigest ?? '') : sha256(headBytes) }),
      ...(baseline === undefined
        ? {}
        : { baseline, baselineDigest: baseline === bytes ? (diskDigest ?? '') : sha256(baseline) }),
    };
  });
}

/** A name that cannot be spoken to git a line at a time is nobody's check. */
function hasControlCharacter(path: string): boolean {
  return [...path].some((character) => character < ' ' || character === '\u007f');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
