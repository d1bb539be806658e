/** What the file system answers, as an error that names the setting and the path. */
import { ToolError } from '../../domain/errors.ts';

const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on its disk',
  EDQUOT: 'the quota of its disk is used up',
  EROFS: 'its file system is read-only',
  EACCES: 'access is denied',
  EPERM: 'the file system does not permit it',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOTDIR: 'a file is where a folder should be',
  EEXIST: 'something else has that name',
  EISDIR: 'a folder has that name',
  ENOTEMPTY: 'a folder has that name',
  ELOOP: 'it is a link',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'its disk reports an I/O error',
  ESTALE: 'its network disk lost it',
  ENOENT: 'it does not exist',
};

/** `done` is what happened before, for example `2 of 5 files were written`. */
export interface DiskFault {
  /** The setting that points there: `STATE_DIR`. */
  readonly setting: string;
  readonly path: string;
  /** `read` or `written`. */
  readonly verb: string;
  readonly done?: string;
}

/** A ToolError as it is; anything else that the file system answered becomes one. */
export function diskError(cause: unknown, { setting, path, verb, done }: DiskFault): ToolError {
  if (cause instanceof ToolError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  const why = causes[code] ?? 'the file system failed';
  return refused(setting, path, `was not ${verb}: ${why} (${code})`, done, cause);
}

/** `what` follows the path: `is a pipe, not a plain file`. */
export function refused(
  setting: string,
  path: string,
  what: string,
  done = 'Completed work was kept; nothing else was changed',
  cause?: unknown,
): ToolError {
  return new ToolError('CONFIG', `${setting}: ${path} ${what}. ${done}.`, {
    next: 'fix that, then call the same tool again: it continues where it stopped.',
    cause,
  });
}
