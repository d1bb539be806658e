/** What concurrent steps request from YARN, and the capacity of the core and task nodes. */
import type { ClusterConfig } from './model.ts';
import { type WorkerNodes, workerNodes } from './nodes.ts';
import { type SparkRequest, sparkRequest } from './sparkSubmit.ts';

/** What one step requests from the core and task nodes, and their capacity; MiB. */
export interface StepCapacity {
  readonly executors: number;
  readonly executorMb: number;
  /** 0 when the driver runs on the primary node (deploy mode client), or its memory is not set. */
  readonly driverMb: number;
  /** Absent when an instance type is unknown, or the number of its nodes. */
  readonly nodes?: readonly YarnNodes[] | undefined;
}

/** Nodes of one instance type. */
export interface YarnNodes {
  readonly type: string;
  readonly count: number;
  /** Memory that YARN may use on each node, MiB. */
  readonly yarnMb: number;
}

/** Undefined with dynamic allocation, and when the executors' number or memory is not set. */
export function stepCapacity(config: ClusterConfig): StepCapacity | undefined {
  const request = sparkRequest(config);
  return request === undefined || request.dynamic ? undefined : capacityOf(request, workerNodes(config));
}

/** The same for a request with dynamic allocation as well: it counts the executors at start. */
export function capacityOf(
  { executor, executors, driver, deployMode }: SparkRequest,
  workers: readonly WorkerNodes[] | undefined,
): StepCapacity | undefined {
  if (executor === undefined || executors === undefined) return undefined;
  const nodes = workers?.flatMap(({ type, capacity, count }) =>
    count === undefined ? [] : [{ type, count, yarnMb: capacity.memoryMb }],
  );
  return {
    executors,
    executorMb: executor.totalMb,
    driverMb: deployMode === 'cluster' ? (driver?.totalMb ?? 0) : 0,
    ...(nodes !== undefined && nodes.length === workers?.length && { nodes }),
  };
}

/** Needed and available capacity, in executor slots. */
export interface SlotUse {
  readonly needed: number;
  /** The part of `needed` that the drivers use. */
  readonly drivers: number;
  readonly available: number;
  /** How many more nodes of the first type are needed; undefined when an executor does not fit on one. */
  readonly moreNodes: number | undefined;
}

/** Undefined when the nodes are unknown. A container never spans two nodes. */
export function slotUse(steps: number, capacity: StepCapacity): SlotUse | undefined {
  const { executors, executorMb, driverMb, nodes = [] } = capacity;
  const slotsOn = ({ yarnMb }: YarnNodes) => Math.floor(yarnMb / executorMb);
  const [first] = nodes;
  if (first === undefined) return undefined;
  const available = nodes.reduce((sum, node) => sum + node.count * slotsOn(node), 0);
  const drivers = Math.ceil((steps * driverMb) / executorMb);
  const needed = steps * executors + drivers;
  const moreNodes =
    slotsOn(first) > 0 ? Math.ceil(Math.max(0, needed - available) / slotsOn(first)) : undefined;
  return { needed, drivers, available, moreNodes };
}

/** EMR: StepConcurrencyLevel is 1 to 256; a cluster has at most 256 pending and running steps. */
export const stepLimit = 256;

/** The most concurrent steps that fit on the nodes; undefined when the nodes are unknown. */
export function maxConcurrentSteps(capacity: StepCapacity): number | undefined {
  let most: number | undefined;
  for (let steps = 0; steps <= stepLimit; steps++) {
    const use = slotUse(steps, capacity);
    if (use === undefined || use.needed > use.available) break;
    most = steps;
  }
  return most;
}
