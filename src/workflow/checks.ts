/** What several workflow steps start from: the session, the check files on disk, and their review. */
import { ToolError } from '../domain/errors.ts';
import { type Schedule, schedules } from '../domain/schedules.ts';
import type { Ports } from '../ports/ports.ts';
import type { ChecksSnapshot } from '../ports/repository.ts';
import type { Clock, Watch } from '../ports/time.ts';
import {
  type ExpectedFile,
  expectedFile,
  type KnownFixes,
  type KnownScalings,
  noFixes,
} from '../review/expected.ts';
import { changesLines } from '../review/levelSummary.ts';
import { type FileChange, fileChanges } from '../review/lineChanges.ts';
import {
  filesUnderReview,
  type Manifest,
  manifestJson,
  type Review,
  type ReviewTarget,
  reviewFiles,
} from '../review/review.ts';
import type { Settings } from '../settings.ts';
import { approvalKey, type Fix, type Session } from '../state/session.ts';
import type { Blobs } from '../state/store.ts';
import { requireUnloadedBaseline } from './baseline/loadedBaselines.ts';
import { readManifest } from './baseline/manifests.ts';
import { readScalings } from './baseline/scalings.ts';

/** The fixes of one load, with the file contents that they produce. */
async function readFixes(blobs: Blobs, session: Session, load: number): Promise<KnownFixes> {
  const fixes = session.fixes.get(load) ?? [];
  return { fixes, bytes: await readStored(blobs, fixes) };
}

/** Digest -> bytes of these fixes; without those that are gone. */
async function readStored(blobs: Blobs, fixes: readonly Fix[]): Promise<Map<string, Uint8Array>> {
  const bytes = new Map<string, Uint8Array>();
  for (const { digest } of fixes) {
    const found = bytes.has(digest) ? undefined : await blobs.get(digest);
    if (found !== undefined) bytes.set(digest, found);
  }
  return bytes;
}

/** The bytes of every edit and fix that the session knows. */
export function readEdits(blobs: Blobs, { edits, fixes }: Session): Promise<Map<string, Uint8Array>> {
  return readStored(blobs, [...[...edits.values()].map(({ fix }) => fix), ...[...fixes.values()].flat()]);
}

/** What it takes to review the files on disk. */
export type ReviewPorts = Pick<Ports, 'target' | 'sessions' | 'blobs' | 'settings'>;

export interface ReviewFacts {
  readonly session: Session;
  readonly snapshot: ChecksSnapshot;
  readonly review: Review;
}

/**
 * The review of the files on disk at the session's load level; `withoutLevel` is reviewed if no level was scaled.
 * @throws ToolError WRONG_STATE when no load level is on disk, or one is only partly written
 */
export async function readReview(
  ports: ReviewPorts,
  { forWriting, withoutLevel }: { forWriting: boolean; withoutLevel?: ReviewTarget },
  watch?: Watch,
): Promise<ReviewFacts> {
  const session = await ports.sessions.load();
  requireWhole(session);
  const level = session.level ?? withoutLevel ?? requireLevel(session);
  const snapshot = await ports.target.snapshot({ forWriting }, watch);
  await requireUnloadedBaseline(ports, session, snapshot, watch);
  const scalings = await readScalings(ports.blobs, session.level, level.load);
  return { session, snapshot, review: await reviewOf(ports, session, snapshot, level, scalings) };
}

export async function reviewOf(
  ports: Pick<Ports, 'blobs' | 'settings'>,
  session: Session,
  snapshot: ChecksSnapshot,
  target: ReviewTarget,
  scalings?: KnownScalings,
): Promise<Review> {
  const known = { ...(await readFixes(ports.blobs, session, target.load)), scalings };
  return reviewFiles(snapshot, filesUnderReview(snapshot, target, known), target, ports.settings);
}

/** A level that an interrupted call wrote only in part cannot be approved. @throws ToolError WRONG_STATE */
function requireWhole({ interruptions }: Session): void {
  const interrupted = interruptions.findLast(
    ({ tool }) => tool === 'scaleConfigs' || tool === 'revertConfigs',
  );
  if (interrupted === undefined) return;
  const { load, to } = interrupted.arguments;
  const given =
    load === undefined ? `to: ${JSON.stringify(to ?? 'baseline')}` : `load: ${JSON.stringify(load)}`;
  throw new ToolError(
    'WRONG_STATE',
    `${interrupted.tool} (${given}) did not finish, or is still running elsewhere: some check files are written, others are not. Nothing was changed.`,
    { next: `call ${interrupted.tool} with ${given} again to finish it, then this tool.` },
  );
}

/**
 * A warning when the check files on disk differ from the uploaded ones of this load: the next round runs the uploaded
 * ones, or where that could not be looked at.
 */
