import type { CheckFile } from '../ports/repository.ts';
import type { Session } from '../state/session.ts';
import { wholeLoad } from './carry.ts';
import { type ExpectedFile, viewOf } from './expected.ts';
import type { Manifest } from './review.ts';

/**
 * Files that somebody edited, scaled or not: their bytes are not those of the baseline or of baseline × a whole
 * number, nor of the last write (finished or interrupted), of anything fixed or approved, or of what this call writes.
 */
export function foreignEdits(
  files: readonly ExpectedFile[],
  written: readonly Manifest[],
  session: Pick<Session, 'fixes' | 'approvedFixes' | 'edits'>,
): ExpectedFile[] {
  const known = new Set<string>();
  const remember = (path: string, digest: string) => known.add(`${path}\0${digest}`);
  const fixes = [...session.fixes.values(), ...session.approvedFixes.values()].flat();
  for (const fix of fixes) remember(fix.path, fix.digest);
  for (const { fix } of session.edits.values()) remember(fix.path, fix.digest);
  for (const manifest of written)
    for (const [path, digest] of Object.entries(manifest)) remember(path, digest);
  return files.filter((one) => {
    const { path, file, digest } = one;
    const disk = file.diskDigest ?? 'deleted';
    if (disk === file.baselineDigest || disk === digest || known.has(`${path}\0${disk}`)) return false;
    return levelOf(one) === undefined;
  });
}

/** The load whose level this file on disk is, whoever scaled it; undefined for anything else. */
export function levelOf({ file, rule }: ExpectedFile): number | undefined {
  if (rule.scales === undefined) return undefined;
  const { baseline, disk } = file;
  return baseline && disk && wholeLoad(baseline, disk, rule.scales);
}

export interface ScalePlan {
  /** Files whose bytes on disk differ from what they should be. */
  readonly writes: readonly ExpectedFile[];
  /** Those of them that somebody edited by hand. */
  readonly edited: readonly ExpectedFile[];
  readonly fixesApplied: readonly string[];
  /** Files with an edit or a fix that this load contains only in part, or not at all. */
  readonly fixesNotCarried: readonly string[];
}

/**
 * Plans what a scaling writes. `edited` are the files with edits, which stay as they are when they are deleted files:
 * only an answer to a question brings those back.
 */
export function planScaling({
  files,
  edited,
  carried,
  overwrite,
}: {
  readonly files: readonly ExpectedFile[];
  readonly edited: readonly ExpectedFile[];
  readonly carried: { readonly notCarriedPaths: readonly string[] };
  readonly overwrite: boolean;
}): ScalePlan {
  const editedPaths = new Set(edited.map(({ path }) => path));
  const stays = (one: ExpectedFile) =>
    one.file.diskDigest === undefined && !(overwrite && editedPaths.has(one.path));
  return {
    writes: files.filter((one) => one.file.diskDigest !== one.digest && !stays(one)),
    edited,
    fixesApplied: files.flatMap((one) => (one.fix === undefined ? [] : [one.path])),
    fixesNotCarried: carried.notCarriedPaths,
  };
}

/** The files as they will be on disk after the writes. */
export function afterWrites(files: readonly ExpectedFile[], writes: readonly ExpectedFile[]): ExpectedFile[] {
  const written = new Set(writes);
  return files.map((one) => (written.has(one) ? one.with(withDisk(one.file, one)) : one));
}

/** The file with other bytes on disk, which are read when somebody looks at them. */
export function withDisk(file: CheckFile, disk: DiskVersion | undefined): CheckFile {
  return new OtherDisk(file, disk);
}

interface DiskVersion {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

class OtherDisk implements CheckFile {
  readonly #file: CheckFile;
  readonly #disk: DiskVersion | undefined;

  constructor(file: CheckFile, disk: DiskVersion | undefined) {
    this.#file = file;
    this.#disk = disk;
  }

  get path() {
    return this.#file.path;
  }
  get newOnBranch() {
    return this.#file.newOnBranch;
  }
  get disk() {
    return this.#disk && viewOf(this.#disk.bytes);
  }
  get diskDigest() {
    return this.#disk?.digest;
  }
  get head() {
    return this.#file.head;
  }
  get headDigest() {
    return this.#file.headDigest;
  }
  get baseline() {
    return this.#file.baseline;
  }
  get baselineDigest() {
    return this.#file.baselineDigest;
  }
}
