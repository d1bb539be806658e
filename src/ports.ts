/**
 * The types of everything outside that the tools use; compose.ts builds the adapters that implement them.
 * Times are milliseconds since the epoch (`…Ms`). No vendor type appears here.
 */
import type { LoadTestKey } from './domain/keys.ts';
import type { Settings, SettingsProblem } from './settings.ts';
import type { Blobs, Sessions } from './state/store.ts';

/** Cancellation and progress of a long call. */
export interface Watch {
  readonly signal: AbortSignal;
  /** `done` of `total`, with a message; the interface throttles it, and drops it when nobody listens. */
  progress(done: number, total: number | undefined, message: string): void;
  /** What the call has already changed, as a sentence: an error says this instead of "Nothing was changed." */
  readonly already?: string | undefined;
}

// ---- S3 -------------------------------------------------------------------------------------------------

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
}

export interface Upload {
  readonly key: LoadTestKey;
  /** Called once, when the upload starts; the bytes that are hashed are the bytes that are sent. */
  body(): Promise<Uint8Array>;
}

export interface Copy {
  /** An object in the production bucket, as listed by `listUri`. */
  readonly from: { bucket: string; object: StoredObject };
  readonly to: LoadTestKey;
}

export interface Delivered {
  readonly sent: LoadTestKey[];
  readonly unchanged: LoadTestKey[];
}

export interface ObjectStore {
  /** Every object of the bucket under `prefix`, all pages, in key order. */
  list(prefix: string, watch?: Watch): Promise<StoredObject[]>;
  /** The same for `s3://bucket/prefix`, which may be another bucket. */
  listUri(uri: string, watch?: Watch): Promise<{ bucket: string; prefix: string; objects: StoredObject[] }>;
  /** The bytes, or undefined when the object does not exist. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** sha256 (hex) of an object, as our upload recorded it; undefined for an object that we did not upload. */
  digest(object: StoredObject): Promise<string | undefined>;
  /** Sends what the bucket does not contain with exactly these bytes; verified by checksum. */
  upload(uploads: readonly Upload[], watch: Watch): Promise<Delivered>;
  /** Copies what is not already a copy of exactly this version of the source. */
  copy(copies: readonly Copy[], watch: Watch): Promise<Delivered>;
  remove(keys: readonly LoadTestKey[], watch: Watch): Promise<void>;
}

// ---- EMR ------------------------------------------------------------------------------------------------

/** PENDING, CANCEL_PENDING, RUNNING, COMPLETED, CANCELLED, FAILED, INTERRUPTED; an unknown value passes through. */
export type StepState = string;

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly state: StepState;
  readonly arguments: readonly string[];
  readonly createdMs: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** The log location of this step, if EMR reports one. */
  readonly logUri?: string;
  readonly failure?: { readonly reason?: string; readonly message?: string; readonly logFile?: string };
}

export interface ClusterSummary {
  readonly id: string;
  readonly name: string;
  /** STARTING, BOOTSTRAPPING, RUNNING, WAITING, TERMINATING, TERMINATED, TERMINATED_WITH_ERRORS. */
  readonly state: string;
  readonly createdMs: number;
}

export interface Cluster extends ClusterSummary {
  readonly stateReason?: string;
  readonly readyMs?: number;
  readonly endedMs?: number;
  readonly logUri?: string;
  readonly stepConcurrencyLevel?: number;
  readonly releaseLabel?: string;
  readonly instanceCollectionType?: string;
  /** AWS's clock at the time of its answer. */
  readonly observedMs: number;
}

export interface ObservedSteps {
  /** Oldest first, by creation. */
  readonly steps: readonly Step[];
  /** Steps that EMR no longer lists (it keeps 1,000), known only from our archive on disk. */
  readonly knownFromDiskOnly: number;
  readonly observedMs: number;
}

export interface Clusters {
  /** @throws ToolError NOT_FOUND when EMR does not know the cluster. */
  describe(clusterId: string, watch?: Watch): Promise<Cluster>;
  /** Clusters created at or after `sinceMs`, newest first. */
  createdSince(sinceMs: number, watch?: Watch): Promise<ClusterSummary[]>;
  /**
   * Every known step of the cluster: those that EMR lists and those archived on disk by earlier calls. The first call
   * reads all pages; later calls read only active steps, new steps, and those that are no longer active.
   */
  steps(clusterId: string, watch?: Watch): Promise<ObservedSteps>;
}

/** One EC2 instance of a cluster, in an instance group or a fleet. */
export interface Instance {
  readonly id: string;
  /** `m6i.2xlarge`. */
  readonly type: string;
  /** ON_DEMAND or SPOT. */
  readonly market: string;
  readonly createdMs: number;
  readonly endedMs?: number;
  /** INTERNAL_ERROR, VALIDATION_ERROR, INSTANCE_FAILURE, BOOTSTRAP_FAILURE or CLUSTER_TERMINATED. */
  readonly reasonCode?: string;
  readonly reason?: string;
}

