/** Files laid out in a folder for as long as a program reads them there. */
import type { Disk } from '../../ports/disk.ts';
import { concurrently } from '../pool.ts';

const filesAtOnce = 16;

/** Runs `work` while the folder has these files; a path with undefined is surely missing there. */
export async function withFiles<Result>(
  disk: Disk,
  files: ReadonlyMap<string, Uint8Array | undefined>,
  work: () => Promise<Result>,
): Promise<Result> {
  const limit = { limit: filesAtOnce };
  try {
    await concurrently([...files], limit, ([path, bytes]) =>
      bytes === undefined ? disk.remove(path) : disk.write(path, bytes),
    );
    return await work();
  } finally {
    await concurrently([...files.keys()], limit, (path) => disk.remove(path));
  }
}
