/** Small files that are read before anything else can be said. It imports little: the start of the server waits for it. */
import { closeSync, constants, existsSync, openSync, readFileSync, type Stats, statSync } from 'node:fs';
import { diskError, refused } from './diskErrors.ts';

export function existsNow(path: string): boolean {
  return existsSync(path);
}

/** The bytes of a plain file, or of one that a link leads to; undefined when it does not exist. For start-up. */
export function readNow(path: string, setting: string): Buffer | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (!found.isFile()) throw refused(setting, path, `is ${kindOf(found)}, not a plain file`);
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw diskError(cause, { setting, path, verb: 'read' });
  }
}

export function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a link';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return stats.isFile() ? 'a file' : 'a device';
}
