/**
 * Temp directories of a run lie in one directory, which goes with it: in memory, where this machine has room there,
 * for the suites copy and remove hundreds of repositories. A TMPDIR that is set is kept to.
 */
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes: several times what a whole run has there at once. */
const roomBytes = 2 ** 30;

// biome-ignore lint/style/noDefaultExport: vitest calls the default export
export default function inOneDirectory(): () => void {
  const parent = process.env.TMPDIR === undefined && hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();
  const directory = mkdtempSync(join(parent, 'audit-load-test-'));
  const before = process.env.TMPDIR;
  // The processes of the tests are started with it.
  process.env.TMPDIR = directory;
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(directory, { recursive: true, force: true });
  };
}

/** A file system in memory with room enough, where a hook of git could run. */
function hasRoom(directory: string): boolean {
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, place]) => place === directory);
    const { bavail, bsize } = statfsSync(directory);
    return mount?.[2] === 'tmpfs' && !mount[3]?.split(',').includes('noexec') && bavail * bsize > roomBytes;
  } catch {
    return false;
  }
}
