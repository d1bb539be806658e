/** What steps at once ask of YARN against what the core and task nodes hold. */
import type { ClusterConfig } from './model.ts';
import { type WorkerNodes, workerNodes } from './nodes.ts';
import { type SparkRequest, sparkRequest } from './sparkSubmit.ts';

/** What one step asks of the core and task nodes, and what these have; MiB. */
export interface StepRoom {
  readonly executors: number;
  readonly executorMb: number;
  /** 0 where the driver runs on the primary node (deploy mode client), or nobody says how large it is. */
  readonly driverMb: number;
  /** Absent where a type or the number of its machines is not known. */
  readonly nodes?: readonly RoomNodes[] | undefined;
}

export interface RoomNodes {
  readonly type: string;
  readonly count: number;
  /** What YARN may use of one of them. */
  readonly yarnMb: number;
}

/** Undefined where the number of executors follows the load, or nobody says how large they are. */
export function stepRoom(config: ClusterConfig): StepRoom | undefined {
  const request = sparkRequest(config);
  return request === undefined || request.dynamic ? undefined : roomOf(request, workerNodes(config));
}

export function roomOf(
  { executor, executors, driver, deployMode }: SparkRequest,
  workers: readonly WorkerNodes[] | undefined,
): StepRoom | undefined {
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

/** Containers are placed whole, so each node counts by how many executors it holds. */
export function placesOn(nodes: readonly RoomNodes[], executorMb: number): number {
  return nodes.reduce((sum, { count, yarnMb }) => sum + count * Math.floor(yarnMb / executorMb), 0);
}

/** The places of an executor that so many steps' executors and drivers take. */
export function placesFor(
  steps: number,
  { executors, executorMb, driverMb }: StepRoom,
): { total: number; drivers: number } {
  const drivers = Math.ceil((steps * driverMb) / executorMb);
  return { total: steps * executors + drivers, drivers };
}

/** What is asked and held is counted in containers of an executor's size. */
export interface RoomAt {
  readonly needed: number;
  /** Of `needed`, those that the drivers take. */
  readonly drivers: number;
  readonly held: number;
  /** How many more of the first kind of node it takes; undefined where one of them holds no executor. */
  readonly moreNodes: number | undefined;
}

/** Undefined where the nodes are not known. */
export function roomAt(steps: number, room: StepRoom): RoomAt | undefined {
  const [first] = room.nodes ?? [];
  if (room.nodes === undefined || first === undefined) return undefined;
  const held = placesOn(room.nodes, room.executorMb);
  const { total: needed, drivers } = placesFor(steps, room);
  const heldByOne = Math.floor(first.yarnMb / room.executorMb);
  return {
    needed,
    drivers,
    held,
    moreNodes: heldByOne > 0 ? Math.ceil(Math.max(0, needed - held) / heldByOne) : undefined,
  };
}

/** EMR runs at most this many steps at once. */
const mostAtOnce = 256;

/** The most steps at once that the nodes hold; undefined where the nodes are not known. */
export function mostSteps(room: StepRoom): number | undefined {
  let most: number | undefined;
  for (let steps = 0; steps <= mostAtOnce; steps++) {
    const at = roomAt(steps, room);
    if (at === undefined || at.needed > at.held) break;
    most = steps;
  }
  return most;
}
