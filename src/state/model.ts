/** The session, folded from the events in the journal. */
import type { Schedule } from '../domain/schedules.ts';
import type { Fix, RoundClock, SessionEvent } from './events.ts';

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

export type Scope = 'all' | 'schedule';

/** The load level that scaleConfigs wrote to disk. */
export interface Level {
  readonly load: number;
  readonly schedule: Schedule;
  readonly scope: Scope;
  readonly reviewId: string;
  readonly approvalNeeded: boolean;
  readonly baseCommit: string;
  readonly manifest: string;
  readonly filesChanged: number;
  readonly intervalsChanged: number;
}

/** `undefined` in rounds whose report was recorded before outcomes were. */
export type RoundOutcome = Extract<SessionEvent, { type: 'reported' }>['outcome'];

/** One DAG run at one load. Later levels do not change its facts. */
export interface Round {
  readonly round: number;
  readonly load: number;
  readonly schedule: Schedule;
  /** As marked: local time with microseconds and offset. */
  readonly startedAt: string;
  readonly clock: RoundClock;
  readonly clusterId?: string;
  readonly reviewId?: string | undefined;
  /** Digest of the cluster config the round ran with. */
  readonly clusterConfig?: string | undefined;
  /** Prefix of its clusters' names, from the uploaded cluster config. */
  readonly clusterName?: string | undefined;
  readonly note?: string | undefined;
  /** The DAG run that triggerDag requested. */
  readonly dagRun?: { readonly dagId: string; readonly dagRunId: string };
  readonly finished?: { readonly steps: number; readonly failed: number };
  readonly report?: {
    readonly directory: string;
    readonly verdict: string;
    readonly outcome?: RoundOutcome;
    readonly partial: boolean;
  };
  readonly committed: boolean;
  readonly abandoned: boolean;
}

export interface Uploaded {
  readonly schedule: Schedule;
  readonly load: number;
  readonly reviewId: string;
  readonly at: string;
}

export interface Session {
  /** Number of the last entry; 0 for a new session. */
  readonly entries: number;
  readonly phase: Phase;
  readonly level?: Level;
  /** The schedule under test; only scaleConfigs sets it. */
  readonly schedule?: Schedule;
  /** Every review id the user ever approved: approved bytes need no second approval. */
  readonly approved: ReadonlySet<string>;
  /** Load and schedule (`2x 15m`) -> manifest of the bytes in their newest approval. */
  readonly approvedManifests: ReadonlyMap<string, string>;
  /** Review id -> the fixes approved with it: what a round of that review ran with. */
  readonly approvedFixes: ReadonlyMap<string, readonly Fix[]>;
  /** The known fixes of each load. */
  readonly fixes: ReadonlyMap<number, readonly Fix[]>;
  readonly lastReview?: { readonly reviewId: string; readonly manifest: string };
  /**
   * Manifests this program wrote or was about to write: bytes in them are no edits. A level of one schedule leaves
   * the other files as an earlier level wrote them.
   */
  readonly writtenManifests: readonly string[];
  /** The newest upload of each schedule and load, oldest first. */
  readonly uploads: readonly Uploaded[];
  readonly dag?: {
    readonly load: number;
    readonly files: Readonly<Record<string, string>>;
    readonly clusterNames?: Readonly<Record<string, string>> | undefined;
    readonly at: string;
  };
  readonly rounds: readonly Round[];
  /** Calls that began and were not recorded as done, one per tool, newest last. */
  readonly interruptions: readonly Interruption[];
}

export interface Interruption {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly at: string;
}
