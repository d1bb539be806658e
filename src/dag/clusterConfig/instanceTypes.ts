/**
 * The YARN capacity of a node by instance type. Memory is `yarn.nodemanager.resource.memory-mb` as EMR sets it without HBase,
 * from the "Task configuration" page of the EMR Release Guide (emr-hadoop-task-config, emr-7.12.0); cores are the vCPUs
 * of the type. Other families are unknown: no finding is made about them.
 */
export interface NodeCapacity {
  readonly memoryMb: number;
  readonly vcores: number;
}

const vcoresOfSize: Readonly<Record<string, number>> = {
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
  '24xlarge': 96,
  '32xlarge': 128,
  '48xlarge': 192,
};

/** YARN memory (MiB) by node memory (GiB): EMR leaves more to YARN on the older families. */
const older = new Map([
  [16, 12_288],
  [32, 24_576],
  [64, 57_344],
  [128, 122_880],
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

const families: Readonly<Record<string, { gibPerVcore: number; yarn: ReadonlyMap<number, number> }>> = {
  m5: { gibPerVcore: 4, yarn: older },
  m5a: { gibPerVcore: 4, yarn: older },
  r5: { gibPerVcore: 8, yarn: older },
  r5a: { gibPerVcore: 8, yarn: older },
  c6i: { gibPerVcore: 2, yarn: newer },
  c6id: { gibPerVcore: 2, yarn: newer },
  m6a: { gibPerVcore: 4, yarn: newer },
  m6g: { gibPerVcore: 4, yarn: newer },
  m6i: { gibPerVcore: 4, yarn: newer },
  m6id: { gibPerVcore: 4, yarn: newer },
  m7g: { gibPerVcore: 4, yarn: newer },
  m7gd: { gibPerVcore: 4, yarn: newer },
  m7i: { gibPerVcore: 4, yarn: newer },
  m8g: { gibPerVcore: 4, yarn: newer },
  m8gd: { gibPerVcore: 4, yarn: newer },
  r6id: { gibPerVcore: 8, yarn: newer },
};

/** Where the page differs from the rule of its family. */
const exceptions: Readonly<Record<string, number>> = {
  'm6g.12xlarge': 181_248,
  'm6i.12xlarge': 181_248,
  'm7i.12xlarge': 181_248,
  'm8g.12xlarge': 181_248,
};

interface InstanceSize {
  readonly memoryGib: number;
  readonly vcores: number;
  readonly yarn: ReadonlyMap<number, number>;
}

function lookUp(instanceType: string): InstanceSize | undefined {
  const [, family = '', size = ''] = /^([a-z0-9]+)\.(\d*xlarge)$/.exec(instanceType) ?? [];
  const vcores = vcoresOfSize[size];
  const kind = families[family];
  if (vcores === undefined || kind === undefined) return undefined;
  return { memoryGib: vcores * kind.gibPerVcore, vcores, yarn: kind.yarn };
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
