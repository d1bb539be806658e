/**
 * The folders of the bucket that an upload writes to: what they contain now, and what is remembered about it. The memory
 * of a folder is what S3 returned when an object was uploaded or checked; with it, a plain listing shows that the object
 * still has the same bytes. Only a cache: without it, HEAD requests give the same answer.
 */
import { sha256 } from '../../domain/digest.ts';
import type { LoadTestKey } from '../../domain/keys.ts';
import type { StoredObject } from '../../ports/aws.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Watch } from '../../ports/time.ts';
import type { Settings } from '../../settings.ts';
import { concurrently } from '../pool.ts';
import { listExpected, type S3 } from './read.ts';

export type S3Settings = Pick<Settings, 'bucket' | 'configsPrefix' | 'dagsPrefix'>;

/** What is known about one key: the object that the bucket lists, if any, and the memory of its folder. */
export interface RemoteObject {
  readonly listed: StoredObject | undefined;
  readonly memory: FolderMemory;
}

interface Folders {
  /** By prefix. */
  readonly listed: ReadonlyMap<string, readonly StoredObject[]>;
  lookUp(key: LoadTestKey): RemoteObject;
  /** Stores every memory. */
  save(): Promise<void>;
}

/** Lists each folder that contains one of `keys`, once, and opens its memory. */
export async function openFolders(
  s3: S3,
  settings: S3Settings,
  disk: Disk,
  keys: readonly LoadTestKey[],
  watch: Watch,
): Promise<Folders> {
  const keysOf = new Map<string, LoadTestKey[]>();
  for (const key of keys) {
    const name = folderOf(key, settings);
    const known = keysOf.get(name);
    if (known === undefined) keysOf.set(name, [key]);
    else known.push(key);
  }
  const memories = new Map<string, FolderMemory>();
  const listed = new Map<string, readonly StoredObject[]>();
  const byKey = new Map<string, StoredObject>();
  await concurrently([...keysOf], { limit: 8, signal: watch.signal }, async ([name, expected]) => {
    const [objects, memory] = await Promise.all([
      listExpected(s3, settings.bucket, name, expected, watch),
      openFolderMemory(disk, settings.bucket, name),
    ]);
    listed.set(name, objects);
    for (const object of objects) byKey.set(object.key, object);
    memories.set(name, memory);
  });
  return {
    listed,
    lookUp(key) {
      const memory = memories.get(folderOf(key, settings));
      if (memory === undefined) throw new RangeError(`the folder of ${key} was not opened`);
      return { listed: byKey.get(key), memory };
    },
    async save() {
      await Promise.all([...memories.values()].map((memory) => memory.save()));
    },
  };
}

/** `{configsPrefix}/{schedule}/{load}x/`, or `{dagsPrefix}/`: what is listed and remembered together. */
export function folderOf(key: string, settings: S3Settings): string {
  const dags = `${settings.dagsPrefix}/`;
  if (key.startsWith(dags)) return dags;
  const depth = settings.configsPrefix.split('/').length + 2;
  return `${key.split('/').slice(0, depth).join('/')}/`;
}

/** An object as S3 described it. */
export interface KnownObject {
  readonly etag: string;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256?: string;
  /** For a copy: the address and version of its source; see `sourceOf` in write.ts. */
  readonly source?: string;
}

interface FolderMemory {
  /** What is known about this object, if it is still the one that S3 lists. */
  lookUp(listed: { key: string; etag: string; sizeBytes: number }): KnownObject | undefined;
  remember(key: string, object: KnownObject): void;
  /** Stores the memory if it changed. A failure costs only time at the next upload. */
  save(): Promise<void>;
}

interface Stored {
  readonly version: 1;
  readonly bucket: string;
  readonly folder: string;
  readonly objects: Record<string, KnownObject>;
}

/** Reads the memory of one folder of a bucket from `disk`; an unreadable file counts as empty. */
export async function openFolderMemory(disk: Disk, bucket: string, folder: string): Promise<FolderMemory> {
  const name = sha256(`${bucket}/${folder}`).slice(0, 24);
  const path = `${name}.json`;
  const objects = new Map(Object.entries(await readObjects(disk, path, bucket, folder)));
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
    async save() {
      if (!changed) return;
      changed = false;
      const stored: Stored = { version: 1, bucket, folder, objects: Object.fromEntries(objects) };
      // Only a cache.
      await disk.write(path, JSON.stringify(stored)).catch(() => undefined);
    },
  };
}

async function readObjects(
  disk: Disk,
  path: string,
  bucket: string,
  folder: string,
): Promise<Record<string, KnownObject>> {
  try {
    const stored = JSON.parse(String(await disk.read(path))) as Partial<Stored>;
    const ours = stored.version === 1 && stored.bucket === bucket && stored.folder === folder;
    return ours && stored.objects ? stored.objects : {};
  } catch {
    return {};
  }
}
