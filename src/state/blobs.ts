/** Bytes stored under STATE_DIR by their digest: review manifests, and files that scaling cannot reproduce. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Blobs {
  /** Stores the bytes and returns their sha256 in hex. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, or undefined if they are missing or no longer match their digest. */
  get(digest: string): Promise<Buffer | undefined>;
}

export function openBlobs(directory: string): Blobs {
  function fileOf(digest: string): string {
    return join(directory, digest.slice(0, 2), digest.slice(2));
  }

  async function get(digest: string): Promise<Buffer | undefined> {
    if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
    const bytes = await readFile(fileOf(digest)).catch(() => undefined);
    return bytes !== undefined && sha256(bytes) === digest ? bytes : undefined;
  }

  async function put(bytes: Uint8Array): Promise<string> {
    const digest = sha256(bytes);
    if ((await get(digest)) !== undefined) return digest;
    const target = fileOf(digest);
    await mkdir(dirname(target), { recursive: true });
    const draft = `${target}.${process.pid}-${randomBytes(4).toString('hex')}`;
    const file = await open(draft, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
    return digest;
  }

  return { put, get };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
