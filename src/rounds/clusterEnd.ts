import type { Cluster } from '../ports.ts';
import { isEnding } from './progress.ts';

/** EMR's codes for an end that nobody asked for (API reference, ClusterStateChangeReason). */
const failureCodes = [
  'INTERNAL_ERROR',
  'VALIDATION_ERROR',
  'INSTANCE_FAILURE',
  'INSTANCE_FLEET_TIMEOUT',
  'BOOTSTRAP_FAILURE',
];

type Ended = Pick<Cluster, 'state' | 'stateReason'>;

/**
 * The code of the failure that a cluster ended with; `TERMINATED_WITH_ERRORS` where EMR gives none that is known.
 * undefined while it runs, and where somebody ended it.
 */
export function clusterFailure(cluster: Ended): string | undefined {
  if (!isEnding(cluster)) return undefined;
  const known = failureCodes.find((code) => codeOf(cluster) === code);
  return known ?? (cluster.state === 'TERMINATED_WITH_ERRORS' ? cluster.state : undefined);
}

/** Ended by an API call: the DAG's, or one that a person made. */
export function isEndedOnRequest(cluster: Ended): boolean {
  return isEnding(cluster) && codeOf(cluster) === 'USER_REQUEST';
}

function codeOf({ stateReason }: Ended): string | undefined {
  return /^[A-Z_]+(?=:|$)/.exec(stateReason ?? '')?.[0];
}
