/**
 * What S3 returned when an object was uploaded or checked, stored so that the next upload can see from a plain listing that
 * the object still has the same bytes. Only a cache: without it, HEAD requests give the same answer.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from './atomicWrite.ts';

/** An object as S3 described it. */
interface KnownObject {
  readonly etag: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256?: string;
  /** For a copy: the address and version of its source; see `sourceOf` in s3Copy.ts. */
  readonly source?: string;
}

export interface FolderMemory {
  /** What is known about this object, if it is still the one that S3 lists. */
  lookUp(listed: { key: string; etag: string; sizeBytes: number }): KnownObject | undefined;
  remember(key: string, object: KnownObject): void;
  forget(key: string): void;
  /** Stores the memory if it changed. A failure costs only time at the next upload. */
  save(): Promise<void>;
}

interface Stored {
  readonly version: 1;
  readonly bucket: string;
  readonly folder: string;
  readonly objects: Record<string, KnownObject>;
}

/** Reads the memory of one folder of a bucket from `directory`; an unreadable file counts as empty. */
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
    lookUp({ key, etag, sizeBytes }) {
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
    async save() {
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
): Promise<Record<string, KnownObject>> {
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
