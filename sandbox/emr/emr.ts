/** The embedded EMR: awsJson1.1 over the simulation. */
import { isRecord, type Service, WireError, type WireRequest } from '../service.ts';
import * as instances from './clusters/instances.ts';
import * as clusters from './clusters/operations.ts';
import type { Simulation } from './simulation.ts';
import * as steps from './steps/operations.ts';
import { serialise } from './wire/errors.ts';
import type { Input } from './wire/input.ts';
import { createQuotas, type QuotaClock } from './wire/quotas.ts';

export function createEmr({
  simulation,
  quotaClock,
}: {
  simulation: Simulation;
  quotaClock: QuotaClock;
}): Service {
  const takeToken = createQuotas(quotaClock);
  const operations: Readonly<Record<string, (input: Input) => object>> = {
    RunJobFlow: (input) => clusters.runJobFlow(simulation, input),
    DescribeCluster: (input) => clusters.describeCluster(simulation, input),
    ListClusters: (input) => clusters.listClusters(simulation, input),
    TerminateJobFlows: (input) => clusters.terminateJobFlows(simulation, input),
    ListSteps: (input) => steps.listSteps(simulation, input),
    AddJobFlowSteps: (input) => steps.addJobFlowSteps(simulation, input),
    CancelSteps: (input) => steps.cancelSteps(simulation, input),
    ListInstances: (input) => instances.listInstances(simulation, input),
  };
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
        body: JSON.stringify(run(parseBody(request))),
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
