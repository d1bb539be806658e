import { join } from 'node:path';
import type { Disk } from '../../ports/disk.ts';
import type { Notes } from '../../ports/project.ts';

/** Stores texts that are too long for a result, one file each. */
export function createNotes(disk: Disk): Notes {
  return {
    async write(name, text) {
      await disk.write(name, text);
      return join(disk.root, name);
    },
  };
}
