/** Edits of check files: which of them a level contains, and what a person kept or set by hand. */
import { sha256 } from '../domain/digest.ts';
import { ruleFor } from '../domain/schedules.ts';
import { plural } from '../domain/text.ts';
import type { CheckFile, ChecksSnapshot } from '../ports/repository.ts';
import type { Fix, Session } from '../state/session.ts';
import { carryEdit, type FixesChoice, loadOfEdit, type SetInterval } from './carry.ts';
import {
  type ExpectedFile,
  expectedFile,
  type KnownFixes,
  type KnownScalings,
  noFixes,
  schedulesInScope,
  withFixes,
} from './expected.ts';
import { type FileChange, fileChanges } from './lineChanges.ts';
import { filesUnderReview, type Manifest, type ReviewTarget } from './review.ts';
import { foreignEdits, levelOf } from './scalePlan.ts';

/** An interval that a person set at another load, and what this level has in its place. */
export interface NotCarried extends SetInterval {
  readonly file: string;
  /** Baseline × the load of the edit. */
  readonly scaled: number;
  readonly baseline: number;
}

/** Fixes that a level adds to those it had, with their bytes. */
export interface LevelEdits extends KnownFixes {
  readonly notCarried: readonly NotCarried[];
  /** Files of which this level does not contain the whole edit. */
  readonly notCarriedPaths: readonly string[];
}

interface Merging {
  readonly session: Session;
  /** Digest -> bytes of the session's edits and fixes. */
  readonly stored: ReadonlyMap<string, Uint8Array>;
  readonly target: ReviewTarget;
  /** What the person chose for the intervals that were set by hand. */
  readonly choice: FixesChoice | undefined;
  /** What an earlier call knew of baseline × load. */
  readonly scalings?: KnownScalings | undefined;
}

/**
 * The files of a level with the edits that belong to it: those carried from other loads, and with `keepEdits` those
 * on disk that nobody approved (`edited`; `lines` says where they are). `scale` scales many files without holding up
 * everything else.
 */
export async function editsOfLevel(
  snapshot: ChecksSnapshot,
  merging: Merging & { readonly written: readonly Manifest[]; readonly keepEdits: boolean },
  scale: (files: readonly ExpectedFile[]) => Promise<void>,
) {
  const { session, stored, target, written, keepEdits, scalings } = merging;
  const own = { fixes: session.fixes.get(target.load) ?? [], bytes: stored, scalings };
  const carried = carriedEdits(snapshot, own, merging);
  const known = withFixes(own, carried);
  const seen = filesUnderReview(snapshot, target, known);
  await scale(seen);
  const edited = foreignEdits(seen, written, session);
  if (!keepEdits)
    return { files: seen, edited, carried, kept: noFixes, lines: editedLines(seen, edited, merging) };
  const kept = keptEdits(seen, edited, merging);
  const files = filesUnderReview(snapshot, target, withFixes(known, kept));
  await scale(files);
  return {
    files,
    edited,
    carried,
    kept,
    lines: [],
  };
}

/** The edits of other loads, merged into this one. A load that has the file's edit already keeps its own. */
function carriedEdits(
  snapshot: ChecksSnapshot,
  own: KnownFixes,
  { session, stored, target, choice }: Merging,
): LevelEdits {
  const fixes: Fix[] = [];
  const bytes = new Map<string, Uint8Array>();
  const notCarried: NotCarried[] = [];
  const notCarriedPaths: string[] = [];
  const files = new Map(snapshot.files.map((file) => [file.path, file]));
  for (const [path, { load: from, fix }] of [...session.edits].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )) {
    const file = files.get(path);
    if (from === target.load || file === undefined || !isInScope(file, fix, target)) continue;
    const known = own.fixes.find((one) => one.path === path && one.baselineDigest === fix.baselineDigest);
    if (known !== undefined && known.from === undefined && choice === undefined) continue;
    const edited = stored.get(fix.digest);
    if (file.baseline === undefined || edited === undefined) continue;
    const unit = ruleFor(path)?.scales;
    const edit = { baseline: file.baseline, edited, from, unit };
    const merged = carryEdit(edit, target.load, choice ?? 'baseline');
    const isCarried = target.load > 1 && sha256(merged.bytes) !== scaledDigest(file, target.load);
    if (isCarried && (known === undefined || choice !== undefined)) {
      const digest = sha256(merged.bytes);
      fixes.push({ ...fix, digest, from });
      bytes.set(digest, merged.bytes);
    }
    const left = merged.set.flatMap((one) => replacedInterval(path, one, from, target.load));
    notCarried.push(...left);
    if (left.length > 0 || (target.load === 1 && known === undefined)) notCarriedPaths.push(path);
  }
  return { fixes, bytes, notCarried, notCarriedPaths };
}

