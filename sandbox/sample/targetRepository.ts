/** The sample target repository, with a real git history that is the same every time. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { checkFiles } from './files.ts';

const run = promisify(execFile);

export const checksPath =
  'python/klaviyo/data_platform/table_config_service/unified_table_definitions/checks/iceberg';

export interface SampleRepository {
  readonly directory: string;
  readonly checksPath: string;
  /** The branch that is checked out. */
  readonly branch: string;
  readonly headCommit: string;
}

/**
 * Creates the repository: some commits on main, then the test branch. Your own git configuration is not used, and
 * commits have fixed dates, so the same files give the same commit ids.
 * @param directory must be empty or not exist
 */
export async function createTargetRepository(
  directory: string,
  files: ReadonlyMap<string, string> = checkFiles(),
): Promise<SampleRepository> {
  const branch = 'audit_checks_load_testing';
  const checks = [...files];
  const schedule = (pattern: RegExp): [string, string][] =>
    checks.filter(([path]) => pattern.test(path)).map(([path, text]) => [join(checksPath, path), text]);

  await initRepository(directory);
  await commitFiles(directory, 1, 'Start the data platform package', otherFiles);
  const first = schedule(/_(15m|15min|freshness)\.yml$/).map(([path, text]): [string, string] => [
    path,
    path.endsWith('check_events_15m.yml') ? text.replace("'3'", "'2'") : text,
  ]);
  const history: [day: number, message: string, files: [string, string][]][] = [
    [2, 'Audit the tables every fifteen minutes', first],
    [3, 'Audit hourly and daily too', schedule(/_(hourly|uniqueness|daily|table_metrics|backfill)\.yml$/)],
    [4, 'Look back three hours for late events', schedule(/check_events_15m\.yml$/)],
  ];
  for (const [day, message, changed] of history)
    if (changed.length > 0) await commitFiles(directory, day, message, changed);
  await git(directory, ['switch', '--quiet', '--create', branch]);
  const { stdout } = await git(directory, ['rev-parse', 'HEAD']);
  return { directory, checksPath, branch, headCommit: stdout.trim() };
}

/** Creates an empty repository on main with its own identity. */
export async function initRepository(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(directory, ['init', '--quiet', '--initial-branch=main']);
  // autocrlf would rewrite the file that has CRLF on purpose.
  for (const [name, value] of [
    ['user.name', 'Sandbox'],
    ['user.email', 'sandbox@example.com'],
    ['core.autocrlf', 'false'],
    ['commit.gpgsign', 'false'],
  ] as const)
    await git(directory, ['config', name, value]);
}

/** Writes files and commits them, with a date in November 2025. */
export async function commitFiles(
  directory: string,
  day: number,
  message: string,
  files: Iterable<readonly [path: string, text: string]>,
): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const date = `2025-11-${String(day).padStart(2, '0')}T09:00:00+00:00`;
  await git(directory, ['add', '--all']);
  await git(directory, ['commit', '--quiet', '--message', message], {
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  });
}

function git(directory: string, parameters: readonly string[], extra: Record<string, string> = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...extra,
  };
  return run('git', [...parameters], { cwd: directory, env });
}

const otherFiles: readonly (readonly [string, string])[] = [
  ['README.md', '# k-repo\n\nA small stand-in for the repository that holds the audit checks.\n'],
  ['.github/CODEOWNERS', 'python/klaviyo/data_platform/ @data-platform\n'],
  ['python/klaviyo/__init__.py', ''],
  ['python/klaviyo/data_platform/__init__.py', ''],
  [
    'python/klaviyo/data_platform/retention.yml',
    "# Not a check: load tests leave it alone.\nretention: INTERVAL '90' day\n",
  ],
];
