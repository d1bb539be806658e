import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../src/state/events.ts';
import { openSessions } from '../../src/state/store.ts';
import { events } from './events.ts';
import { journalIn } from './journalIn.ts';

const at = '2025-12-08T15:30:00.123456-05:00';
const canMount = mayMount();
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function note(text: string): SessionEvent {
  return { type: 'roundNoted', round: 1, note: text };
}

async function notesIn(journal = journalIn(directory)): Promise<string[]> {
  const entries = await journal.read();
  return entries.flatMap((entry) => entry.events.map((event) => ('note' in event ? String(event.note) : '')));
}

async function write(...notes: string[]): Promise<void> {
  const sessions = openSessions(journalIn(directory), () => 0);
  for (const text of notes) await sessions.record(() => [note(text)]);
}

const file = (name: string) => join(directory, name);

test('every event is read back as it was written', async () => {
  const written = Object.values(events);
  const journal = journalIn(directory);
  await journal.read();
  for (const [index, event] of written.entries())
    expect(await journal.append(index + 1, at, [event])).toBe(true);
  const read = await journalIn(directory).read();
  expect(read.flatMap((entry) => entry.events)).toEqual(written);
  expect(read.map((entry) => entry.number)).toEqual(written.map((_, index) => index + 1));
});

test('an entry without an outcome, as older versions wrote it, is read and folds without one', async () => {
  const { outcome: _, ...reported } = events.reported;
  const sessions = openSessions(journalIn(directory), () => 0);
  await sessions.record(() => [events.roundOpened, reported]);
  const report = async () => (await openSessions(journalIn(directory), () => 0).load()).rounds[0]?.report;
  expect(await report()).toEqual({
    directory: '2x_20251208_153000',
    verdict: '2 of 150 failed',
    partial: false,
  });
  await sessions.record(() => [{ ...events.reported, outcome: 'not_decided' }]);
  expect(await report()).toMatchObject({ outcome: 'not_decided' });
});

test('an empty or missing directory is a new session', async () => {
  expect(await journalIn(directory).read()).toEqual([]);
  expect(await journalIn(file('not-there/yet')).read()).toEqual([]);
});

test('only the next number is appended', async () => {
  const journal = journalIn(directory);
  await journal.read();
  expect(await journal.append(2, at, [note('too early')])).toBe(false);
  expect(await journal.append(1, at, [note('first')])).toBe(true);
  expect(await journal.append(1, at, [note('too late')])).toBe(false);
  expect(await notesIn()).toEqual(['first']);
});

test('the second writer reads the first entry and decides again', async () => {
  const [one, other] = [journalIn(directory), journalIn(directory)];
  await Promise.all([one.read(), other.read()]);
  expect(await one.append(1, at, [note('mine')])).toBe(true);
  expect(await other.append(1, at, [note('theirs')])).toBe(false);

  const sessions = openSessions(other, () => 0);
  const seen: number[] = [];
  await sessions.record((session) => {
    seen.push(session.entries);
    return [note('theirs, after reading')];
  });
  expect(seen).toEqual([1]);
  expect(await notesIn()).toEqual(['mine', 'theirs, after reading']);
});

test('two servers that open rounds at once get different numbers', async () => {
  const servers = [1, 2].map(() => openSessions(journalIn(directory), () => 0));
  const numbers = await Promise.all(
    servers.flatMap((server) =>
      [1, 2, 3].map(async () => {
        const after = await server.record(() => [events.dagUploaded, events.roundOpened]);
        return after.rounds.length;
      }),
    ),
  );
  expect(numbers.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
});

test('overlapping calls of one server record everything once', async () => {
  const sessions = openSessions(journalIn(directory), () => 0);
  const texts = Array.from({ length: 30 }, (_, index) => `call ${index}`);
  await Promise.all(texts.flatMap((text) => [sessions.record(() => [note(text)]), sessions.load()]));
  expect((await notesIn()).toSorted()).toEqual(texts.toSorted());
  expect((await sessions.load()).entries).toBe(30);
});

test('a decision without events records nothing', async () => {
  await write('one');
  const sessions = openSessions(journalIn(directory), () => 0);
  expect((await sessions.record(() => [])).entries).toBe(1);
  expect(await readdir(directory)).toEqual(['000001.json']);
});

describe('a damaged file', () => {
  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['cut in the middle', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['without its last byte', (bytes) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['all zeros', (bytes) => Buffer.alloc(bytes.length)],
    ['garbage', () => Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a])],
    ['edited by hand', (bytes) => Buffer.from(bytes.toString().replace('two', 'ten'))],
    ['other JSON', () => Buffer.from('{"version":1}\n')],
  ];

  test.each(damages)('at the end (%s) is skipped, named and kept', async (_, damage) => {
    await write('one', 'two');
    const damaged = damage(await readFile(file('000002.json')));
    await writeFile(file('000002.json'), damaged);

    const journal = journalIn(directory);
    expect(await notesIn(journal)).toEqual(['one']);
    expect(journal.skipped()).toEqual([file('000002.json')]);

    await write('three', 'four');
    expect(await notesIn()).toEqual(['one', 'three', 'four']);
    expect(await readFile(file('000002.json'))).toEqual(damaged);
    const again = journalIn(directory);
    await again.read();
    expect(again.skipped()).toEqual([file('000002.json')]);
  });

  test('in the middle removes everything after it from the session and names the files', async () => {
    await write('one', 'two', 'three', 'four');
    await writeFile(file('000002.json'), '');
    const journal = journalIn(directory);
    expect(await notesIn(journal)).toEqual(['one']);
    expect(journal.skipped()).toEqual(['000002.json', '000003.json', '000004.json'].map(file));
    await write('five', 'six', 'seven', 'eight');
    expect(await notesIn()).toEqual(['one', 'five', 'six', 'seven', 'eight']);
  });

  test('that is missing has the same effect', async () => {
    await write('one', 'two', 'three');
    await rm(file('000002.json'));
    const journal = journalIn(directory);
    expect(await notesIn(journal)).toEqual(['one']);
    expect(journal.skipped()).toEqual([file('000003.json')]);
    await write('four', 'five');
    expect(await notesIn()).toEqual(['one', 'four', 'five']);
  });

  test('stays skipped after a repair, and two processes that skip it agree', async () => {
    await write('one', 'two');
    const whole = await readFile(file('000002.json'));
    await writeFile(file('000002.json'), whole.subarray(0, 40));
    await Promise.all([write('a', 'b', 'c'), write('d', 'e', 'f')]);
    expect((await notesIn()).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'one']);
    await writeFile(file('000002.json'), whole);
    expect((await notesIn()).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'one']);
  });

  test('can be damaged twice', async () => {
    await write('one', 'two');
    await writeFile(file('000002.json'), '');
    await write('three');
    await writeFile(file('000002-2.json'), '');
    await rm(file('000002.json'));
    await write('four');
    expect(await notesIn()).toEqual(['one', 'four']);
    expect(await readdir(directory)).toEqual(['000001.json', '000002-2.json', '000002-3.json']);
  });

  test('from another session is skipped', async () => {
    await write('one', 'two');
    await rename(file('000002.json'), file('kept'));
    await write('other');
    await copyFile(file('kept'), file('000003.json'));
    expect(await notesIn()).toEqual(['one', 'other']);
  });

  test('that is a half-written draft of a killed process is ignored', async () => {
    await write('one');
    await writeFile(file('.4711-0123456789ab'), '{"version":1,"num');
    const journal = journalIn(directory);
    expect(await notesIn(journal)).toEqual(['one']);
    expect(journal.skipped()).toEqual([]);
  });
});

