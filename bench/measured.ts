/** Running a command as a person would, with its time on the clock and on the processor. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Run {
  readonly wallSeconds: number;
  /** User and system time of the command and of all that it started and waited for. */
  readonly cpuSeconds: number;
  /** The largest resident size of a Node command that was started with `ourCommand`. */
  readonly peakMegabytes?: number;
  readonly out: string;
}

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The built command, as the package has it; tells its memory when it ends. */
export function ourCommand(...words: readonly string[]): string[] {
  return [
    process.execPath,
    '--import',
    join(process.cwd(), 'bench/peakMemory.mjs'),
    join(process.cwd(), 'dist/main.js'),
    ...words,
  ];
}

/** The times come from bash's own `time`, which every machine with bash has. @throws Error with the command's words when it fails */
export async function measured(words: readonly string[], { cwd, env }: Place): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-times-'));
  const at = (name: string) => join(directory, name);
  try {
    const script = 'TIMEFORMAT="%3R %3U %3S"; { time "$@" >"$BENCH_OUT" 2>"$BENCH_ERR"; } 2>"$BENCH_TIMES"';
    const child = spawn('bash', ['-c', script, 'bash', ...words], {
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
      throw new Error(`${words.join(' ').slice(0, 300)}: ${await readFile(at('err'), 'utf8')}`);
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

/** One line of what a program says of itself; undefined where it is not installed. */
export async function versionOf(...words: readonly string[]): Promise<string | undefined> {
  const place = { cwd: process.cwd(), env: {} };
  return measured(words, place).then(
    ({ out }) => out.trim().split('\n')[0],
    () => undefined,
  );
}

/** The machine, and how busy it was: the average number of processes that ran or waited in the last minute. */
export function machineWords(): string {
  const [cpu] = cpus();
  const [busy = 0] = loadavg();
  return `Node ${process.version} on ${cpus().length} × ${cpu?.model ?? 'an unknown processor'} (load average ${busy.toFixed(1)})`;
}

/** Seconds of the fastest run and of the median one, and of the run that took the processor least. */
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
