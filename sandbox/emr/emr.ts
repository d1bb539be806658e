/** The embedded EMR: awsJson1.1 over the simulation. */
import { isRecord, type Service, WireError, type WireRequest } from '../service.ts';
import {
  addJobFlowSteps,
  cancelSteps,
  describeCluster,
  listClusters,
  listInstances,
  listSteps,
  runJobFlow,
  terminateJobFlows,
} from './operations.ts';
import type { Simulation } from './simulation.ts';
import { type Input, serialise } from './wire.ts';

const operations: Readonly<Record<string, (simulation: Simulation, input: Input) => object>> = {
  RunJobFlow: runJobFlow,
  DescribeCluster: describeCluster,
  ListClusters: listClusters,
  TerminateJobFlows: terminateJobFlows,
  ListSteps: listSteps,
  AddJobFlowSteps: addJobFlowSteps,
  CancelSteps: cancelSteps,
  ListInstances: listInstances,
};

export function createEmr(simulation: Simulation, quotaClock: QuotaClock): Service {
  const takeToken = createQuotas(quotaClock);
  return {
    name: 'emr',
    operations: Object.keys(operations),
    operationOf: (request) =>
      String(request.headers['x-amz-target'] ?? '').replace(/^ElasticMapReduce\./, ''),
    async handle(request, operation) {
      takeToken(operation);
      simulation.advance();
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!run) throw new WireError(400, 'UnknownOperationException', `Unknown operation ${operation}`);
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(run(simulation, parseBody(request))),
      };
    },
    failure: serialise,
  };
}

function parseBody({ body }: WireRequest): Input {
  try {
    const parsed: unknown = JSON.parse(body.length ? body.toString('utf8') : '{}');
    if (isRecord(parsed)) return parsed;
  } catch {
    // The error is the same as for JSON that is not an object.
  }
  throw new WireError(400, 'SerializationException', 'The request body is not a JSON object.');
}

/**
 * EMR's request quotas: one token bucket for each operation and one for all of them together (Amazon EMR endpoints and
 * quotas, "API rate limits"). They refill in real time by default, because clients wait in real time.
 */
interface Quota {
  readonly burst: number;
  readonly refillPerSecond: number;
}

const everything: Quota = { burst: 25, refillPerSecond: 5 };

const quotas: Readonly<Record<string, Quota>> = {
  ListSteps: { burst: 10, refillPerSecond: 0.5 },
  ListInstances: { burst: 10, refillPerSecond: 0.5 },
  AddJobFlowSteps: { burst: 10, refillPerSecond: 0.5 },
  DescribeCluster: { burst: 10, refillPerSecond: 1 },
  ListClusters: { burst: 20, refillPerSecond: 0.5 },
};

/** Milliseconds for the quotas: real time or a test's own; 'off' throttles nothing. */
export type QuotaClock = (() => number) | 'off';

/** @returns a function that takes a token for a call. @throws WireError ThrottlingException when the bucket is empty */
function createQuotas(clock: QuotaClock): (operation: string) => void {
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
