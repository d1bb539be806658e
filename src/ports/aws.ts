/** S3, EMR and STS as the tools need them: types only, nothing of a vendor. `…Ms` is milliseconds since the epoch. */
import type { LoadTestKey } from '../domain/keys.ts';
import type { SubmittedStep } from '../domain/stepIdentity.ts';
import type { Watch } from './time.ts';

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
  /** The sha256 of the bytes that were reviewed: others are not sent. */
  readonly digest?: string | undefined;
}

export interface Copy {
  /** An object in the production bucket, as listed by `listUri`. */
  readonly from: { bucket: string; object: StoredObject };
  readonly to: LoadTestKey;
}

export interface Delivered {
  readonly sent: LoadTestKey[];
  readonly unchanged: LoadTestKey[];
  /** How many of `sent` needed a second request. */
  readonly retried: number;
  /** Each folder of the keys, by its prefix, as it was before anything was sent. */
  readonly listed: ReadonlyMap<string, readonly StoredObject[]>;
}

export interface ObjectStore {
  /** Every object of the bucket under `prefix`, all pages, in key order: sooner with the keys that are probably there. */
  list(prefix: string, watch?: Watch, expected?: readonly string[]): Promise<StoredObject[]>;
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

/** PENDING, CANCEL_PENDING, RUNNING, COMPLETED, CANCELLED, FAILED or INTERRUPTED; an unknown value is kept. */
export type StepState = string;

export interface Step extends SubmittedStep {
  readonly id: string;
  readonly state: StepState;
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

/** A cluster and its steps. */
export interface ClusterLook extends ObservedSteps {
  readonly cluster: Cluster;
}

export interface Clusters {
  /** @throws ToolError NOT_FOUND when EMR does not know the cluster. */
  describe(clusterId: string, watch?: Watch): Promise<Cluster>;
  /** Clusters created at or after `sinceMs`, newest first. */
  createdSince(sinceMs: number, watch?: Watch): Promise<ClusterSummary[]>;
  /**
   * Every known step of the cluster: those that EMR lists, and those archived on disk by earlier calls. The first
   * call reads all pages; later calls read only active steps, new steps, and those that are no longer active.
   */
  steps(clusterId: string, watch?: Watch): Promise<ObservedSteps>;
  /** describe, then steps. @throws ToolError NOT_FOUND when EMR does not know the cluster. */
  look(clusterId: string, watch?: Watch): Promise<ClusterLook>;
  /**
   * The last look of this process, without a request, and how long ago it began; undefined once the cluster or one of its
   * steps is known to be in another state.
   */
  lastLook(clusterId: string): (ClusterLook & { readonly agoMs: number }) | undefined;
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
      /** Where the step's process is not the driver: why the driver's logs could not be read. */
      readonly driver?: NoLog;
    }
  | { readonly found: NoLog; readonly uri?: string };

export interface StepLogs {
  /**
   * The logs that may contain the error of a failed step, each up to a byte limit. Spark logs to stderr; stdout
   * gets everything that a Python driver prints, including its traceback.
   */
  read(cluster: Cluster, step: Step, watch?: Watch): Promise<StepLog>;
}

export interface Account {
  /** `expiresMs`: when its credentials end, where the SDK knows it. */
  identity(): Promise<{ account: string; arn: string; expiresMs?: number }>;
  region(): Promise<string>;
  /** Resolves when the bucket is reachable. @throws ToolError with the reason when it is not */
  bucketAnswers(bucket: string): Promise<void>;
}
