/** The folder of the check files on disk. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { lstat, readdir, realpath, unlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { sha256 } from '../../domain/digest.ts';
import { ToolError } from '../../domain/errors.ts';
import type { WrittenFile } from '../../ports/repository.ts';
import { isInKernelFolder, isOutside } from './disk.ts';
import { diskError, refused } from './diskErrors.ts';
import { isDraft, isLeftDraft, replaceFast } from './drafts.ts';
import { kindOf } from './now.ts';

const setting = 'CHECKS_PATH';

/** How many check files are open at once. */
export const filesAtOnce = 32;

/**
 * The folder by its real path. Only plain files inside it are written: links, hard links and special files are refused,
 * wherever they point.
 */
export interface ChecksFolder {
  /** Relative to the repository's top level, with forward slashes. */
  readonly inRepository: string;
  /** Paths below it, relative to the folder, with forward slashes, sorted. Links and special files are never followed. */
  list(): Promise<{ files: string[]; others: string[] }>;
  /** The bytes; undefined when the file no longer exists. */
  read(path: string): Promise<Buffer | undefined>;
  /** For many paths: looks at each folder once. What it returns throws ToolError DENIED when `write` would reject the path. */
  plainnessCheck(): (path: string) => Promise<void>;
  /** Replaces one file atomically and keeps its mode; `done` says what was written before. @throws ToolError CONFLICT when its bytes are not as expected */
  write(file: WrittenFile, done?: () => string): Promise<void>;
  /** Removes the drafts of writers that were killed. */
  removeDrafts(): Promise<void>;
}

