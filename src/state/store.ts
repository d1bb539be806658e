/** Bytes stored under STATE_DIR by their digest: review manifests, and files that scaling cannot reproduce. */
import { join } from 'node:path';
import { sha256 } from '../domain/digest.ts';
import { localStamp } from '../domain/time.ts';
import type { Disk } from '../ports/disk.ts';
import type { SessionEvent } from './events.ts';
import type { Journal } from './journal.ts';
import { afterEntry, emptySession, foldSession, type Session } from './session.ts';

export interface Blobs {
  /** Stores the bytes and returns their sha256 in hex. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, or undefined if they are missing or no longer match their digest. @throws ToolError for a failed read */
  get(digest: string): Promise<Buffer | undefined>;
}

export function openBlobs(disk: Disk): Blobs {
  async function get(digest: string): Promise<Buffer | undefined> {
    if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
    const bytes = await disk.read(fileOf(digest));
    return bytes !== undefined && sha256(bytes) === digest ? bytes : undefined;
  }

  async function put(bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    if ((await get(digest)) === undefined) await disk.write(fileOf(digest), bytes);
    return digest;
  }

  return { put, get };
}

function fileOf(digest: string): string {
  return join(digest.slice(0, 2), digest.slice(2));
}

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
