/**
 * The durable journal: one small file per entry, appended by link(2), which fails if the name is taken.
 * Measured with two writers and kill -9: no acknowledged entry was lost, while rename alone lost writes.
 * An entry is a line of JSON whose last member is the sha256 of everything before it. The digest exposes a truncated,
 * zeroed or hand-edited file; the next entry names it as `previous`.
 */
import { join } from 'node:path';
import { sha256 } from '../domain/digest.ts';
import { ToolError } from '../domain/errors.ts';
import type { Disk } from '../ports/disk.ts';
import { type JournalEntry, journalEntry, type SessionEvent } from './events.ts';

export interface Journal {
  /** Every entry, oldest first. Reads only the files added since the last call. */
  read(): Promise<readonly JournalEntry[]>;
  /** Appends one entry as `number`; false if that is no longer the next number: read, then decide again. */
  append(number: number, at: string, events: readonly SessionEvent[]): Promise<boolean>;
  /** Paths of the files skipped because they, or one before them, cannot be read. */
  skipped(): readonly string[];
}

/** `000005.json`, or `000005-2.json` if the file of that name cannot be read. */
const fileName = /^(\d{6,})(?:-(\d+))?\.json$/;

export function openJournal(disk: Disk): Journal {
  const entries: JournalEntry[] = [];
  const chain = new Set<string>();
  let lastDigest = beginning;
  let unreadable: string[] = [];

  /**
   * Renames and removes nothing: an unreadable file keeps its name and is skipped, so that two processes that find
   * the same damage cannot mistake each other's new entry for it.
   */
  async function read(): Promise<readonly JournalEntry[]> {
    for (let before = -1; ; ) {
      const ahead = (await list()).filter((name) => !chain.has(name));
      await follow(ahead);
      unreadable = ahead.filter((name) => !chain.has(name));
      // A listing may miss a name linked meanwhile and still include a later one: believe a gap only if a second
      // listing shows it again.
      if (unreadable.length === 0 || unreadable.length === before) return [...entries];
      before = unreadable.length;
    }
  }

  /** Takes the entries that continue the chain. Of several files with one number, the last intact one counts. */
  async function follow(ahead: readonly string[]): Promise<void> {
    const byNumber = new Map<number, string[]>();
    for (const name of ahead) {
      const { number } = positionOf(name);
      byNumber.set(number, [...(byNumber.get(number) ?? []), name]);
    }
    while (await takeOne(byNumber.get(entries.length + 1) ?? []));
  }

  async function takeOne(names: readonly string[]): Promise<boolean> {
    for (const name of names.toReversed()) {
      const decoded = decodeEntry(await bytesOf(name), entries.length + 1, lastDigest);
      if (decoded === 'newer')
        throw new ToolError(
          'CONFIG',
          `The session in ${disk.root} was written by a newer version of audit-load-test. Nothing was changed.`,
          { next: 'update audit-load-test, or point STATE_DIR at another directory.' },
        );
      if (decoded !== 'damaged') return take(name, decoded);
    }
    return false;
  }

  function take(name: string, { entry, digest }: SealedEntry): true {
    entries.push(entry);
    chain.add(name);
    lastDigest = digest;
    return true;
  }

  async function append(number: number, at: string, events: readonly SessionEvent[]): Promise<boolean> {
    if (number !== entries.length + 1) return false;
    const entry: JournalEntry = { version: 1, number, at, previous: lastDigest, events: [...events] };
    const { bytes, digest } = encodeEntry(entry);
    const skipped = unreadable.findLast((name) => positionOf(name).number === number);
    const name = nameOf(number, skipped === undefined ? 1 : positionOf(skipped).lap + 1);
    return (await disk.create(name, bytes)) && take(name, { entry, digest });
  }

  /** A file that was listed and is gone is damage, not an empty journal. */
  async function bytesOf(name: string): Promise<Buffer> {
    return (await disk.read(name)) ?? Buffer.alloc(0);
  }

  async function list(): Promise<string[]> {
    const names = (await disk.list()).map(({ name }) => name);
    return names.filter((name) => fileName.test(name)).sort(inOrder);
  }

  const inTurn = oneAtATime();
  return {
    read: () => inTurn(read),
    append: (number, at, events) => inTurn(() => append(number, at, events)),
    skipped: () => unreadable.map((name) => join(disk.root, name)),
  };
}

function nameOf(number: number, lap: number): string {
  return `${String(number).padStart(6, '0')}${lap === 1 ? '' : `-${lap}`}.json`;
}

function positionOf(name: string): { number: number; lap: number } {
  const [, number, lap = '1'] = fileName.exec(name) ?? [];
  return { number: Number(number), lap: Number(lap) };
}

function inOrder(a: string, b: string): number {
  return positionOf(a).number - positionOf(b).number || positionOf(a).lap - positionOf(b).lap;
}

/** Calls of one server overlap as well: a read must not see half of an append. */
function oneAtATime(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

interface SealedEntry {
  readonly entry: JournalEntry;
  readonly digest: string;
}

/** `previous` of the first entry. */
const beginning = '';

function encodeEntry(entry: JournalEntry): { bytes: Buffer; digest: string } {
  const json = JSON.stringify(entry).slice(0, -1);
  const digest = sha256(json);
  return { bytes: Buffer.from(`${json},"digest":"${digest}"}\n`), digest };
}

const sealed = /^(\{.*),"digest":"([0-9a-f]{64})"\}\n$/s;

/**
 * Decodes an entry that must have this `number` and follow the entry whose digest is `previous`. `damaged`: no version of this
 * program wrote it here; `newer`: intact, but a later version wrote what this one cannot interpret.
 */
function decodeEntry(bytes: Buffer, number: number, previous: string): SealedEntry | 'damaged' | 'newer' {
  const [, json, digest] = sealed.exec(bytes.toString('utf8')) ?? [];
  if (json === undefined || digest === undefined || sha256(json) !== digest) return 'damaged';
  const parsed = journalEntry.safeParse(JSON.parse(`${json}}`));
  if (!parsed.success) return 'newer';
  const { data: entry } = parsed;
  return entry.number === number && entry.previous === previous ? { entry, digest } : 'damaged';
}
