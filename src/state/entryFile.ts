/**
 * One entry of the journal as bytes: a line of JSON whose last member is the sha256 of everything before it. A file
 * that was cut, filled with zeros or edited by hand shows it by itself; the next entry names it as `previous`.
 */
import { createHash } from 'node:crypto';
import { type JournalEntry, journalEntry } from './events.ts';

/** What stands in `previous` of the first entry. */
export const beginning = '';

export function encodeEntry(entry: JournalEntry): { bytes: Buffer; digest: string } {
  const json = JSON.stringify(entry).slice(0, -1);
  const digest = sha256(json);
  return { bytes: Buffer.from(`${json},"digest":"${digest}"}\n`), digest };
}

export type Decoded =
  | { readonly kind: 'entry'; readonly entry: JournalEntry; readonly digest: string }
  /** Not what this program, or any version of it, wrote in this place. */
  | { readonly kind: 'damaged' }
  /** Whole, but of a later version: this program must not judge what it does not know. */
  | { readonly kind: 'newer' };

const sealed = /^(\{.*),"digest":"([0-9a-f]{64})"\}\n$/s;

/** Reads the bytes of an entry that has to be `number` and to follow the one whose digest is `previous`. */
export function decodeEntry(bytes: Buffer, number: number, previous: string): Decoded {
  const [, json, digest] = sealed.exec(bytes.toString('utf8')) ?? [];
  if (json === undefined || digest === undefined || sha256(json) !== digest) return { kind: 'damaged' };
  const parsed = journalEntry.safeParse(JSON.parse(`${json}}`));
  // A whole file that cannot be understood was written by a program that says more than this one.
  if (!parsed.success) return { kind: 'newer' };
  if (parsed.data.number !== number || parsed.data.previous !== previous) return { kind: 'damaged' };
  return { kind: 'entry', entry: parsed.data, digest };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
