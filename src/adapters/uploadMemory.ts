/**
 * What S3 answered when we sent or checked an object, kept on disk so that the next upload can tell from a plain
 * listing that the object still holds the same bytes. A cache: without it the same is found out by HEAD requests.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from './atomicWrite.ts';

/** An object as S3 answered it. */
interface Remembered {
  readonly etag: string;
  readonly sizeBytes: number;
  /** Of the bytes, in hex. */
  readonly sha256?: string;
  /** For a copy: where it came from, and the version of it; see `sourceOf` in s3Copy.ts. */
  readonly source?: string;
}

export interface FolderMemory {
  /** What is known of this object, provided that it still is the one that S3 lists now. */
  of(listed: { key: string; etag: string; sizeBytes: number }): Remembered | undefined;
  remember(key: string, object: Remembered): void;
  forget(key: string): void;
  /** Writes it down when something changed; a failure to do so costs time at the next upload and nothing else. */
  keep(): Promise<void>;
}

interface Stored {
  readonly version: 1;
  readonly bucket: string;
  readonly folder: string;
  readonly objects: Record<string, Remembered>;
}

/** Reads the memory of one folder of a bucket from `directory`; anything unreadable counts as nothing known. */
export async function openFolderMemory(
  directory: string,
  bucket: string,
  folder: string,
): Promise<FolderMemory> {
  const name = createHash('sha256').update(`${bucket}/${folder}`).digest('hex').slice(0, 24);
  const path = join(directory, `${name}.json`);
  const objects = new Map(Object.entries(await readObjects(path, bucket, folder)));
  let changed = false;
  return {
    of({ key, etag, sizeBytes }) {
      const known = objects.get(key);
      return known?.etag === etag && known.sizeBytes === sizeBytes ? known : undefined;
    },
    remember(key, object) {
      objects.set(key, object);
      changed = true;
    },
    forget(key) {
      changed = objects.delete(key) || changed;
    },
    async keep() {
      if (!changed) return;
      changed = false;
      await store(path, { version: 1, bucket, folder, objects: Object.fromEntries(objects) }, directory);
    },
  };
}

async function readObjects(
  path: string,
  bucket: string,
  folder: string,
): Promise<Record<string, Remembered>> {
  try {
    const stored = JSON.parse(await readFile(path, 'utf8')) as Partial<Stored>;
    const ours = stored.version === 1 && stored.bucket === bucket && stored.folder === folder;
    return ours && stored.objects ? stored.objects : {};
  } catch {
    return {};
  }
}

async function store(path: string, stored: Stored, directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    atomicWrite(path, JSON.stringify(stored));
  } catch {
    // A cache: without it the next upload sends HEAD requests instead.
  }
}
