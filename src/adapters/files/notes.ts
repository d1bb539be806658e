import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Notes } from '../../ports/project.ts';

/** Stores texts that are too long for a result, one file each. */
export function createNotes(directory: string): Notes {
  return {
    async write(name, text) {
      await mkdir(directory, { recursive: true });
      const path = join(directory, name);
      await writeFile(path, text);
      return path;
    },
  };
}
