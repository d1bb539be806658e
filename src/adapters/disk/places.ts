/** Where a path leads, and small files that are read before anything else can be said. */
import { closeSync, constants, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { lstat, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cleanLine } from '../../domain/foreignText.ts';
import type { LocalPlace, LocalPlaces } from '../../ports/project.ts';
import { kindOf } from './disk.ts';
import { diskError, refused } from './diskErrors.ts';

/** The path without links; undefined when nothing is there. */
export async function realPath(path: string, setting: string): Promise<string | undefined> {
  return realpath(path).catch(unlessMissing(path, setting));
}

/** Whether anything has this name. */
export async function exists(path: string, setting: string): Promise<boolean> {
  return (await lstat(path).catch(unlessMissing(path, setting))) !== undefined;
}

export function existsNow(path: string): boolean {
  return existsSync(path);
}

/** The bytes of a plain file, or of one that a link leads to; undefined when there is none. For start-up. */
export function readNow(path: string, setting: string): Buffer | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (!found.isFile()) throw refused(setting, path, `is ${kindOf(found)}, not a plain file`);
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw diskError(cause, { setting, path, verb: 'read' });
  }
}

function unlessMissing(path: string, setting: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw diskError(error, { setting, path, verb: 'read' });
  };
}

/** The places that the program will write to. */
export function createLocalPlaces(places: readonly LocalPlace[]): LocalPlaces {
  return {
    tryWriting: () =>
      Promise.all(
        places.map(async (place) => {
          const problem = await writingProblem(place.path);
          return problem === undefined ? place : { ...place, problem };
        }),
      ),
  };
}

/** Why no file can be written in the folder; a folder that is missing is created in the nearest one above it. */
async function writingProblem(folder: string): Promise<string | undefined> {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  const file = join(at, `.audit-load-test-${process.pid}.tmp`);
  try {
    await writeFile(file, '', { flag: 'wx' });
    await rm(file);
    return undefined;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return cleanLine(code === '' ? message : `${code} in ${at}`, 160);
  }
}
