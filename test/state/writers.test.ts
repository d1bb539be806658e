import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { journalIn } from './journalIn.ts';

/** `SOAK_KILLS=150 npx vitest run test/state` runs longer. */
const kills = Number(process.env.SOAK_KILLS ?? 12);

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'writers-'));
  const bundle = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' } as const;
  await build({
    ...bundle,
    entryPoints: [fileURLToPath(new URL('./writer.ts', import.meta.url))],
    outfile: join(place, 'writer.mjs'),
  });
});
afterAll(() => rm(place, { recursive: true, force: true }));

interface Writer {
  readonly process: ChildProcess;
  /** The events acknowledged so far. */
  readonly acknowledged: string[];
  /** Resolves when it has exited and its output was read. */
  readonly gone: Promise<unknown>;
}

function startWriter(
  directory: string,
  name: string,
  events: number,
  heard?: (writer: Writer) => void,
): Writer {
  const args = [join(place, 'writer.mjs'), directory, name, String(events)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout);
  const writer = {
    process: child,
    acknowledged: [] as string[],
    gone: Promise.all([once(child, 'close'), once(lines, 'close')]),
  };
  lines.on('line', (line) => {
    writer.acknowledged.push(line);
    heard?.(writer);
  });
  return writer;
}

async function notesIn(directory: string): Promise<string[]> {
  const journal = journalIn(directory);
  const entries = await journal.read();
  expect(journal.skipped()).toEqual([]);
  expect(entries.map((entry) => entry.number)).toEqual(entries.map((_, index) => index + 1));
  return entries.flatMap(({ events }) => events.map((event) => ('note' in event ? String(event.note) : '')));
}

test('three processes at once record hundreds of events: each once, in each writer’s order', async () => {
  const directory = join(place, 'three');
  const writers = ['a', 'b', 'c'].map((name) => startWriter(directory, name, 120));
  await Promise.all(writers.map((writer) => writer.gone));

  const notes = await notesIn(directory);
  expect(notes).toHaveLength(360);
  for (const writer of writers) {
    expect(writer.acknowledged).toHaveLength(120);
    const [name] = writer.acknowledged[0]?.split(' ') ?? [];
    expect(notes.filter((note) => note.startsWith(`${name} `))).toEqual(writer.acknowledged);
  }
});

test(
  `killed ${kills} times in the middle of appends, the session is intact and has every acknowledged event`,
  async () => {
    const directory = join(place, 'killed');
    const acknowledged: string[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      // The acknowledgement arrives late: the kill hits whatever the writer is doing by then.
      const last = (kill % 5) + 1;
      const writers = ['a', 'b'].map((name) =>
        startWriter(directory, `${name}${kill}`, 1_000_000, (writer) => {
          if (writer.acknowledged.length >= last) writer.process.kill('SIGKILL');
        }),
      );
      await Promise.all(writers.map((writer) => writer.gone));
      acknowledged.push(...writers.flatMap((writer) => writer.acknowledged));

      const notes = await notesIn(directory);
      expect(new Set(notes).size).toBe(notes.length);
      expect(acknowledged.filter((note) => !notes.includes(note))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(kills);
    const strays = (await readdir(directory)).filter((name) => !/^\d{6}\.json$/.test(name));
    expect(strays.every((name) => name.startsWith('.'))).toBe(true);
  },
  30_000 + kills * 2000,
);