export interface Instances {
  /** Every instance that EMR still lists: active ones, and those terminated within 30 days. */
  ofCluster(clusterId: string, watch?: Watch): Promise<readonly Instance[]>;
}

/** Hourly prices of instance types, from the user's PRICE_TABLE. */
export interface PriceTable {
  /** `USD`. */
  readonly currency: string;
  /** The date of the prices: `2025-12-01`. */
  readonly date: string;
  readonly perHour: Readonly<Record<string, HourlyPrice>>;
}

/** EMR's charge is added to the instance's price; a missing price is unknown. */
export interface HourlyPrice {
  readonly onDemand?: number | undefined;
  readonly spot?: number | undefined;
  readonly emr?: number | undefined;
}

export interface Prices {
  /** Undefined when PRICE_TABLE is not set. @throws ToolError CONFIG for a file that is not a price table */
  read(): Promise<PriceTable | undefined>;
}

/** One log file, or its end. */
export interface LogPart {
  readonly uri: string;
  readonly text: string;
  /** True when `text` is only a part of the file. */
  readonly cut: boolean;
  /** False for plain text where gzip was expected. */
  readonly gzip: boolean;
}

/** Why there is no text; `unreadable` is a file that is neither gzip nor text. */
export type NoLog = 'not_delivered_yet' | 'none' | 'denied' | 'unreadable';

/** What was found in the log locations of a step. */
export type StepLog =
  | {
      readonly found: 'log';
      /** At least one; the driver's logs first. */
      readonly parts: readonly LogPart[];
      /** In deploy mode cluster: why the driver's logs could not be read; the parts are then the submitter's. */
      readonly driver?: NoLog;
    }
  | { readonly found: NoLog; readonly uri?: string };

export interface StepLogs {
  /**
   * The logs that may contain the error of a failed step, each up to a byte limit: stderr, where Spark logs, and stdout,
   * where spark-submit puts everything that a Python driver prints, including its traceback.
   */
  read(cluster: Cluster, step: Step, watch?: Watch): Promise<StepLog>;
}

// ---- time -----------------------------------------------------------------------------------------------

export interface Instant {
  /** Microseconds since the epoch. */
  readonly epochUs: number;
  readonly source: 'aws' | 'local';
  /** AWS's clock minus the local clock; 0 when unknown. */
  readonly skewSeconds: number;
}

