/** Runs a command as a user would, and takes its time and memory from the operating system. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchPath } from './rivals.ts';

/** What account.py writes. */
interface Account {
  readonly wallSeconds: number;
  /** User and system time of the command and the child processes that it waited for. */
  readonly cpuSeconds: number;
  /** The largest of those processes. */
  readonly peakMegabytes: number;
}

export interface Run extends Account {
  readonly out: string;
}

export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A file for stdin. */
  readonly input?: string;
}

/** The built command, as in the package. */
export function ourCommand(...args: readonly string[]): string[] {
  return [process.execPath, join(process.cwd(), 'dist/main.js'), ...args];
}

/** @throws Error with the end of the command's stderr when it fails */
export async function measured(
  command: readonly string[],
  { cwd, env, input = '/dev/null' }: CommandContext,
): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-run-'));
  const at = (name: string) => join(directory, name);
  const files = [openSync(input, 'r'), openSync(at('out'), 'w'), openSync(at('err'), 'w')];
  try {
    const account = join(process.cwd(), 'bench/account.py');
    const child = spawn('python3', [account, at('account'), ...command], {
      cwd,
      env: { HOME: directory, ...env, PATH: searchPath },
      stdio: files,
    });
    const status = await new Promise((resolve, reject) => {
      child.once('close', resolve);
      child.once('error', () => reject(new Error('the benchmark needs python3')));
    });
    if (status !== 0)
      throw new Error(
        `${command.join(' ').slice(0, 300)}: ${(await readFile(at('err'), 'utf8')).slice(-2000)}`,
      );
    const figures: Account = JSON.parse(await readFile(at('account'), 'utf8'));
    return { ...figures, out: await readFile(at('out'), 'utf8') };
  } finally {
    for (const file of files) closeSync(file);
    await rm(directory, { recursive: true, force: true });
  }
}

/** The first line of a program's version output; undefined when it is not installed. */
export async function versionOf(...command: readonly string[]): Promise<string | undefined> {
  const context = { cwd: process.cwd(), env: {} };
  return measured(command, context).then(
    // aws names its Python and kernel as well.
    ({ out }) =>
      out
        .trim()
        .split('\n')[0]
        ?.replace(/ Python\/\S+ \S+\/\S+/, ''),
    () => undefined,
  );
}

export const runColumns = ['Best', 'Median', 'CPU', 'Memory'] as const;

/** Seconds of the fastest and the median run, the least CPU time, and the largest peak memory. */
export function runCells(runs: readonly Run[]): string[] {
  if (runs.length === 0) return runColumns.map(() => '–');
  const seconds = [best(runs), median(runs.map(({ wallSeconds }) => wallSeconds)), leastCpu(runs)];
  return [...seconds.map((one) => `${one.toFixed(2)} s`), `${peakOf(runs).toFixed(0)} MB`];
}

export function best(runs: readonly Run[]): number {
  return Math.min(...runs.map(({ wallSeconds }) => wallSeconds));
}

export function leastCpu(runs: readonly Run[]): number {
  return Math.min(...runs.map(({ cpuSeconds }) => cpuSeconds));
}

export function peakOf(runs: readonly Run[]): number {
  return Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
}

/** The upper one of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
