/**
 * Time in the embedded EMR. There is no timer: whoever asks first calls `advance`, which plays every event up to now
 * in order, so a state depends on the seed and the clock and on nothing else.
 */
import {
  addSteps,
  askForDispatch,
  becomeReady,
  beginTermination,
  endStep,
  finishTermination,
  forgetInactive,
  goIdle,
  openCluster,
  startNextStep,
} from './life.ts';
import type {
  ClusterFailure,
  ClusterOrder,
  ClusterRecord,
  SimulationOptions,
  StepRecord,
  StepRequest,
} from './records.ts';

/** Something that acts on clusters at times of its own, as a DAG run does. */
interface Actor {
  /** The next time at which it acts; undefined when it has finished. */
  wakeMs(): number | undefined;
  wake(nowMs: number): void;
}

export interface Simulation {
  readonly clusters: ReadonlyMap<string, ClusterRecord>;
  /** The time up to which everything has happened. */
  nowMs(): number;
  advance(): void;
  run(order: ClusterOrder): ClusterRecord;
  add(cluster: ClusterRecord, steps: readonly StepRequest[]): StepRecord[];
  /** Terminates a cluster as a request does. */
  terminate(cluster: ClusterRecord): void;
  /** Terminates a cluster at once and with errors, as an accident would. */
  fail(cluster: ClusterRecord, code: ClusterFailure, message: string): void;
  join(actor: Actor): void;
}

export function createSimulation(options: SimulationOptions): Simulation {
  const { clock, random } = options;
  const clusters = new Map<string, ClusterRecord>();
  const actors = new Set<Actor>();
  let nowMs = Math.round(clock.nowMs());

  function playNext(untilMs: number): boolean {
    let next: Event | undefined;
    for (const cluster of clusters.values()) {
      const event = nextEvent(cluster, options);
      if (event && (!next || event.atMs < next.atMs)) next = event;
    }
    for (const actor of actors) {
      const atMs = actor.wakeMs();
      if (atMs === undefined) actors.delete(actor);
      else if (!next || atMs < next.atMs) next = { atMs, play: () => actor.wake(nowMs) };
    }
    if (!next || next.atMs > untilMs) return false;
    nowMs = Math.max(nowMs, next.atMs);
    next.play();
    return true;
  }

  return {
    clusters,
    nowMs: () => nowMs,
    advance() {
      const untilMs = Math.round(clock.nowMs());
      while (playNext(untilMs));
      nowMs = Math.max(nowMs, untilMs);
    },
    run(order) {
      const cluster = openCluster(order, nowMs, random, options.pace);
      clusters.set(cluster.id, cluster);
      return cluster;
    },
    add: (cluster, steps) => addSteps(cluster, steps, nowMs, options),
    terminate(cluster) {
      const reason = { code: 'USER_REQUEST', message: 'Terminated by user request' } as const;
      beginTermination(cluster, reason, nowMs, random);
    },
    fail: (cluster, code, message) =>
      beginTermination(cluster, { code, message, withErrors: true }, nowMs, random),
    join: (actor) => void actors.add(actor),
  };
}

interface Event {
  readonly atMs: number;
  play(): void;
}

/**
 * What happens next to a cluster without a request: its phases, steps, idle timeout and log deliveries. Undefined when
 * nothing changes.
 */
function nextEvent(cluster: ClusterRecord, options: SimulationOptions): Event | undefined {
  let soonest: Event | undefined;
  const consider = (atMs: number | undefined, play: (atMs: number) => void): void => {
    if (atMs !== undefined && (!soonest || atMs < soonest.atMs)) soonest = { atMs, play: () => play(atMs) };
  };
  consider(cluster.phaseEndsMs, (atMs) => endPhase(cluster, atMs, options));
  for (const step of cluster.active) consider(step.endsMs, (atMs) => endOfStep(cluster, step, atMs, options));
  if (options.isStarting?.() !== true)
    consider(cluster.dispatchMs, (atMs) => startNextStep(cluster, atMs, options));
  if (cluster.idleSinceMs !== undefined && cluster.idleTimeoutSeconds !== undefined)
    consider(cluster.idleSinceMs + cluster.idleTimeoutSeconds * 1000, (atMs) =>
      beginTermination(
        cluster,
        { code: 'ALL_STEPS_COMPLETED', message: 'Cluster auto-terminated after idle timeout' },
        atMs,
        options.random,
      ),
    );
  const due = cluster.logsDue[0];
  if (due)
    consider(due.atMs, () => {
      cluster.logsDue.shift();
      options.deliverLogs(cluster, due.step);
    });
  return soonest;
}

function endPhase(cluster: ClusterRecord, atMs: number, { random }: SimulationOptions): void {
  if (cluster.state === 'TERMINATING') finishTermination(cluster, atMs);
  else becomeReady(cluster, atMs, random);
}

function endOfStep(
  cluster: ClusterRecord,
  step: StepRecord,
  atMs: number,
  { random }: SimulationOptions,
): void {
  if (step.state === 'CANCEL_PENDING') endStep(cluster, step, 'CANCELLED', atMs, random);
  else endStep(cluster, step, hasFailed(step) ? 'FAILED' : 'COMPLETED', atMs, random);
  if (step.state === 'FAILED' && cluster.stepConcurrencyLevel === 1) {
    const action = step.request.actionOnFailure;
    if (action === 'TERMINATE_CLUSTER' || action === 'TERMINATE_JOB_FLOW') {
      const reason = { code: 'STEP_FAILURE', message: 'Shut down as step failed', withErrors: true } as const;
      beginTermination(cluster, reason, atMs, random);
      return;
    }
    if (action === 'CANCEL_AND_WAIT') cancelPending(cluster);
  }
  if (cluster.active.length === 0) goIdle(cluster, atMs, random);
  else askForDispatch(cluster, atMs, random);
}

function hasFailed({ plan, exitCode = 0 }: StepRecord): boolean {
  return plan.failsWith !== undefined || exitCode !== 0;
}

/** Steps cancelled before they ran have neither a start nor an end. */
function cancelPending(cluster: ClusterRecord): void {
  for (const step of cluster.active) if (step.state === 'PENDING') step.state = 'CANCELLED';
  forgetInactive(cluster);
}