export async function notUploaded(
  ports: Pick<Ports, 'target' | 'blobs' | 'settings'>,
  session: Session,
  { load, schedule }: Pick<ReviewTarget, 'load' | 'schedule'>,
  watch?: Watch,
): Promise<string[]> {
  const { level } = session;
  const uploaded = session.uploads.findLast((one) => one.load === load && one.schedule === schedule);
  if (level?.load !== load || uploaded === undefined) return [];
  const look = async () => {
    const snapshot = await ports.target.snapshot({ forWriting: false }, watch);
    return (await reviewOf(ports, session, snapshot, level)).reviewId;
  };
  const reviewId = await look().catch((error: unknown) => {
    if (error instanceof ToolError) return error;
    throw error;
  });
  if (reviewId instanceof ToolError)
    return [
      `This could not be looked at: whether the ${load}x files on disk are the uploaded ones. showSession says why.`,
    ];
  if (reviewId === uploaded.reviewId) return [];
  return [
    `The ${load}x files on disk differ from the uploaded ones, and the next run reads the uploaded ones. To run the files on disk: reviewConfigs, the user's approval, then uploadChecks.`,
  ];
}

function requireLevel(session: Session): ReviewTarget {
  if (session.level !== undefined) return session.level;
  throw new ToolError('WRONG_STATE', 'This session has no load level on disk. Nothing was changed.', {
    next: 'call scaleConfigs with the load to test, for example 2x.',
  });
}

/**
 * The lines on disk that differ from what the user last approved at this load; for a schedule without an approval, those
 * that differ from baseline × load. A line is listed until it is approved, however often it was shown.
 */
export async function changedSinceApproval(
  ports: Pick<Ports, 'blobs'>,
  session: Session,
  review: Review,
): Promise<FileChange[]> {
  const approved = await approvedManifests(ports.blobs, session, review.target.load);
  const changes: FileChange[] = [];
  for (const one of review.files) {
    const manifest = approved.get(one.rule.schedule);
    const before =
      manifest === undefined
        ? one.scaledDigest
        : (manifest[one.path] ?? one.file.baselineDigest ?? 'deleted');
    if (before === (one.file.diskDigest ?? 'deleted')) continue;
    const bytes = await bytesOf(ports.blobs, one, before, review.target.load);
    changes.push(...fileChanges(one.path, bytes, one.file.disk));
  }
  return changes;
}

/** Schedule -> the last approved manifest at this load; no entry without an approval, or when its bytes are gone. */
async function approvedManifests(
  blobs: Blobs,
  session: Session,
  load: number,
): Promise<Map<Schedule, Manifest>> {
  const manifests = new Map<Schedule, Manifest>();
  for (const schedule of schedules) {
    const digest = session.approvedManifests.get(approvalKey(load, schedule));
    const manifest = digest === undefined ? undefined : await readManifest(blobs, digest);
    if (manifest !== undefined) manifests.set(schedule, manifest);
  }
  return manifests;
}

/** The bytes of an approved digest: the baseline's, the scaled ones, or stored ones. */
async function bytesOf(
  blobs: Blobs,
  one: ExpectedFile,
  digest: string,
  load: number,
): Promise<Uint8Array | undefined> {
  if (digest === one.file.baselineDigest) return one.file.baseline;
  const known = [one, expectedFile(one.file, { load, known: noFixes })].find(
    (expected) => expected?.digest === digest,
  );
  return known?.bytes ?? (await blobs.get(digest));
}

/** Stores what is shown now, so that an approval of it is an approval of these bytes. */
export async function keepReview(ports: Pick<Ports, 'blobs'>, review: Review): Promise<string> {
  // Scaling cannot reproduce these bytes, so store them whole.
  for (const one of review.unexpected) if (one.file.disk !== undefined) await ports.blobs.put(one.file.disk);
  return ports.blobs.put(manifestJson(review.files));
}

/** The folder of the check files, as the user opens it. */
export function locationOf({ targetRepo, checksPath }: Pick<Settings, 'targetRepo' | 'checksPath'>): string {
  return `${targetRepo}/${checksPath}`;
}

/** Writes the file that lists everything of a review; each review id has one. Returns its path. */
export async function writeReviewFile(
  ports: Pick<Ports, 'notes' | 'settings'>,
  review: Review,
): Promise<string> {
  return ports.notes.write(`${review.reviewId}.txt`, changesLines(review, locationOf(ports.settings)));
}

/** How many files are scaled before anything else gets its turn. */
const filesInTurn = 1_000;

/**
 * Scales files that would be scaled at the first look, with progress: the call can be cancelled, others are answered,
 * and the memory of one turn can be used in the next.
 */
export async function scaleInTurns(
  files: readonly ExpectedFile[],
  clock: Pick<Clock, 'sleep'>,
  watch: Watch,
): Promise<void> {
  for (let done = 0; done < files.length; ) {
    for (const one of files.slice(done, done + filesInTurn)) void one.scaled;
    done = Math.min(done + filesInTurn, files.length);
    watch.progress(done, files.length, 'check files scaled');
    if (done < files.length) await clock.sleep(0, watch.signal);
  }
}