function isInScope(file: CheckFile, fix: Fix, { scope, schedule }: ReviewTarget): boolean {
  return (
    fix.baselineDigest === file.baselineDigest && schedulesInScope(scope, schedule).includes(fix.schedule)
  );
}

function scaledDigest(file: CheckFile, load: number): string | undefined {
  return expectedFile(file, { load, known: noFixes })?.scaledDigest;
}

/** One row for an interval that a person set, and that this level has at baseline × load. */
function replacedInterval(
  file: string,
  { baseline, ...set }: SetInterval,
  from: number,
  load: number,
): NotCarried[] {
  if (baseline === undefined || set.now !== baseline * load || set.now === set.fixed) return [];
  return [{ file, ...set, baseline, scaled: baseline * from }];
}

/** The edits on disk that the user keeps, as they read at this load. A value that was set stays, unless `choice` says else. */
function keptEdits(
  files: readonly ExpectedFile[],
  edited: readonly ExpectedFile[],
  { session, target, choice }: Merging,
): KnownFixes {
  const bytes = new Map<string, Uint8Array>();
  const usual = usualLoad(files, session);
  const fixes = edited.flatMap(({ path, rule, file }): Fix[] => {
    const { baseline, baselineDigest, disk } = file;
    if (baseline === undefined || baselineDigest === undefined || disk === undefined) return [];
    const edit = { baseline, edited: disk, unit: rule.scales };
    const from = loadOfEdit(edit, usual);
    const merged = carryEdit({ ...edit, from }, target.load, choice ?? 'keep');
    const digest = sha256(merged.bytes);
    bytes.set(digest, merged.bytes);
    const fix: Fix = { path, schedule: rule.schedule, baselineDigest, digest, origin: 'edit' };
    return digest === scaledDigest(file, target.load) ? [] : [from === target.load ? fix : { ...fix, from }];
  });
  return { fixes, bytes };
}

/** The lines that were edited: what the level on disk had there, and what is there now. */
function editedLines(
  files: readonly ExpectedFile[],
  edited: readonly ExpectedFile[],
  { session, stored }: Pick<Merging, 'session' | 'stored'>,
): FileChange[] {
  const lines: FileChange[] = [];
  if (edited.length === 0) return lines;
  const usual = usualLoad(files, session);
  for (const { path, rule, file } of edited) {
    const { baseline, baselineDigest, disk } = file;
    if (baseline === undefined) continue;
    const from =
      disk === undefined ? usual : loadOfEdit({ baseline, edited: disk, unit: rule.scales }, usual);
    const fix = session.fixes
      .get(from)
      ?.find((one) => one.path === path && one.baselineDigest === baselineDigest);
    const ours = (fix && stored.get(fix.digest)) ?? expectedFile(file, { load: from, known: noFixes })?.bytes;
    lines.push(...fileChanges(path, ours, disk));
  }
  return lines;
}

/** The question about edits: what was found, and what each answer does. A deleted file is an edit without a text. */
export function editsText(found: readonly ExpectedFile[]) {
  const deleted = found.filter(({ file }) => file.disk === undefined).length;
  const edited = found.length - deleted;
  const missing = `${plural(deleted, 'check')} of the baseline ${deleted === 1 ? 'is' : 'are'} not on disk and will not run.`;
  if (edited === 0)
    return {
      found: missing,
      question: 'keep them deleted, or bring them back',
      kept: 'They stay deleted.',
      replaced: 'bring them back',
    };
  return {
    found: `Manual edits found in ${plural(edited, 'check file')} on disk.${deleted === 0 ? '' : ` ${missing}`}`,
    question: 'keep the edits, or replace them',
    kept: 'Their text stays, intervals that nobody edited are scaled, and the review shows both.',
    replaced: 'replace them (a patch is saved first)',
  };
}

/** The load of the level on disk: the session's, else the one that most of the scaled files are at. */
function usualLoad(files: readonly ExpectedFile[], { level }: Session): number {
  if (level !== undefined) return level.load;
  const counts = new Map<number, number>();
  for (const one of files) {
    const load = levelOf(one);
    if (load !== undefined) counts.set(load, (counts.get(load) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most?.[0] ?? 1;
}

/** Where the level's known fixes and carried edits differ from baseline × load. */
export function fixedLines(files: readonly ExpectedFile[], load: number): FileChange[] {
  return files.flatMap((one) =>
    one.fix === undefined
      ? []
      : fileChanges(one.path, expectedFile(one.file, { load, known: noFixes })?.bytes, one.bytes),
  );
}
