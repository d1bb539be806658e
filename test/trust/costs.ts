/** What a process has used so far, as Linux counts it: other processes do not change it much. */
import { readFileSync } from 'node:fs';
import type { ServerProcess } from '../stdio/builtServer.ts';

/** User and system time. */
export function cpuSeconds({ child }: ServerProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The most memory that it had at once. */
export function peakMegabytes({ child }: ServerProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
