/**
 * The steps of one cluster on disk, one JSON line per change. EMR shows only the newest 1,000 steps of a cluster;
 * earlier ones remain known here.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../../ports/aws.ts';
import type { KnownSteps } from './steps.ts';

/** What is stored of a cluster; `complete` means that the next read can continue from it. */
type ArchivedSteps = Omit<KnownSteps, 'hidden'>;

/** `{directory}/{clusterId}.ndjson`. */
export function stepArchive(directory: string, clusterId: string) {
  if (!/^j-[A-Z0-9]{1,20}$/.test(clusterId)) throw new RangeError('not a cluster id');
  const path = join(directory, `${clusterId}.ndjson`);
  return {
    async read(): Promise<ArchivedSteps> {
      return parse(await readFile(path, 'utf8').catch(absentAsEmpty));
    },
    /** Appends the changes of a completed read; `known` is the number of steps known after it. */
    async append(changed: readonly Step[], known: number): Promise<void> {
      await mkdir(directory, { recursive: true });
      const lines = [...changed.map((step) => ({ step })), { lookedAt: known }].map((line) =>
        JSON.stringify(line),
      );
      const file = await open(path, 'a');
      try {
        // One write that starts with a newline: if a crash cut the previous line, only that line is lost.
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
    // A read is complete only if all its lines are present and no other lines follow.
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