export interface Clock {
  /** Now; by AWS's clock when the local one differs by more than 2 s. Offline, `source` is local. */
  now(): Promise<Instant>;
  localMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

// ---- the AWS account --------------------------------------------------------------------------------------

export interface Account {
  identity(): Promise<{ account: string; arn: string }>;
  region(): Promise<string>;
  /** Resolves when the bucket is reachable. @throws ToolError with the reason when it is not */
  bucketAnswers(bucket: string): Promise<void>;
}

// ---- the target repository ----------------------------------------------------------------------------------

export type Digest = string;

/** One check file, in git and on disk. */
export interface CheckFile {
  /** Relative to CHECKS_PATH, with forward slashes. */
  readonly path: string;
  /** The bytes on disk; undefined when the file is deleted. */
  readonly disk?: Buffer;
  /** sha256 of the bytes on disk, at HEAD, and of the baseline. */
  readonly diskDigest?: Digest;
  readonly headDigest?: Digest;
  /** The bytes at HEAD; undefined when HEAD does not have the file. */
  readonly head?: Buffer;
  /** undefined when the file is not in git yet. */
  readonly baseline?: Buffer;
  readonly baselineDigest?: Digest;
  /** Created on the test branch: its baseline is its first version there. */
  readonly newOnBranch: boolean;
}

export interface ChecksSnapshot {
  readonly branch: string;
  readonly headCommit: string;
  /** The merge-base of HEAD and BASELINE_REF. */
  readonly baseCommit: string;
  /** In path order. */
  readonly files: readonly CheckFile[];
  /** Files on disk whose names contain control or format characters, or are not UTF-8: reported, otherwise ignored. */
  readonly unprintableNames: readonly string[];
}

export interface Commit {
  readonly sha: string;
  readonly branch: string;
  readonly files: readonly string[];
  /** The subject line. */
  readonly message: string;
  /** False when the commit existed already, or there was nothing to commit. */
  readonly created: boolean;
}

export interface TargetRepository {
  /**
   * Reads every check file with its baseline.
   * @throws ToolError CONFIG or WRONG_STATE when it is not a repository, its HEAD is detached, a merge is in progress,
   * or CHECKS_PATH is outside it or links outside; with `forWriting` also on a branch other than TEST_BRANCH.
   */
  snapshot(options: { forWriting: boolean }, watch?: Watch): Promise<ChecksSnapshot>;
  /** Replaces files under CHECKS_PATH, each atomically. Refuses links, paths outside, and files changed meanwhile. */
  write(files: readonly WrittenFile[], watch?: Watch): Promise<void>;
  /**
   * Writes a patch under STATE_DIR with which `git apply` restores the current bytes of these files after the calling
   * tool has replaced them. Returns its path.
   */
  backup(
    files: readonly { path: string; before: Uint8Array | undefined; after: Uint8Array }[],
  ): Promise<string>;
  /** Commits only these files (relative to CHECKS_PATH), unless a commit with this trailer exists already. */
  commit(
    paths: readonly string[],
    message: string,
    trailer: string,
    /** The reviewed bytes, by path. @throws ToolError CONFLICT when a file has changed since */
    expected?: ReadonlyMap<string, Uint8Array>,
  ): Promise<Commit>;
  /** `Name <email>` as git would record it. @throws ToolError CONFIG when git has no identity */
  identity(): Promise<string>;
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** sha256 of the bytes on disk in the snapshot; undefined when there was no file. Other bytes are somebody's edit. */
  readonly expected: Digest | undefined;
}

// ---- our own repository: DAG, cluster configs, reports -----------------------------------------------------

export interface DagFile {
  /** `yang_audit_load_test.py`, or `cluster_configs/{name}.json`. */
  readonly name: string;
  readonly bytes: Buffer;
}

export interface DagFolder {
  /** The DAG file first, then the three cluster configs. @throws ToolError CONFIG when one is missing. */
  read(): Promise<readonly DagFile[]>;
  /** Replaces the DAG file's bytes atomically. @throws ToolError CONFLICT when they differ from `expected` */
  writeDag(bytes: Uint8Array, expected: Uint8Array): Promise<void>;
}

/** `path` is relative to the report's directory. */
export interface ReportFile {
  readonly path: string;
  readonly text: string;
}

/** One of a report's three pages on disk. */
export interface ReportPage {
  readonly name: ReportPageName;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export type ReportPageName = 'report.md' | 'report.html' | 'report.json';

export interface Reports {
  /** The pages of every report directory, newest round first; reads only names, sizes and times. */
  list(): Promise<readonly { directory: string; pages: readonly ReportPage[] }[]>;
  /** The text of a page that `list` returns; undefined for any other file, a link, and a page that is too long. */
  read(directory: string, name: string): Promise<string | undefined>;
  /** Writes a report's directory under REPORTS_DIR, replacing an earlier build. Returns its path. */
  write(directory: string, files: readonly ReportFile[]): Promise<string>;
  /** Adds files to a report's directory. Returns the path of the first. */
  add(directory: string, files: readonly ReportFile[]): Promise<string>;
  /** The report.json of every report directory, in name order; the caller skips invalid ones. */
  all(): Promise<readonly { directory: string; json: string }[]>;
  /** Commits report directories, the DAG file and the cluster configs; null when REPORTS_DIR is in no repository. */
  commit(directories: readonly string[], message: string, trailer: string): Promise<Commit | null>;
}

// ---- Airflow --------------------------------------------------------------------------------------------------

export interface AirflowDag {
  readonly tags: readonly string[];
  readonly paused: boolean;
  /** Airflow could not import the newest version of its file. */
  readonly broken: boolean;
}

export interface AirflowRun {
  readonly dagRunId: string;
  /** queued, running, success, failed; an unknown value passes through. */
  readonly state: string;
}

export interface RunOrder {
  readonly dagRunId: string;
  readonly conf: Readonly<Record<string, unknown>>;
  /** Shown with the run in Airflow. */
  readonly note: string;
}

export interface Airflow {
  readonly url: string;
  /** undefined when Airflow does not know the DAG (yet). */
  dag(dagId: string, watch?: Pick<Watch, 'signal'>): Promise<AirflowDag | undefined>;
  run(dagId: string, dagRunId: string, watch?: Pick<Watch, 'signal'>): Promise<AirflowRun | undefined>;
  /** Queued and running runs, ten at most. */
  activeRuns(dagId: string, watch?: Pick<Watch, 'signal'>): Promise<readonly AirflowRun[]>;
  /** `existed`: a run with that id exists already, for example after a trigger whose response was lost. */
  trigger(dagId: string, order: RunOrder, watch?: Pick<Watch, 'signal'>): Promise<'triggered' | 'existed'>;
  /** The run's page in the Airflow UI. */
  runUrl(dagId: string, dagRunId: string): string;
}

// ---- state ---------------------------------------------------------------------------------------------------

export type { Blobs, Sessions };

/** Stores text that is too long for a result under STATE_DIR. Returns its path. */
export interface Notes {
  write(name: string, text: string): Promise<string>;
}

/** Everything that a tool can use; each tool takes the part that it needs. */
export interface Ports {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
  /** Whether `home` has a `.env`; otherwise all settings come from the environment. */
  readonly hasEnvFile: boolean;
  readonly store: ObjectStore;
  readonly clusters: Clusters;
  readonly stepLogs: StepLogs;
  readonly instances: Instances;
  readonly prices: Prices;
  readonly clock: Clock;
  readonly account: Account;
  readonly target: TargetRepository;
  readonly dags: DagFolder;
  readonly reports: Reports;
  /** Absent when AIRFLOW_URL is not set. */
  readonly airflow?: Airflow;
  readonly sessions: Sessions;
  readonly blobs: Blobs;
  readonly notes: Notes;
}
