import type { IntervalUnit } from '../domain/schedules.ts';
import { scanIntervals } from '../intervals/scale.ts';
import type { Fix, Session } from '../state/session.ts';
import type { ExpectedFile } from './expected.ts';
import type { Manifest, Review } from './review.ts';

/**
 * Files that somebody edited: their bytes are not those of the baseline, of HEAD, of the last write (finished or
 * interrupted), of anything fixed or approved, nor of what this call would write.
 */
function foreignEdits(
  files: readonly ExpectedFile[],
  written: readonly Manifest[],
  fixes: Iterable<readonly Fix[]>,
): ExpectedFile[] {
  const known = new Set<string>();
  for (const some of fixes) for (const fix of some) known.add(`${fix.path}\0${fix.digest}`);
  for (const manifest of written)
    for (const [path, digest] of Object.entries(manifest)) known.add(`${path}\0${digest}`);
  return files.filter(({ path, file, digest }) => {
    const disk = file.diskDigest ?? 'deleted';
    if (disk === file.baselineDigest || disk === file.headDigest || disk === digest) return false;
    return !known.has(`${path}\0${disk}`);
  });
}

/** One value that the user fixed: in the baseline, as fixed at its load, and as another load has it now. */
export interface FixedValue {
  readonly line: number;
  readonly unit: IntervalUnit;
  readonly baseline: number;
  readonly fixed: number;
  readonly now: number;
}

/**
 * The values of a fix that are not baseline × `load`. Empty when the three files do not contain equally many
 * intervals: then more than a value was changed.
 */
export function fixedValues(
  bytes: { readonly baseline: Uint8Array; readonly fixed: Uint8Array; readonly now: Uint8Array },
  unit: IntervalUnit,
  load: number,
): FixedValue[] {
  const [baseline, fixed, now] = [bytes.baseline, bytes.fixed, bytes.now].map(
    (one) => scanIntervals(one, unit).literals,
  );
  if (!baseline || fixed?.length !== baseline.length || now?.length !== baseline.length) return [];
  return baseline.flatMap(({ value }, index) => {
    const [atLoad, current] = [fixed[index], now[index]];
    if (atLoad === undefined || current === undefined || atLoad.value === value * BigInt(load)) return [];
    const { line } = current;
    return { line, unit, baseline: Number(value), fixed: Number(atLoad.value), now: Number(current.value) };
  });
}

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
