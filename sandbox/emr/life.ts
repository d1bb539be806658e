/** A cluster from RunJobFlow, and a step from its submission, to their ends. */
import { awsId, between, type Random } from '../random.ts';
import {
  type ClusterOrder,
  type ClusterRecord,
  emrPace,
  isActive,
  logFolderOf,
  type Pace,
  type SimulationOptions,
  type StateReason,
  type StepRecord,
  type StepRequest,
} from './records.ts';

export function openCluster(
  order: ClusterOrder,
  nowMs: number,
  random: Random,
  pace: Pace = emrPace,
): ClusterRecord {
  const collectionPrefix = order.collectionType === 'INSTANCE_GROUP' ? 'ig-' : 'if-';
  return {
    ...order,
    id: awsId(random, 'j-'),
    pace,
    createdMs: nowMs,
    collections: order.collections.map((collection) => ({
      ...collection,
      id: awsId(random, collectionPrefix),
      instanceIds: Array.from({ length: collection.count }, () => awsId(random, 'ci-')),
    })),
    steps: [],
    active: [],
    logsDue: [],
    state: 'STARTING',
    reason: { message: 'Configuring cluster software' },
    phaseEndsMs: Math.round(nowMs + between(random, ...pace.starting)),
  };
}

/** Goes from STARTING to BOOTSTRAPPING, and from there to WAITING or RUNNING. */
export function becomeReady(cluster: ClusterRecord, nowMs: number, random: Random): void {
  if (cluster.state === 'STARTING') {
    cluster.state = 'BOOTSTRAPPING';
    cluster.reason = { message: 'Running bootstrap actions' };
    cluster.phaseEndsMs = Math.round(nowMs + between(random, ...cluster.pace.bootstrapping));
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
  cluster.phaseEndsMs = Math.round(nowMs + between(random, ...cluster.pace.terminating));
}

export function finishTermination(cluster: ClusterRecord, nowMs: number): void {
  delete cluster.phaseEndsMs;
  cluster.state = cluster.reason.withErrors ? 'TERMINATED_WITH_ERRORS' : 'TERMINATED';
  cluster.endedMs = nowMs;
}

export function addSteps(
  cluster: ClusterRecord,
  requests: readonly StepRequest[],
  nowMs: number,
  { random, plan }: Pick<SimulationOptions, 'random' | 'plan'>,
): StepRecord[] {
  const added = requests.map(
    (request, index): StepRecord => ({
      id: awsId(random, 's-'),
      sequence: cluster.steps.length + index,
      request,
      plan: plan(request),
      // The steps of one call share nearly one creation time.
      createdMs: nowMs + index,
      state: 'PENDING',
    }),
  );
  cluster.steps.push(...added);
  cluster.active.push(...added);
  askForDispatch(cluster, nowMs, random);
  return added;
}

/** Sets the time at which the next pending step starts, when there is one and a free slot. */
export function askForDispatch(cluster: ClusterRecord, nowMs: number, random: Random, first = true): void {
  if (cluster.dispatchMs !== undefined || (cluster.state !== 'RUNNING' && cluster.state !== 'WAITING'))
    return;
  if (!cluster.active.some((step) => step.state === 'PENDING')) return;
  const taken = cluster.active.filter((step) => step.state !== 'PENDING').length;
  if (taken >= cluster.stepConcurrencyLevel) return;
  const lagMs = first ? between(random, 600, 2400) : between(random, 120, 380);
  cluster.dispatchMs = Math.round(nowMs + lagMs);
}

export function startNextStep(
  cluster: ClusterRecord,
  nowMs: number,
  { random, runStep }: Pick<SimulationOptions, 'random' | 'runStep'>,
): void {
  delete cluster.dispatchMs;
  const step = cluster.active.find((candidate) => candidate.state === 'PENDING');
  if (!step) return;
  step.state = 'RUNNING';
  step.startedMs = Math.max(nowMs, step.createdMs);
  step.applicationId = `application_${cluster.createdMs}_${String(step.sequence + 1).padStart(4, '0')}`;
  if (step.plan.runMs === undefined) runStep?.(cluster, step);
  else step.endsMs = step.startedMs + Math.max(1, Math.round(step.plan.runMs));
  cluster.state = 'RUNNING';
  cluster.reason = { message: 'Running step' };
  delete cluster.idleSinceMs;
  askForDispatch(cluster, nowMs, random, false);
}

/** Ends a step that had started, for whatever reason, and schedules the delivery of its logs. */
export function endStep(
  cluster: ClusterRecord,
  step: StepRecord,
  state: 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'INTERRUPTED',
  nowMs: number,
  random: Random,
): void {
  step.state = state;
  step.endedMs = Math.max(nowMs, step.createdMs);
  delete step.endsMs;
  if (state === 'FAILED') {
    const failure = failureDetails(cluster, step, random());
    if (failure) step.failure = failure;
  }
  forgetInactive(cluster);
  // A step that has just ended waits for the delivery after the next.
  const { logInterval } = cluster.pace;
  const sinceCreationMs = step.endedMs + logInterval - cluster.createdMs;
  const atMs = cluster.createdMs + Math.ceil(sinceCreationMs / logInterval) * logInterval;
  if (logFolderOf(cluster)) cluster.logsDue.push({ atMs, step });
}

export function forgetInactive(cluster: ClusterRecord): void {
  cluster.active = cluster.active.filter(isActive);
}

/**
 * What EMR says about a failed step: often nothing, often "Unknown Error.", sometimes the last exception of the
 * step's own process, which in deploy mode cluster is not the driver.
 */
function failureDetails(cluster: ClusterRecord, step: StepRecord, draw: number): StepRecord['failure'] {
  if (draw < 0.34) return undefined;
  const folder = logFolderOf(cluster);
  const logFile = folder ? { logFile: `${folder}steps/${step.id}/stderr.gz` } : {};
  if (draw < 0.67) return { reason: 'Unknown Error.', ...logFile };
  const message = `Exception in thread "main" org.apache.spark.SparkException: Application ${step.applicationId} finished with failed status`;
  return { reason: 'Unknown Error.', message, ...logFile };
}
