/** Which processes of this machine live, and which hold a file open. On Linux from /proc; elsewhere less is known. */
import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isRunning } from './drafts.ts';

/** Where process ids mean the same: one boot of one machine, and one namespace of processes in it. */
export const thisPlace = [
  hostname(),
  unlessUnreadable(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  unlessUnreadable(() => readlinkSync('/proc/self/ns/pid')),
].join(' ');

/** When the process began, in the kernel's ticks: an id is used again, this pair is not. Empty when unknown. */
export function processStart(pid: number): string {
  const stat = unlessUnreadable(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Whether the process of this id that began then still runs. */
export function isSameRunning(pid: number, start: string): boolean {
  return isRunning(pid) && (start === '' || processStart(pid) === '' || processStart(pid) === start);
}

export interface Holder {
  readonly pid: number;
  readonly command: string;
}

/**
 * The process that holds a lock file of git: one that has it open, or a git that runs in `folder`.
 * `unknown` where processes cannot be listed.
 */
export async function holderOf(path: string, folder: string): Promise<Holder | 'none' | 'unknown'> {
  const pids = await readdir('/proc').catch((): string[] => []);
  if (!pids.includes('self')) return 'unknown';
  for (const pid of pids.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const words = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    const command = words.split('\0').slice(0, 2).join(' ').trim();
    const isGit = /(?:^|\/)git(?:\.exe)?(?: |$)/.test(command);
    if (isGit && (await readlink(`/proc/${pid}/cwd`).catch(() => '')).startsWith(folder))
      return { pid: Number(pid), command };
    const files = isGit ? await readdir(`/proc/${pid}/fd`).catch((): string[] => []) : [];
    for (const file of files)
      if ((await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')) === path)
        return { pid: Number(pid), command };
  }
  return 'none';
}

function unlessUnreadable(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
