/** Git's own lock files: whose they are, and those that a killed call of ours left. */
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError } from '../../domain/errors.ts';
import { openDisk } from '../disk/disk.ts';
import { holderOf } from '../disk/processes.ts';

/** The lock file that git could not create; undefined for any other failure. */
export function lockFileIn(words: string): string | undefined {
  return /Unable to create '(.+?\.lock)': File exists/.exec(words)?.[1];
}

/** Whether it is worth a short wait: it is gone already, a process holds it, or it is so young that its owner may be at work. */
export async function isInUse(path: string, directory: string): Promise<boolean> {
  const ageMs = await ageOf(path);
  return ageMs === undefined || ageMs < 2_000 || (await holderOf(path, directory)) !== 'none';
}

/** Names the lock file, its age and who holds it. */
export async function lockedError(path: string, directory: string, cause: unknown): Promise<ToolError> {
  const [ageMs, holder] = await Promise.all([ageOf(path), holderOf(path, directory)]);
  const age = ageMs === undefined ? 'gone by now' : `${ageText(ageMs)} old`;
  const whose = {
    none: 'no git process holds it',
    unknown: 'whether a process holds it could not be checked',
  };
  const who =
    typeof holder === 'string'
      ? whose[holder]
      : `process ${holder.pid} (${holder.command.slice(0, 60)}) holds it`;
  return new ToolError(
    'CONFLICT',
    `The repository is locked by git: ${path} (${age}; ${who}). Nothing more was committed.`,
    {
      next:
        typeof holder === 'string'
          ? `make sure that no git runs in that repository, type: rm "${path}", then call the same tool again.`
          : 'let that process finish, then call the same tool again.',
      cause,
    },
  );
}

/** Milliseconds of a time span in which a call of ours was in git. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How often a git process that outlived its call is asked whether it is done. */
const patience = 20;

/**
 * Removes lock files that a killed call left in a git directory: made while it was in git, and held by nobody. Git
 * lets only one process make each of them, so nobody else's has these times.
 */
export async function removeLeftLocks(gitDirectory: string, { fromMs, toMs }: Span): Promise<void> {
  const disk = openDisk(gitDirectory, 'TARGET_REPO');
  for (const path of await lockFilesIn(gitDirectory)) {
    const found = await disk.stat(path);
    if (found === undefined || found.modifiedMs < fromMs - 1_000 || found.modifiedMs > toMs) continue;
    const target = join(gitDirectory, path);
    for (let asked = 0; asked < patience; asked += 1) {
      if ((await holderOf(target, dirname(gitDirectory))) === 'none') {
        await disk.remove(path);
        break;
      }
      await sleep(100);
    }
  }
}

async function lockFilesIn(gitDirectory: string): Promise<string[]> {
  const disk = openDisk(gitDirectory, 'TARGET_REPO');
  const found: string[] = [];
  const pending = ['', 'refs/heads'];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const { name, kind } of await disk.list(folder)) {
      const path = join(folder, name);
      if (kind === 'folder' && folder !== '') pending.push(path);
      if (kind === 'file' && name.endsWith('.lock') && !name.startsWith('audit-load-test-')) found.push(path);
    }
  }
  return found;
}

async function ageOf(path: string): Promise<number | undefined> {
  const found = await openDisk(dirname(path), 'TARGET_REPO').stat(basename(path));
  return found && Math.max(0, Date.now() - found.modifiedMs);
}

function ageText(ageMs: number): string {
  const seconds = Math.round(ageMs / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
