/** The session, folded from the events in the journal. */
import type { Coverage } from '../domain/coverage.ts';
import type { Schedule } from '../domain/schedules.ts';
import type { Fix, SessionEvent } from './events.ts';

export type Phase =
  | 'idle'
  | 'scaled'
  | 'approved'
  | 'checks_uploaded'
  | 'dag_uploaded'
  | 'round_open'
  | 'running'
  | 'finished'
  | 'reported'
  | 'committed';

export type EventOf<Type extends SessionEvent['type']> = Extract<SessionEvent, { type: Type }>;

/** The load level that scaleConfigs wrote to disk. */
export type Level = Readonly<Omit<EventOf<'scaled'>, 'type' | 'carried' | 'kept'>>;

export type Scope = Level['scope'];

/** `undefined` in rounds whose report was recorded before outcomes were. */
export type RoundOutcome = EventOf<'reported'>['outcome'];

/** One DAG run at one load. Later levels do not change its facts. */
export interface Round extends Readonly<Omit<EventOf<'roundOpened'>, 'type' | 'by'>> {
  readonly round: number;
  /** The load it was marked with, if it ran at another one. */
  readonly markedLoad?: number;
  /** The DAG run that triggerDag requested. */
  readonly dagRun?: Readonly<Pick<EventOf<'dagTriggered'>, 'dagId' | 'dagRunId'>>;
  readonly finished?: Readonly<Pick<EventOf<'roundFinished'>, 'steps' | 'failed' | 'lost'>>;
  /** How its cluster ended, if it was seen to. */
  readonly clusterEnd?: Readonly<Pick<EventOf<'clusterEnded'>, 'clusterId' | 'failure'>>;
  readonly report?: Readonly<Omit<EventOf<'reported'>, 'type' | 'round' | 'load'>>;
  readonly committed: boolean;
  readonly abandoned: boolean;
}

export interface Uploaded {
  readonly schedule: Schedule;
  readonly load: number;
  readonly reviewId: string;
  readonly at: string;
  readonly scope: Scope;
  /** Digest of the stored bytes of its files; absent where they were not stored. */
  readonly bytes?: string;
  readonly committed?: true;
  /** Absent if another level was on disk. */
  readonly baseCommit?: string;
  /** What the prefix held afterwards; absent where it was not recorded. */
  readonly coverage?: Coverage;
}

/** A DAG run that no round owns. */
export type OtherRun = Readonly<EventOf<'otherRunsSeen'>['runs'][number]>;

export interface Session {
  /** Number of the last entry; 0 for a new session. */
  readonly entries: number;
  readonly phase: Phase;
  /** The checkout of the target repository; absent in sessions that began before it was recorded. */
  readonly checkout?: { readonly path: string; readonly id: string };
  readonly level?: Level;
  /** The schedule of the latest round or scaling, whichever is newer. */
  readonly schedule?: Schedule;
  /** Every review id the user ever approved: approved bytes need no second approval. */
  readonly approved: ReadonlySet<string>;
  /** Load and schedule (`2x 15m`) -> manifest of the bytes in their newest approval. */
  readonly approvedManifests: ReadonlyMap<string, string>;
  /** Review id -> the fixes approved with it: what a round of that review ran with. */
  readonly approvedFixes: ReadonlyMap<string, readonly Fix[]>;
  /** Path -> the newest edit or fix of the file, and its load: other loads carry it. */
  readonly edits: ReadonlyMap<string, { readonly load: number; readonly fix: Fix }>;
  /** Manifest written or approved at a load above 1 -> that load, and the baseline then: its bytes are no baseline. */
  readonly loaded: ReadonlyMap<string, { readonly load: number; readonly baseCommit: string | undefined }>;
  /** `path digest` of the baselines that the user accepted although they are in `loaded`. */
  readonly acceptedBaselines: ReadonlySet<string>;
  /** The known fixes of each load. */
  readonly fixes: ReadonlyMap<number, readonly Fix[]>;
  readonly lastReview?: Readonly<Omit<EventOf<'reviewed'>, 'type'>>;
  /**
   * Manifests this program wrote or was about to write: bytes in them are no edits. A level of one schedule leaves
   * the other files as an earlier level wrote them.
   */
  readonly writtenManifests: readonly string[];
  /** The newest upload of each schedule and load, oldest first. */
  readonly uploads: readonly Uploaded[];
  readonly dag?: Readonly<Omit<EventOf<'dagUploaded'>, 'type'>> & { readonly at: string };
  /** Digests of every DAG file and cluster config that was ever uploaded: what was said of them is not repeated. */
  readonly uploadedConfigs: ReadonlySet<string>;
  readonly rounds: readonly Round[];
  /** As last seen; those that a round owns by now are left out. */
  readonly otherRuns: readonly OtherRun[];
  /** Clusters of every other run that was ever seen: what was said of them is not asked again. */
  readonly toldClusters: ReadonlySet<string>;
  /** Calls that began and were not recorded as done, one per tool, newest last. */
  readonly interruptions: readonly Interruption[];
}

export interface Interruption extends Readonly<Pick<EventOf<'begun'>, 'tool' | 'arguments'>> {
  readonly at: string;
}
