import { ToolError } from '../errors.ts';
import { trailerKey } from './commits.ts';
import type { Git } from './git.ts';
import { readTree } from './gitTree.ts';

/** How far back a merged load test is looked for: reading the whole history of a large repository takes long. */
const lookBack = '--since=1.year';

/**
 * Looks whether a baseline holds what a load test committed. A test branch that was merged into the baseline's branch
 * (or squashed into it) would make the scaled configs the baseline, and the next level would compound. A merged commit
 * whose files were brought back since does no harm. A commit never changes, so each is looked at once.
 */
export function createBaselineGuard(
  git: Git,
  baselineRef: string,
): (baseCommit: string, folder: string) => Promise<void> {
  const sound = new Set<string>();
  /** @throws ToolError CONFIG */
  return async (baseCommit, folder) => {
    if (sound.has(baseCommit)) return;
    const merged = await scaledIn(git, baseCommit, folder);
    if (merged === undefined) return void sound.add(baseCommit);
    throw new ToolError(
      'CONFIG',
      `The baseline (${baselineRef}, commit ${baseCommit.slice(0, 12)}) holds configs that a load test committed: ${merged.path} is as commit ${merged.commit.slice(0, 12)} left it. Scaling it again would compound. Nothing was changed.`,
      {
        next: `revert the load test's commits on ${baselineRef} and merge that into the test branch; or set BASELINE_REF in .env to the commit before the load test. Then call the same tool again.`,
      },
    );
  };
}

/**
 * A check file of the baseline whose bytes are those that a load test's commit gave it. The commits are looked for on
 * the test branch, too: a squash with a title of its own leaves no trace of them in the baseline's history. Bytes that
 * the file had before its first load test are its own, whichever commit brought them back.
 */
async function scaledIn(
  git: Git,
  baseCommit: string,
  folder: string,
): Promise<{ path: string; commit: string } | undefined> {
  const shape = ['-z', '--raw', '--no-abbrev', '--no-renames', '--format=commit %H'];
  const log = await git.run(['log', lookBack, `--grep=^${trailerKey}: `, ...shape, baseCommit, 'HEAD']);
  if (log === '') return undefined;
  const tree = await readTree(git, baseCommit, folder);
  const suspects = new Map<string, string>();
  let commit = '';
  let change: string[] | undefined;
  // Newest first: the last word on a file is that of its first load test.
  for (const word of log.split('\0')) {
    const header = /^\n?commit ([0-9a-f]{40,64})$/.exec(word.trim());
    if (header?.[1] !== undefined) commit = header[1];
    else if (/^\n?:/.test(word)) change = word.split(' ');
    else if (change !== undefined) {
      const [, , before, after] = change;
      if (tree.get(word) === after && !suspects.has(word)) suspects.set(word, commit);
      else if (tree.get(word) === before) suspects.delete(word);
    }
  }
  const [found] = suspects;
  return found && { path: found[0], commit: found[1] };
}
