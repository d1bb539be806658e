/** Control paths that show and move the simulated clusters. */
import type { Simulation } from './emr/simulation.ts';
import { type SandboxClock, WireError } from './service.ts';

/** `GET /_sandbox/clusters`: what EMR would say in many calls, in one and outside the quotas. */
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

/** `POST /_sandbox/advance {"minutes": 20}`: skips time, and answers what the clock says then. */
export function advanceRoute(clock: SandboxClock, advance: (minutes: number) => void) {
  return (body: unknown) => {
    const minutes = (body as { minutes?: unknown } | undefined)?.minutes;
    if (typeof minutes !== 'number' || !(minutes >= 0))
      throw new WireError(400, 'BadAdvance', 'minutes is a number from 0');
    advance(minutes);
    return { now: new Date(clock.nowMs()).toISOString() };
  };
}
