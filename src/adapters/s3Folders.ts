/** The folders of the bucket that an upload writes to: what they contain now, and what is remembered about it. */
import type { LoadTestKey } from '../domain/keys.ts';
import type { StoredObject } from '../ports/aws.ts';
import type { Watch } from '../ports/time.ts';
import { concurrently } from './concurrently.ts';
import { listAll, type S3 } from './s3Listing.ts';
import { type FolderMemory, openFolderMemory } from './uploadMemory.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly configsPrefix: string;
  readonly dagsPrefix: string;
}

/** What is known about one key: the object that the bucket lists, if any, and the memory of its folder. */
export interface RemoteObject {
  readonly listed: StoredObject | undefined;
  readonly memory: FolderMemory;
}

export interface Folders {
  lookUp(key: LoadTestKey): RemoteObject;
  /** Stores every memory. */
  save(): Promise<void>;
}

/** `{configsPrefix}/{schedule}/{load}x/`, or `{dagsPrefix}/`: what is listed and remembered together. */
export function folderOf(key: string, settings: S3Settings): string {
  const dags = `${settings.dagsPrefix}/`;
  if (key.startsWith(dags)) return dags;
  const depth = settings.configsPrefix.split('/').length + 2;
  return `${key.split('/').slice(0, depth).join('/')}/`;
}

/** Lists each folder that contains one of `keys`, once, and opens its memory. */
export async function openFolders(
  s3: S3,
  settings: S3Settings,
  memoryDirectory: string,
  keys: readonly LoadTestKey[],
  watch: Watch,
): Promise<Folders> {
  const names = [...new Set(keys.map((key) => folderOf(key, settings)))];
  const memories = new Map<string, FolderMemory>();
  const listed = new Map<string, StoredObject>();
  await concurrently(names, { limit: 8, signal: watch.signal }, async (name) => {
    const [objects, memory] = await Promise.all([
      listAll(s3, settings.bucket, name, watch),
      openFolderMemory(memoryDirectory, settings.bucket, name),
    ]);
    for (const object of objects) listed.set(object.key, object);
    memories.set(name, memory);
  });
  return {
    lookUp(key) {
      const memory = memories.get(folderOf(key, settings));
      if (memory === undefined) throw new RangeError(`the folder of ${key} was not opened`);
      return { listed: listed.get(key), memory };
    },
    async save() {
      await Promise.all([...memories.values()].map((memory) => memory.save()));
    },
  };
}
