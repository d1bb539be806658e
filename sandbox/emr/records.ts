/** What the embedded EMR knows about a cluster and its steps. Times are sandbox milliseconds since the epoch. */
import type { Random } from '../random.ts';
import type { SandboxClock } from '../service.ts';

export const stepStates = [
  'PENDING',
  'CANCEL_PENDING',
  'RUNNING',
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'INTERRUPTED',
] as const;
type StepState = (typeof stepStates)[number];

export const clusterStates = [
  'STARTING',
  'BOOTSTRAPPING',
  'RUNNING',
  'WAITING',
  'TERMINATING',
  'TERMINATED',
  'TERMINATED_WITH_ERRORS',
] as const;
type ClusterState = (typeof clusterStates)[number];

export const actionsOnFailure = [
  'TERMINATE_JOB_FLOW',
  'TERMINATE_CLUSTER',
  'CANCEL_AND_WAIT',
  'CONTINUE',
] as const;
type ActionOnFailure = (typeof actionsOnFailure)[number];

export interface StepRequest {
  readonly name: string;
  readonly actionOnFailure: ActionOnFailure;
  readonly jar: string;
  readonly mainClass?: string;
  readonly args: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
}

/** Why a step fails; the text of its logs follows from it. */
export type FailureCause =
  | { readonly kind: 'yarn_memory_kill'; readonly usedGb: number; readonly limitGb: number }
  | { readonly kind: 'missing_column'; readonly column: string; readonly table: string }
  | { readonly kind: 'missing_config'; readonly uri: string }
  | { readonly kind: 'lost_spot_node' };

/** How long a step runs once it has a slot, and how it ends. Without `runMs`, an engine runs it and says so. */
export interface StepPlan {
  readonly runMs?: number;
  readonly failsWith?: FailureCause;
}

export interface StepRecord {
  readonly id: string;
  /** The position in the order of submission, from 0. */
  readonly sequence: number;
  readonly request: StepRequest;
  readonly plan: StepPlan;
  readonly createdMs: number;
  state: StepState;
  startedMs?: number;
  /** When a running step ends, or a cancelled one has stopped. */
  endsMs?: number;
  /** What a step that an engine ran ended with. */
  exitCode?: number;
  endedMs?: number;
  /** The YARN application, once started. */
  applicationId?: string;
  failure?: { readonly reason?: string; readonly message?: string; readonly logFile?: string };
}

/** What ends a cluster without a request. */
export const clusterFailures = ['BOOTSTRAP_FAILURE', 'INTERNAL_ERROR', 'INSTANCE_FAILURE'] as const;
export type ClusterFailure = (typeof clusterFailures)[number];

export interface StateReason {
  readonly code?: 'USER_REQUEST' | 'STEP_FAILURE' | 'ALL_STEPS_COMPLETED' | ClusterFailure;
  readonly message: string;
  /** The cluster then ends as TERMINATED_WITH_ERRORS. */
  readonly withErrors?: true;
}

export const instanceRoles = ['MASTER', 'CORE', 'TASK'] as const;
export const markets = ['ON_DEMAND', 'SPOT'] as const;

export interface InstanceCollection {
  readonly id: string;
  readonly name: string;
  readonly role: (typeof instanceRoles)[number];
  readonly market: (typeof markets)[number];
  readonly instanceType: string;
  readonly count: number;
  readonly instanceIds: readonly string[];
}

/** A checked RunJobFlow request. */
export interface ClusterOrder {
  readonly name: string;
  /** As it was sent. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly collectionType: 'INSTANCE_GROUP' | 'INSTANCE_FLEET';
  readonly collections: readonly Omit<InstanceCollection, 'id' | 'instanceIds'>[];
  readonly stepConcurrencyLevel: number;
  readonly keepAlive: boolean;
  readonly terminationProtected: boolean;
  /** Seconds of idleness after which the cluster terminates. */
  readonly idleTimeoutSeconds?: number;
}

/** Milliseconds that EMR takes for what is not a step: the least and the most, or exactly. */
export interface Pace {
  readonly starting: Range;
  readonly bootstrapping: Range;
  readonly terminating: Range;
  readonly logInterval: number;
}

type Range = readonly [least: number, most: number];

/** As observed; EMR delivers logs every five minutes. */
export const emrPace: Pace = {
  starting: [110_000, 150_000],
  bootstrapping: [45_000, 70_000],
  terminating: [40_000, 75_000],
  logInterval: 5 * 60_000,
};

export interface ClusterRecord extends ClusterOrder {
  readonly id: string;
  readonly pace: Pace;
  readonly createdMs: number;
  readonly collections: readonly InstanceCollection[];
  /** Every step submitted, oldest first. */
  readonly steps: StepRecord[];
  /** The steps that are pending, running or being cancelled, oldest first. */
  active: StepRecord[];
  /** Steps whose logs are not yet in S3, next delivery first. */
  readonly logsDue: { readonly atMs: number; readonly step: StepRecord }[];
  state: ClusterState;
  reason: StateReason;
  /** When STARTING, BOOTSTRAPPING or TERMINATING ends. */
  phaseEndsMs?: number;
  /** When the next pending step gets a free slot. */
  dispatchMs?: number;
  idleSinceMs?: number;
  readyMs?: number;
  endedMs?: number;
}

/** PENDING, CANCEL_PENDING and RUNNING: these count against the limit of 256 a cluster. */
export function isActive(step: StepRecord): boolean {
  return step.state === 'PENDING' || step.state === 'RUNNING' || step.state === 'CANCEL_PENDING';
}

export function isEnding(cluster: ClusterRecord): boolean {
  return cluster.state.startsWith('TERMINAT');
}

/** `s3://bucket/logs/<cluster>/`, whatever scheme and slashes the request used; undefined when no logs are kept. */
export function logFolderOf(cluster: ClusterRecord): string | undefined {
  const uri = cluster.request.LogUri;
  if (typeof uri !== 'string') return undefined;
  return `${uri.replace(/^s3[an]:/, 's3:').replace(/\/+$/, '')}/${cluster.id}/`;
}

export interface SimulationOptions {
  readonly clock: SandboxClock;
  readonly random: Random;
  /** Decides how long a step runs and how it ends; called once, when the step is submitted. */
  plan(step: StepRequest): StepPlan;
  /** Runs a step whose plan has no time: sets `exitCode` and `endsMs` when it has ended. */
  runStep?(cluster: ClusterRecord, step: StepRecord): void;
  /** While it is, no step starts: there is nothing yet to run it. */
  isStarting?(): boolean;
  /** Default: EMR's. */
  readonly pace?: Pace;
  /** Writes a finished step's logs to where EMR puts them. */
  deliverLogs(cluster: ClusterRecord, step: StepRecord): void;
}
