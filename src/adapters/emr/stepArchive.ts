/**
 * The steps of one cluster on disk, one JSON line per change. EMR shows only the newest 1,000 steps of a cluster;
 * earlier ones remain known here.
 */
import type { Step } from '../../ports/aws.ts';
import type { Disk } from '../../ports/disk.ts';
import type { KnownSteps } from './steps.ts';

/** What is stored of a cluster; `complete` means that the next read can continue from it. */
type ArchivedSteps = Omit<KnownSteps, 'hidden'>;

/** `{clusterId}.ndjson` in the folder `disk`. */
export function stepArchive(disk: Disk, clusterId: string) {
  if (!/^j-[A-Z0-9]{1,20}$/.test(clusterId)) throw new RangeError('not a cluster id');
  const path = `${clusterId}.ndjson`;
  return {
    async read(): Promise<ArchivedSteps> {
      return parse((await disk.read(path))?.toString('utf8') ?? '');
    },
    /** Appends the changes of a completed read; `known` is the number of steps known after it. */
    async append(changed: readonly Step[], known: number): Promise<void> {
      const lines = [...changed.map((step) => ({ step })), { lookedAt: known }].map((line) =>
        JSON.stringify(line),
      );
      // Starts with a newline: if a crash cut the previous line, only that line is lost.
      await disk.append(path, `\n${lines.join('\n')}\n`);
    },
  };
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
