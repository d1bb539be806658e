import type { SessionEvent } from './events.ts';
import type { Journal } from './journal.ts';
import { afterEntry, emptySession, foldSession, type Session } from './session.ts';
import { localStamp } from './stamps.ts';

export interface Sessions {
  load(): Promise<Session>;
  /**
   * Records what `decide` makes of the newest session, all of it or nothing, and answers the session right after it,
   * without what others recorded later. When another process was first, the session is read and decided again.
   */
  record(decide: (session: Session) => readonly SessionEvent[]): Promise<Session>;
  /** Journal files that could not be read and were stepped over, by path. */
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

  return { load, record, damaged: () => journal.setAside() };
}
