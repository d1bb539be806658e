/** The nodes that a config requests: as instance groups, as fleets, or by the three short fields. */
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

/**
 * The YARN capacity of a node by instance type. Memory is `yarn.nodemanager.resource.memory-mb` as EMR sets it without HBase,
 * from the "Task configuration" page of the EMR Release Guide (emr-hadoop-task-config, emr-7.12.0); cores are the vCPUs
 * of the type. Families that AWS dropped from that page or lists elsewhere are from its archived edition of June 2023
 * (github.com/awsdocs/amazon-emr-release-guide). r6i, r7g, r7gd and r7i are on neither: they are taken to be as r6g and
 * r6id, m7a and r7a as m6a and r6id. Other families are unknown.
 */
export interface NodeCapacity {
  readonly memoryMb: number;
  readonly vcores: number;
}

/** A size is a multiple of `xlarge`, which has four vCPUs. */
const multiples = new Set([1, 2, 3, 4, 6, 8, 9, 10, 12, 16, 18, 24, 32, 48]);
/** Memory per vCPU by the first letter of the family. */
const gibPerVcore: Readonly<Record<string, number>> = { c: 2, i: 8, m: 4, r: 8, z: 8 };
const olderFamilies = new Set('c5 c5d i3en m4 m5 m5a m5d r5 r5a r5d z1d'.split(' '));
const newerFamilies = new Set(
  'c5a c5ad c6g c6gd c6gn c6i c6id i2 i3 m6a m6g m6gd m6i m6id m7a m7g m7gd m7i m8g m8gd r3 r4 r5b r5dn r6g r6gd r6i r6id r7a r7g r7gd r7i'.split(
    ' ',
  ),
);

/** YARN memory (MiB) by node memory (GiB): EMR leaves more to YARN on the older families. */
const older = new Map([
  [8, 6144],
  [16, 12_288],
  [32, 24_576],
  [64, 57_344],
  [72, 65_536],
  [96, 90_112],
  [128, 122_880],
  [144, 139_264],
  [160, 155_648],
  [192, 188_416],
  [256, 253_952],
  [384, 385_024],
  [512, 516_096],
  [768, 778_240],
]);
const newer = new Map([
  [8, 5632],
  [16, 11_712],
  [32, 23_424],
  [64, 54_272],
  [96, 85_504],
  [128, 116_736],
  [192, 179_200],
  [256, 241_664],
  [384, 366_592],
  [512, 491_520],
  [768, 741_376],
  [1024, 991_232],
]);

/** Where the page differs from the rule of its family. */
const exceptions: Readonly<Record<string, number>> = {
  'c5a.12xlarge': 90_112,
  'm6g.12xlarge': 181_248,
  'm6gd.12xlarge': 181_248,
  'm6i.12xlarge': 181_248,
  'm7i.12xlarge': 181_248,
  'm8g.12xlarge': 181_248,
};

/** undefined for a type that is not in the table. */
function lookUp(instanceType: string): { memoryGib: number; vcores: number; yarn: typeof newer } | undefined {
  if (instanceType === 'm4.large') return { memoryGib: 8, vcores: 2, yarn: older };
  const [, family = '', multiple = ''] = /^([a-z0-9]+)\.(\d*)xlarge$/.exec(instanceType) ?? [];
  const times = multiple === '' ? 1 : Number(multiple);
  const gib = gibPerVcore[family.charAt(0)];
  const yarn = olderFamilies.has(family) ? older : newerFamilies.has(family) ? newer : undefined;
  if (gib === undefined || yarn === undefined || !multiples.has(times)) return undefined;
  return { memoryGib: 4 * times * gib, vcores: 4 * times, yarn };
}

/** undefined for a type that is not in the table. */
export function nodeCapacity(instanceType: string): NodeCapacity | undefined {
  const found = lookUp(instanceType);
  if (found === undefined) return undefined;
  const memoryMb = exceptions[instanceType] ?? found.yarn.get(found.memoryGib);
  return memoryMb === undefined ? undefined : { memoryMb, vcores: found.vcores };
}

/** Memory of the whole instance, MiB: what processes on the primary node share. */
export function nodeMemoryMb(instanceType: string): number | undefined {
  const found = lookUp(instanceType);
  return found && found.memoryGib * 1024;
}
