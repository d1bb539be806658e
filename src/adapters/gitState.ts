/** Where a repository stands: its branch, whether something in it is half done, where the test branch began. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ToolError } from '../errors.ts';
import type { Git } from './git.ts';

/** The checked-out branch, in a repository where a commit may be made; with `wanted`, that one and no other. */
export async function requireBranch(git: Git, wanted: string | undefined): Promise<string> {
  await requireNothingUnfinished(git);
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
  return branch;
}

const unfinished = [
  ['MERGE_HEAD', 'merge'],
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
] as const;

/** A commit made in the middle of a merge would conclude it. @throws ToolError WRONG_STATE */
export async function requireNothingUnfinished(git: Git): Promise<void> {
  const markers = unfinished.flatMap(([marker]) => ['--git-path', marker]);
  const paths = (await git.run(['rev-parse', ...markers])).trimEnd().split('\n');
  for (const [index, [, what]] of unfinished.entries()) {
    const present = await access(resolve(git.directory, paths[index] ?? '')).then(
      () => true,
      () => false,
    );
    if (present)
      throw new ToolError(
        'WRONG_STATE',
        `The repository ${git.directory} is in the middle of a ${what}. Nothing was changed.`,
        { next: `finish or abort the ${what} there, then call the same tool again.` },
      );
  }
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
