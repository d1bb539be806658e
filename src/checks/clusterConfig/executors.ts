/** Executors against what the core and task nodes can hold. */
import { type Finding, refuse, warn } from './finding.ts';
import { type ClusterConfig, property } from './model.ts';
import { largestWorker, type WorkerNodes, workerNodes } from './nodes.ts';
import { placesFor, placesOn, roomOf } from './room.ts';
import { type SparkRequest, sparkRequest } from './sparkSubmit.ts';

export function executorFindings(config: ClusterConfig): Finding[] {
  const request = sparkRequest(config);
  const workers = workerNodes(config);
  if (request === undefined || workers === undefined) return [];
  const oneByOne = [...memoryFindings(request, workers), ...coreFindings(config, request, workers)];
  return oneByOne.length > 0 ? oneByOne : capacityFindings(config, request, workers);
}

/** Spark's YARN client: "Required executor memory … is above the max threshold … of this cluster". */
function memoryFindings({ executor }: SparkRequest, workers: readonly WorkerNodes[]): Finding[] {
  const largest = largestWorker(workers);
  if (executor === undefined || largest === undefined || executor.totalMb <= largest.capacity.memoryMb)
    return [];
  return [
    refuse(
      'AuditStep.Args',
      `an executor asks for ${executor.totalMb} MiB (${executor.heapMb} + ${executor.overheadMb} overhead), and a ${largest.type} has ${largest.capacity.memoryMb} for YARN`,
      'lower --executor-memory, or take larger core nodes',
    ),
  ];
}

/** YARN's default calculator counts memory alone; the dominant one counts cores, too, and then never places it. */
function coreFindings(
  config: ClusterConfig,
  { executorCores }: SparkRequest,
  workers: readonly WorkerNodes[],
): Finding[] {
  const [most] = [...workers].sort((a, b) => b.capacity.vcores - a.capacity.vcores);
  if (executorCores === undefined || most === undefined || executorCores <= most.capacity.vcores) return [];
  const counted = property(config, 'capacity-scheduler', 'yarn.scheduler.capacity.resource-calculator');
  const say = counted?.endsWith('DominantResourceCalculator') ? refuse : warn;
  return [
    say(
      'AuditStep.Args',
      `an executor asks for ${executorCores} cores, and a ${most.type} has ${most.capacity.vcores}`,
      'lower --executor-cores, or take larger core nodes',
    ),
  ];
}

function capacityFindings(
  config: ClusterConfig,
  request: SparkRequest,
  workers: readonly WorkerNodes[],
): Finding[] {
  // A count below 1 is refused where it stands; a sum with it would only confuse.
  if (workers.some(({ count }) => count === undefined || count < 1)) return [];
  const room = roomOf(request, workers);
  if (room?.nodes === undefined) return [];
  const { executors, executorMb } = room;
  const places = placesOn(room.nodes, executorMb);
  const level = config.StepConcurrencyLevel ?? 1;
  const { total, drivers } = placesFor(level, room);
  const atStart = request.dynamic ? ' at their start' : '';
  if (executors > places)
    return [
      warn(
        'AuditStep.Args',
        `a step asks for ${executors} executors${atStart} of ${executorMb} MiB, and the cluster holds ${places}`,
        'lower --num-executors, or add core nodes',
      ),
    ];
  if (total <= places) return [];
  return [
    warn(
      'StepConcurrencyLevel',
      `${level} steps at once ask for ${executors * level} executors${atStart} of ${executorMb} MiB${drivers === 0 ? '' : ` and drivers in the space of ${drivers}`}, and the cluster holds ${places}: steps wait for each other`,
      'lower StepConcurrencyLevel or --num-executors, or add core nodes',
    ),
  ];
}
