import type { Cluster } from '../ports/aws.ts';
import { isEnding } from './progress.ts';

/** EMR's codes for an end that was not requested (API reference, ClusterStateChangeReason). */
const failureCodes = [
  'INTERNAL_ERROR',
  'VALIDATION_ERROR',
  'INSTANCE_FAILURE',
  'INSTANCE_FLEET_TIMEOUT',
  'BOOTSTRAP_FAILURE',
];

type Ended = Pick<Cluster, 'state' | 'stateReason'>;

/**
 * The failure code a cluster ended with, or `TERMINATED_WITH_ERRORS` if EMR gives no known code. undefined while the
 * cluster runs and after a requested end.
 */
export function clusterFailure(cluster: Ended): string | undefined {
  if (!isEnding(cluster)) return undefined;
  const known = failureCodes.find((code) => codeOf(cluster) === code);
  return known ?? (cluster.state === 'TERMINATED_WITH_ERRORS' ? cluster.state : undefined);
}

/** Ended by an API call, from the DAG or from a user. */
export function isEndedOnRequest(cluster: Ended): boolean {
  return isEnding(cluster) && codeOf(cluster) === 'USER_REQUEST';
}

function codeOf({ stateReason }: Ended): string | undefined {
  return /^[A-Z_]+(?=:|$)/.exec(stateReason ?? '')?.[0];
}
