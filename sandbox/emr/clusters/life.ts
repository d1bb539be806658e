/** A cluster from RunJobFlow to its end. */
import { awsId, between, type Random } from '../../random.ts';
import { askForDispatch, endStep, forgetInactive } from '../steps/life.ts';
import type { ClusterRecord, InstanceCollection, StateReason } from '../steps/records.ts';

/** A checked RunJobFlow request. */
export interface ClusterOrder {
  readonly name: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly collectionType: ClusterRecord['collectionType'];
  readonly collections: readonly Omit<InstanceCollection, 'id' | 'instanceIds'>[];
  readonly stepConcurrencyLevel: number;
  readonly keepAlive: boolean;
  readonly terminationProtected: boolean;
  readonly idleTimeoutSeconds?: number;
}

export function openCluster(order: ClusterOrder, nowMs: number, random: Random): ClusterRecord {
  const { collections, ...rest } = order;
  const collectionPrefix = order.collectionType === 'INSTANCE_GROUP' ? 'ig-' : 'if-';
  return {
    ...rest,
    id: awsId(random, 'j-'),
    createdMs: nowMs,
    collections: collections.map((collection) => ({
      ...collection,
      id: awsId(random, collectionPrefix),
      instanceIds: Array.from({ length: collection.count }, () => awsId(random, 'ci-')),
    })),
    steps: [],
    active: [],
    logsDue: [],
    state: 'STARTING',
    reason: { message: 'Configuring cluster software' },
    phaseEndsMs: Math.round(nowMs + between(random, 110_000, 150_000)),
  };
}

/** Goes from STARTING to BOOTSTRAPPING, and from there to WAITING or RUNNING. */
export function becomeReady(cluster: ClusterRecord, nowMs: number, random: Random): void {
  if (cluster.state === 'STARTING') {
    cluster.state = 'BOOTSTRAPPING';
    cluster.reason = { message: 'Running bootstrap actions' };
    cluster.phaseEndsMs = Math.round(nowMs + between(random, 45_000, 70_000));
    return;
  }
  delete cluster.phaseEndsMs;
  cluster.readyMs = nowMs;
  if (cluster.active.length === 0) {
    goIdle(cluster, nowMs, random);
    return;
  }
  cluster.state = 'RUNNING';
  cluster.reason = { message: 'Running step' };
  askForDispatch(cluster, nowMs, random);
}

/** No step is left: waits for more, or terminates a cluster that is not kept alive. */
export function goIdle(cluster: ClusterRecord, nowMs: number, random: Random): void {
  if (cluster.keepAlive) {
    cluster.state = 'WAITING';
    cluster.idleSinceMs = nowMs;
    const message = cluster.steps.length
      ? 'Cluster ready after last step completed.'
      : 'Cluster ready to run steps.';
    cluster.reason = { message };
    return;
  }
  const failed = cluster.steps.some((step) => step.state === 'FAILED');
  const reason: StateReason = failed
    ? { code: 'STEP_FAILURE', message: 'Steps completed with errors' }
    : { code: 'ALL_STEPS_COMPLETED', message: 'Steps completed' };
  beginTermination(cluster, reason, nowMs, random);
}

/** Running steps are interrupted; pending ones are cancelled and have neither a start nor an end. */
export function beginTermination(
  cluster: ClusterRecord,
  reason: StateReason,
  nowMs: number,
  random: Random,
): void {
  for (const step of cluster.active)
    if (step.state === 'PENDING') step.state = 'CANCELLED';
    else endStep(cluster, step, step.state === 'RUNNING' ? 'INTERRUPTED' : 'CANCELLED', nowMs, random);
  forgetInactive(cluster);
  delete cluster.dispatchMs;
  delete cluster.idleSinceMs;
  cluster.state = 'TERMINATING';
  cluster.reason = reason;
  cluster.phaseEndsMs = Math.round(nowMs + between(random, 40_000, 75_000));
}

export function finishTermination(cluster: ClusterRecord, nowMs: number): void {
  delete cluster.phaseEndsMs;
  cluster.state = cluster.reason.withErrors ? 'TERMINATED_WITH_ERRORS' : 'TERMINATED';
  cluster.endedMs = nowMs;
}
