/** What git says of the baseline: whether a load test made it, and whether it is an old one. */
import type { BaselineLag } from '../../ports/repository.ts';
import { trailerKey } from './commits.ts';
import type { Git } from './git.ts';
import type { BaselineCommits } from './gitState.ts';
import { readTree } from './gitTree.ts';

/** How far back to search for a merged load test: the whole history of a large repository takes long to read. */
const searchPeriod = '--since=1.year';

type ScaledFiles = ReadonlyMap<string, { readonly load: number }>;

/**
 * Finds what a load test committed in a baseline: when a test branch is merged or squashed into the baseline's branch,
 * the scaled configs become the baseline, and the next level would compound. Commits never change, so each pair is
 * searched once.
 */
export function createBaselineHistory(
  git: Git,
): (baseCommit: string, headCommit: string, folder: string, signal?: AbortSignal) => Promise<ScaledFiles> {
  const searched = new Map<string, ScaledFiles>();
  return async (baseCommit, headCommit, folder, signal) => {
    const key = `${baseCommit} ${headCommit}`;
    const found = searched.get(key) ?? (await scaledFiles(git, baseCommit, headCommit, folder, signal));
    searched.set(key, found);
    return found;
  };
}

/**
 * The check files of the baseline whose bytes come from a load test's commit, with its load. Commits on the test branch
 * are searched as well: a squash with a new title leaves no trace of them in the baseline's history. Bytes that the
 * file had before its first load test are its own, whichever commit restored them.
 */
async function scaledFiles(
  git: Git,
  baseCommit: string,
  headCommit: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<ScaledFiles> {
  const format = `--format=commit %(trailers:key=${trailerKey},valueonly,separator=%x20)`;
  const shape = ['-z', '--raw', '--no-abbrev', '--no-renames', format];
  const commits = [baseCommit, headCommit];
  const options = [searchPeriod, `--grep=^${trailerKey}: `, ...shape];
  const log = await git.run(['log', ...options, ...commits], { signal });
  const scaled = new Map<string, { load: number }>();
  if (log === '') return scaled;
  const tree = await readTree(git, baseCommit, folder, signal);
  let load = 1;
  let change: string[] = [];
  // Newest first, so the file's first load test is seen last and decides.
  for (const word of log.split('\0')) {
    const header = /^\n?commit (?:(\d+)x\b)?/.exec(word);
    if (header !== null) load = Number(header[1] ?? 1);
    else if (/^\n?:/.test(word)) change = word.split(' ');
    else {
      const [, , before, after] = change;
      if (load > 1 && tree.get(word) === after && !scaled.has(word)) scaled.set(word, { load });
      else if (tree.get(word) === before) scaled.delete(word);
    }
  }
  return scaled;
}

/** What the branch of the baseline has below the folder that the baseline lacks; undefined when it has nothing newer. */
export async function readBaselineLag(
  git: Git,
  { baseCommit, baselineTip }: BaselineCommits,
  folder: string,
  signal?: AbortSignal,
): Promise<Omit<BaselineLag, 'ref'> | undefined> {
  if (baselineTip === baseCommit) return undefined;
  const options = ['--name-status', '--no-renames', '-z', '--no-ext-diff', '--diff-filter=AMT'];
  const diff = await git.run(['diff', ...options, baseCommit, baselineTip, '--', folder], { signal });
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
  return { date, newer, added };
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
