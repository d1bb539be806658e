/** `node dist/main.js sandbox`: the world, left running for a client of your own. */
import { fstatSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld, type WorldOptions } from './world.ts';

/**
 * Starts the world in a temp directory and prints its endpoint and settings as one line of JSON. Resolves, with the
 * directory removed, after SIGTERM or SIGINT, or when a stdin that is a pipe closes.
 */
export async function runSandbox(options: Omit<WorldOptions, 'directory'> = {}): Promise<void> {
  // A pipe closes when the parent ends. A terminal has Ctrl-C, and /dev/null means: keep running in the background.
  const stdin = fstatSync(0);
  const isPipe = stdin.isFIFO() || stdin.isSocket();
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    if (isPipe)
      for (const ending of ['end', 'close', 'error'] as const) process.stdin.once(ending, () => resolve());
  });
  if (isPipe) process.stdin.resume();
  const directory = await mkdtemp(join(tmpdir(), 'audit-load-test-sandbox-'));
  try {
    const world = await startWorld({ ...options, directory });
    const { endpoint, targetRepo, env } = world;
    process.stdout.write(`${JSON.stringify({ endpoint, targetRepo, env })}\n`);
    await stopped;
    await world.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
    // A terminal's stdin would keep the process running.
    process.stdin.pause();
  }
}
