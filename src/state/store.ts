/** Bytes stored under STATE_DIR by digest: review manifests, scaling memory, files that scaling cannot reproduce. */
import { join } from 'node:path';
import { sha256 } from '../domain/digest.ts';
import { ToolError } from '../domain/errors.ts';
import { maskSecrets } from '../domain/foreignText.ts';
import { localStamp } from '../domain/time.ts';
import type { Disk } from '../ports/disk.ts';
import type { Checkout } from '../ports/repository.ts';
import type { SessionEvent } from './events.ts';
import type { Journal } from './journal.ts';
import { afterEntry, emptySession, foldSession, type Session } from './session.ts';

export interface Blobs {
  /** Stores the bytes and returns their sha256 in hex. */
  put(bytes: Uint8Array): Promise<string>;
  /** Stores the bytes unless their name is taken; true for the one caller, of any process, that stored them. */
  claim(bytes: Uint8Array): Promise<boolean>;
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

  return { put, get, claim: (bytes) => disk.create(fileOf(sha256(bytes)), bytes) };
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

/** `checkout` is that of the target repository now; undefined without one. */
export function openSessions(
  journal: Journal,
  localMs: () => number,
  checkout: () => Promise<Checkout | undefined> = async () => undefined,
): Sessions {
  let newest = emptySession;

  async function read(here: Checkout | undefined): Promise<Session> {
    const entries = await journal.read();
    newest = foldSession(entries.slice(newest.entries), newest);
    if (here !== undefined) requireOwn(newest, here);
    return newest;
  }

  async function record(decide: (session: Session) => readonly SessionEvent[]): Promise<Session> {
    const here = await checkout();
    for (;;) {
      const session = await read(here);
      const events = maskSecrets([...decide(session)]);
      if (events.length === 0) return session;
      const number = session.entries + 1;
      const at = localStamp(localMs() * 1000);
      const all = [...checkoutEvents(session, here), ...events];
      if (await journal.append(number, at, all)) return afterEntry(session, { events: all, at, number });
    }
  }

  return { load: async () => read(await checkout()), record, damaged: () => journal.skipped() };
}

/** A checkout is known by its id, also after a move; by its path alone when it was cloned anew there. */
function requireOwn({ checkout: known }: Session, here: Checkout): void {
  if (known === undefined || known.id === here.id || known.path === here.path) return;
  throw new ToolError(
    'CONFIG',
    `STATE_DIR is the session of another checkout: ${known.path}, not ${here.path}. Nothing was changed.`,
    {
      next: `set TARGET_REPO in .env to ${known.path}, or STATE_DIR to another folder, which starts a new session.`,
    },
  );
}

function checkoutEvents({ checkout: known }: Session, here: Checkout | undefined): SessionEvent[] {
  if (here?.id === undefined || (known?.id === here.id && known.path === here.path)) return [];
  return [{ type: 'checkout', path: here.path, id: here.id }];
}
