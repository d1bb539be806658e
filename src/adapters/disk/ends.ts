/** Reads one file that the user names in the shell, however large it is. */
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { kindOf } from './now.ts';

interface FileEnd {
  readonly bytes: Uint8Array;
  /** Whether the file has more bytes. */
  readonly cut: boolean;
}

/**
 * Of a file above `maxBytes` its end, or its beginning if it is packed: a gzip is of use from its start only. For
 * anything but a plain file, why it was not read.
 */
export async function readEnd(path: string, maxBytes: number): Promise<FileEnd | string> {
  try {
    // Not blocked by a pipe.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const known = await lstat(path);
    if (!known.isFile()) return `it is ${kindOf(known)}`;
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) return `it is ${kindOf(found)}`;
      const head = new Uint8Array(2);
      await file.read(head, 0, 2, 0);
      const isPacked = head[0] === 0x1f && head[1] === 0x8b;
      const bytes = new Uint8Array(Math.min(found.size, maxBytes));
      const from = isPacked ? 0 : found.size - bytes.length;
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return { bytes: bytes.subarray(0, bytesRead), cut: bytes.length < found.size };
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown error');
  }
}
