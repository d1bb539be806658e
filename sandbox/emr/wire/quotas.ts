/**
 * EMR's request quotas: one token bucket for each operation and one for all of them together (Amazon EMR endpoints and
 * quotas, "API rate limits"). They refill in real time by default, because clients wait in real time.
 */
import { WireError } from '../../service.ts';

interface Quota {
  readonly burst: number;
  readonly refillPerSecond: number;
}

const everything: Quota = { burst: 25, refillPerSecond: 5 };

const quotas: Readonly<Record<string, Quota>> = {
  ListSteps: { burst: 10, refillPerSecond: 0.5 },
  DescribeStep: { burst: 10, refillPerSecond: 0.5 },
  ListInstances: { burst: 10, refillPerSecond: 0.5 },
  AddJobFlowSteps: { burst: 10, refillPerSecond: 0.5 },
  DescribeCluster: { burst: 10, refillPerSecond: 1 },
  ListInstanceGroups: { burst: 10, refillPerSecond: 1 },
  ListClusters: { burst: 20, refillPerSecond: 0.5 },
  ListInstanceFleets: { burst: 5, refillPerSecond: 0.5 },
};

/** Milliseconds for the quotas: real time or a test's own; 'off' throttles nothing. */
export type QuotaClock = (() => number) | 'off';

/** @returns a function that takes a token for a call. @throws WireError ThrottlingException when the bucket is empty */
export function createQuotas(clock: QuotaClock): (operation: string) => void {
  if (clock === 'off') return () => {};
  const takeFromAll = tokenBucket(everything, clock);
  const buckets = new Map(Object.entries(quotas).map(([name, quota]) => [name, tokenBucket(quota, clock)]));
  return (operation) => {
    const allowed = buckets.get(operation)?.() ?? true;
    if (!allowed || !takeFromAll()) throw new WireError(400, 'ThrottlingException', 'Rate exceeded');
  };
}

function tokenBucket(quota: Quota, nowMs: () => number): () => boolean {
  let tokens = quota.burst;
  let filledMs = nowMs();
  return () => {
    const elapsedSeconds = Math.max(0, nowMs() - filledMs) / 1000;
    filledMs = nowMs();
    tokens = Math.min(quota.burst, tokens + elapsedSeconds * quota.refillPerSecond);
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
