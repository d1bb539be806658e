import { join } from 'node:path';
import type { Disk } from '../../ports/disk.ts';
import type { Notes } from '../../ports/project.ts';

/** Written a piece at a time: as one string, the lines of many files would take several times their size. */
const pieceLength = 256 * 1024;

function piecesOf(lines: Iterable<string>): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let text = '';
  let before = '';
  for (const line of lines) {
    text += before + line;
    before = '\n';
    if (text.length < pieceLength) continue;
    pieces.push(Buffer.from(text));
    text = '';
  }
  return [...pieces, Buffer.from(text)];
}

/** Stores texts that are too long for a result, one file each. */
export function createNotes(disk: Disk): Notes {
  return {
    async write(name, text) {
      await disk.write(name, typeof text === 'string' ? text : piecesOf(text));
      return join(disk.root, name);
    },
  };
}
