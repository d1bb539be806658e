/** Facts about the checks that several steps of the workflow begin with: the files, the session, the review. */
import { type ExpectedFile, expectedFile, type KnownFixes, noFixes } from '../checks/expected.ts';
import { lineChanges } from '../checks/lineChanges.ts';
import {
  filesUnderReview,
  type Manifest,
  manifestOf,
  type Review,
  type ReviewTarget,
  reviewFiles,
} from '../checks/review.ts';
import { type Schedule, schedules } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import { clean } from '../foreignText.ts';
import type { Blobs, ChecksSnapshot, Ports, Watch } from '../ports.ts';
import { approvalKey, type Session } from '../state/session.ts';

/** The fixes of one load with the bytes they put on disk. */
async function readFixes(blobs: Blobs, session: Session, load: number): Promise<KnownFixes> {
  const fixes = session.fixes.get(load) ?? [];
  const bytes = new Map<string, Uint8Array>();
  for (const fix of fixes) {
    const kept = await blobs.get(fix.digest);
    if (kept !== undefined) bytes.set(fix.digest, kept);
  }
  return { fixes, bytes };
}

/** A manifest that the session names; empty when its bytes are gone, so that nothing in it counts as ours. */
export async function readManifest(blobs: Blobs, digest: string): Promise<Manifest> {
  const bytes = await blobs.get(digest);
  return bytes === undefined ? {} : (JSON.parse(bytes.toString('utf8')) as Manifest);
}

export async function keepManifest(blobs: Blobs, manifest: Manifest): Promise<string> {
  return blobs.put(Buffer.from(JSON.stringify(manifest)));
}

export interface ReviewFacts {
  readonly session: Session;
  readonly snapshot: ChecksSnapshot;
  readonly review: Review;
}

/**
 * The files on disk under review at the session's load level.
 * @throws ToolError WRONG_STATE when no load level was made yet, or one was left half-written
 */
export async function readReview(
  ports: Pick<Ports, 'target' | 'sessions' | 'blobs' | 'settings'>,
  options: { forWriting: boolean },
  watch?: Watch,
): Promise<ReviewFacts> {
  const session = await ports.sessions.load();
  requireWhole(session);
  const level = requireLevel(session);
  const snapshot = await ports.target.snapshot(options, watch);
  return { session, snapshot, review: await reviewOf(ports, session, snapshot, level) };
}

export async function reviewOf(
  ports: Pick<Ports, 'blobs' | 'settings'>,
  session: Session,
  snapshot: ChecksSnapshot,
  target: ReviewTarget,
): Promise<Review> {
  const known = await readFixes(ports.blobs, session, target.load);
  return reviewFiles(snapshot, filesUnderReview(snapshot, target, known), target, ports.settings);
}

/** Files of which a killed call wrote only some are no level that a person could approve. @throws ToolError WRONG_STATE */
function requireWhole({ interruptions }: Session): void {
  const half = interruptions.findLast(({ tool }) => tool === 'scaleConfigs' || tool === 'revertConfigs');
  if (half === undefined) return;
  const { load, to } = half.arguments;
  const given =
    load === undefined ? `to: ${JSON.stringify(to ?? 'baseline')}` : `load: ${JSON.stringify(load)}`;
  throw new ToolError(
    'WRONG_STATE',
    `${half.tool} (${given}) began and did not finish, or still runs elsewhere: some check files are written, others not yet. Nothing was changed.`,
    { next: `call ${half.tool} with ${given} again, which finishes it; then this tool.` },
  );
}

/**
 * Tells of check files at the load at hand that are not those that were uploaded: the next round runs the uploaded
 * ones. A repository that cannot be read tells nothing.
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
  const snapshot = await ports.target.snapshot({ forWriting: false }, watch).catch((error: unknown) => {
    if (error instanceof ToolError) return undefined;
    throw error;
  });
  if (snapshot === undefined) return [];
  const { reviewId } = await reviewOf(ports, session, snapshot, level);
  if (reviewId === uploaded.reviewId) return [];
  return [
    `The ${load}x files on disk are not those that were uploaded, and the next run reads the uploaded ones. If the files on disk are meant: reviewConfigs, the person's yes, then uploadChecks.`,
  ];
}

function requireLevel(session: Session): ReviewTarget {
  if (session.level !== undefined) return session.level;
  throw new ToolError('WRONG_STATE', 'No load level was made in this session yet. Nothing was changed.', {
    next: 'call scaleConfigs with the load that you want to test, for example 2x.',
  });
}

export interface FileChange {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/**
 * What on disk is not what the person approved last at this load, line by line; where nothing of the schedule was approved,
 * what is not baseline × load. Showing it changes nothing: a line is listed until it is approved.
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

/** Schedule -> what was approved last at the load; without an entry where nothing was, or its bytes are gone. */
async function approvedManifests(
  blobs: Blobs,
  session: Session,
  load: number,
): Promise<Map<Schedule, Manifest>> {
  const manifests = new Map<Schedule, Manifest>();
  for (const schedule of schedules) {
    const digest = session.approvedManifests.get(approvalKey(load, schedule));
    const bytes = digest === undefined ? undefined : await blobs.get(digest);
    if (bytes !== undefined) manifests.set(schedule, JSON.parse(bytes.toString('utf8')) as Manifest);
  }
  return manifests;
}

/** The bytes of a digest that was approved: the baseline's, the load's, or bytes that were kept. */
async function bytesOf(
  blobs: Blobs,
  one: ExpectedFile,
  digest: string,
  load: number,
): Promise<Uint8Array | undefined> {
  if (digest === one.file.baselineDigest) return one.file.baseline;
  const known = [one, expectedFile(one.file, load, noFixes)].find((expected) => expected?.digest === digest);
  return known?.bytes ?? (await blobs.get(digest));
}

/** Line by line; a file that is gone is one change, and so are bytes that are not text, or no longer kept. */
export function fileChanges(
  file: string,
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
): FileChange[] {
  if (before !== undefined && after === undefined)
    return [{ file, line: 1, before: 'the whole file', after: 'deleted' }];
  const [from, to] = [before, after].map((bytes) =>
    bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'),
  );
  return lineChanges(from ?? '', to ?? '').map((change) => ({
    file,
    line: change.line,
    before: clean(change.before, 160),
    after: clean(change.after, 160),
  }));
}

/** Keeps what is shown now: an approval of it is an approval of these bytes. */
export async function keepReview(ports: Pick<Ports, 'blobs'>, review: Review): Promise<string> {
  // Bytes that no scaling makes again are kept whole.
  for (const one of review.unexpected) if (one.file.disk !== undefined) await ports.blobs.put(one.file.disk);
  return keepManifest(
    ports.blobs,
    manifestOf(review.files, (one) => one.file.diskDigest),
  );
}