/** @throws ToolError CONFIG when the folder is missing, outside the repository, or a link out of it. */
export async function openChecksFolder(repository: string, checksPath: string): Promise<ChecksFolder> {
  const top = await realpath(repository).catch((cause) => {
    throw diskError(cause, { setting: 'TARGET_REPO', path: repository, verb: 'read' });
  });
  const folder = await realpath(join(top, checksPath)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR')
      throw diskError(cause, { setting, path: join(top, checksPath), verb: 'read' });
    throw new ToolError(
      'CONFIG',
      `CHECKS_PATH ${checksPath} does not exist in TARGET_REPO. Nothing was changed.`,
      {
        next: 'correct CHECKS_PATH in .env, or check out the branch that has it; checkSetup shows the whole setup.',
      },
    );
  });
  const inRepository = relative(top, folder);
  if (inRepository === '' || isOutside(inRepository) || forbidden(inRepository) || isInKernelFolder(folder))
    throw new ToolError(
      'CONFIG',
      `CHECKS_PATH ${checksPath} leads outside TARGET_REPO or into a protected folder. Nothing was changed.`,
      { next: 'point CHECKS_PATH at the folder of the check files inside TARGET_REPO.' },
    );

  const opened = await lstat(folder, { bigint: true }).catch((cause) => {
    throw diskError(cause, { setting, path: folder, verb: 'read' });
  });

  async function walk(): Promise<{ files: string[]; others: string[] }> {
    const files: string[] = [];
    const others: string[] = [];
    const pending = [''];
    for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
      const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((cause) => {
        throw diskError(cause, { setting, path: join(folder, below), verb: 'read' });
      });
      for (const entry of entries) {
        const path = below === '' ? entry.name : `${below}/${entry.name}`;
        if (entry.isFile()) files.push(path);
        else if (!entry.isDirectory()) others.push(path);
        else if (!forbidden(path)) pending.push(path);
      }
    }
    return { files: files.sort(), others: others.sort() };
  }

  // Synchronous: a check is a few kilobytes, and the thread pool would take several times as long as the work.

  /** The folders from here up to the one of the checks are no links: a few calls, where realpath looks at every folder of the path. */
  function isPlainlyInside(parent: string): boolean {
    for (let at = parent; at.length >= folder.length; at = dirname(at)) {
      const found = lstatSync(at, { bigint: true, throwIfNoEntry: false });
      if (found?.isDirectory() !== true) return false;
      if (at === folder) return found.ino === opened.ino && found.dev === opened.dev;
    }
    return false;
  }

  function isInside(parent: string): boolean {
    if (isPlainlyInside(parent)) return true;
    const real = unlessMissing(() => realpathSync.native(existingAncestor(parent)));
    return real !== undefined && !isOutside(relative(folder, real));
  }

  /** The mode of the plain file at this path; undefined when it does not exist yet. */
  function plainMode(path: string, isInPlace = isInside): number | undefined {
    const target = join(folder, path);
    if (!isInPlace(dirname(target)) || forbidden(path)) refuse(path, 'it is not under CHECKS_PATH');
    const found = unlessMissing(() => lstatSync(target));
    if (found !== undefined && !found.isFile()) refuse(path, 'it is a link or not a plain file');
    if (found !== undefined && found.nlink > 1) refuse(path, 'it has a second name (hard link)');
    return found && found.mode & 0o777;
  }

  /** Neither blocked by a pipe nor led away by a link that took the file's place after the listing. */
  function read(path: string): Buffer | undefined {
    const target = join(folder, path);
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    try {
      const file = unlessMissing(() => openSync(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
      if (file === undefined) return undefined;
      try {
        const found = fstatSync(file);
        if (!found.isFile()) throw refused(setting, target, `is ${kindOf(found)}, not a plain file`);
        return readWhole(file, found.size);
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      throw diskError(cause, { setting, path: target, verb: 'read' });
    }
  }

  function requireUntouched({ path, replaces }: WrittenFile): void {
    const found = read(path);
    if ((found && sha256(found)) === replaces) return;
    throw new ToolError(
      'CONFLICT',
      `${path} changed while this call was running. That file was not written.`,
      { next: 'call the same tool again: it reads the files again.' },
    );
  }

  function write(written: WrittenFile, done?: () => string): void {
    const { path, bytes } = written;
    const target = join(folder, path);
    try {
      const mode = plainMode(path);
      if (mode === undefined) mkdirSync(dirname(target), { recursive: true });
      // As late as possible: between this check and the rename lie microseconds, not a wait for AWS.
      replaceFast(target, bytes, { mode, newMode: 0o644, check: () => requireUntouched(written) });
    } catch (cause) {
      throw diskError(cause, { setting, path: target, verb: 'written', ...(done && { done: done() }) });
    }
  }

  return {
    inRepository: inRepository.split(sep).join('/'),
    async list() {
      const { files, others } = await walk();
      return { files: files.filter((path) => !isDraft(path)), others };
    },
    read: async (path) => read(path),
    plainnessCheck() {
      const parents = new Map<string, boolean>();
      const isKnownInside = (parent: string) => {
        const isIn = parents.get(parent) ?? isInside(parent);
        parents.set(parent, isIn);
        return isIn;
      };
      return async (path) => {
        try {
          plainMode(path, isKnownInside);
        } catch (cause) {
          throw diskError(cause, { setting, path: join(folder, path), verb: 'read' });
        }
      };
    },
    write: async (file, done) => write(file, done),
    async removeDrafts() {
      for (const path of (await walk()).files) {
        if (isLeftDraft(path)) await unlink(join(folder, path)).catch(() => undefined);
      }
    },
  };
}

/** One call less for each file than readFileSync, which asks for the size again. */
function readWhole(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  for (let read = -1; length < size && read !== 0; length += read)
    read = readSync(file, bytes, length, size - length, null);
  return bytes.subarray(0, length);
}

function forbidden(path: string): boolean {
  return path
    .split(/[\\/]/)
    .some((segment) => ['.git', '.claude', '.mcp.json', '..'].includes(segment.toLowerCase()));
}

function unlessMissing<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function existingAncestor(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false }) === undefined ? existingAncestor(dirname(path)) : path;
}

function refuse(path: string, why: string): never {
  throw new ToolError('DENIED', `${path} cannot be written: ${why}. Nothing was changed.`, {
    next: 'replace it with a plain file under CHECKS_PATH, then call the same tool again.',
  });
}
