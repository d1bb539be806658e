/** The target repository with its check files: types only. */
import type { Watch } from './time.ts';

/** sha256, in hex. */
export type Digest = string;

/** Bytes put aside: in memory as long as they are few, otherwise in a file that nobody else can change. */
export interface Spool {
  put(bytes: Uint8Array): Spooled;
}

export interface Spooled {
  read(): Buffer;
}

/** One check file, in git and on disk. Its bytes may be read anew at each look, and a spread of it may lack them. */
export interface CheckFile {
  /** Relative to CHECKS_PATH, with forward slashes. */
  readonly path: string;
  /** The bytes on disk; undefined when the file is deleted. */
  readonly disk?: Buffer | undefined;
  readonly diskDigest?: Digest | undefined;
  /** The bytes at HEAD; undefined when HEAD does not have the file. */
  readonly head?: Buffer | undefined;
  readonly headDigest?: Digest | undefined;
  /** Undefined when the file is not in git yet. */
  readonly baseline?: Buffer | undefined;
  readonly baselineDigest?: Digest | undefined;
  /** Created on the test branch: its baseline is its first version there. */
  readonly newOnBranch: boolean;
  /** Whether the bytes on disk are a pointer of Git LFS; undefined where only the bytes tell. */
  readonly isPointer?: boolean | undefined;
}

export interface ChecksSnapshot {
  readonly branch: string;
  readonly headCommit: string;
  /** The merge-base of HEAD and BASELINE_REF. */
  readonly baseCommit: string;
  /** The newest commit of BASELINE_REF. */
  readonly baselineTip: string;
  /** In path order. */
  readonly files: readonly CheckFile[];
  /** Where the bytes of the files are, and where those made from them can be put. */
  readonly spool?: Spool;
  /** Files on disk whose names contain control or format characters, or are not UTF-8: reported, else ignored. */
  readonly unprintableNames: readonly string[];
  /** Links, submodules and special files: never followed, never read. */
  readonly notFiles: readonly string[];
  /** Files of the baseline that a commit on the test branch deleted; a renamed file is not deleted. */
  readonly deletedOnBranch: readonly string[];
  /** Files whose bytes in the baseline are those that a load test committed, with its load. */
  readonly loadTested: readonly { readonly path: string; readonly load: number }[];
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Digest on disk in the snapshot; undefined when there was no file. Any other bytes are somebody's edit. */
  readonly replaces: Digest | undefined;
}

export interface Commit {
  readonly sha: string;
  readonly branch: string;
  readonly files: readonly string[];
  /** The subject line. */
  readonly message: string;
  /** False when the commit existed already, or there was nothing to commit. */
  readonly created: boolean;
  /** The user signs commits, and this one could not be signed without a prompt. */
  readonly unsigned?: boolean;
  /** Files of HEAD that a checkout would not write as the approved bytes. */
  readonly differs?: readonly string[];
}

/** A checkout on this machine. */
export interface Checkout {
  /** Without links. */
  readonly path: string;
  /** Stays the same when the checkout is moved; undefined before the first call that writes there. */
  readonly id: string | undefined;
}

/** How far the baseline lies behind its branch. */
export interface BaselineLag {
  readonly ref: string;
  /** Of the baseline's commit: `2025-11-03`. */
  readonly date: string;
  /** Files below CHECKS_PATH that are newer on the branch, new ones included. */
  readonly newer: readonly string[];
  readonly added: readonly string[];
}

export interface TargetRepository {
  /**
   * Reads every check file with its baseline.
   * @throws ToolError CONFIG or WRONG_STATE when it is not a repository, its HEAD is detached, a merge is in
   * progress, or CHECKS_PATH is outside it; with `forWriting` also on a branch other than TEST_BRANCH.
   */
  snapshot(options: { forWriting: boolean }, watch?: Watch): Promise<ChecksSnapshot>;
  /** Whether the branch of BASELINE_REF has check files that the baseline does not have yet. */
  baselineLag(
    baseline: Pick<ChecksSnapshot, 'baseCommit' | 'baselineTip'>,
    watch?: Watch,
  ): Promise<BaselineLag | undefined>;
  /**
   * Of these check files, those whose bytes in the baseline stood in the same file up to `commit` (included). None
   * when that commit is not in the repository.
   */
  heldUpTo(commit: string, paths: readonly string[], watch?: Watch): Promise<ReadonlySet<string>>;
  /** Replaces files under CHECKS_PATH, each atomically. Refuses links, paths outside, and files that changed. */
  write(files: readonly WrittenFile[], watch?: Watch): Promise<void>;
  /**
   * Writes a patch under STATE_DIR with which `git apply` restores the current bytes of these files after the
   * calling tool has replaced them. Returns its path.
   */
  backup(
    files: readonly { path: string; before: Uint8Array | undefined; after: Uint8Array }[],
  ): Promise<string>;
  /**
   * Commits only these files (relative to CHECKS_PATH), unless a commit with this trailer exists already. A message is
   * a subject, or a subject and a body with an empty line between.
   */
  commit(
    paths: readonly string[],
    message: string,
    trailer: string,
    /** The approved bytes, by path, whatever is on disk; undefined removes the file. Without them: what is on disk. */
    approved?: ReadonlyMap<string, Uint8Array | undefined>,
  ): Promise<Commit>;
  /**
   * Runs `work` while no other call writes in this repository, whichever server or worktree it comes from.
   * @throws ToolError CONFLICT with who writes, after a wait of a few seconds
   */
  exclusively<Result>(tool: string, watch: Watch, work: (watch: Watch) => Promise<Result>): Promise<Result>;
  /** Which checkout this is; undefined without one. */
  checkout(): Promise<Checkout | undefined>;
  /** `Name <email>` as git would record it. @throws ToolError CONFIG when git has no identity */
  identity(): Promise<string>;
}
