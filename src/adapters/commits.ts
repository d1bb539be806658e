import { ToolError } from '../errors.ts';
import type { Commit } from '../ports.ts';
import type { Git } from './git.ts';
import { objectId } from './gitTree.ts';

/** Every commit of ours carries it, with what it is about: a call that is repeated finds its commit, and so does the baseline's guard. */
export const trailerKey = 'Audit-Load-Test';

/**
 * Commits exactly these files (relative to the repository's top) as they lie on disk, where nothing is half done. Somebody's staged work is
 * refused, not swept in. With nothing to commit, the commit that carries the trailer, or else HEAD, is answered.
 * Idempotent by observation: a call that was killed half-way is finished by the same call.
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
  const staged = list(
    await git.run(['diff', '--cached', '--name-only', '--no-renames', '-z', '--no-ext-diff']),
  );
  const foreign = [
    ...staged.filter((path) => !ours.has(path)),
    ...(await otherVersions(
      git,
      staged.filter((path) => ours.has(path)),
      expected,
    )),
  ];
  if (foreign.length > 0)
    throw new ToolError(
      'CONFLICT',
      `Something else is staged in ${git.directory} (${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ', …' : ''}). Nothing was committed there.`,
      { next: 'commit or unstage it (git restore --staged), then call commitResults again.' },
    );
  const changed =
    paths.length === 0
      ? []
      : list(
          await git.run([
            'status',
            '--porcelain',
            '-z',
            '--no-renames',
            '--untracked-files=all',
            '--',
            ...roots(paths),
          ]),
        )
          .map((row) => row.slice(3))
          .filter((path) => ours.has(path));
  if (changed.length === 0) return (await findCommit(git, branch, trailer)) ?? unchanged(git, branch);

  // Not `git add`, which holds every file of the repository against every path that it is given.
  await git.run(['update-index', '--add', '--remove', '-z', '--stdin'], { input: changed.join('\0') });
  await requireExpected(git, changed, expected);
  const before = await headOf(git);
  const input = `${message}\n\n${trailerKey}: ${trailer}\n`;
  await git.run(['commit', '--quiet', '--no-verify', '--cleanup=whitespace', '--file=-'], { input });
  const sha = await headOf(git);
  if (sha === before) return unchanged(git, branch);
  return { sha, branch, files: changed, message, created: true };
}

/** What is staged is what will be committed: a file that was saved since it was looked at is unstaged again. */
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
    `Somebody changed ${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''} while this call was under way. Nothing was committed.`,
    { next: 'look at the difference with reviewConfigs, then call commitResults again.' },
  );
}

/** Paths whose staged version is not of the expected bytes. */
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
    // git may keep other bytes than lie on disk (line ends, filters); it says itself what it would keep.
    const input = Buffer.from(bytes).toString('utf8');
    const hash = ['hash-object', `--path=${path}`, '--stdin'];
    const kept = input === '' ? '' : (await git.run(hash, { input })).trim();
    if (kept !== id) others.push(path);
  }
  return others;
}

async function stagedIds(git: Git, paths: readonly string[]): Promise<Map<string, string>> {
  const rows = list(await git.run(['ls-files', '--stage', '-z', '--', ...roots(paths)]));
  return new Map(rows.map((row) => [row.slice(row.indexOf('\t') + 1), row.split(' ')[1] ?? ''] as const));
}

/** How many of the branch's newest commits are looked at: reading the whole history of a large repository takes long. */
const lookBackCommits = 500;

/** The newest commit of the branch whose message carries this very trailer. */
async function findCommit(git: Git, branch: string, trailer: string): Promise<Commit | undefined> {
  const format = `--format=%H %(trailers:key=${trailerKey},valueonly,separator=%x00)`;
  const log = await git.run(['log', `--max-count=${lookBackCommits}`, format, 'HEAD']);
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

/** Empty on a branch without a commit. */
async function headOf(git: Git): Promise<string> {
  return (await git.run(['rev-parse', '-q', '--verify', 'HEAD'])).trim();
}

/** The top folders of the paths: status of a few folders instead of ten thousand arguments. */
function roots(paths: readonly string[]): string[] {
  if (paths.length <= 200) return [...paths];
  return [...new Set(paths.map((path) => path.split('/')[0] ?? path))];
}

function list(output: string): string[] {
  return output.split('\0').filter((path) => path !== '');
}
