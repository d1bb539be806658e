/** The repository with the checks, through git and the file system. Nothing is ever pushed. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ToolError } from '../../domain/errors.ts';
import type { TargetRepository } from '../../ports/repository.ts';
import type { Settings } from '../../settings.ts';
import { type ChecksFolder, filesAtOnce, openChecksFolder } from '../disk/checksFolder.ts';
import { openDisk } from '../disk/disk.ts';
import { exists, realPath } from '../disk/places.ts';
import { openSpool } from '../disk/spool.ts';
import { concurrently } from '../pool.ts';
import { machineClock } from '../waiting.ts';
import { backupPatch } from './backups.ts';
import { createBaselineHistory, filesHeldUpTo, readBaselineLag } from './baselineGuard.ts';
import { readCheckFiles } from './checkFiles.ts';
import { type Approved, commitFiles } from './commits.ts';
import { openGit } from './git.ts';
import { type GitDirectories, gitDirectories, mergeBase, requireBranch } from './gitState.ts';
import { withFiles } from './workTree.ts';
import { createWriterLock, type WriterLock } from './writerLock.ts';

/** In the git common directory: the id by which a session knows this checkout, also after a move. */
const checkoutIdFile = 'audit-load-test-id';

type TargetRepositorySettings = Pick<
  Settings,
  'targetRepo' | 'checksPath' | 'testBranch' | 'baselineRef' | 'stateDir'
>;

export interface Target {
  readonly target: TargetRepository;
  /** For the commits of reports, which the same call makes in another repository. */
  readonly lock: WriterLock;
}

export function createTarget(settings: TargetRepositorySettings, clock = machineClock): Target {
  const git = openGit(settings.targetRepo, clock);
  const scaledInHistory = createBaselineHistory(git);

  let known: GitDirectories | undefined;

  async function directories(): Promise<GitDirectories> {
    await requireRepository(settings.targetRepo);
    known ??= await gitDirectories(git);
    return known;
  }

  const lock = createWriterLock(async () => (await directories()).common, clock);

  async function open(): Promise<ChecksFolder> {
    await requireRepository(settings.targetRepo);
    return openChecksFolder(settings.targetRepo, settings.checksPath);
  }

  const target: TargetRepository = {
    exclusively: lock.exclusively,

    async snapshot({ forWriting }, watch) {
      const folder = await open();
      const { testBranch, baselineRef } = settings;
      const state = await requireBranch(git, forWriting ? testBranch : undefined, baselineRef);
      const { branch, headCommit, baseline = await mergeBase(git, baselineRef) } = state;
      const { baseCommit } = baseline;
      const spool = openSpool(join(settings.stateDir, 'reviews'), 'STATE_DIR');
      const scaled = scaledInHistory(baseCommit, headCommit, folder.inRepository, watch?.signal);
      // Awaited later: until then its failure is nobody's.
      scaled.catch(() => undefined);
      const checks = await readCheckFiles(git, folder, { baseCommit, headCommit }, spool, watch);
      const loadTested = [...(await scaled)].map(([path, { load }]) => ({
        path: path.slice(folder.inRepository.length + 1),
        load,
      }));
      return { branch, headCommit, ...baseline, loadTested, ...checks };
    },

    async baselineLag(baseline, watch) {
      const folder = await open();
      const lag = await readBaselineLag(git, baseline, folder.inRepository, watch?.signal);
      return lag && { ref: settings.baselineRef, ...lag };
    },

    async heldUpTo(commit, paths, watch) {
      const folder = await open();
      const { baseCommit } = await mergeBase(git, settings.baselineRef);
      const names = paths.map((path) => `${folder.inRepository}/${path}`);
      const held = await filesHeldUpTo(
        git,
        { commit, baseCommit, folder: folder.inRepository },
        names,
        watch?.signal,
      );
      return new Set(paths.filter((path) => held.has(`${folder.inRepository}/${path}`)));
    },

    async write(files, watch) {
      const folder = await open();
      await requireBranch(git, settings.testBranch);
      watch?.signal.throwIfAborted();
      const common = openDisk((await directories()).common, 'TARGET_REPO');
      if ((await common.read(checkoutIdFile)) === undefined)
        await common.create(checkoutIdFile, randomBytes(16).toString('hex'));
      await folder.removeDrafts();
      const requirePlain = folder.plainnessCheck();
      await concurrently(files, { limit: filesAtOnce }, (file) => requirePlain(file.path));
      const pool = {
        limit: filesAtOnce,
        signal: watch?.signal,
        onProgress: (done: number) => watch?.progress(done, files.length, 'check files written'),
      };
      let written = 0;
      const soFar = () => `${written} of ${files.length} files were written`;
      await concurrently(files, pool, async (file) => {
        await folder.write(file, soFar);
        written += 1;
      });
    },

    async backup(files) {
      const folder = await open();
      return backupPatch(settings.stateDir, folder.inRepository, files);
    },

    async commit(paths, message, trailer, approved) {
      const folder = await open();
      const inRepository = (path: string) => `${folder.inRepository}/${path}`;
      const work = async (given?: Approved) =>
        lock.whileInGit((await directories()).own, async () => {
          // As late as possible: the user may commit, or change branches, while files are laid out.
          const head = await requireBranch(git, settings.testBranch);
          return commitFiles(git, head, paths.map(inRepository), message, trailer, given);
        });
      if (approved === undefined) return work();
      const bytes = new Map([...approved].map(([path, some]) => [inRepository(path), some]));
      const draft = openDisk(settings.stateDir, 'STATE_DIR').below('commit');
      return withFiles(draft, bytes, () => work({ workTree: draft.root, bytes }));
    },

    async checkout() {
      const { targetRepo } = settings;
      const path = targetRepo === '' ? undefined : await realPath(targetRepo, 'TARGET_REPO');
      if (path === undefined) return undefined;
      const { common } = await directories();
      const id = await openDisk(common, 'TARGET_REPO').read(checkoutIdFile);
      return { path, id: id?.toString('latin1') };
    },

    async identity() {
      await requireRepository(settings.targetRepo);
      const identity = (await git.run(['var', 'GIT_AUTHOR_IDENT'])).trim();
      return identity.replace(/ \d+ [+-]\d{4}$/, '');
    },
  };
  return { target, lock };
}

export function createTargetRepository(
  settings: TargetRepositorySettings,
  clock = machineClock,
): TargetRepository {
  return createTarget(settings, clock).target;
}

async function requireRepository(targetRepo: string): Promise<void> {
  const top = await realPath(targetRepo, 'TARGET_REPO');
  if (top === undefined)
    throw new ToolError('CONFIG', `TARGET_REPO ${targetRepo} does not exist. Nothing was changed.`, {
      next: 'set TARGET_REPO in .env to your checkout of the repository that contains the checks.',
    });
  if (!(await exists(join(top, '.git'), 'TARGET_REPO')))
    throw new ToolError(
      'CONFIG',
      `TARGET_REPO ${targetRepo} is not the top of a git repository. Nothing was changed.`,
      { next: 'set TARGET_REPO in .env to the folder that contains .git.' },
    );
}
