import type { RoundFacts } from '../model/facts.ts';
import { milli } from '../statistics/statistics.ts';
import type { RoundTimes } from './occupancy.ts';

/** How a round's cluster came up. */
export interface ClusterStart {
  /** Made for this round, so that every round pays its start; otherwise it was up before. */
  readonly isOwn: boolean;
  /** From its creation until it could run a step. */
  readonly readySeconds: number;
  /** From its creation to the end of the round. */
  readonly totalSeconds: number;
  /** The part of its start that lies before the round's first step was created, and so outside of the runtime. */
  readonly beforeRoundSeconds: number;
  /** The part during which the round's steps already waited, which is in the runtime. */
  readonly inRuntimeSeconds: number;
}

/** Undefined where EMR did not say when the cluster was created and ready, or the round has no steps. */
export function clusterStart(
  { clusterCreatedMs, clusterReadyMs, startedAtText }: RoundFacts,
  times: RoundTimes | undefined,
): ClusterStart | undefined {
  if (clusterCreatedMs === undefined || clusterReadyMs === undefined || !times) return undefined;
  const { firstCreatedMs, firstStartedMs, lastMs } = times;
  const seconds = (ms: number) => milli(Math.max(0, ms) / 1000);
  const waitedUntil = Math.min(clusterReadyMs, firstStartedMs ?? lastMs);
  return {
    isOwn: clusterCreatedMs >= Date.parse(startedAtText),
    readySeconds: seconds(clusterReadyMs - clusterCreatedMs),
    totalSeconds: seconds(lastMs - clusterCreatedMs),
    beforeRoundSeconds: seconds(firstCreatedMs - clusterCreatedMs),
    inRuntimeSeconds: seconds(waitedUntil - firstCreatedMs),
  };
}
