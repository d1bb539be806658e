/**
 * Replaces files atomically: the bytes go into a draft in the same folder, which is then renamed. Synchronous, because
 * waiting for the thread pool takes several times as long as writing a file of a few kilobytes.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface AtomicWriteOptions {
  /** The mode of the new file, before the umask. 0o666 unless given. */
  readonly mode?: number;
  /** Flushes the bytes to the disk before the rename. */
  readonly flush?: boolean;
  /** Called just before the rename. When it throws, the file stays as it was. */
  readonly check?: () => void;
}

/** Replaces one file. On any failure the draft is removed and the file stays as it was. */
export function atomicWrite(
  path: string,
  bytes: string | Uint8Array,
  { check, ...options }: AtomicWriteOptions = {},
): void {
  const draft = draftBeside(path);
  try {
    writeDraft(draft, bytes, options);
    check?.();
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Replaces several files: every draft is complete before the first rename. */
export function atomicWriteAll(files: readonly { path: string; bytes: string | Uint8Array }[]): void {
  const drafts = files.map(({ path, bytes }) => ({ path, bytes, draft: draftBeside(path) }));
  try {
    for (const { draft, bytes } of drafts) writeDraft(draft, bytes, {});
    for (const { draft, path } of drafts) renameSync(draft, path);
  } catch (error) {
    for (const { draft } of drafts) rmSync(draft, { force: true });
    throw error;
  }
}

/** The id of the process that writes this draft; undefined for a file that is not a draft. */
export function draftWriter(path: string): number | undefined {
  const [, pid] = /^\.audit-load-test-(\d+)-[0-9a-f]{12}$/.exec(basename(path)) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

function draftBeside(path: string): string {
  return join(dirname(path), `.audit-load-test-${process.pid}-${randomBytes(6).toString('hex')}`);
}

function writeDraft(
  draft: string,
  bytes: string | Uint8Array,
  { mode, flush = false }: Omit<AtomicWriteOptions, 'check'>,
): void {
  const file = openSync(draft, 'wx', mode);
  try {
    writeFileSync(file, bytes);
    if (flush) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
