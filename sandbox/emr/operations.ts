/** EMR's operations on clusters, their instances and their steps. */
import { fractionOf } from '../random.ts';
import { forgetInactive } from './life.ts';
import { clusterArn, clusterDetails, clusterSummary, instanceSummary, stepSummary } from './output.ts';
import { type ClusterRecord, clusterStates, isEnding, type StepRecord, stepStates } from './records.ts';
import { parseClusterOrder, parseSteps } from './requests.ts';
import type { Simulation } from './simulation.ts';
import {
  brokenConstraint,
  type Input,
  InvalidRequest,
  numberAt,
  objectsAt,
  oneOf,
  pageOf,
  requiredText,
  textAt,
  textsAt,
  validation,
} from './wire.ts';

export function runJobFlow(simulation: Simulation, input: Input) {
  const order = parseClusterOrder(input);
  parseSteps(objectsAt(input, 'Steps'), order.stepConcurrencyLevel);
  const cluster = simulation.run(order);
  submit(simulation, cluster, input);
  return { JobFlowId: cluster.id, ClusterArn: clusterArn(cluster) };
}

export function describeCluster(simulation: Simulation, input: Input) {
  const cluster = clusterOf(simulation, input);
  return { Cluster: clusterDetails(cluster, simulation.nowMs()) };
}

/** Newest first; `CreatedAfter` and `CreatedBefore` are epoch seconds. */
export function listClusters(simulation: Simulation, input: Input) {
  const afterMs = (numberAt(input, 'CreatedAfter') ?? Number.NEGATIVE_INFINITY) * 1000;
  const beforeMs = (numberAt(input, 'CreatedBefore') ?? Number.POSITIVE_INFINITY) * 1000;
  const states = textsAt(input, 'ClusterStates')?.map((word) => oneOf('clusterStates', word, clusterStates));
  const asked = [...simulation.clusters.values()]
    .reverse()
    .filter((cluster) => cluster.createdMs >= afterMs && cluster.createdMs <= beforeMs)
    .filter((cluster) => !states || states.length === 0 || states.includes(cluster.state));
  const { items, marker } = pageOf(asked, textAt(input, 'Marker'), ({ id }) => id);
  return {
    Clusters: items.map((cluster) => clusterSummary(cluster, simulation.nowMs())),
    Marker: marker,
  };
}

export function terminateJobFlows(simulation: Simulation, input: Input) {
  const clusters = (textsAt(input, 'JobFlowIds') ?? []).map((id) => jobFlowAt(simulation, id));
  const isProtected = (cluster: ClusterRecord): boolean => cluster.terminationProtected && !isEnding(cluster);
  for (const cluster of clusters)
    if (!isEnding(cluster) && !isProtected(cluster)) simulation.terminate(cluster);
  if (clusters.some(isProtected))
    throw validation('Could not shut down one or more job flows since they are termination protected.');
  return {};
}

/** The same for instance groups and fleets. */
export function listInstances(simulation: Simulation, input: Input) {
  const cluster = clusterOf(simulation, input);
  const all = cluster.collections.flatMap((collection, place) =>
    collection.instanceIds.map((id, index) => instanceSummary(cluster, collection, id, place * 50 + index)),
  );
  const { items, marker } = pageOf(all, textAt(input, 'Marker'), ({ Id }) => Id);
  return { Instances: items, Marker: marker };
}

/** EMR shows only the newest thousand steps of a cluster. */
const visibleSteps = 1000;
const activeLimit = 256;
const cancelMs = 4000;

export function listSteps(simulation: Simulation, input: Input) {
  const cluster = clusterOf(simulation, input);
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
  const cluster = jobFlowAt(simulation, requiredText(input, 'JobFlowId'));
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
  const cluster = clusterOf(simulation, input);
  const ids = textsAt(input, 'StepIds') ?? [];
  const answers = ids.map((id) => {
    const step = visibleStep(cluster, id);
    return cancel(step, simulation.nowMs())
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

function clusterOf(simulation: Simulation, input: Input): ClusterRecord {
  const id = requiredText(input, 'ClusterId');
  const cluster = simulation.clusters.get(id);
  if (!cluster) throw new InvalidRequest(`Cluster id '${id}' is not valid.`, 'NoSuchCluster');
  return cluster;
}

/** The older operations, which call a cluster a job flow, have a message of their own. */
function jobFlowAt(simulation: Simulation, id: string): ClusterRecord {
  const cluster = simulation.clusters.get(id);
  if (!cluster) throw validation('Specified job flow ID not valid.');
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
