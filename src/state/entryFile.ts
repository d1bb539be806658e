/**
 * One journal entry as bytes: a line of JSON whose last member is the sha256 of everything before it. The digest
 * exposes a truncated, zeroed or hand-edited file; the next entry names it as `previous`.
 */
import { createHash } from 'node:crypto';
import { type JournalEntry, journalEntry } from './events.ts';

/** `previous` of the first entry. */
export const beginning = '';

export function encodeEntry(entry: JournalEntry): { bytes: Buffer; digest: string } {
  const json = JSON.stringify(entry).slice(0, -1);
  const digest = sha256(json);
  return { bytes: Buffer.from(`${json},"digest":"${digest}"}\n`), digest };
}

export type Decoded =
  | { readonly kind: 'entry'; readonly entry: JournalEntry; readonly digest: string }
  /** Not written here by any version of this program. */
  | { readonly kind: 'damaged' }
  /** Intact, but written by a later version that this program cannot interpret. */
  | { readonly kind: 'newer' };

const sealed = /^(\{.*),"digest":"([0-9a-f]{64})"\}\n$/s;

/** Decodes an entry that must have this `number` and follow the entry whose digest is `previous`. */
export function decodeEntry(bytes: Buffer, number: number, previous: string): Decoded {
  const [, json, digest] = sealed.exec(bytes.toString('utf8')) ?? [];
  if (json === undefined || digest === undefined || sha256(json) !== digest) return { kind: 'damaged' };
  const parsed = journalEntry.safeParse(JSON.parse(`${json}}`));
  // Intact but not parsable: a newer version wrote it.
  if (!parsed.success) return { kind: 'newer' };
  if (parsed.data.number !== number || parsed.data.previous !== previous) return { kind: 'damaged' };
  return { kind: 'entry', entry: parsed.data, digest };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
