/** Where a repository stands: its branch, whether something in it is half done, where the test branch began. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ToolError } from '../errors.ts';
import type { Git } from './git.ts';

/** Where HEAD stands, in one git process; a branch without a commit has no `commit`, a detached HEAD no `branch`. */
interface Whereabouts {
  readonly branch?: string;
  readonly commit?: string;
  /** Where the branch left the baseline, when that was asked for and is one commit. */
  readonly baseCommit?: string;
  /** The word for what is half done there: a merge, a rebase… */
  readonly unfinished?: string;
}

const markers = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
] as const;

async function whereabouts(git: Git, baselineRef?: string): Promise<Whereabouts> {
  const places = markers.flatMap(([marker]) => ['--git-path', marker]);
  // `A...B` reads as both commits and, with a ^, what they have in common.
  const common = baselineRef === undefined ? [] : [`${baselineRef}...HEAD`];
  const answer = await git.run([
    'rev-parse',
    ...places,
    '--revs-only',
    ...common,
    'HEAD',
    '--symbolic-full-name',
    'HEAD',
  ]);
  const lines = answer.trimEnd().split('\n');
  const present = await Promise.all(
    markers.map(([, what], index) =>
      access(resolve(git.directory, lines[index] ?? '')).then(
        () => what,
        () => undefined,
      ),
    ),
  );
  const unfinished = present.find((what) => what !== undefined);
  const words = lines.slice(markers.length);
  // A baseline that is not there, or has more than one commit in common, is looked at by itself.
  if (baselineRef !== undefined && (words.length !== 5 || !words[2]?.startsWith('^')))
    return whereabouts(git);
  const baseCommit = baselineRef === undefined ? undefined : words[2]?.slice(1);
  const [commit, ref] = words.slice(baselineRef === undefined ? 0 : 3);
  // Without a commit, rev-parse says nothing of HEAD.
  const full = commit === undefined ? (await git.run(['symbolic-ref', '-q', 'HEAD'])).trim() : ref;
  return {
    ...(full?.startsWith('refs/heads/') ? { branch: full.slice('refs/heads/'.length) } : {}),
    ...(commit === undefined ? {} : { commit }),
    ...(baseCommit === undefined ? {} : { baseCommit }),
    ...(unfinished === undefined ? {} : { unfinished }),
  };
}

export interface Standing {
  readonly branch: string;
  readonly headCommit: string;
  readonly baseCommit?: string | undefined;
}

/**
 * The checked-out branch and its newest commit, in a repository where a commit may be made; with `wanted`, of that
 * branch and no other. With `baselineRef` the commit where the branch left it, too, when that is quickly told.
 * @throws ToolError WRONG_STATE
 */
export async function requireBranch(
  git: Git,
  wanted: string | undefined,
  baselineRef?: string,
): Promise<Standing> {
  const plainRef = baselineRef?.startsWith('-') ? undefined : baselineRef;
  const { branch, commit, baseCommit, unfinished } = await whereabouts(git, plainRef);
  if (unfinished !== undefined) throw halfDone(git, unfinished);
  const next = `type: git checkout ${wanted ?? 'audit_checks_load_testing'} in TARGET_REPO, then call the same tool again.`;
  if (branch === undefined)
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
  if (commit === undefined)
    throw new ToolError(
      'WRONG_STATE',
      `Branch ${branch} of TARGET_REPO has no commit yet. Nothing was changed.`,
      { next: 'commit the checks first.' },
    );
  return { branch, headCommit: commit, baseCommit };
}

/** A commit made in the middle of a merge would conclude it. @throws ToolError WRONG_STATE */
export async function requireNothingUnfinished(git: Git): Promise<void> {
  const { unfinished } = await whereabouts(git);
  if (unfinished !== undefined) throw halfDone(git, unfinished);
}

function halfDone(git: Git, what: string): ToolError {
  return new ToolError(
    'WRONG_STATE',
    `The repository ${git.directory} is in the middle of a ${what}. Nothing was changed.`,
    { next: `finish or abort the ${what} there, then call the same tool again.` },
  );
}

/** The commit that the test branch was made from, or was last brought up to. @throws ToolError CONFIG */
export async function mergeBase(git: Git, baselineRef: string): Promise<string> {
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
