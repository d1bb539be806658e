/** Where a path leads, and which folders can be written. */
import { lstat, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cleanLine } from '../../domain/foreignText.ts';
import type { LocalPlace, LocalPlaces } from '../../ports/project.ts';
import { diskError } from './diskErrors.ts';
import { existsNow } from './now.ts';

/** The path without links; undefined when nothing is there. */
export async function realPath(path: string, setting: string): Promise<string | undefined> {
  return realpath(path).catch(unlessMissing(path, setting));
}

/** Whether anything has this name. */
export async function exists(path: string, setting: string): Promise<boolean> {
  return (await lstat(path).catch(unlessMissing(path, setting))) !== undefined;
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
  while (!existsNow(at) && dirname(at) !== at) at = dirname(at);
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
