import type { ChecksSnapshot } from '../ports.ts';
import type { Settings } from '../settings.ts';
import type { Scope } from '../state/session.ts';
import { sha256 } from './digest.ts';
import { type ExpectedFile, expectedFile, type KnownFixes, schedulesInScope } from './expected.ts';
import { isPlainPath } from './keys.ts';
import { ruleFor, type Schedule } from './schedules.ts';

/** What a review id stands for, besides the bytes. */
export interface ReviewTarget {
  readonly load: number;
  readonly schedule: Schedule;
  readonly scope: Scope;
}

/** The check files as they lie on disk, against what they have to hold: what a person approves. */
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
  /** Nothing needs approval when every byte is the baseline's. */
  readonly approvalNeeded: boolean;
  /** Paths under CHECKS_PATH of no known suffix, or with a name that cannot be a key; what is not seen as \u202e. */
  readonly unrecognised: readonly string[];
  /** Files of other schedules than those in scope that differ from their baseline: they are not part of this. */
  readonly changedOutside: number;
  /** Paths that git does not know yet: without a baseline they are neither scaled nor uploaded. */
  readonly untracked: readonly string[];
}

type Places = Pick<Settings, 'bucket' | 'configsPrefix' | 'dagsPrefix'>;

/** The check files that a load test at this target handles, each with what it has to hold. */
export function filesUnderReview(
  snapshot: ChecksSnapshot,
  target: ReviewTarget,
  known: KnownFixes,
): ExpectedFile[] {
  const schedules = schedulesInScope(target.scope, target.schedule);
  return snapshot.files.flatMap((file) => {
    const rule = ruleFor(file.path);
    if (rule === undefined || !isPlainPath(file.path) || !schedules.includes(rule.schedule)) return [];
    return expectedFile(file, target.load, known) ?? [];
  });
}

/** What these files amount to: the same bytes at the same target have the same review id, wherever it is computed. */
export function reviewFiles(
  snapshot: ChecksSnapshot,
  files: readonly ExpectedFile[],
  target: ReviewTarget,
  places: Places,
): Review {
  const changed = files.filter((one) => one.file.diskDigest !== one.file.baselineDigest);
  const unknown = snapshot.files.filter(
    (file) => ruleFor(file.path) === undefined || !isPlainPath(file.path),
  );
  const local = snapshot.files.filter((file) => ruleFor(file.path) && !ruleFor(file.path)?.fromProduction);
  return {
    reviewId: reviewIdOf(snapshot, target, places, files),
    target,
    baseCommit: snapshot.baseCommit,
    branch: snapshot.branch,
    files,
    changed,
    // Asking for it works out what every file has to hold.
    get unexpected() {
      return files.filter((one) => one.file.diskDigest !== one.digest);
    },
    approvalNeeded: changed.length > 0,
    unrecognised: [...unknown.map((file) => file.path), ...snapshot.unprintableNames.map(spelled)],
    changedOutside: local.filter(
      (file) =>
        !schedulesInScope(target.scope, target.schedule).some(
          (one) => one === ruleFor(file.path)?.schedule,
        ) && file.diskDigest !== file.baselineDigest,
    ).length,
    untracked: local.filter((file) => file.baseline === undefined).map((file) => file.path),
  };
}

/** A name with what cannot be seen in it spelled out. */
function spelled(path: string): string {
  return path.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** 16 hex digits over the load, the scope, where it will go, the baseline, and every path and byte on disk. */
function reviewIdOf(
  snapshot: ChecksSnapshot,
  target: ReviewTarget,
  places: Places,
  files: readonly ExpectedFile[],
): string {
  const facts = [
    target.load,
    target.scope,
    target.scope === 'schedule' ? target.schedule : '',
    snapshot.baseCommit,
    snapshot.branch,
    places.bucket,
    places.configsPrefix,
    places.dagsPrefix,
    files.map((one) => [one.path, one.file.diskDigest ?? 'deleted']),
  ];
  return sha256(JSON.stringify(facts)).slice(0, 16);
}

/** Path -> digest of every file under review whose bytes differ from the baseline: what the session keeps of it. */
export type Manifest = Readonly<Record<string, string>>;

export function manifestOf(
  files: readonly ExpectedFile[],
  digestOf: (one: ExpectedFile) => string | undefined,
): Manifest {
  return Object.fromEntries(
    files.flatMap((one) => {
      const digest = digestOf(one) ?? 'deleted';
      return digest === one.file.baselineDigest ? [] : [[one.path, digest]];
    }),
  );
}
