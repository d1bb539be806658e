/** What happens to a cluster without a request: its phases, steps, idle timeout and log deliveries. */
import { becomeReady, beginTermination, finishTermination, goIdle } from './clusters/life.ts';
import { askForDispatch, endStep, forgetInactive, startNextStep } from './steps/life.ts';
import type { ClusterRecord, SimulationOptions, StepRecord } from './steps/records.ts';

export interface Event {
  readonly atMs: number;
  play(): void;
}

/** The next event of a cluster; undefined when nothing changes without a request. */
export function nextEvent(cluster: ClusterRecord, options: SimulationOptions): Event | undefined {
  let soonest: Event | undefined;
  const consider = (atMs: number | undefined, play: (atMs: number) => void): void => {
    if (atMs !== undefined && (!soonest || atMs < soonest.atMs)) soonest = { atMs, play: () => play(atMs) };
  };
  consider(cluster.phaseEndsMs, (atMs) => endPhase(cluster, atMs, options));
  for (const step of cluster.active) consider(step.endsMs, (atMs) => endOfStep(cluster, step, atMs, options));
  consider(cluster.dispatchMs, (atMs) => startNextStep(cluster, atMs, options.random));
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
  else endStep(cluster, step, step.plan.failsWith ? 'FAILED' : 'COMPLETED', atMs, random);
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

/** Steps cancelled before they ran have neither a start nor an end. */
function cancelPending(cluster: ClusterRecord): void {
  for (const step of cluster.active) if (step.state === 'PENDING') step.state = 'CANCELLED';
  forgetInactive(cluster);
}
