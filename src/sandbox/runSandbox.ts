/** `node dist/main.js sandbox`: the world, left running for a client of one's own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld, type WorldOptions } from './world.ts';

/**
 * Starts the world in a temp directory and prints its whereabouts as one line of JSON. Resolves, with the
 * directory removed, after SIGTERM or SIGINT or when stdin closes.
 */
export async function runSandbox(options: Omit<WorldOptions, 'directory'> = {}): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    for (const ending of ['end', 'close', 'error'] as const) process.stdin.once(ending, () => resolve());
  });
  process.stdin.resume();
  const directory = await mkdtemp(join(tmpdir(), 'audit-load-test-sandbox-'));
  try {
    const world = await startWorld({ ...options, directory });
    const { endpoint, targetRepo, env } = world;
    process.stdout.write(`${JSON.stringify({ endpoint, targetRepo, env })}\n`);
    await stopped;
    await world.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
    // A terminal's stdin would keep the process alive.
    process.stdin.pause();
  }
}
