/** Reads a plain file as a stream: what is larger than anybody wants in memory. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Not blocked by a pipe, and not led away by a link. @throws Error when it is no plain file, or cannot be read */
export async function* streamFile(path: string): AsyncIterable<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is not a plain file`);
    yield* file.createReadStream({ autoClose: false });
  } finally {
    await file.close();
  }
}
