/** The operations on clusters. */
import type { Simulation } from '../simulation.ts';
import { clusterAt, submit } from '../steps/operations.ts';
import { type ClusterRecord, clusterStates, isEnding } from '../steps/records.ts';
import { parseSteps } from '../steps/request.ts';
import { noSuchJobFlow, validation } from '../wire/errors.ts';
import { type Input, numberAt, objectsAt, oneOf, requiredText, textAt, textsAt } from '../wire/input.ts';
import { clusterArn, clusterDetails, clusterSummary } from '../wire/output.ts';
import { pageOf } from '../wire/paging.ts';
import { parseClusterOrder } from './request.ts';

export function runJobFlow(simulation: Simulation, input: Input) {
  const order = parseClusterOrder(input);
  parseSteps(objectsAt(input, 'Steps'), order.stepConcurrencyLevel);
  const cluster = simulation.run(order);
  submit(simulation, cluster, input);
  return { JobFlowId: cluster.id, ClusterArn: clusterArn(cluster) };
}

export function describeCluster(simulation: Simulation, input: Input) {
  const cluster = clusterAt(simulation, requiredText(input, 'ClusterId'));
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
  const clusters = jobFlowsAt(simulation, input);
  const isProtected = (cluster: ClusterRecord): boolean => cluster.terminationProtected && !isEnding(cluster);
  for (const cluster of clusters)
    if (!isEnding(cluster) && !isProtected(cluster)) simulation.terminate(cluster);
  if (clusters.some(isProtected))
    throw validation('Could not shut down one or more job flows since they are termination protected.');
  return {};
}

function jobFlowsAt(simulation: Simulation, input: Input): ClusterRecord[] {
  return (textsAt(input, 'JobFlowIds') ?? []).map((id) => {
    const cluster = simulation.clusters.get(id);
    if (!cluster) throw noSuchJobFlow();
    return cluster;
  });
}
