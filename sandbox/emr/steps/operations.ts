/** The operations on steps. */
import { fractionOf } from '../../random.ts';
import type { Simulation } from '../simulation.ts';
import {
  brokenConstraint,
  InvalidRequest,
  noSuchCluster,
  noSuchJobFlow,
  validation,
} from '../wire/errors.ts';
import { type Input, objectsAt, oneOf, requiredText, textAt, textsAt } from '../wire/input.ts';
import { stepSummary } from '../wire/output.ts';
import { pageOf } from '../wire/paging.ts';
import { forgetInactive } from './life.ts';
import { type ClusterRecord, isEnding, type StepRecord, stepStates } from './records.ts';
import { parseSteps } from './request.ts';

/** EMR shows only the newest thousand steps of a cluster. */
const visibleSteps = 1000;
const activeLimit = 256;
const cancelMs = 4000;

export function listSteps(simulation: Simulation, input: Input) {
  const cluster = clusterAt(simulation, requiredText(input, 'ClusterId'));
  const ids = textsAt(input, 'StepIds') ?? [];
  const states = (textsAt(input, 'StepStates') ?? []).map((word) => oneOf('stepStates', word, stepStates));
  if (ids.length > 0 && states.length > 0)
    throw new InvalidRequest('Cannot specify both StepIds and StepStates.');
  if (ids.length > 10) throw new InvalidRequest('Cannot specify more than 10 StepIds.');
  const { items, marker } = pageOf(stepsAsked(cluster, ids, states), textAt(input, 'Marker'), ({ id }) => id);
  return { Steps: items.map(stepSummary), Marker: marker };
}

/** Newest first without a filter; with one EMR promises no order, so the steps are shuffled. */
function stepsAsked(
  cluster: ClusterRecord,
  ids: readonly string[],
  states: readonly string[],
): readonly StepRecord[] {
  if (ids.length > 0) return shuffled(ids.map((id) => visibleStep(cluster, id)));
  const newestFirst = visible(cluster).reverse();
  if (states.length === 0) return newestFirst;
  return shuffled(newestFirst.filter((step) => states.includes(step.state)));
}

function shuffled(steps: readonly StepRecord[]): StepRecord[] {
  return [...steps].sort((one, other) => fractionOf(one.id) - fractionOf(other.id));
}

export function addJobFlowSteps(simulation: Simulation, input: Input) {
  const cluster = simulation.clusters.get(requiredText(input, 'JobFlowId'));
  if (!cluster) throw noSuchJobFlow();
  return { StepIds: submit(simulation, cluster, input).map((step) => step.id) };
}

/** Checks and adds the `Steps` of a request; shared with RunJobFlow and with the DAG runs. */
export function submit(simulation: Simulation, cluster: ClusterRecord, input: Input): StepRecord[] {
  const steps = objectsAt(input, 'Steps');
  if (steps.length > activeLimit)
    throw brokenConstraint(
      'steps',
      `${steps.length} steps`,
      'Member must have length less than or equal to 256',
    );
  const requests = parseSteps(steps, cluster.stepConcurrencyLevel);
  if (isEnding(cluster))
    throw validation('A job flow that is shutting down, terminated, or finished may not be modified.');
  if (cluster.active.length + requests.length > activeLimit)
    throw validation(
      "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.",
    );
  return simulation.add(cluster, requests);
}

export function cancelSteps(simulation: Simulation, input: Input) {
  const cluster = clusterAt(simulation, requiredText(input, 'ClusterId'));
  const ids = textsAt(input, 'StepIds') ?? [];
  const answers = ids.map((id) => {
    const step = visibleStep(cluster, id);
    const accepted = cancel(step, simulation.nowMs());
    return accepted
      ? { StepId: id, Status: 'SUBMITTED', Reason: '' }
      : { StepId: id, Status: 'FAILED', Reason: 'Step is not in a state that can be cancelled.' };
  });
  forgetInactive(cluster);
  return { CancelStepsInfoList: answers };
}

function cancel(step: StepRecord, nowMs: number): boolean {
  if (step.state === 'PENDING') {
    step.state = 'CANCELLED';
    step.endedMs = Math.max(nowMs, step.createdMs);
    return true;
  }
  if (step.state !== 'RUNNING') return false;
  step.state = 'CANCEL_PENDING';
  step.endsMs = nowMs + cancelMs;
  return true;
}

export function clusterAt(simulation: Simulation, id: string): ClusterRecord {
  const cluster = simulation.clusters.get(id);
  if (!cluster) throw noSuchCluster(id);
  return cluster;
}

function visible(cluster: ClusterRecord): StepRecord[] {
  return cluster.steps.slice(-visibleSteps);
}

function visibleStep(cluster: ClusterRecord, id: string): StepRecord {
  const step = visible(cluster).find((candidate) => candidate.id === id);
  if (!step) throw new InvalidRequest(`Step id '${id}' is not valid.`);
  return step;
}
