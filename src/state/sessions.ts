import type { SessionEvent } from './events.ts';
import type { Journal } from './journal.ts';
import { foldSession, type Session } from './session.ts';
import { localStamp } from './stamps.ts';

export interface Sessions {
  load(): Promise<Session>;
  /**
   * Records what `decide` makes of the newest session, in order, and answers the session after it. When another
   * process recorded something first, the session is read again and decided again.
   */
  record(decide: (session: Session) => readonly SessionEvent[]): Promise<Session>;
  /** Journal files that could not be read and were set aside, by path. */
  damaged(): readonly string[];
}

export function openSessions(journal: Journal, localMs: () => number): Sessions {
  async function load(): Promise<Session> {
    return foldSession(await journal.read());
  }

  async function record(decide: (session: Session) => readonly SessionEvent[]): Promise<Session> {
    let session = await load();
    let remaining = [...decide(session)];
    let recorded = 0;
    while (remaining.length > 0) {
      const [event] = remaining;
      if (event === undefined) break;
      const at = localStamp(localMs() * 1000);
      if (await journal.append(session.events + 1, at, event)) {
        recorded += 1;
        remaining = remaining.slice(1);
        session = await load();
      } else {
        session = await load();
        // What is already recorded stays; only a decision that has not begun is made again.
        if (recorded === 0) remaining = [...decide(session)];
      }
    }
    return session;
  }

  return { load, record, damaged: () => journal.setAside };
}