describe('a newer version', () => {
  test.each([
    ['a version that is not known', { version: 2 }],
    ['an event that is not known', { events: [{ type: 'dreamt', of: 'sheep' }] }],
  ])('is refused and left unchanged: %s', async (_, change) => {
    await write('one', 'two');
    const last = file('000002.json');
    await writeFile(last, resealed(await readFile(last, 'utf8'), change));
    const before = await readFile(last);
    const sessions = openSessions(journalIn(directory), () => 0);
    await expect(sessions.load()).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/newer/),
    });
    await expect(sessions.record(() => [note('three')])).rejects.toMatchObject({ code: 'CONFIG' });
    expect(await readFile(last)).toEqual(before);
    expect(await readdir(directory)).toEqual(['000001.json', '000002.json']);
  });
});

describe('a disk that cannot be written', () => {
  test('fails when a file has the name of the directory', async () => {
    await writeFile(file('state'), '');
    const sessions = openSessions(journalIn(file('state/journal')), () => 0);
    await expect(sessions.record(() => [note('one')])).rejects.toThrow(
      /STATE_DIR: .*a file is where a folder should be/,
    );
  });

  test.skipIf(process.getuid?.() === 0)('fails without write permission (not as root)', async () => {
    chmodSync(directory, 0o500);
    const sessions = openSessions(journalIn(directory), () => 0);
    await expect(sessions.record(() => [note('one')])).rejects.toMatchObject({ code: 'EACCES' });
    chmodSync(directory, 0o700);
  });

  test.skipIf(!canMount)(
    'fails when the disk is full and recovers when there is space (needs mount)',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'small', directory]);
      try {
        await write('one');
        await writeFile(file('ballast'), Buffer.alloc(1 << 20)).catch(() => undefined);
        const sessions = openSessions(journalIn(directory), () => 0);
        await expect(sessions.record(() => [note('two')])).rejects.toThrow(
          /STATE_DIR: .*no space left on its disk/,
        );
        await rm(file('ballast'));
        await sessions.record(() => [note('two, again')]);
        expect(await notesIn()).toEqual(['one', 'two, again']);
        expect(await readdir(directory)).toEqual(['000001.json', '000002.json']);

        execFileSync('mount', ['-o', 'remount,ro', directory]);
        await expect(sessions.record(() => [note('three')])).rejects.toThrow(
          /STATE_DIR: .*its file system is read-only/,
        );
        expect(await notesIn()).toEqual(['one', 'two, again']);
      } finally {
        execFileSync('umount', [directory]);
      }
    },
  );

  test('leaves no draft behind, and the next attempt succeeds', async () => {
    await write('one');
    const journal = journalIn(directory);
    await journal.read();
    await writeFile(file('000002.json'), 'somebody else');
    expect(await journal.append(2, at, [note('two')])).toBe(false);
    expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
    await write('two');
    expect(await notesIn()).toEqual(['one', 'two']);
    expect(existsSync(file('000002-2.json'))).toBe(true);
  });
});

/** Most containers may not mount; then a full and a read-only disk are not tested. */
function mayMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'small', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(place);
  }
}

/** The same entry with other members and a matching digest, as another version of the program would write it. */
function resealed(text: string, change: object): string {
  const { digest: _, ...entry } = JSON.parse(text);
  const json = JSON.stringify({ ...entry, ...change }).slice(0, -1);
  return `${json},"digest":"${createHash('sha256').update(json).digest('hex')}"}\n`;
}
