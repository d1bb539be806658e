/**
 * The steps of one cluster on disk, one JSON line a change. EMR shows only the newest 1,000 steps of a cluster;
 * what it showed earlier stays known here.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../ports.ts';

interface ArchivedSteps {
  readonly steps: ReadonlyMap<string, Step>;
  /** True when the last look was written down whole, so that the next one may start from it. */
  readonly complete: boolean;
}

export interface StepArchive {
  read(): Promise<ArchivedSteps>;
  /** Appends what a finished look changed; `known` is the number of steps known after it. */
  append(changed: readonly Step[], known: number): Promise<void>;
}

/** `{directory}/{clusterId}.ndjson`. */
export function stepArchive(directory: string, clusterId: string): StepArchive {
  if (!/^j-[A-Z0-9]{1,20}$/.test(clusterId)) throw new RangeError('not a cluster id');
  const path = join(directory, `${clusterId}.ndjson`);
  return {
    async read() {
      return parse(await readFile(path, 'utf8').catch(absentAsEmpty));
    },
    async append(changed, known) {
      await mkdir(directory, { recursive: true });
      const lines = [...changed.map((step) => ({ step })), { lookedAt: known }].map((line) =>
        JSON.stringify(line),
      );
      const file = await open(path, 'a');
      try {
        // One write, begun on a new line: after a line that was cut by a crash, only that line is lost.
        await file.appendFile(`\n${lines.join('\n')}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
  };
}

function absentAsEmpty(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

function parse(text: string): ArchivedSteps {
  const steps = new Map<string, Step>();
  let complete = false;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const entry = parsedLine(line);
    if (entry?.step?.id !== undefined) steps.set(entry.step.id, entry.step);
    // A look whose lines are not all there is not whole, and neither is one after which lines stand alone.
    complete = entry?.lookedAt === steps.size;
  }
  return { steps, complete };
}

function parsedLine(line: string): { step?: Step; lookedAt?: number } | undefined {
  try {
    return JSON.parse(line) as { step?: Step; lookedAt?: number };
  } catch {
    return undefined;
  }
}
