import type { Cluster, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';

export interface ProgressCounts {
  readonly total: number;
  readonly pending: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly interrupted: number;
}

export function countProgress(steps: readonly Step[]): ProgressCounts {
  const count = (...states: string[]): number => steps.filter((step) => states.includes(step.state)).length;
  return {
    total: steps.length,
    pending: count('PENDING'),
    running: count('RUNNING', 'CANCEL_PENDING'),
    completed: count('COMPLETED'),
    failed: count('FAILED'),
    cancelled: count('CANCELLED'),
    interrupted: count('INTERRUPTED'),
  };
}

/** Not in a final state. An unknown state counts as active, so that no round is called done early. */
export function isActive(step: Step): boolean {
  return !['COMPLETED', 'FAILED', 'CANCELLED', 'INTERRUPTED'].includes(step.state);
}

/** True if the cluster will run no further step. */
export function isEnding(cluster: Pick<Cluster, 'state'>): boolean {
  return ['TERMINATING', 'TERMINATED', 'TERMINATED_WITH_ERRORS'].includes(cluster.state);
}

/** Milliseconds without a new step after which all steps of a round on a running cluster count as submitted. */
const quietMs = 60_000;

/**
 * A round is done if it has at least one step, none is active, and no more will come: the cluster is ending or
 * WAITING, or no step was added for 60 s by AWS's clock.
 */
export function isDone(steps: readonly Step[], cluster: Pick<Cluster, 'state'>, observedMs: number): boolean {
  if (steps.length === 0 || steps.some(isActive)) return false;
  const newestMs = Math.max(...steps.map((step) => step.createdMs));
  return isEnding(cluster) || cluster.state === 'WAITING' || observedMs - newestMs >= quietMs;
}

/** Seconds from the first step's creation to the last step's end, or to now while steps are active. */
export function elapsedSeconds(steps: readonly Step[], observedMs: number): number {
  if (steps.length === 0) return 0;
  const fromMs = Math.min(...steps.map((step) => step.createdMs));
  const untilMs = steps.some(isActive)
    ? observedMs
    : Math.max(...steps.map((step) => step.endedMs ?? step.createdMs));
  return Math.max(0, Math.round((untilMs - fromMs) / 1000));
}

/**
 * Seconds until the known steps have ended, at the rate so far: elapsed / ended × active. undefined before three steps
 * have ended.
 */
export function etaSeconds(steps: readonly Step[], observedMs: number): number | undefined {
  const ended = steps.filter((step) => !isActive(step));
  const active = steps.length - ended.length;
  if (ended.length < 3 || active === 0) return undefined;
  return Math.round((elapsedSeconds(steps, observedMs) / ended.length) * active);
}

/** Seconds between two looks, by what can change meanwhile: long while a cluster starts, short before the end. */
export function pauseSeconds(steps: readonly Step[], leftSeconds: number | undefined): number {
  if (steps.length === 0) return 60;
  if (!steps.some(isActive)) return 15;
  return leftSeconds === undefined ? 30 : Math.min(300, Math.max(15, Math.round(leftSeconds / 4)));
}

/** How a round came to its end, if it was seen to. */
export type RoundEnd = 'done' | 'cut_short' | 'cluster_failed' | 'no_steps' | 'abandoned';

/** undefined for a round that may still run. `cut_short`: steps were interrupted or cancelled. */
export function endOfRound({
  abandoned,
  finished,
  clusterEnd,
}: Pick<Round, 'abandoned' | 'finished' | 'clusterEnd'>): RoundEnd | undefined {
  const isWhole = finished !== undefined && (finished.lost ?? 0) === 0;
  if (clusterEnd?.failure !== undefined && !isWhole) return 'cluster_failed';
  if (finished !== undefined) return isWhole ? 'done' : 'cut_short';
  if (abandoned) return 'abandoned';
  return clusterEnd === undefined ? undefined : 'no_steps';
}

/** EMR's codes for an end that was not requested (API reference, ClusterStateChangeReason). */
const failureCodes = [
  'INTERNAL_ERROR',
  'VALIDATION_ERROR',
  'INSTANCE_FAILURE',
  'INSTANCE_FLEET_TIMEOUT',
  'BOOTSTRAP_FAILURE',
];

type Ended = Pick<Cluster, 'state' | 'stateReason'>;

/**
 * The failure code a cluster ended with, or `TERMINATED_WITH_ERRORS` if EMR gives no known code. undefined while the
 * cluster runs and after a requested end.
 */
export function clusterFailure(cluster: Ended): string | undefined {
  if (!isEnding(cluster)) return undefined;
  const known = failureCodes.find((code) => codeOf(cluster) === code);
  return known ?? (cluster.state === 'TERMINATED_WITH_ERRORS' ? cluster.state : undefined);
}

/** Ended by an API call, from the DAG or from a user. */
export function isEndedOnRequest(cluster: Ended): boolean {
  return isEnding(cluster) && codeOf(cluster) === 'USER_REQUEST';
}

function codeOf({ stateReason }: Ended): string | undefined {
  return /^[A-Z_]+(?=:|$)/.exec(stateReason ?? '')?.[0];
}
