import type { Fix, Session } from '../state/session.ts';
import { foreignEdits } from './edits.ts';
import type { ExpectedFile } from './expected.ts';
import type { Manifest, Review } from './review.ts';

export interface ScalePlan {
  /** Files whose bytes on disk differ from what they should be. */
  readonly writes: readonly ExpectedFile[];
  /** Those of them that somebody edited by hand. */
  readonly edited: readonly ExpectedFile[];
  readonly fixesApplied: readonly string[];
  /** Fixes of the level on disk that the new load does not keep. */
  readonly fixesNotCarried: readonly string[];
}

/** Plans what a scaling writes, and whose edits it would overwrite. The previous load decides nothing. */
export function planScaling(review: Review, session: Session, written: readonly Manifest[]): ScalePlan {
  const allFixes = [...session.fixes.values()].flat();
  const writes = review.files.filter(
    (one) =>
      one.file.diskDigest !== one.digest &&
      (one.rule.scales !== undefined || one.fix !== undefined || isFixOnDisk(one, allFixes)),
  );
  const applied = review.files.flatMap((one) => (one.fix === undefined ? [] : [one.path]));
  const onDisk = session.level === undefined ? [] : (session.fixes.get(session.level.load) ?? []);
  const inReview = new Set(review.files.map((one) => one.path));
  return {
    writes,
    edited: foreignEdits(writes, written, session.fixes.values()),
    fixesApplied: applied,
    fixesNotCarried: onDisk
      .map((fix) => fix.path)
      .filter((path) => inReview.has(path) && !applied.includes(path)),
  };
}

/** A file that is not scaled is only written to undo a fix of another load. */
function isFixOnDisk(one: ExpectedFile, fixes: readonly Fix[]): boolean {
  return fixes.some((fix) => fix.path === one.path && fix.digest === one.file.diskDigest);
}

/** The files as they will be on disk after the writes. */
export function afterWrites(files: readonly ExpectedFile[], writes: readonly ExpectedFile[]): ExpectedFile[] {
  const written = new Set(writes);
  return files.map((one) =>
    written.has(one)
      ? { ...one, file: { ...one.file, disk: Buffer.from(one.bytes), diskDigest: one.digest } }
      : one,
  );
}
