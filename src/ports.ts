/**
 * What the tools need from outside, as types only. compose.ts builds the adapters behind them.
 * Times are milliseconds since the epoch (`…Ms`); nothing here knows a vendor's type.
 */
import type { LoadTestKey } from './checks/keys.ts';
import type { Settings, SettingsProblem } from './settings.ts';
import type { Blobs } from './state/blobs.ts';
import type { Sessions } from './state/sessions.ts';

/** What a long call is told and may say while it runs. */
export interface Watch {
  readonly signal: AbortSignal;
  /** `done` of `total`, with words; throttled and dropped by the face when nobody listens. */
  progress(done: number, total: number | undefined, message: string): void;
  /** What the call changed before, as a sentence: a failure tells it instead of "Nothing was changed." */
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
  /** Read when its turn comes; the bytes that are hashed are the bytes that are sent. */
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
  /** The bytes, or undefined when there is no such object. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** sha256 (hex) of an object as our own upload recorded it; undefined for an object that is not ours. */
  digest(object: StoredObject): Promise<string | undefined>;
  /** Sends what the bucket does not hold with these very bytes; verified by checksum. */
  upload(uploads: readonly Upload[], watch: Watch): Promise<Delivered>;
  /** Copies what is not already a copy of this very version of the source. */
  copy(copies: readonly Copy[], watch: Watch): Promise<Delivered>;
  remove(keys: readonly LoadTestKey[], watch: Watch): Promise<void>;
}

// ---- EMR ------------------------------------------------------------------------------------------------

/** PENDING, CANCEL_PENDING, RUNNING, COMPLETED, CANCELLED, FAILED, INTERRUPTED; an unknown word passes through. */
export type StepState = string;

export interface Step {
  readonly id: string;
  readonly name: string;
  readonly state: StepState;
  readonly arguments: readonly string[];
  readonly createdMs: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  /** Where EMR says it puts this step's logs, when it says so. */
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
  /** AWS's own clock when it answered. */
  readonly observedMs: number;
}

export interface ObservedSteps {
  /** Oldest first, by creation. */
  readonly steps: readonly Step[];
  /** Steps that EMR no longer shows (it keeps 1,000) and that are known from our own disk alone. */
  readonly knownFromDiskOnly: number;
  readonly observedMs: number;
}

export interface Clusters {
  /** @throws ToolError NOT_FOUND for a cluster that EMR does not know. */
  describe(clusterId: string, watch?: Watch): Promise<Cluster>;
  /** Clusters created at or after this moment, newest first. */
  createdSince(sinceMs: number, watch?: Watch): Promise<ClusterSummary[]>;
  /**
   * Every known step of the cluster: what EMR shows and what earlier looks kept on disk. The first look reads
   * all pages; later ones only active steps, new steps, and those that left the active list.
   */
  steps(clusterId: string, watch?: Watch): Promise<ObservedSteps>;
}

/** One machine of a cluster, of an instance group or a fleet. */
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
  /** Every machine that EMR still shows: active ones, and those that ended within 30 days. */
  ofCluster(clusterId: string, watch?: Watch): Promise<readonly Instance[]>;
}

/** What an hour of each instance type costs, as the person says. */
export interface PriceTable {
  /** `USD`. */
  readonly currency: string;
  /** The day that the prices are of: `2025-12-01`. */
  readonly date: string;
  readonly perHour: Readonly<Record<string, HourlyPrice>>;
}

/** EMR's own charge comes on top of the machine's price; a price that is not given is not known. */
export interface HourlyPrice {
  readonly onDemand?: number | undefined;
  readonly spot?: number | undefined;
  readonly emr?: number | undefined;
}

export interface Prices {
  /** Undefined when PRICE_TABLE is not set. @throws ToolError CONFIG for a file that is no price table */
  read(): Promise<PriceTable | undefined>;
}

/** One log file, or the end of it. */
export interface LogPart {
  readonly uri: string;
  readonly text: string;
  /** True when only a part of the file is here. */
  readonly cut: boolean;
  /** False for plain text where a gzip was to be expected. */
  readonly gzip: boolean;
}

