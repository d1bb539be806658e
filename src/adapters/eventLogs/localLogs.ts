/** Event logs on disk: a file, or the folder of a log that was rolled. */
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { EventLog, EventLogPart } from '../../ports/eventLogs.ts';
import { eventLogsAmong } from './names.ts';

/** Undefined for what is neither a regular file nor a folder of one log. A file may have any name. */
export async function localEventLog(path: string): Promise<EventLog | undefined> {
  const found = await lstat(path);
  if (found.isFile())
    return {
      place: path,
      parts: [partOf(path, found.size)],
      inProgress: /\.inprogress(?:\.gz)?$/.test(path),
      lacksParts: false,
    };
  if (!found.isDirectory()) return undefined;
  const parent = dirname(resolve(path));
  const name = basename(resolve(path));
  const files = [];
  for (const entry of await readdir(path, { withFileTypes: true }))
    if (entry.isFile()) {
      const file = join(path, entry.name);
      files.push({ path: `${name}/${entry.name}`, file: partOf(file, (await lstat(file)).size) });
    }
  const [log, ...others] = eventLogsAmong(files);
  if (log === undefined || others.length > 0) return undefined;
  return {
    place: join(parent, name),
    parts: log.parts,
    inProgress: log.inProgress,
    lacksParts: log.lacksParts,
  };
}

function partOf(path: string, sizeBytes: number): EventLogPart {
  return {
    name: basename(path),
    sizeBytes,
    open: (signal) => createReadStream(path, { ...(signal && { signal }) }),
  };
}
