/** Executors compared with the capacity of the core and task nodes. */
import { type ConfigFinding, configRefusal, configWarning } from './finding.ts';
import { type ClusterConfig, property } from './model.ts';
import { largestWorker, type WorkerNodes, workerNodes } from './nodes.ts';
import { capacityOf, executorSlots, slotsNeeded } from './room.ts';
import { type SparkRequest, sparkRequest } from './sparkSubmit.ts';

export function executorFindings(config: ClusterConfig): ConfigFinding[] {
  const request = sparkRequest(config);
  const workers = workerNodes(config);
  if (request === undefined || workers === undefined) return [];
  const perExecutor = [
    ...executorMemoryFindings(request, workers),
    ...executorCoreFindings(config, request, workers),
  ];
  return perExecutor.length > 0 ? perExecutor : capacityFindings(config, request, workers);
}

/** Spark's YARN client: "Required executor memory … is above the max threshold … of this cluster". */
function executorMemoryFindings(
  { executor }: SparkRequest,
  workers: readonly WorkerNodes[],
): ConfigFinding[] {
  const largest = largestWorker(workers);
  if (executor === undefined || largest === undefined || executor.totalMb <= largest.capacity.memoryMb)
    return [];
  return [
    configRefusal(
      'AuditStep.Args',
      `an executor requests ${executor.totalMb} MiB (${executor.heapMb} + ${executor.overheadMb} overhead), but YARN has only ${largest.capacity.memoryMb} MiB on ${largest.type} nodes`,
      'lower --executor-memory, or use larger core nodes',
    ),
  ];
}

/** YARN's DefaultResourceCalculator counts memory only; the DominantResourceCalculator counts cores as well. */
function executorCoreFindings(
  config: ClusterConfig,
  { executorCores }: SparkRequest,
  workers: readonly WorkerNodes[],
): ConfigFinding[] {
  const [most] = [...workers].sort((a, b) => b.capacity.vcores - a.capacity.vcores);
  if (executorCores === undefined || most === undefined || executorCores <= most.capacity.vcores) return [];
  const calculator = property(config, 'capacity-scheduler', 'yarn.scheduler.capacity.resource-calculator');
  const finding = calculator?.endsWith('DominantResourceCalculator') ? configRefusal : configWarning;
  return [
    finding(
      'AuditStep.Args',
      `an executor requests ${executorCores} cores, but ${most.type} nodes have only ${most.capacity.vcores}`,
      'lower --executor-cores, or use larger core nodes',
    ),
  ];
}

function capacityFindings(
  config: ClusterConfig,
  request: SparkRequest,
  workers: readonly WorkerNodes[],
): ConfigFinding[] {
  // The field rule refuses a count below 1; a sum that includes one would only confuse.
  if (workers.some(({ count }) => count === undefined || count < 1)) return [];
  const capacity = capacityOf(request, workers);
  if (capacity?.nodes === undefined) return [];
  const { executors, executorMb } = capacity;
  const slots = executorSlots(capacity.nodes, executorMb);
  const level = config.StepConcurrencyLevel ?? 1;
  const { total, drivers } = slotsNeeded(level, capacity);
  const requested = (count: number) =>
    `${count} executors of ${executorMb} MiB${request.dynamic ? ' at start' : ''}`;
  if (executors > slots)
    return [
      configWarning(
        'AuditStep.Args',
        `a step requests ${requested(executors)}, but the cluster has room for ${slots}`,
        'lower --num-executors, or add core nodes',
      ),
    ];
  if (total <= slots) return [];
  const driverSpace = drivers === 0 ? '' : `, and their drivers the space of ${drivers} more`;
  return [
    configWarning(
      'StepConcurrencyLevel',
      `${level} concurrent steps request ${requested(executors * level)}${driverSpace}, but the cluster has room for ${slots}: steps will wait for each other`,
      'lower StepConcurrencyLevel or --num-executors, or add core nodes',
    ),
  ];
}
