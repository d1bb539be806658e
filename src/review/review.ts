import type { Coverage } from '../domain/coverage.ts';
import { sha256Of } from '../domain/digest.ts';
import { ruleFor, type Schedule } from '../domain/schedules.ts';
import type { ChecksSnapshot } from '../ports/repository.ts';
import type { Settings } from '../settings.ts';
import type { Scope } from '../state/session.ts';
import { checkOnDisk, coverageOf } from './coverage.ts';
import { byCause, type Exception, exceptionsIn, isUploadable } from './exceptions.ts';
import { type ExpectedFile, expectedFile, type KnownFixes, schedulesInScope } from './expected.ts';

/** What a review id covers besides the bytes. */
export interface ReviewTarget {
  readonly load: number;
  readonly schedule: Schedule;
  readonly scope: Scope;
}

/** The check files on disk, compared with what they should contain: what the user approves. */
export interface Review {
  readonly reviewId: string;
  readonly target: ReviewTarget;
  readonly baseCommit: string;
  readonly branch: string;
  /** In path order. */
  readonly files: readonly ExpectedFile[];
  /** Files on disk that differ from their baseline. */
  readonly changed: readonly ExpectedFile[];
  /** Files on disk that are neither baseline × load nor a known fix. */
  readonly unexpected: readonly ExpectedFile[];
  /** False when every file is at its baseline. */
  readonly approvalNeeded: boolean;
  /** Files in this scope that will not run, and those that mean no schedule. */
  readonly exceptions: readonly Exception[];
  /** Number of files outside the scope that differ from their baseline: not part of this review. */
  readonly changedOutside: number;
}

type Destination = Pick<Settings, 'bucket' | 'configsPrefix' | 'dagsPrefix'>;

/** The check files in this target's scope, each with what it should contain. */
export function filesUnderReview(
  snapshot: ChecksSnapshot,
  target: ReviewTarget,
  known: KnownFixes,
): ExpectedFile[] {
  const schedules = schedulesInScope(target.scope, target.schedule);
  const level = { load: target.load, known, spool: snapshot.spool };
  return snapshot.files.flatMap((file) => {
    const rule = ruleFor(file.path);
    if (rule === undefined || !isUploadable(file) || !schedules.includes(rule.schedule)) return [];
    return expectedFile(file, level) ?? [];
  });
}

/** The review of these files: the same bytes at the same target always have the same review id. */
export function reviewFiles(
  snapshot: ChecksSnapshot,
  files: readonly ExpectedFile[],
  target: ReviewTarget,
  destination: Destination,
): Review {
  const changed = files.filter((one) => one.file.diskDigest !== one.file.baselineDigest);
  const schedules = schedulesInScope(target.scope, target.schedule);
  const local = snapshot.files.filter((file) => ruleFor(file.path) && !ruleFor(file.path)?.fromProduction);
  return {
    reviewId: reviewIdOf(snapshot, target, destination, files),
    target,
    baseCommit: snapshot.baseCommit,
    branch: snapshot.branch,
    files,
    changed,
    // Lazy: this computes the expected bytes of every file.
    get unexpected() {
      return files.filter((one) => one.file.diskDigest !== one.digest);
    },
    approvalNeeded: changed.length > 0,
    exceptions: exceptionsIn(snapshot).filter(
      ({ schedule }) => schedule === undefined || schedules.includes(schedule),
    ),
    changedOutside: local.filter(
      (file) =>
        !schedules.some((one) => one === ruleFor(file.path)?.schedule) &&
        file.diskDigest !== file.baselineDigest,
    ).length,
  };
}

const coverages = new WeakMap<Review, Map<Schedule, Coverage>>();

/** What the load does to the checks on disk of one schedule, the one under test unless another is named. */
export function plannedCoverage(review: Review, schedule = review.target.schedule): Coverage {
  const bySchedule = coverages.get(review) ?? new Map<Schedule, Coverage>();
  coverages.set(review, bySchedule);
  const coverage = bySchedule.get(schedule) ?? planCoverage(review, schedule);
  bySchedule.set(schedule, coverage);
  return coverage;
}

function planCoverage(review: Review, schedule: Schedule): Coverage {
  const checks = review.files.filter(
    ({ rule, file }) => rule.schedule === schedule && file.diskDigest !== undefined,
  );
  return coverageOf(schedule, review.target.load, checks.map(checkOnDisk), missingOf(review, schedule));
}

/** Files that look like checks of a schedule and will not run; `more` are found outside CHECKS_PATH. */
export function missingOf(
  { exceptions }: Pick<Review, 'exceptions'>,
  schedule: Schedule,
  more: readonly Exception[] = [],
): Coverage['missing'] {
  return byCause([...exceptions, ...more].filter((one) => one.schedule === schedule));
}

/** 16 hex digits over the load, the scope, the destination, the baseline, and every path and byte on disk. */
function reviewIdOf(
  snapshot: ChecksSnapshot,
  target: ReviewTarget,
  destination: Destination,
  files: readonly ExpectedFile[],
): string {
  const facts = [
    target.load,
    target.scope,
    target.scope === 'schedule' ? target.schedule : '',
    snapshot.baseCommit,
    snapshot.branch,
    destination.bucket,
    destination.configsPrefix,
    destination.dagsPrefix,
  ];
  return sha256Of(textOf(facts, files)).slice(0, 16);
}

/** One JSON list, piece by piece: as one text, that of many files takes a large part of the memory. */
function* textOf(facts: readonly unknown[], files: readonly ExpectedFile[]): Generator<string> {
  yield `${JSON.stringify(facts).slice(0, -1)},[`;
  let before = '';
  for (const { path, file } of files) {
    yield before + JSON.stringify([path, file.diskDigest ?? 'deleted']);
    before = ',';
  }
  yield ']]';
}

/** Path -> digest of every file under review that differs from its baseline; the session stores it. */
export type Manifest = Readonly<Record<string, string>>;

/** The JSON of the files' manifest. */
export function manifestJson(files: readonly ExpectedFile[]): Buffer {
  let size = 0;
  for (const piece of manifestPieces(files)) size += Buffer.byteLength(piece);
  const bytes = Buffer.allocUnsafe(size);
  let written = 0;
  for (const piece of manifestPieces(files)) written += bytes.write(piece, written);
  return bytes;
}

function* manifestPieces(files: readonly ExpectedFile[]): Generator<string> {
  let before = '{';
  for (const { path, file } of files) {
    const digest = file.diskDigest ?? 'deleted';
    if (digest === file.baselineDigest) continue;
    yield `${before}${JSON.stringify(path)}:"${digest}"`;
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}
