/**
 * EMR's API quotas, per account and region, from "Amazon EMR endpoints and quotas": a bucket per operation, and one for
 * all operations together.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BucketClock, type Rate, tokenBucket } from './tokenBucket.ts';

export type EmrOperation = 'ListSteps' | 'DescribeCluster' | 'ListClusters' | 'ListInstances';

const rates: Readonly<Record<EmrOperation | 'together', Rate>> = {
  ListSteps: { burst: 10, perSecond: 0.5 },
  DescribeCluster: { burst: 10, perSecond: 1 },
  ListClusters: { burst: 20, perSecond: 0.5 },
  ListInstances: { burst: 10, perSecond: 0.5 },
  together: { burst: 25, perSecond: 5 },
};

export interface EmrQuota {
  /** Waits until the quota allows one more request of this operation. */
  take(operation: EmrOperation, signal?: AbortSignal): Promise<void>;
}

const machineClock: BucketClock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal && { signal });
  },
  random: Math.random,
};

export function emrQuota(clock: BucketClock = machineClock): EmrQuota {
  const buckets = {
    ListSteps: tokenBucket(rates.ListSteps, clock),
    DescribeCluster: tokenBucket(rates.DescribeCluster, clock),
    ListClusters: tokenBucket(rates.ListClusters, clock),
    ListInstances: tokenBucket(rates.ListInstances, clock),
  };
  const together = tokenBucket(rates.together, clock);
  return {
    async take(operation, signal) {
      await buckets[operation].take(signal);
      await together.take(signal);
    },
  };
}
