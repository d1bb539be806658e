/** The state of a repository: its branch, an unfinished operation, and where the test branch began. */
import { join, resolve } from 'node:path';
import { ToolError } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';
import { exists } from '../disk/places.ts';
import type { Git } from './git.ts';

/** Where the test branch left the branch of the baseline, and that branch's newest commit. */
export interface BaselineCommits {
  readonly baseCommit: string;
  readonly baselineTip: string;
}

/**
 * The checked-out branch and its newest commit. With `baselineRef`, also where they parted, if at exactly one commit.
 * @throws ToolError WRONG_STATE during an unfinished operation, or on another branch than `requiredBranch`
 */
export async function requireBranch(
  git: Git,
  requiredBranch: string | undefined,
  baselineRef?: string,
): Promise<{ branch: string; headCommit: string; baseline: BaselineCommits | undefined }> {
  const plainRef = baselineRef?.startsWith('-') ? undefined : baselineRef;
  const { branch, commit, baseline, unfinished } = await readHeadState(git, plainRef);
  if (unfinished !== undefined) throw unfinishedError(git, unfinished);
  const next = `type: git checkout ${requiredBranch ?? 'audit_checks_load_testing'} in TARGET_REPO, then call the same tool again.`;
  if (branch === undefined)
    throw new ToolError(
      'WRONG_STATE',
      'TARGET_REPO has no branch checked out (detached HEAD). Nothing was changed.',
      { next },
    );
  if (requiredBranch !== undefined && branch !== requiredBranch)
    throw new ToolError(
      'WRONG_STATE',
      `TARGET_REPO is on branch ${cleanLine(branch, 200)}, not on ${requiredBranch}. Nothing was changed.`,
      {
        next: `type: git checkout ${requiredBranch} in TARGET_REPO (git checkout -b ${requiredBranch} the first time), then call the same tool again.`,
      },
    );
  if (commit === undefined)
    throw new ToolError(
      'WRONG_STATE',
      `Branch ${cleanLine(branch, 200)} of TARGET_REPO has no commit yet. Nothing was changed.`,
      { next: 'commit the checks first.' },
    );
  return { branch, headCommit: commit, baseline };
}

/**
 * The checked-out branch, and its newest commit if it has one; undefined for a detached HEAD. A commit during a merge
 * would conclude the merge. @throws ToolError WRONG_STATE
 */
export async function branchForCommit(git: Git): Promise<BranchHead | undefined> {
  const { branch, commit, unfinished } = await readHeadState(git);
  if (branch === undefined) return undefined;
  if (unfinished !== undefined) throw unfinishedError(git, unfinished);
  return { branch, headCommit: commit };
}

export interface BranchHead {
  readonly branch: string;
  /** Undefined for a branch without a commit. */
  readonly headCommit: string | undefined;
}

/** The commit where the test branch starts, or which it last merged. @throws ToolError CONFIG */
export async function mergeBase(git: Git, baselineRef: string): Promise<BaselineCommits> {
  const tip = (await git.run(['rev-parse', '-q', '--verify', `${baselineRef}^{commit}`])).trim();
  const base = tip === '' ? '' : (await git.run(['merge-base', 'HEAD', tip])).trim();
  if (base !== '') return { baseCommit: base, baselineTip: tip };
  const why = tip === '' ? `has no ${baselineRef}` : `shares no history between HEAD and ${baselineRef}`;
  throw new ToolError(
    'CONFIG',
    `TARGET_REPO ${why}, so there is no baseline to scale from. Nothing was changed.`,
    {
      next: 'set BASELINE_REF in .env to the branch that the test branch was created from (for example main or origin/main).',
    },
  );
}

/** Where git keeps a repository: for this worktree, and for all its worktrees together. */
export interface GitDirectories {
  readonly own: string;
  readonly common: string;
}

/** A `.git` that is a repository needs no git to find it; a linked worktree has a file there. */
export async function gitDirectories(git: Git): Promise<GitDirectories> {
  const plain = join(git.directory, '.git');
  const has = (name: string) => exists(join(plain, name), 'TARGET_REPO');
  const parts = await Promise.all(['HEAD', 'objects', 'refs', 'commondir'].map(has));
  if (parts.join() === 'true,true,true,false') return { own: plain, common: plain };
  const answer = await git.run(['rev-parse', '--git-dir', '--git-common-dir']);
  const [own = '', common = ''] = answer.trimEnd().split('\n');
  return { own: resolve(git.directory, own), common: resolve(git.directory, common) };
}

function unfinishedError(git: Git, what: string): ToolError {
  return new ToolError(
    'WRONG_STATE',
    `The repository ${git.directory} is in the middle of a ${what}. Nothing was changed.`,
    { next: `finish or abort the ${what} there, then call the same tool again.` },
  );
}

/** What HEAD points at. A branch without a commit has no `commit`, a detached HEAD no `branch`. */
interface HeadState {
  readonly branch: string | undefined;
  readonly commit: string | undefined;
  /** Where the branch left the baseline, if requested and a single commit. */
  readonly baseline: BaselineCommits | undefined;
  /** The operation in progress. */
  readonly unfinished: string | undefined;
}

/** The first that exists says what is in progress. */
const markers = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply/applying', 'git am'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
] as const;

async function readHeadState(git: Git, baselineRef?: string): Promise<HeadState> {
  // `A...B` expands to B, A and, with a ^, their merge bases.
  const common = baselineRef === undefined ? [] : [`${baselineRef}^{commit}...HEAD`];
  const revisions = ['--revs-only', ...common, 'HEAD', '--symbolic-full-name', 'HEAD'];
  const answer = await git.run(['rev-parse', '--git-dir', ...revisions]);
  const [directory = '', ...words] = answer.trimEnd().split('\n');
  const present = await Promise.all(
    markers.map(async ([marker, what]) =>
      (await exists(resolve(git.directory, directory, marker), 'TARGET_REPO')) ? what : undefined,
    ),
  );
  const unfinished = present.find((what) => what !== undefined);
  // A baseline that is missing, or has several merge bases, is read separately by mergeBase.
  if (baselineRef !== undefined && (words.length !== 5 || !words[2]?.startsWith('^')))
    return readHeadState(git);
  const [, baselineTip = '', base = ''] = words;
  const baseline = baselineRef === undefined ? undefined : { baseCommit: base.slice(1), baselineTip };
  const [commit, ref] = words.slice(baselineRef === undefined ? 0 : 3);
  // Without a commit, rev-parse prints nothing for HEAD.
  const full = commit === undefined ? (await git.run(['symbolic-ref', '-q', 'HEAD'])).trim() : ref;
  const branch = full?.startsWith('refs/heads/') ? full.slice('refs/heads/'.length) : undefined;
  return { branch, commit, baseline, unfinished };
}
