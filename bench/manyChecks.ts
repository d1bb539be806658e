/** A repository of thousands of 15m checks with a dozen conditions each, one window per condition. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksPath, commitFiles, initRepository } from '../sandbox/sample/targetRepository.ts';

export const conditions = 12;
const teams = 20;

export function checkText(index: number): string {
  const lines = [`name: check_${index} # scaled by a load test`, 'checks:'];
  for (let condition = 0; condition < conditions; condition += 1)
    lines.push(
      `  - name: condition_${condition}`,
      `    where: "created_at >= current_timestamp - INTERVAL '${(condition % 6) + 1}' hour and id > ${index}"`,
    );
  return `${lines.join('\n')}\n`;
}

export const checkPath = (index: number): string => `team_${index % teams}/check_${index}_15m.yml`;

/** Creates the repository, with the checks on main and the test branch checked out. Returns the checks' folder. */
export async function manyChecks(directory: string, count: number): Promise<string> {
  const files = Array.from({ length: count }, (_, index): [string, string] => [
    join(checksPath, checkPath(index)),
    checkText(index),
  ]);
  const git = (...args: string[]) => execFileSync('git', args, { cwd: directory });
  await initRepository(directory);
  // No background maintenance during measurements.
  git('config', 'gc.auto', '0');
  git('config', 'maintenance.auto', 'false');
  await commitFiles(directory, 1, `Keep ${count} checks`, files);
  git('gc', '--quiet');
  git('switch', '--quiet', '--create', 'audit_checks_load_testing');
  return join(directory, checksPath);
}

/** The bytes of every check in the folder, by path relative to it. */
export function contentsOf(folder: string): Map<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.yml'),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path))]));
}

/** One digest of all paths and bytes in the folder. */
export function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const [path, bytes] of contentsOf(folder)) hash.update(path).update('\0').update(bytes);
  return hash.digest('hex');
}

/** Restores every file to the branch's version. */
export function restore(repository: string): void {
  execFileSync('git', ['checkout', '--quiet', '--', '.'], { cwd: repository });
}
