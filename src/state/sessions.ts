import { localStamp } from '../domain/time.ts';
import type { SessionEvent } from './events.ts';
import type { Journal } from './journal.ts';
import { afterEntry, emptySession, foldSession, type Session } from './session.ts';

export interface Sessions {
  load(): Promise<Session>;
  /**
   * Records the events that `decide` returns for the newest session, all or none, and returns the session right after
   * them, without later events of others. If another process appended first, reads the session and decides again.
   */
  record(decide: (session: Session) => readonly SessionEvent[]): Promise<Session>;
  /** Paths of the journal files that could not be read and were skipped. */
  damaged(): readonly string[];
}

export function openSessions(journal: Journal, localMs: () => number): Sessions {
  let newest = emptySession;

  async function load(): Promise<Session> {
    const entries = await journal.read();
    newest = foldSession(entries.slice(newest.entries), newest);
    return newest;
  }

  async function record(decide: (session: Session) => readonly SessionEvent[]): Promise<Session> {
    for (;;) {
      const session = await load();
      const events = [...decide(session)];
      if (events.length === 0) return session;
      const number = session.entries + 1;
      const at = localStamp(localMs() * 1000);
      if (await journal.append(number, at, events)) return afterEntry(session, { events, at, number });
    }
  }

  return { load, record, damaged: () => journal.skipped() };
}
