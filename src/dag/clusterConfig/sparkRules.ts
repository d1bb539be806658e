/** What a check's step asks of Spark and YARN, compared with what Spark accepts and the cluster has. */
import { nearestOf } from '../../domain/text.ts';
import { capacityOf, slotUse, stepLimit } from './capacity.ts';
import {
  type ClusterConfig,
  type ConfigFinding,
  configRefusal,
  configWarning,
  property,
  refuseIf,
  warnIf,
} from './model.ts';
import { largestWorker, nodeMemoryMb, nodePools, type WorkerNodes, workerNodes } from './nodes.ts';
import { misspelledSetting } from './sparkKeys.ts';
import {
  type Container,
  isFalse,
  memoryMb,
  type SparkRequest,
  type SparkSetting,
  sparkNames,
  sparkRequest,
  sparkSettings,
  submitOptionNames,
  unknownOptions,
  waitSetting,
} from './sparkSubmit.ts';

/** Our own threshold: a round of so many checks one at a time measures little more than their sum. */
const manyChecks = 20;

const memorySettings = [
  'spark.driver.memory',
  'spark.driver.memoryOverhead',
  'spark.executor.memory',
  'spark.executor.memoryOverhead',
];

/** Settings that Spark ignores without a word, because their name is a letter or two off. */
export function sparkNameFindings(config: ClusterConfig): ConfigFinding[] {
  return sparkNames(config).flatMap(({ name, path }) => {
    const meant = misspelledSetting(name);
    return meant === undefined
      ? []
      : [
          configWarning(
            path,
            `Spark knows no ${name.slice(0, 80)} and ignores it (did you mean ${meant}?)`,
            `rename it to ${meant}, or remove it`,
          ),
        ];
  });
}

/** Options that spark-submit does not know. */
export function sparkOptionFindings(config: ClusterConfig): ConfigFinding[] {
  return unknownOptions(config).map((name) => {
    const meant = nearestOf(name, submitOptionNames);
    return configWarning(
      'AuditStep.Args',
      `spark-submit knows no option ${name.slice(0, 40)}${meant === undefined ? '' : ` (did you mean ${meant}?)`}, so every step would fail`,
      meant === undefined ? 'remove it' : `rename it to ${meant}`,
    );
  });
}

/** Values that Spark itself refuses, in the options of a check's step and in spark-defaults. */
export function sparkValueFindings(config: ClusterConfig): ConfigFinding[] {
  const setting = sparkSettings(config);
  if (setting === undefined) return [];
  return [
    ...deployModeFindings(setting),
    ...waitFindings(setting),
    ...memorySettings.flatMap((name) => memorySizeFindings(setting, name)),
  ];
}

/** How many checks run at a time, and how many there are. */
export function concurrencyFindings(config: ClusterConfig, checks: number | undefined): ConfigFinding[] {
  const level = config.StepConcurrencyLevel ?? 1;
  const path = 'StepConcurrencyLevel';
  const outside = `${level} is outside EMR's range of 1 to ${stepLimit}`;
  if (level < 1 || level > stepLimit) return [configRefusal(path, outside, 'set it to about 8')];
  return [
    // The API's default is TERMINATE_CLUSTER, which EMR refuses as soon as steps run concurrently.
    ...config.Steps.flatMap(({ ActionOnFailure: action }, index) =>
      refuseIf(
        level > 1 && action !== 'CONTINUE',
        `Steps[${index}].ActionOnFailure`,
        `it is ${action ?? 'not set'}, but with ${level} concurrent steps EMR accepts only CONTINUE`,
        'set it to CONTINUE, as the DAG does for the checks',
      ),
    ),
    ...warnIf(
      level > 1 && property(config, 'spark', 'maximizeResourceAllocation')?.toLowerCase() === 'true',
      'Configurations',
      `maximizeResourceAllocation is true, so an executor may take a whole node, and ${level} concurrent steps wait for each other`,
      'remove it, and set the size of the executors',
    ),
    ...warnIf(
      level === 1 && checks !== undefined && checks >= manyChecks,
      path,
      `it is 1, so ${checks} checks run one at a time`,
      'set it to the step concurrency of production',
    ),
    ...warnIf(
      checks !== undefined && checks > stepLimit,
      path,
      `${checks} checks exceed EMR's limit of ${stepLimit} active steps: the DAG submits them gradually, so waiting shows as time between steps`,
      'keep this in mind when you read the queue times of this round',
    ),
  ];
}

/** Drivers run on a worker node in deploy mode cluster, and together on the primary node in mode client. */
export function driverMemoryFindings(config: ClusterConfig): ConfigFinding[] {
  const request = sparkRequest(config);
  if (request?.driver === undefined) return [];
  return request.deployMode === 'cluster'
    ? containerFindings('driver', request.driver, workerNodes(config) ?? [])
    : primaryDriverFindings(config, request.driver, config.StepConcurrencyLevel ?? 1);
}

/** Executors compared with the capacity of the core and task nodes. */
export function executorFindings(config: ClusterConfig): ConfigFinding[] {
  const request = sparkRequest(config);
  const workers = workerNodes(config);
  if (request === undefined || workers === undefined) return [];
  const perExecutor = [
    ...containerFindings('executor', request.executor, workers),
    ...executorCoreFindings(config, request, workers),
  ];
  return perExecutor.length > 0 ? perExecutor : capacityFindings(config, request, workers);
}

