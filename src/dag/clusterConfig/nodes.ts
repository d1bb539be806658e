/** The nodes that a config requests: as instance groups, as fleets, or by the three short fields. */
import { type NodeCapacity, nodeCapacity } from './instanceTypes.ts';
import { type ClusterConfig, property } from './model.ts';

export interface NodePool {
  readonly role: string;
  /** One type for a group; the alternatives of a fleet. */
  readonly types: readonly string[];
  /** undefined when a fleet's weights leave the number of instances open. */
  readonly count: number | undefined;
  readonly path: string;
}

export function nodePools({ Instances: instances }: ClusterConfig): NodePool[] {
  if (instances.InstanceFleets.length > 0)
    return instances.InstanceFleets.map((fleet, index) => ({
      role: fleet.InstanceFleetType ?? '',
      types: fleet.InstanceTypeConfigs.map((one) => one.InstanceType),
      count: fleet.InstanceTypeConfigs.every((one) => (one.WeightedCapacity ?? 1) === 1)
        ? (fleet.TargetOnDemandCapacity ?? 0) + (fleet.TargetSpotCapacity ?? 0)
        : undefined,
      path: `Instances.InstanceFleets[${index}]`,
    }));
  if (instances.InstanceGroups.length > 0)
    return instances.InstanceGroups.map((group, index) => ({
      role: group.InstanceRole ?? '',
      types: group.InstanceType === undefined ? [] : [group.InstanceType],
      count: group.InstanceCount,
      path: `Instances.InstanceGroups[${index}]`,
    }));
  const { MasterInstanceType: primary, SlaveInstanceType: core = primary, InstanceCount: count } = instances;
  if (primary === undefined || core === undefined || count === undefined) return [];
  return [
    { role: 'MASTER', types: [primary], count: 1, path: 'Instances.MasterInstanceType' },
    ...(count > 1
      ? [{ role: 'CORE', types: [core], count: count - 1, path: 'Instances.SlaveInstanceType' }]
      : []),
  ];
}

export interface WorkerNodes {
  readonly type: string;
  readonly capacity: NodeCapacity;
  readonly count: number | undefined;
  readonly path: string;
}

/**
 * The core and task nodes with their YARN capacity; `yarn.nodemanager.resource.memory-mb` in the config wins.
 * undefined when a type is not in the table, because then it is unknown what fits.
 */
export function workerNodes(config: ClusterConfig): WorkerNodes[] | undefined {
  const setMb = Number(property(config, 'yarn-site', 'yarn.nodemanager.resource.memory-mb'));
  const nodes = nodePools(config)
    .filter((pool) => pool.role !== 'MASTER')
    .flatMap(({ types, count, path }) =>
      types.map((type) => {
        const known = nodeCapacity(type);
        return {
          type,
          capacity: known && { ...known, ...(setMb > 0 ? { memoryMb: setMb } : {}) },
          count: types.length === 1 ? count : undefined,
          path,
        };
      }),
    );
  const known = nodes.flatMap(({ capacity, ...node }) =>
    capacity === undefined ? [] : [{ ...node, capacity }],
  );
  return known.length === 0 || known.length < nodes.length ? undefined : known;
}

/** The worker with the most YARN memory: what does not fit there fits nowhere. */
export function largestWorker(workers: readonly WorkerNodes[]): WorkerNodes | undefined {
  return [...workers].sort((a, b) => b.capacity.memoryMb - a.capacity.memoryMb)[0];
}
