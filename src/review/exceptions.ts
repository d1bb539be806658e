/** Accounts for every file under CHECKS_PATH that will not run, by its cause. */
import { causeText, type ExceptionCause, type Exceptions, exceptionCause } from '../domain/coverage.ts';
import { isLfsPointer, isPlainPath } from '../domain/keys.ts';
import { ruleFor, type Schedule } from '../domain/schedules.ts';
import { plural } from '../domain/text.ts';
import type { CheckFile, ChecksSnapshot } from '../ports/repository.ts';

/** A file that will not run, with the schedule that its name means, as far as it means one. */
export interface Exception {
  readonly file: string;
  readonly cause: ExceptionCause;
  readonly schedule: Schedule | undefined;
}

/** Whether a file of a known suffix can be uploaded: a plain key, and not a pointer to bytes that are elsewhere. */
export function isUploadable(file: CheckFile): boolean {
  const isPointer = () => file.disk !== undefined && isLfsPointer(file.disk);
  return isPlainPath(file.path) && !(file.isPointer ?? isPointer());
}

/** Every file that will not run. Not table metrics: production's are copied, the local ones are ignored. */
export function exceptionsIn(snapshot: ChecksSnapshot): Exception[] {
  const exception = (path: string, cause: ExceptionCause): Exception => ({
    file: escapeInvisible(path),
    cause,
    schedule: scheduleMeant(path),
  });
  const links = new Set(snapshot.notFiles);
  const deleted = snapshot.deletedOnBranch.filter((path) => !links.has(path));
  return [
    ...snapshot.notFiles.map((path) => exception(path, 'not_a_file')),
    ...snapshot.unprintableNames.map((path) => exception(path, 'not_uploadable')),
    ...deleted.flatMap((path) => (isOurs(path) ? exception(path, 'not_on_disk') : [])),
    ...snapshot.files.flatMap((file) => {
      const cause = links.has(file.path) ? undefined : causeOf(file);
      return cause === undefined ? [] : exception(file.path, cause);
    }),
  ];
}

function causeOf(file: CheckFile): ExceptionCause | undefined {
  const rule = ruleFor(file.path);
  if (rule === undefined) return scheduleMeant(file.path) === undefined ? 'no_schedule' : 'name';
  if (rule.fromProduction) return undefined;
  if (!isUploadable(file)) return 'not_uploadable';
  if (file.diskDigest === undefined) return 'not_on_disk';
  return file.baselineDigest === undefined ? 'not_in_git' : undefined;
}

function isOurs(path: string): boolean {
  const rule = ruleFor(path);
  return rule !== undefined && !rule.fromProduction;
}

/** The schedule of the suffix that a name almost has: `check-events-15M.yaml` means 15m. */
function scheduleMeant(path: string): Schedule | undefined {
  const usual = path
    .toLowerCase()
    .replaceAll('-', '_')
    .replace(/\.ya?ml$/, '.yml');
  const rule = ruleFor(usual);
  return rule?.fromProduction ? undefined : rule?.schedule;
}

/** By cause, in a fixed order. */
export function byCause(exceptions: readonly Exception[]): Exceptions[] {
  return exceptionCause.options.flatMap((cause) => {
    const files = exceptions.flatMap((one) => (one.cause === cause ? one.file : []));
    return files.length === 0 ? [] : [{ cause, files, total: files.length }];
  });
}

/** `2 files (a.yaml, b.yaml): …`; the first four names, or none. */
export function exceptionsText({ cause, files, total }: Exceptions, most = 4): string {
  const shown = files.slice(0, most).join(', ');
  const names = most === 0 ? '' : ` (${shown}${total > most ? ', …' : ''})`;
  return `${plural(total, 'file')}${names}: ${causeText[cause]}.`;
}

/** The path with invisible characters escaped. */
function escapeInvisible(path: string): string {
  return path.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
