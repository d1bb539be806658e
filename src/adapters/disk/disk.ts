/** The door to the disk: only this folder imports `node:fs`. What it promises is said at its port. */
import { constants, renameSync, type Stats } from 'node:fs';
import { link, lstat, mkdir, open, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Disk, DiskEntry, WriteOptions } from '../../ports/disk.ts';
import { diskError, refused } from './diskErrors.ts';
import { draftBeside, inOneBuffer, isDraft, isLeftDraft } from './drafts.ts';
import { kindOf } from './now.ts';

type Written = Parameters<Disk['write']>[1];

interface DiskOptions {
  /** The largest file that is read. */
  readonly maxBytes?: number;
  /** How long one call may take: a network disk can be silent for ever. */
  readonly limitMs?: number;
  /** The folder that the user chose, at or above `root`: it may be a link, those below it may not. */
  readonly chosen?: string;
}

/** @param setting that points at `root`, for messages */
export function openDisk(root: string, setting: string, options: DiskOptions = {}): Disk {
  const { maxBytes = 64 * 1024 * 1024, limitMs = 10_000 } = options;
  const top = resolve(root);
  const chosen = resolve(options.chosen ?? root);

  /** The absolute path, after a look at every folder on the way to it. */
  async function reach(path: string): Promise<string> {
    const target = join(top, path);
    if (isOutside(relative(top, target))) throw refused(setting, target, 'is outside the folder');
    await requireRealPlace(chosen, setting);
    for (let folder = dirname(target); folder.length > chosen.length; folder = dirname(folder)) {
      const found = await statOf(folder);
      if (found !== undefined && !found.isDirectory())
        throw refused(setting, folder, `is ${kindOf(found)}, not a folder`);
    }
    return target;
  }

  async function reachPlain(path: string): Promise<{ target: string; found: Stats | undefined }> {
    const target = await reach(path);
    const found = await statOf(target);
    if (found !== undefined && !found.isFile())
      throw refused(setting, target, `is ${kindOf(found)}, not a plain file`);
    return { target, found };
  }

  /** Runs one call within its time limit; every failure names the path. */
  async function limited<Result>(
    path: string | (() => string),
    verb: string,
    work: (isAlive: () => void) => Promise<Result>,
    done?: () => string,
  ): Promise<Result> {
    const at = () => join(top, typeof path === 'string' ? path : path());
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(refused(setting, at(), `was not ${verb}: its disk does not answer`)),
        limitMs,
      );
    });
    try {
      return await Promise.race([work(() => timer?.refresh()), silence]);
    } catch (cause) {
      throw diskError(cause, { setting, path: at(), verb, ...(done && { done: done() }) });
    } finally {
      clearTimeout(timer);
    }
  }

  async function readPlain(path: string): Promise<Buffer | undefined> {
    const { target, found } = await reachPlain(path);
    if (found === undefined) return undefined;
    // Not blocked by a pipe, and not led away by a link, that took the file's place since.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(target, flags).catch(unlessMissing);
    if (file === undefined) return undefined;
    try {
      const now = await file.stat();
      if (!now.isFile()) throw refused(setting, target, `is ${kindOf(now)}, not a plain file`);
      if (now.size > maxBytes) throw refused(setting, target, `has ${now.size} bytes, more than ${maxBytes}`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  /** Writes and flushes a draft; returns its path. */
  async function draftOf(
    target: string,
    bytes: Written,
    { mode, isAlive }: { readonly mode?: number | undefined; readonly isAlive?: () => void } = {},
  ): Promise<string> {
    const draft = draftBeside(target);
    const file = await open(draft, 'wx', mode);
    try {
      // The umask may be stricter than when the file was made.
      if (mode !== undefined && ((await file.stat()).mode & 0o777) !== mode) await file.chmod(mode);
      if (typeof bytes === 'string' || bytes instanceof Uint8Array) await file.writeFile(bytes);
      else
        for (const piece of inOneBuffer(bytes.pieces)) {
          isAlive?.();
          await file.writeFile(piece);
        }
      await file.sync();
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return draft;
  }

  async function replace(
    path: string,
    bytes: Written,
    { check }: WriteOptions = {},
    isAlive = () => {},
  ): Promise<void> {
    const { target, found } = await reachPlain(path);
    await prepareFolder(dirname(target));
    const draft = await draftOf(target, bytes, { mode: found && found.mode & 0o777, isAlive });
    try {
      // Together and synchronous: nobody else's change comes between the two.
      check?.();
      renameSync(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await flushFolder(dirname(target));
  }

  async function prepareFolder(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder))
      if (isLeftDraft(name)) await rm(join(folder, name), { force: true });
  }

  return {
    root: top,
    below: (folder) => openDisk(join(top, folder), setting, { ...options, chosen }),

    read: (path) => limited(path, 'read', () => readPlain(path)),

    stat: (path) =>
      limited(path, 'read', async () => {
        const found = await statOf(await reach(path));
        if (found?.isFile() !== true || found.nlink > 1) return undefined;
        return { sizeBytes: found.size, modifiedMs: found.mtimeMs };
      }),

    list: (folder = '') =>
      limited(folder, 'read', async () => {
        const target = await reach(join(folder, '.'));
        const found = await statOf(target);
        if (found !== undefined && !found.isDirectory() && target !== chosen)
          throw refused(setting, target, `is ${kindOf(found)}, not a folder`);
        const entries = await readdir(target, { withFileTypes: true }).catch(unlessMissing);
        return (entries ?? [])
          .filter(({ name }) => !isDraft(name))
          .map(
            (entry): DiskEntry => ({
              name: entry.name,
              kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
            }),
          )
          .sort((a, b) => (a.name < b.name ? -1 : 1));
      }),

    write: (path, bytes, options) =>
      limited(path, 'written', (isAlive) => replace(path, bytes, options, isAlive)),

    async writeAll(files) {
      const drafts: { target: string; draft: string }[] = [];
      let renamed = 0;
      let at = '';
      const work = async () => {
        try {
          for (const { path, bytes } of files) {
            at = path;
            const { target } = await reachPlain(path);
            await prepareFolder(dirname(target));
            drafts.push({ target, draft: await draftOf(target, bytes) });
          }
          for (const { draft, target } of drafts) {
            at = relative(top, target);
            renameSync(draft, target);
            renamed += 1;
          }
        } finally {
          for (const { draft } of drafts.slice(renamed)) await rm(draft, { force: true });
        }
        for (const folder of new Set(drafts.map(({ target }) => dirname(target)))) await flushFolder(folder);
      };
      await limited(
        () => at,
        'written',
        work,
        () => `${renamed} of ${files.length} files were written`,
      );
    },

    create: (path, bytes) =>
      limited(path, 'written', async () => {
        const target = await reach(path);
        await prepareFolder(dirname(target));
        const draft = await draftOf(target, bytes);
        try {
          await link(draft, target);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
          throw error;
        } finally {
          await rm(draft, { force: true });
        }
        await flushFolder(dirname(target));
        return true;
      }),

    append: (path, text) =>
      limited(path, 'written', async () => {
        const { target, found } = await reachPlain(path);
        // The other name of a hard link keeps its bytes.
        if (found !== undefined && found.nlink > 1)
          return replace(path, Buffer.concat([(await readPlain(path)) ?? Buffer.of(), Buffer.from(text)]));
        await prepareFolder(dirname(target));
        const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
        const file = await open(target, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
        try {
          // One write: a crash cuts at most its end.
          await file.appendFile(text);
          await file.datasync();
        } finally {
          await file.close();
        }
      }),

    remove: (path) =>
      limited(path, 'removed', async () => {
        const { target } = await reachPlain(path);
        await rm(target, { force: true });
      }),
  };
}

/** Makes new names in a folder durable, not only the files. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(unlessMissing);
}

/** The kernel's own file systems: reading there can wait for ever, and writing can change the machine. */
const kernelFolders = ['/proc', '/sys', '/dev'];

/** Also where `root` is a link that leads there, or does not exist yet. */
async function requireRealPlace(root: string, setting: string): Promise<void> {
  let place = root;
  let real = await realpath(place).catch(unlessMissing);
  while (real === undefined) {
    place = dirname(place);
    real = await realpath(place).catch(unlessMissing);
  }
  if (isInKernelFolder(real)) throw refused(setting, root, 'is not on a disk (/proc, /sys, /dev)');
}

export function isInKernelFolder(path: string): boolean {
  // Memory as a disk: plain files like any others.
  if (isWithin('/dev/shm', path)) return false;
  return kernelFolders.some((folder) => isWithin(folder, path));
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

export function isOutside(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
