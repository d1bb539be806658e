/** Converts EMR's types to those of ports. */
import type {
  Cluster as EmrCluster,
  ClusterSummary as EmrClusterSummary,
  StepSummary,
} from '@aws-sdk/client-emr';
import { clean } from '../domain/foreignText.ts';
import type { Cluster, ClusterSummary, Step } from '../ports/aws.ts';

/** States after which a step never changes. Any other, including an unknown one, is read again. */
const finalStates = new Set(['COMPLETED', 'CANCELLED', 'FAILED', 'INTERRUPTED']);

export const isFinal = (step: Step): boolean => finalStates.has(step.state);

/** One entry of ListSteps; undefined for an entry without an id. */
export function stepOf(summary: StepSummary): Step | undefined {
  const { Id: id, Status: status, Config: config } = summary;
  if (id === undefined) return undefined;
  const { CreationDateTime: created, StartDateTime: started, EndDateTime: ended } = status?.Timeline ?? {};
  const details = status?.FailureDetails;
  // Without failure details, EMR sometimes gives the reason in StateChangeReason.
  const message = details?.Message ?? status?.StateChangeReason?.Message;
  const failure = {
    ...(details?.Reason !== undefined && { reason: clean(details.Reason, 1000) }),
    ...(message !== undefined && message !== '' && { message: clean(message, 4000) }),
    ...(details?.LogFile !== undefined && { logFile: details.LogFile }),
  };
  return {
    id,
    name: summary.Name ?? '',
    state: status?.State ?? 'UNKNOWN',
    arguments: config?.Args ?? [],
    createdMs: created?.getTime() ?? 0,
    ...(started && { startedMs: started.getTime() }),
    ...(ended && { endedMs: ended.getTime() }),
    ...(summary.LogUri !== undefined && summary.LogUri !== '' && { logUri: summary.LogUri }),
    ...(Object.keys(failure).length > 0 && { failure }),
  };
}

export function clusterSummaryOf(summary: EmrClusterSummary): ClusterSummary {
  return {
    id: summary.Id ?? '',
    name: summary.Name ?? '',
    state: summary.Status?.State ?? 'UNKNOWN',
    createdMs: summary.Status?.Timeline?.CreationDateTime?.getTime() ?? 0,
  };
}

export function clusterOf(cluster: EmrCluster, observedMs: number): Cluster {
  const { StateChangeReason: reason, Timeline: timeline } = cluster.Status ?? {};
  const stateReason = [reason?.Code, reason?.Message].filter(Boolean).join(': ');
  return {
    ...clusterSummaryOf(cluster),
    observedMs,
    ...(stateReason !== '' && { stateReason: clean(stateReason, 1000) }),
    ...(timeline?.ReadyDateTime && { readyMs: timeline.ReadyDateTime.getTime() }),
    ...(timeline?.EndDateTime && { endedMs: timeline.EndDateTime.getTime() }),
    ...(cluster.LogUri !== undefined && { logUri: cluster.LogUri }),
    ...(cluster.StepConcurrencyLevel !== undefined && { stepConcurrencyLevel: cluster.StepConcurrencyLevel }),
    ...(cluster.ReleaseLabel !== undefined && { releaseLabel: cluster.ReleaseLabel }),
    ...(cluster.InstanceCollectionType !== undefined && {
      instanceCollectionType: cluster.InstanceCollectionType,
    }),
  };
}
