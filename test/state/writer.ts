/** A process that records the given number of events, or until it is killed, and prints each acknowledged one. */
import { writeSync } from 'node:fs';
import { openSessions } from '../../src/state/store.ts';
import { journalIn } from './journalIn.ts';

const [directory = '', name, events] = process.argv.slice(2);
const sessions = openSessions(journalIn(directory), Date.now);
for (let count = 1; count <= Number(events); count += 1) {
  const note = `${name} ${count}`;
  await sessions.record(() => [{ type: 'roundNoted', round: 1, note }]);
  writeSync(1, `${note}\n`);
}
