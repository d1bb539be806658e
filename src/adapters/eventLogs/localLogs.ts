/** Event logs on disk: a file, or the folder of a log that was rolled. */
import { basename, dirname, join, resolve } from 'node:path';
import type { EventLog, EventLogPart } from '../../ports/eventLogs.ts';
import { openDisk } from '../disk/disk.ts';
import { streamFile } from '../disk/stream.ts';
import { eventLogsAmong } from './names.ts';

/**
 * Undefined for what is neither a plain file nor a folder of one log. A file may have any name.
 * @throws ToolError CONFIG for a place that is not read
 */
export async function localEventLog(path: string): Promise<EventLog | undefined> {
  const name = basename(resolve(path));
  const disk = openDisk(dirname(resolve(path)), 'The event log');
  const partOf = async (file: string): Promise<EventLogPart> => ({
    name: basename(file),
    sizeBytes: (await disk.stat(file))?.sizeBytes ?? 0,
    open: () => streamFile(join(disk.root, file)),
  });
  const kind = (await disk.list()).find((entry) => entry.name === name)?.kind;
  if (kind === 'file')
    return {
      place: path,
      parts: [await partOf(name)],
      inProgress: /\.inprogress(?:\.gz)?$/.test(path),
      lacksParts: false,
    };
  if (kind !== 'folder') return undefined;
  const files = [];
  for (const entry of await disk.list(name))
    if (entry.kind === 'file') {
      const file = join(name, entry.name);
      files.push({ path: `${name}/${entry.name}`, file: await partOf(file) });
    }
  const [log, ...others] = eventLogsAmong(files);
  if (log === undefined || others.length > 0) return undefined;
  const { parts, inProgress, lacksParts } = log;
  return { place: join(disk.root, name), parts, inProgress, lacksParts };
}
