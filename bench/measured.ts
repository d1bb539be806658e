/** Runs a command as a user would, and measures its wall-clock and CPU time. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Run {
  readonly wallSeconds: number;
  /** User and system time of the command and the child processes that it waited for. */
  readonly cpuSeconds: number;
  /** The peak resident size of a Node command started with `ourCommand`. */
  readonly peakMegabytes?: number;
  readonly out: string;
}

export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The built command, as in the package; records its peak memory at exit. */
export function ourCommand(...args: readonly string[]): string[] {
  return [
    process.execPath,
    '--import',
    join(process.cwd(), 'bench/peakMemory.mjs'),
    join(process.cwd(), 'dist/main.js'),
    ...args,
  ];
}

/** Measures with bash's built-in `time`. @throws Error with the command's stderr when it fails */
export async function measured(command: readonly string[], { cwd, env }: CommandContext): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-times-'));
  const at = (name: string) => join(directory, name);
  try {
    const script = 'TIMEFORMAT="%3R %3U %3S"; { time "$@" >"$BENCH_OUT" 2>"$BENCH_ERR"; } 2>"$BENCH_TIMES"';
    const child = spawn('bash', ['-c', script, 'bash', ...command], {
      cwd,
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        ...env,
        BENCH_OUT: at('out'),
        BENCH_ERR: at('err'),
        BENCH_TIMES: at('times'),
        BENCH_PEAK: at('peak'),
      },
      stdio: 'ignore',
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0)
      throw new Error(`${command.join(' ').slice(0, 300)}: ${await readFile(at('err'), 'utf8')}`);
    const [wall = 0, user = 0, system = 0] = (await readFile(at('times'), 'utf8')).split(' ').map(Number);
    const peakKilobytes = await readFile(at('peak'), 'utf8').catch(() => undefined);
    return {
      wallSeconds: wall,
      cpuSeconds: user + system,
      out: await readFile(at('out'), 'utf8'),
      ...(peakKilobytes === undefined ? {} : { peakMegabytes: Number(peakKilobytes) / 1024 }),
    };
  } finally {
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

/** The machine, and its load average of the last minute. */
export function machineText(): string {
  const [cpu] = cpus();
  const [busy = 0] = loadavg();
  return `Node ${process.version} on ${cpus().length} × ${cpu?.model ?? 'an unknown processor'} (load average ${busy.toFixed(1)})`;
}

/** Seconds of the fastest and the median run, and the least CPU time. */
export function timeCells(runs: readonly Run[]): string[] {
  if (runs.length === 0) return ['–', '–', '–'];
  const walls = runs.map(({ wallSeconds }) => wallSeconds).sort((a, b) => a - b);
  const cpu = Math.min(...runs.map(({ cpuSeconds }) => cpuSeconds));
  return [walls[0] ?? 0, walls[Math.floor(walls.length / 2)] ?? 0, cpu].map(
    (seconds) => `${seconds.toFixed(2)} s`,
  );
}

export function fastest(runs: readonly Run[]): number {
  return Math.min(...runs.map(({ wallSeconds }) => wallSeconds));
}
