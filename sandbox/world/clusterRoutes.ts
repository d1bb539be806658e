/** Control paths that list, fail and advance the simulated clusters. */
import type { Simulation } from '../emr/simulation.ts';
import { clusterFailures, isEnding } from '../emr/steps/records.ts';
import { type SandboxClock, WireError } from '../service.ts';

/** `GET /_sandbox/clusters`: all clusters in one call, outside EMR's quotas. */
export function clusterList(simulation: Simulation) {
  simulation.advance();
  return [...simulation.clusters.values()].map((cluster) => {
    const steps: Record<string, number> = {};
    for (const { state } of cluster.steps) steps[state] = (steps[state] ?? 0) + 1;
    return {
      id: cluster.id,
      name: cluster.name,
      state: cluster.state,
      reason: cluster.reason.message,
      steps,
    };
  });
}

/**
 * `POST /_sandbox/clusters/{id}/fail {"code": "INSTANCE_FAILURE", "message": "…"}`: what TerminateJobFlows cannot
 * cause, a cluster that does not start (BOOTSTRAP_FAILURE) or that fails while its steps run.
 */
export function failRoute(simulation: Simulation) {
  return (body: unknown, id: string) => {
    const { code: asked, message = '' } = (body ?? {}) as { code?: unknown; message?: unknown };
    const code = clusterFailures.find((one) => one === asked);
    if (code === undefined || typeof message !== 'string')
      throw new WireError(
        400,
        'BadFailure',
        `code is one of ${clusterFailures.join(', ')}, and message is a text`,
      );
    simulation.advance();
    const cluster = simulation.clusters.get(id);
    if (cluster === undefined) throw new WireError(404, 'NoSuchCluster', `there is no cluster ${id}`);
    if (isEnding(cluster)) throw new WireError(409, 'ClusterEnded', `${id} is ${cluster.state}`);
    // Bootstrap actions are over once a cluster is up.
    if (code === 'BOOTSTRAP_FAILURE' && cluster.readyMs !== undefined)
      throw new WireError(
        409,
        'ClusterIsUp',
        `${id} is ${cluster.state}: its bootstrap actions have succeeded`,
      );
    simulation.fail(cluster, code, message);
    return { id, state: cluster.state };
  };
}

/** `POST /_sandbox/advance {"minutes": 20}`: skips time and answers the new time of the clock. */
export function advanceRoute(clock: SandboxClock, advance: (minutes: number) => void) {
  return (body: unknown) => {
    const minutes = (body as { minutes?: unknown } | undefined)?.minutes;
    if (typeof minutes !== 'number' || !(minutes >= 0))
      throw new WireError(400, 'BadAdvance', 'minutes is a number from 0');
    advance(minutes);
    return { now: new Date(clock.nowMs()).toISOString() };
  };
}
