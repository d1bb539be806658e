/** What a session is, as its events say it. */
import type { Schedule } from '../checks/schedules.ts';
import type { Fix, RoundClock } from './events.ts';

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

/** The load level on disk as scaleConfigs left it. */
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

/** One run of a schedule's DAG under one load. A round owns its facts: later levels do not change them. */
export interface Round {
  readonly round: number;
  readonly load: number;
  readonly schedule: Schedule;
  /** As marked: local time with microseconds and offset. */
  readonly startedAt: string;
  readonly clock: RoundClock;
  readonly clusterId?: string;
  readonly reviewId?: string | undefined;
  /** Digest of the cluster config that the round ran with. */
  readonly clusterConfig?: string | undefined;
  /** What the names of its clusters begin with, by the cluster config that was uploaded. */
  readonly clusterName?: string | undefined;
  readonly note?: string | undefined;
  /** The run of the DAG that triggerDag asked Airflow for. */
  readonly dagRun?: { readonly dagId: string; readonly dagRunId: string };
  readonly finished?: { readonly steps: number; readonly failed: number };
  readonly report?: { readonly directory: string; readonly verdict: string; readonly partial: boolean };
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
  /** Number of the last entry; 0 for a session in which nothing happened yet. */
  readonly entries: number;
  readonly phase: Phase;
  readonly level?: Level;
  /** The schedule under test; only scaleConfigs sets it. */
  readonly schedule?: Schedule;
  /** Review ids that a person approved, ever: a digest approved once is never asked again. */
  readonly approved: ReadonlySet<string>;
  /** The newest approval of a load and schedule (`2x 15m`) -> the manifest of the bytes that were approved. */
  readonly approvedManifests: ReadonlyMap<string, string>;
  /** Review id -> the fixes among the bytes that were approved under it: what a round of that review ran with. */
  readonly approvedFixes: ReadonlyMap<string, readonly Fix[]>;
  /** The known fixes of each load. */
  readonly fixes: ReadonlyMap<number, readonly Fix[]>;
  readonly lastReview?: { readonly reviewId: string; readonly manifest: string };
  /**
   * Manifests that were written or were about to be: bytes in them are ours, not somebody's edit. A level of one
   * schedule leaves the other files as an earlier level wrote them.
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
  /** Effects that began and were not recorded as done, one for each tool, newest last. */
  readonly interruptions: readonly Interruption[];
}

export interface Interruption {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly at: string;
}
