/**
 * Drafts: a file is written beside its final name and then renamed, so that no reader sees half of it. A draft is named
 * after its writer, so that the next one knows what a killed writer left.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Counts from a random number: another process may have had this one's id. */
let drafts = randomBytes(6).readUIntBE(0, 6);

export function draftBeside(path: string): string {
  drafts = (drafts + 1) % 2 ** 48;
  const name = drafts.toString(16).padStart(12, '0');
  return join(dirname(path), `.audit-load-test-${process.pid}-${name}`);
}

const draftName = /^\.audit-load-test-(\d+)-[0-9a-f]{12}$/;

export function isDraft(path: string): boolean {
  return draftName.test(basename(path));
}

/** The draft of a process that no longer runs. */
export function isLeftDraft(path: string): boolean {
  const [, pid] = draftName.exec(basename(path)) ?? [];
  return pid !== undefined && !isRunning(Number(pid));
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface ReplaceOptions {
  /** Of the file that is replaced: kept, whatever the umask is now. */
  readonly mode?: number | undefined;
  /** Of a file that is new. */
  readonly newMode?: number;
  /** Called between the write and the rename; what it throws leaves the file as it was. */
  readonly check?: () => void;
}

/**
 * Replaces one small file without flushing it: for many files whose content can be made again. Synchronous, because
 * waiting for the thread pool takes several times as long. On any failure the file stays as it was.
 */
export function replaceFast(
  path: string,
  bytes: string | Uint8Array,
  { mode, newMode, check }: ReplaceOptions = {},
): void {
  const draft = draftBeside(path);
  try {
    const file = openSync(draft, 'wx', mode ?? newMode);
    try {
      // The umask may be stricter than when the file was made.
      if (mode !== undefined && (fstatSync(file).mode & 0o777) !== mode) fchmodSync(file, mode);
      writeFileSync(file, bytes);
    } finally {
      closeSync(file);
    }
    check?.();
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Encodes piece after piece in the same memory: each is gone when the next is asked for. */
export function* inOneBuffer(pieces: Iterable<string>): Generator<Uint8Array> {
  let buffer = Buffer.of();
  for (const piece of pieces) {
    // A UTF-16 code unit takes at most three bytes in UTF-8.
    if (buffer.length < piece.length * 3) buffer = Buffer.allocUnsafeSlow(piece.length * 3);
    yield buffer.subarray(0, buffer.write(piece));
  }
}
