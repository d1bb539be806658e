/** Commits the files of a load test, and nothing else. */
import { join } from 'node:path';
import type { Commit } from '../../ports/repository.ts';
import type { Git } from './git.ts';
import { type BranchHead, gitDirectories } from './gitState.ts';
import { objectId, readBlobs } from './gitTree.ts';

/** Each commit of the product has this trailer, by which a repeated call and the baseline guard find it. */
export const trailerKey = 'Audit-Load-Test';

/** The bytes to commit where they are not those on disk; undefined removes the file. */
export interface Approved {
  /** A folder with the files, laid out as in the repository. */
  readonly workTree: string;
  readonly bytes: ReadonlyMap<string, Uint8Array | undefined>;
}

/**
 * Commits exactly these files (relative to the repository's top): the approved bytes, else those on disk. The tree is
 * made in an index of its own, so what somebody staged stays staged. With nothing to commit, returns the commit that
 * has the trailer, else HEAD. Idempotent: repeating a call that was killed finishes it.
 */
export async function commitFiles(
  git: Git,
  { branch, headCommit: before = '' }: BranchHead,
  paths: readonly string[],
  message: string,
  trailer: string,
  approved?: Approved,
): Promise<Commit> {
  const tree = await treeWith(git, before, await notIgnored(git, paths), approved?.workTree);
  const changes = await changesTo(git, before, tree);
  if (changes.length === 0) {
    const known = (await findCommit(git, branch, trailer)) ?? unchanged(branch, before);
    return { ...known, ...(await differing(git, approved)) };
  }
  const { sha, unsigned } = await makeCommit(git, tree, before, `${message}\n\n${trailerKey}: ${trailer}\n`);
  // Before the branch moves: a locked index must not leave a commit that looks undone in the index.
  await bringIntoIndex(git, changes);
  const subject = message.split('\n', 1)[0] ?? '';
  await git.run(['update-ref', '-m', `commit: ${subject}`, `refs/heads/${branch}`, sha, before]);
  const files = changes.map(({ path }) => path);
  return {
    sha,
    branch,
    files,
    message: subject,
    created: true,
    ...(unsigned && { unsigned }),
    ...(await differing(git, approved)),
  };
}

/** Without the files that git ignores and does not have. */
async function notIgnored(git: Git, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const options = ['--others', '--ignored', '--exclude-standard', '-z'];
  const ignored = new Set(list(await git.run(['ls-files', ...options, '--', ...roots(paths)])));
  return paths.filter((path) => !ignored.has(path));
}

/** The tree of HEAD with these files, written through an index of its own. */
async function treeWith(
  git: Git,
  head: string,
  paths: readonly string[],
  workTree?: string,
): Promise<string> {
  const index = join((await gitDirectories(git)).own, 'index-audit-load-test');
  const places = { index, ...(workTree !== undefined && { workTree }) };
  await git.run(['read-tree', head === '' ? '--empty' : head], { places });
  if (paths.length > 0) {
    // The mode of a file stays: the folder of approved bytes has none of its own.
    const mode = workTree === undefined ? [] : ['-c', 'core.fileMode=false'];
    const words = [...mode, 'update-index', '--add', '--remove', '-z', '--stdin'];
    await git.run(words, { input: `${paths.join('\0')}\0`, places });
  }
  return (await git.run(['write-tree'], { places })).trim();
}

interface TreeChange {
  readonly path: string;
  readonly mode: string;
  /** Zeros where there is no file. */
  readonly before: string;
  readonly after: string;
}

async function changesTo(git: Git, head: string, tree: string): Promise<TreeChange[]> {
  const from = head === '' ? (await git.run(['hash-object', '-t', 'tree', '/dev/null'])).trim() : head;
  const words = list(
    await git.run(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, tree]),
  );
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [, mode = '', before = '', after = ''] = words[index]?.split(' ') ?? [];
    changes.push({ path: words[index + 1] ?? '', mode, before, after });
  }
  return changes;
}

/** Signed where the user wants that and no prompt is needed; no terminal and no display reach the signing program. */
async function makeCommit(
  git: Git,
  tree: string,
  parent: string,
  input: string,
): Promise<{ sha: string; unsigned: boolean }> {
  const words = ['commit-tree', tree, ...(parent === '' ? [] : ['-p', parent]), '-F', '-'];
  const commit = async (signing: string[], signal?: AbortSignal) =>
    (await git.run([...words, ...signing], { input, signal })).trim();
  if (!(await wantsSignature(git))) return { sha: await commit([]), unsigned: false };
  const signed = await commit(['-S'], AbortSignal.timeout(longestSigningMs)).catch(() => undefined);
  if (signed) return { sha: signed, unsigned: false };
  return { sha: await commit([]), unsigned: true };
}

const longestSigningMs = 10_000;