/** Why there is no text: `unreadable` is a file that is there and is neither gzip nor text. */
export type NoLog = 'not_delivered_yet' | 'none' | 'denied' | 'unreadable';

/** What is found in the places where EMR puts a step's logs. */
export type StepLog =
  | {
      readonly found: 'log';
      /** At least one; the driver's own first. */
      readonly parts: readonly LogPart[];
      /** With deploy mode "cluster", when the driver's own logs could not be read and the parts are the submitter's. */
      readonly driver?: NoLog;
    }
  | { readonly found: NoLog; readonly uri?: string };

export interface StepLogs {
  /**
   * The logs that may hold the error of a failed step, each read with a byte cap: stderr, where Spark logs, and stdout,
   * where spark-submit puts all that a Python driver prints, its traceback too.
   */
  read(cluster: Cluster, step: Step, watch?: Watch): Promise<StepLog>;
}

// ---- time -----------------------------------------------------------------------------------------------

export interface Instant {
  /** Microseconds since the epoch. */
  readonly epochUs: number;
  readonly source: 'aws' | 'local';
  /** AWS's clock minus ours; 0 when unknown. */
  readonly skewSeconds: number;
}

export interface Clock {
  /** Now, by AWS's clock where the local one is more than 2 s away from it; local and flagged when offline. */
  now(): Promise<Instant>;
  localMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

// ---- who we are at AWS ------------------------------------------------------------------------------------

export interface Account {
  identity(): Promise<{ account: string; arn: string }>;
  region(): Promise<string>;
  /** Resolves when the bucket answers; throws a ToolError that says why not. */
  bucketAnswers(bucket: string): Promise<void>;
}

// ---- the target repository ----------------------------------------------------------------------------------

export type Digest = string;

/** One check file: what git knows of it and what lies on disk. */
export interface CheckFile {
  /** Relative to CHECKS_PATH, with forward slashes. */
  readonly path: string;
  /** The bytes on disk; undefined when the file was deleted. */
  readonly disk?: Buffer;
  /** sha256 of the bytes on disk, at HEAD, and of the baseline. */
  readonly diskDigest?: Digest;
  readonly headDigest?: Digest;
  /** The bytes at HEAD; undefined when HEAD does not have the file. */
  readonly head?: Buffer;
  /** undefined: git does not know the file yet, so it has no baseline. */
  readonly baseline?: Buffer;
  readonly baselineDigest?: Digest;
  /** New on the branch: its baseline is its first version there. */
  readonly newOnBranch: boolean;
}

export interface ChecksSnapshot {
  readonly branch: string;
  readonly headCommit: string;
  /** The merge-base of HEAD and BASELINE_REF. */
  readonly baseCommit: string;
  /** In path order. */
  readonly files: readonly CheckFile[];
  /** Files on disk with control or format characters in their names, or names that are not UTF-8: reported, never changed. */
  readonly unprintableNames: readonly string[];
}

export interface Commit {
  readonly sha: string;
  readonly branch: string;
  readonly files: readonly string[];
  /** The subject line. */
  readonly message: string;
  /** False: it was there already, or there was nothing to commit. */
  readonly created: boolean;
}

export interface TargetRepository {
  /**
   * Reads every check file with its baseline.
   * @throws ToolError CONFIG or WRONG_STATE: not a repository, detached, in the middle of a merge, CHECKS_PATH
   * outside or a link out of it; with `forWriting` also on another branch than TEST_BRANCH.
   */
  snapshot(options: { forWriting: boolean }, watch?: Watch): Promise<ChecksSnapshot>;
  /** Replaces files under CHECKS_PATH, each atomically. Refuses links, anything outside, and a file that changed since. */
  write(files: readonly WrittenFile[], watch?: Watch): Promise<void>;
  /**
   * Writes a patch under STATE_DIR that brings the present bytes of these files back with `git apply`, made
   * against what the files will hold after the call that asks for it. Answers its path.
   */
  backup(
    files: readonly { path: string; before: Uint8Array | undefined; after: Uint8Array }[],
  ): Promise<string>;
  /** Commits these files (relative to CHECKS_PATH) and nothing else; `found` when the trailer is already there. */
  commit(
    paths: readonly string[],
    message: string,
    trailer: string,
    /** The bytes that were looked at, by path. @throws ToolError CONFLICT when a file holds others by now */
    expected?: ReadonlyMap<string, Uint8Array>,
  ): Promise<Commit>;
  /** `Name <address>` as git would sign a commit. @throws ToolError CONFIG when git does not know it */
  identity(): Promise<string>;
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** sha256 of the bytes that the snapshot saw on disk; undefined when there was no file. Anything else is somebody's work. */
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
  /** Replaces the DAG file's bytes, atomically. @throws ToolError CONFLICT when they are no longer the `expected` ones */
  writeDag(bytes: Uint8Array, expected: Uint8Array): Promise<void>;
}

/** `path` is relative to the report's directory. */
export interface ReportFile {
  readonly path: string;
  readonly text: string;
}

/** One of a report's three pages as it lies on disk. */
export interface ReportPage {
  readonly name: ReportPageName;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export type ReportPageName = 'report.md' | 'report.html' | 'report.json';

export interface Reports {
  /** The pages of every report directory, newest round first; nothing is read but names and sizes. */
  list(): Promise<readonly { directory: string; pages: readonly ReportPage[] }[]>;
  /** The text of a page that `list` names; undefined for any other, for a link, and for one that is too long. */
  read(directory: string, name: string): Promise<string | undefined>;
  /** Writes a report's directory under REPORTS_DIR, replacing an earlier build of it. Answers its path. */
  write(directory: string, files: readonly ReportFile[]): Promise<string>;
  /** Adds files to a report's directory. Answers the path of the first. */
  add(directory: string, files: readonly ReportFile[]): Promise<string>;
  /** The report.json of every report directory, oldest name first; unreadable ones are left out by the reader. */
  all(): Promise<readonly { directory: string; json: string }[]>;
  /** Commits report directories, the DAG file and the cluster configs; null when no repository holds REPORTS_DIR. */
  commit(directories: readonly string[], message: string, trailer: string): Promise<Commit | null>;
}

// ---- Airflow --------------------------------------------------------------------------------------------------

export interface AirflowDag {
  readonly tags: readonly string[];
  readonly paused: boolean;
  /** Airflow could not read the newest version of its file. */
  readonly broken: boolean;
}

export interface AirflowRun {
  readonly dagRunId: string;
  /** queued, running, success, failed; an unknown word passes through. */
  readonly state: string;
}

export interface RunOrder {
  readonly dagRunId: string;
  readonly conf: Readonly<Record<string, unknown>>;
  /** Shown beside the run in Airflow. */
  readonly note: string;
}

export interface Airflow {
  readonly url: string;
  /** undefined when Airflow knows no DAG of that id (yet). */
  dag(dagId: string, watch?: Pick<Watch, 'signal'>): Promise<AirflowDag | undefined>;
  run(dagId: string, dagRunId: string, watch?: Pick<Watch, 'signal'>): Promise<AirflowRun | undefined>;
  /** Queued and running, ten at most. */
  activeRuns(dagId: string, watch?: Pick<Watch, 'signal'>): Promise<readonly AirflowRun[]>;
  /** `existed`: a run of that id was there, as after a trigger whose answer was lost. */
  trigger(dagId: string, order: RunOrder, watch?: Pick<Watch, 'signal'>): Promise<'triggered' | 'existed'>;
  /** Where a person sees the run. */
  runUrl(dagId: string, dagRunId: string): string;
}

// ---- what was kept -------------------------------------------------------------------------------------------

export type { Blobs, Sessions };

/** Text for a person that is too long for a result, kept under STATE_DIR. Answers its path. */
export interface Notes {
  write(name: string, text: string): Promise<string>;
}

/** Everything a tool may ask for; each takes the slice it uses. */
export interface Ports {
  readonly settings: Settings;
  readonly problems: readonly SettingsProblem[];
  /** Whether a `.env` lies in the settings' home; else they are the environment's alone. */
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
  /** Absent without AIRFLOW_URL. */
  readonly airflow?: Airflow;
  readonly sessions: Sessions;
  readonly blobs: Blobs;
  readonly notes: Notes;
}