function primaryDriverFindings(config: ClusterConfig, { heapMb }: Container, level: number): ConfigFinding[] {
  const primary = nodePools(config).find((pool) => pool.role === 'MASTER');
  const [type = '', ...others] = primary?.types ?? [];
  const nodeMb = nodeMemoryMb(type);
  if (nodeMb === undefined || others.length > 0) return [];
  const available = `in client mode, but the primary node (${type}) has only ${nodeMb} MiB`;
  if (heapMb > nodeMb)
    return [
      configRefusal(
        'AuditStep.Args',
        `the driver requests ${heapMb} MiB ${available}`,
        'lower --driver-memory, or use --deploy-mode cluster',
      ),
    ];
  return warnIf(
    heapMb * level > nodeMb,
    'AuditStep.Args',
    `${level} concurrent drivers may use ${heapMb * level} MiB ${available}`,
    'use --deploy-mode cluster, or a larger primary node',
  );
}

/**
 * Spark's YARN client refuses a container larger than the largest that the cluster can have: "Required executor
 * memory … is above the max threshold … of this cluster".
 */
function containerFindings(
  role: 'driver' | 'executor',
  container: Container | undefined,
  workers: readonly WorkerNodes[],
): ConfigFinding[] {
  const largest = largestWorker(workers);
  if (container === undefined || largest === undefined || container.totalMb <= largest.capacity.memoryMb)
    return [];
  const { heapMb, overheadMb, totalMb } = container;
  return [
    configRefusal(
      'AuditStep.Args',
      `${role === 'driver' ? 'the driver' : 'an executor'} requests ${totalMb} MiB (${heapMb} + ${overheadMb} overhead), but YARN has only ${largest.capacity.memoryMb} MiB on ${largest.type} nodes`,
      `lower --${role}-memory, or use larger core nodes`,
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
  if (executorCores === undefined || most === undefined) return [];
  const calculator = property(config, 'capacity-scheduler', 'yarn.scheduler.capacity.resource-calculator');
  const finding = calculator?.endsWith('DominantResourceCalculator') ? refuseIf : warnIf;
  return finding(
    executorCores > most.capacity.vcores,
    'AuditStep.Args',
    `an executor requests ${executorCores} cores, but ${most.type} nodes have only ${most.capacity.vcores}`,
    'lower --executor-cores, or use larger core nodes',
  );
}

function capacityFindings(
  config: ClusterConfig,
  request: SparkRequest,
  workers: readonly WorkerNodes[],
): ConfigFinding[] {
  // The field rule refuses a count below 1; a sum that includes one would only confuse.
  if (workers.some(({ count }) => count === undefined || count < 1)) return [];
  const capacity = capacityOf(request, workers);
  const level = config.StepConcurrencyLevel ?? 1;
  const use = capacity && slotUse(level, capacity);
  if (capacity === undefined || use === undefined) return [];
  const { executors, executorMb } = capacity;
  const { needed, drivers, available } = use;
  const requested = (count: number) =>
    `${count} executors of ${executorMb} MiB${request.dynamic ? ' at start' : ''}`;
  if (executors > available)
    return [
      configWarning(
        'AuditStep.Args',
        `a step requests ${requested(executors)}, but the cluster has room for ${available}`,
        'lower --num-executors, or add core nodes',
      ),
    ];
  const driverSpace = drivers === 0 ? '' : `, and their drivers the space of ${drivers} more`;
  return warnIf(
    needed > available,
    'StepConcurrencyLevel',
    `${level} concurrent steps request ${requested(executors * level)}${driverSpace}, but the cluster has room for ${available}: steps will wait for each other`,
    'lower StepConcurrencyLevel or --num-executors, or add core nodes',
  );
}

function deployModeFindings(setting: SparkSetting): ConfigFinding[] {
  const { text, path } = setting('spark.submit.deployMode') ?? { text: 'client', path: '' };
  return refuseIf(
    text !== 'cluster' && text !== 'client',
    path,
    `the deploy mode is ${JSON.stringify(text.slice(0, 60))}, but Spark accepts only client or cluster`,
    'set it to cluster',
  );
}

/** Without a step template, spark-defaults alone say whether a step waits. */
export function foreignWaitFindings(config: ClusterConfig): ConfigFinding[] {
  return waitFindings((name) => {
    const text = property(config, 'spark-defaults', name);
    return text === undefined ? undefined : { text, path: 'Configurations' };
  });
}

function waitFindings(setting: SparkSetting): ConfigFinding[] {
  const wait = setting(waitSetting);
  return refuseIf(
    isFalse(wait?.text),
    wait?.path ?? '',
    `${waitSetting} is false: a step ends when YARN accepts it, so the round would measure spark-submit, and every check would "succeed"`,
    'remove it, or set it to true',
  );
}

function memorySizeFindings(setting: SparkSetting, name: string): ConfigFinding[] {
  const memory = setting(name);
  if (memory === undefined) return [];
  return refuseIf(
    memoryMb(memory.text) === undefined,
    memory.path,
    `${name} is ${JSON.stringify(memory.text.slice(0, 60))}, which Spark cannot parse as a size`,
    'write a whole number and a unit, for example 4g or 512m',
  );
}
