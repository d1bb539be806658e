import { join } from 'node:path';
import type { Disk } from '../../ports/disk.ts';
import type { Notes } from '../../ports/project.ts';

/** Made and written a piece at a time: the lines of many files would take more memory than all else. */
const pieceLength = 64 * 1024;

function* piecesOf(lines: Iterable<string>): Generator<string> {
  let text = '';
  let before = '';
  for (const line of lines) {
    text += before + line;
    before = '\n';
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Stores texts that are too long for a result, one file each. */
export function createNotes(disk: Disk): Notes {
  return {
    async write(name, text) {
      await disk.write(name, typeof text === 'string' ? text : { pieces: piecesOf(text) });
      return join(disk.root, name);
    },
  };
}
