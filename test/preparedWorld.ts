/** The sandbox's repositories, made once per test process: a copy takes a hundredth of the time. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksPath } from '../sandbox/sample/targetRepository.ts';
import { startEmbeddedAws } from '../sandbox/world/embeddedAws.ts';
import { serverEnvironment } from '../sandbox/world/environment.ts';
import { startWorld, type World } from '../sandbox/world/world.ts';

/** A dozen checks with every kind of file; the whole sample takes five times as long to upload. */
const fewChecks =
  /check_(events_\w+|orders_15m|messages_15m|consent_15m|inventory_15m|profile_identifiers_15m|identity_matches_daily)\.yml$/;

export type Checks = 'few' | 'all';

const prepared = new Map<Checks, Promise<string>>();

/** The directory to copy: the target repository, and the project with the DAGs. Removed after the run. */
export function preparedWorld(checks: Checks): Promise<string> {
  const directory = prepared.get(checks) ?? (checks === 'all' ? makeWorld() : makeSmallWorld());
  prepared.set(checks, directory);
  return directory;
}

/**
 * `startWorld` with the DAGs, on copies. EMR's quotas are off: the tests of a file share one world, and each would wait
 * in real time for what the others asked. @param directory must be empty
 */
export async function startPreparedWorld(directory: string): Promise<World> {
  cpSync(await preparedWorld('all'), directory, { recursive: true });
  const targetRepo = join(directory, 'k-repo');
  const project = join(directory, 'audit-load-test');
  const dagFile = join(project, 'dags/yang_audit_load_test.py');
  const aws = await startEmbeddedAws({ quotaClock: 'off' });
  return {
    ...aws,
    targetRepo,
    env: serverEnvironment({ endpoint: aws.endpoint, targetRepo, project, dagFile }),
  };
}

async function makeWorld(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'prepared-'));
  const world = await startWorld({ directory, dagsFolder: 'dags' });
  await world.close();
  for (const name of ['__pycache__', '.ruff_cache'])
    rmSync(join(directory, 'audit-load-test/dags', name), { recursive: true, force: true });
  pack(directory);
  return directory;
}

async function makeSmallWorld(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'prepared-'));
  cpSync(await preparedWorld('all'), directory, { recursive: true });
  // Fixed dates, so that the commits have the same ids every time.
  const date = '2025-11-06T09:00:00+00:00';
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const cwd = join(directory, 'k-repo');
  const git = (...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8', env });
  git('checkout', '--quiet', 'main');
  const checks = git('ls-files', checksPath).trim().split('\n');
  git('rm', '--quiet', ...checks.filter((path) => !fewChecks.test(path)));
  git('commit', '--quiet', '--message', 'Keep a few checks');
  git('checkout', '--quiet', 'audit_checks_load_testing');
  git('merge', '--quiet', '--ff-only', 'main');
  pack(directory);
  return directory;
}

/** One pack is faster to copy than a hundred loose objects. */
function pack(directory: string): void {
  for (const repository of ['k-repo', 'audit-load-test']) {
    execFileSync('git', ['gc', '--quiet'], { cwd: join(directory, repository) });
    rmSync(join(directory, repository, '.git/hooks'), { recursive: true, force: true });
  }
}
