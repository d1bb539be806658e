/** One folder on disk, as everything that reads or writes files sees it: types only. Paths are relative to it. */

export interface DiskEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

export interface DiskFile {
  readonly path: string;
  readonly bytes: string | Uint8Array;
}

/** A long text that need not be in memory as a whole. */
export interface Pieces {
  readonly pieces: Iterable<string>;
}

export interface WriteOptions {
  /** Called just before the file is replaced. When it throws, the file stays as it was. */
  readonly check?: () => void;
}

/**
 * Plain files only: a link, a pipe or a device, and a folder that is reached through a link, is refused by name. Each
 * call has a time limit, each file a limit of size. A file is replaced as a whole, flushed, and keeps its mode, or it
 * stays as it was. Every failure is a ToolError CONFIG that names the setting, the path and what was written.
 */
export interface Disk {
  /** Absolute. */
  readonly root: string;
  below(folder: string): Disk;
  /** Undefined when there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Size and time of a plain file with one name; undefined for anything else. */
  stat(path: string): Promise<{ sizeBytes: number; modifiedMs: number } | undefined>;
  /** Sorted, without the drafts of writers. Empty when there is no such folder. */
  list(folder?: string): Promise<readonly DiskEntry[]>;
  /**
   * Replaces or creates a file; creates the folders above it. Pieces are asked for one after the other, and each has the time
   * limit to itself. Removes the drafts that killed writers left there.
   */
  write(path: string, bytes: string | Uint8Array | Pieces, options?: WriteOptions): Promise<void>;
  /** The same for several files: every draft is complete before the first file is replaced. */
  writeAll(files: readonly DiskFile[]): Promise<void>;
  /** Creates a file whole; false when the name is taken. */
  create(path: string, bytes: string | Uint8Array): Promise<boolean>;
  append(path: string, text: string): Promise<void>;
  /** Removes a file, if it is there. */
  remove(path: string): Promise<void>;
}
