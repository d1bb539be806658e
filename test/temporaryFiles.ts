/**
 * Puts the temp directories of a run into one directory, removed afterwards. It is in memory if there is enough space,
 * because the suites copy and remove hundreds of repositories. A TMPDIR that is set is respected.
 */
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes: several times what a whole run uses at once. */
const requiredBytes = 2 ** 30;

// biome-ignore lint/style/noDefaultExport: vitest calls the default export
export default function inOneDirectory(): () => void {
  const parent = process.env.TMPDIR === undefined && hasSpace('/dev/shm') ? '/dev/shm' : tmpdir();
  const directory = mkdtempSync(join(parent, 'audit-load-test-'));
  const before = process.env.TMPDIR;
  // Test processes inherit it.
  process.env.TMPDIR = directory;
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(directory, { recursive: true, force: true });
  };
}

/** A file system in memory with enough space, where git hooks can run. */
function hasSpace(directory: string): boolean {
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([, place]) => place === directory);
    const { bavail, bsize } = statfsSync(directory);
    return (
      mount?.[2] === 'tmpfs' && !mount[3]?.split(',').includes('noexec') && bavail * bsize > requiredBytes
    );
  } catch {
    return false;
  }
}
