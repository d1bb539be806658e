/** Keeps scaled configs out of the baseline. */
import { ToolError } from '../../domain/errors.ts';
import type { BaselineLag } from '../../ports/repository.ts';
import { trailerKey } from './commits.ts';
import type { Git } from './git.ts';
import { readTree } from './gitTree.ts';

/** How far back to search for a merged load test: the whole history of a large repository takes long to read. */
const searchPeriod = '--since=1.year';

/**
 * Checks that a baseline does not contain what a load test committed. When a test branch is merged or squashed into
 * the baseline's branch, the scaled configs become the baseline, and the next level would compound. A merged commit
 * whose files were restored since is harmless. A commit never changes, so each is checked once.
 */
export function createBaselineGuard(
  git: Git,
  baselineRef: string,
): (baseCommit: string, folder: string) => Promise<void> {
  const safeCommits = new Set<string>();
  /** @throws ToolError CONFIG */
  return async (baseCommit, folder) => {
    if (safeCommits.has(baseCommit)) return;
    const merged = await findScaledFile(git, baseCommit, folder);
    if (merged === undefined) return void safeCommits.add(baseCommit);
    throw new ToolError(
      'CONFIG',
      `The baseline (${baselineRef}, commit ${baseCommit.slice(0, 12)}) contains configs that a load test committed: ${merged.path} is unchanged since commit ${merged.commit.slice(0, 12)}. Scaling it again would compound. Nothing was changed.`,
      {
        next: `revert the load test's commits on ${baselineRef} and merge that into the test branch; or set BASELINE_REF in .env to the commit before the load test. Then call the same tool again.`,
      },
    );
  };
}

/**
 * A check file of the baseline whose bytes come from a load test's commit. Commits on the test branch are searched as
 * well: a squash with a new title leaves no trace of them in the baseline's history. Bytes that the file had before
 * its first load test are its own, whichever commit restored them.
 */
async function findScaledFile(
  git: Git,
  baseCommit: string,
  folder: string,
): Promise<{ path: string; commit: string } | undefined> {
  const shape = ['-z', '--raw', '--no-abbrev', '--no-renames', '--format=commit %H'];
  const log = await git.run(['log', searchPeriod, `--grep=^${trailerKey}: `, ...shape, baseCommit, 'HEAD']);
  if (log === '') return undefined;
  const tree = await readTree(git, baseCommit, folder);
  const suspects = new Map<string, string>();
  let commit = '';
  let change: string[] | undefined;
  // Newest first, so the file's first load test is seen last and decides.
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

/** What the branch of the baseline has below the folder that the baseline lacks; undefined when it has nothing newer. */
export async function readBaselineLag(
  git: Git,
  { baseCommit, ref, folder }: { readonly baseCommit: string; readonly ref: string; readonly folder: string },
  signal?: AbortSignal,
): Promise<BaselineLag | undefined> {
  const options = ['--name-status', '--no-renames', '-z', '--no-ext-diff', '--diff-filter=AMT'];
  const diff = await git.run(['diff', ...options, baseCommit, ref, '--', folder], { signal });
  const words = diff.split('\0');
  const newer: string[] = [];
  const added: string[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const path = (words[at + 1] ?? '').slice(folder.length + 1);
    newer.push(path);
    if (words[at] === 'A') added.push(path);
  }
  if (newer.length === 0) return undefined;
  const date = (await git.run(['log', '-1', '--format=%cs', baseCommit], { signal })).trim();
  return { ref, date, newer, added };
}

/** Of these paths (relative to the repository), those whose blob in the baseline the history up to `commit` has. */
export async function filesHeldUpTo(
  git: Git,
  {
    commit,
    baseCommit,
    folder,
  }: { readonly commit: string; readonly baseCommit: string; readonly folder: string },
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Set<string>> {
  const known = (await git.run(['rev-parse', '-q', '--verify', `${commit}^{commit}`], { signal })).trim();
  if (known === '') return new Set();
  const tree = await readTree(git, baseCommit, folder, signal);
  const wanted = new Set(paths.map((path) => `${path}\0${tree.get(path)}`));
  const shape = ['-z', '--raw', '--no-abbrev', '--no-renames', '--format='];
  const words = (await git.run(['log', ...shape, known, '--', folder], { signal })).split('\0');
  const held = new Set<string>();
  for (const [index, word] of words.entries()) {
    const after = /^\n?:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(word)?.[1];
    const path = words[index + 1] ?? '';
    if (after !== undefined && wanted.has(`${path}\0${after}`)) held.add(path);
  }
  return held;
}