/** The user's own setting: the last one that is not ours. */
async function wantsSignature(git: Git): Promise<boolean> {
  const rows = (
    await git.run(['config', '--show-scope', '--type=bool', '--get-all', 'commit.gpgSign'])
  ).split('\n');
  const own = rows.filter((row) => row !== '' && !row.startsWith('command\t'));
  return own.at(-1)?.endsWith('true') ?? false;
}

/** Brings the commit's files into the user's index, except those that somebody staged in another version. */
async function bringIntoIndex(git: Git, changes: readonly TreeChange[]): Promise<void> {
  const staged = await stagedIds(
    git,
    changes.map(({ path }) => path),
  );
  const ours = changes.filter(({ path, before }) => (staged.get(path)?.id ?? zeros(before)) === before);
  if (ours.length === 0) return;
  const rows = ours.map(({ path, mode, after }) => `${/^0+$/.test(after) ? '0' : mode} ${after}\t${path}\0`);
  await git.run(['update-index', '-z', '--index-info'], { input: rows.join('') });
  const skipped = ours.filter(({ path }) => staged.get(path)?.skipped).map(({ path }) => `${path}\0`);
  if (skipped.length > 0)
    await git.run(['update-index', '--skip-worktree', '-z', '--stdin'], { input: skipped.join('') });
  await git.run(['update-index', '-q', '--refresh']);
}

async function stagedIds(
  git: Git,
  paths: readonly string[],
): Promise<Map<string, { id: string; skipped: boolean }>> {
  const rows = list(await git.run(['ls-files', '-t', '--stage', '-z', '--', ...roots(paths)]));
  return new Map(
    rows.map((row) => {
      const [tag = '', , id = ''] = row.slice(0, row.indexOf('\t')).split(' ');
      return [row.slice(row.indexOf('\t') + 1), { id, skipped: tag === 'S' }] as const;
    }),
  );
}

function zeros(like: string): string {
  return '0'.repeat(like.length);
}

/** The files of HEAD that a checkout would not write as the approved bytes: a filter of the repository changes them. */
async function differing(git: Git, approved: Approved | undefined): Promise<{ differs?: readonly string[] }> {
  const paths = [...(approved?.bytes.keys() ?? [])];
  if (approved === undefined || paths.length === 0) return {};
  const rows = list(await git.run(['ls-tree', '-r', '-z', '--full-tree', 'HEAD', '--', ...roots(paths)]));
  const ids = new Map(
    rows.map((row) => [
      row.slice(row.indexOf('\t') + 1),
      row.slice(0, row.indexOf('\t')).split(' ')[2] ?? '',
    ]),
  );
  const others = paths.filter((path) => {
    const [bytes, id] = [approved.bytes.get(path), ids.get(path)];
    return bytes === undefined || id === undefined ? bytes !== id : objectId(bytes, id) !== id;
  });
  const same = new Set<string>();
  const checkouts = others.map((path) => ({ id: ids.get(path) ?? zeros(trailerKey), path }));
  await readBlobs(git, checkouts, ({ path }, blob) => {
    const bytes = approved.bytes.get(path);
    if (bytes !== undefined && blob.equals(bytes)) same.add(path);
  });
  const differs = others.filter((path) => !same.has(path));
  return differs.length === 0 ? {} : { differs };
}

/** How many of the newest commits are searched: the whole history of a large repository takes long to read. */
const maxCommitsSearched = 500;

/** The newest commit of the branch with exactly this trailer. */
async function findCommit(git: Git, branch: string, trailer: string): Promise<Commit | undefined> {
  const format = `--format=%H %(trailers:key=${trailerKey},valueonly,separator=%x00)`;
  const log = await git.run(['log', `--max-count=${maxCommitsSearched}`, format, 'HEAD']);
  const found = log.split('\n').find((line) => line.slice(line.indexOf(' ') + 1) === trailer);
  return found === undefined ? undefined : describe(git, branch, found.slice(0, found.indexOf(' ')));
}

async function describe(git: Git, branch: string, sha: string): Promise<Commit> {
  const subject = (await git.run(['log', '-1', '--format=%s', sha])).trim();
  const files = list(
    await git.run(['diff-tree', '--root', '--no-commit-id', '--name-only', '-r', '-z', sha]),
  );
  return { sha, branch, files, message: subject, created: false };
}

function unchanged(branch: string, sha: string): Commit {
  return { sha, branch, files: [], message: '', created: false };
}

/** The top folders of the paths: status of a few folders instead of ten thousand arguments. */
function roots(paths: readonly string[]): string[] {
  if (paths.length <= 200) return [...paths];
  return [...new Set(paths.map((path) => path.split('/')[0] ?? path))];
}

function list(output: string): string[] {
  return output.split('\0').filter((path) => path !== '');
}
