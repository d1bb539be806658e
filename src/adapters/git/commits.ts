/** Commits the files of a load test, and nothing else. */
import { ToolError } from '../../domain/errors.ts';
import type { Commit } from '../../ports/repository.ts';
import type { Git } from './git.ts';
import { objectId } from './gitTree.ts';

/** Each commit of the product has this trailer, by which a repeated call and the baseline guard find it. */
export const trailerKey = 'Audit-Load-Test';

/**
 * Commits exactly these files (relative to the repository's top) as they are on disk. With nothing to commit, returns
 * the commit that has the trailer, else HEAD. Idempotent: repeating a call that was killed finishes it.
 * @throws ToolError CONFLICT when other work is staged, or a file differs from its `expected` bytes
 */
export async function commitFiles(
  git: Git,
  branch: string,
  paths: readonly string[],
  message: string,
  trailer: string,
  expected: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Commit> {
  const ours = new Set(paths);
  await requireNoOtherStaged(git, ours, expected);
  const changed = (await changedBelow(git, paths)).filter((path) => ours.has(path));
  if (changed.length === 0) return (await findCommit(git, branch, trailer)) ?? unchanged(git, branch);

  // Not `git add`, which compares every file of the repository with every path it is given.
  await git.run(['update-index', '--add', '--remove', '-z', '--stdin'], { input: changed.join('\0') });
  await requireExpected(git, changed, expected);
  const before = await headOf(git);
  const input = `${message}\n\n${trailerKey}: ${trailer}\n`;
  await git.run(['commit', '--quiet', '--no-verify', '--cleanup=whitespace', '--file=-'], { input });
  const sha = await headOf(git);
  if (sha === before) return unchanged(git, branch);
  return { sha, branch, files: changed, message: message.split('\n', 1)[0] ?? '', created: true };
}

async function requireNoOtherStaged(
  git: Git,
  ours: ReadonlySet<string>,
  expected: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const options = ['--cached', '--name-only', '--no-renames', '-z', '--no-ext-diff'];
  const staged = list(await git.run(['diff', ...options]));
  const oursStaged = staged.filter((path) => ours.has(path));
  const others = [
    ...staged.filter((path) => !ours.has(path)),
    ...(await otherVersions(git, oursStaged, expected)),
  ];
  if (others.length === 0) return;
  throw new ToolError(
    'CONFLICT',
    `Other changes are staged in ${git.directory} (${firstOf(others)}). Nothing was committed there.`,
    { next: 'commit or unstage them (git restore --staged), then call commitResults again.' },
  );
}

/** Paths below the top folders of these that differ from HEAD. */
async function changedBelow(git: Git, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const options = ['--porcelain', '-z', '--no-renames', '--untracked-files=all'];
  return list(await git.run(['status', ...options, '--', ...roots(paths)])).map((row) => row.slice(3));
}

/** Staged bytes are what gets committed. If a file was saved since it was read, everything is unstaged again. */
async function requireExpected(
  git: Git,
  changed: readonly string[],
  expected: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const others = await otherVersions(git, changed, expected);
  if (others.length === 0) return;
  const input = changed.join('\0');
  await git.run(['reset', '--quiet', '--pathspec-from-file=-', '--pathspec-file-nul'], { input });
  throw new ToolError(
    'CONFLICT',
    `${firstOf(others)} changed while this call was running. Nothing was committed.`,
    { next: 'review the difference with reviewConfigs, then call commitResults again.' },
  );
}

/** Paths whose staged version is not the expected bytes. */
async function otherVersions(
  git: Git,
  paths: readonly string[],
  expected: ReadonlyMap<string, Uint8Array>,
): Promise<string[]> {
  if (expected.size === 0 || paths.length === 0) return [];
  const staged = await stagedIds(git, paths);
  const others: string[] = [];
  for (const path of paths) {
    const bytes = expected.get(path);
    const id = staged.get(path);
    if (bytes === undefined || (id !== undefined && objectId(bytes, id) === id)) continue;
    // git may store other bytes than those on disk (line endings, filters): hash-object computes what it stores.
    const input = Buffer.from(bytes).toString('utf8');
    const hash = ['hash-object', `--path=${path}`, '--stdin'];
    const stored = input === '' ? '' : (await git.run(hash, { input })).trim();
    if (stored !== id) others.push(path);
  }
  return others;
}

async function stagedIds(git: Git, paths: readonly string[]): Promise<Map<string, string>> {
  const rows = list(await git.run(['ls-files', '--stage', '-z', '--', ...roots(paths)]));
  return new Map(rows.map((row) => [row.slice(row.indexOf('\t') + 1), row.split(' ')[1] ?? ''] as const));
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

async function unchanged(git: Git, branch: string): Promise<Commit> {
  return { sha: await headOf(git), branch, files: [], message: '', created: false };
}

/** Empty for a branch without a commit. */
async function headOf(git: Git): Promise<string> {
  return (await git.run(['rev-parse', '-q', '--verify', 'HEAD'])).trim();
}

/** The top folders of the paths: status of a few folders instead of ten thousand arguments. */
function roots(paths: readonly string[]): string[] {
  if (paths.length <= 200) return [...paths];
  return [...new Set(paths.map((path) => path.split('/')[0] ?? path))];
}

function firstOf(paths: readonly string[]): string {
  return `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''}`;
}

function list(output: string): string[] {
  return output.split('\0').filter((path) => path !== '');
}
