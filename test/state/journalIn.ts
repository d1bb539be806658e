import { openDisk } from '../../src/adapters/disk/disk.ts';
import { type Journal, openJournal } from '../../src/state/journal.ts';

/** A journal in a folder of this machine. */
export function journalIn(directory: string): Journal {
  return openJournal(openDisk(directory, 'STATE_DIR'));
}
