import type { Coverage } from '../../domain/coverage.ts';
import type { Schedule } from '../../domain/schedules.ts';
import type { Instance, Step, StepLog } from '../../ports/aws.ts';
import type { PriceTable } from '../../ports/project.ts';
import type { EventLogsRead, Evidence, UnreadReason } from './evidence.ts';
import type { ClusterConfigUsed, Report } from './model.ts';

/** Everything a report is made of. The same facts give the same bytes: there is no clock in this room. */
export interface RoundFacts {
  /** The round's load; a load in the names of the steps takes precedence. */
  readonly load: number;
  readonly schedule: Schedule;
  /** Undefined for a report by cluster and time alone. */
  readonly round?: number | undefined;
  /** The commit that its checks were scaled from. */
  readonly baseCommit?: string | undefined;
  /** The load that was asked for, if another one ran. */
  readonly markedLoad?: number | undefined;
  readonly clusterId: string;
  readonly clusterName?: string | undefined;
  readonly clusterState?: string | undefined;
  /** EMR's code and words, where the cluster failed. */
  readonly clusterFailure?: string | undefined;
  /** EMR's code and words for how the cluster ended, whether it failed or not. */
  readonly clusterReason?: string | undefined;
  /** When the cluster was created, and when it could run a step. */
  readonly clusterCreatedMs?: number | undefined;
  readonly clusterReadyMs?: number | undefined;
  /** True where the cluster stayed up after the round. */
  readonly clusterIsUp?: boolean | undefined;
  readonly clusterConfig?: ClusterConfigUsed | undefined;
  /** Which checks carried the load, as the upload found the bucket; undefined where it was not recorded. */
  readonly coverage?: Coverage | undefined;
  /** How long a round may take: the time between two runs of the schedule, unless a setting says otherwise. */
  readonly windowSeconds: number;
  /** The round's start with its offset; local times are printed at that offset. */
  readonly startedAtText: string;
  /** The steps of the round, in any order. */
  readonly steps: readonly Step[];
  /** By step id: what was found where the step's log should be. A failed step that is not here was not read. */
  readonly failures: ReadonlyMap<string, StepLog>;
  /** Spark's event logs; undefined when nobody looked for them. */
  readonly eventLogs?: EventLogFacts | undefined;
  /** The cluster's machines; undefined when they could not be listed. */
  readonly instances?: readonly Instance[] | undefined;
  readonly prices?: PriceTable | undefined;
  /** Config URIs, paths or stems of the checks that were uploaded for this schedule and load. */
  readonly expectedChecks?: readonly string[] | undefined;
  /** Paths, as uploaded, of the checks with an interval that the user fixed at this load. */
  readonly fixedChecks?: readonly string[] | undefined;
  /** Path -> digest of the bytes that they were fixed to. */
  readonly fixDigests?: Readonly<Record<string, string>> | undefined;
  readonly partial: boolean;
  /** AWS's clock at the last look: how long a round that still runs has taken. */
  readonly observedMs?: number | undefined;
  readonly knownFromDiskOnly: number;
  /** Without slashes at its ends. */
  readonly configsPrefix: string;
  readonly resultsUri?: string | undefined;
  readonly version: string;
  /** Older reports of the same schedule, in any order. */
  readonly earlier: readonly Report[];
  readonly warnings: readonly string[];
}

/** Spark's event logs of a round, by step id. */
export interface EventLogFacts {
  readonly mode: EventLogsRead['mode'];
  readonly status: EventLogsRead['status'];
  /** `spark.eventLog.dir`. */
  readonly folder?: string;
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly unread: ReadonlyMap<string, UnreadReason>;
}
