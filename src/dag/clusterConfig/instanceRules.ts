/** Rules for the instances and the life of the cluster, and for what the report needs or what would distort it. */
import { type ClusterConfig, type ConfigFinding, property, refuseIf, warnIf } from './model.ts';
import { nodePools } from './nodes.ts';
import { submitOptions } from './sparkSubmit.ts';

/** The third way to ask for instances, beside groups and fleets. */
const shortFields = ['MasterInstanceType', 'SlaveInstanceType', 'InstanceCount'] as const;

export function instanceFindings(config: ClusterConfig): ConfigFinding[] {
  const { InstanceGroups: groups, InstanceFleets: fleets } = config.Instances;
  const [short] = shortFields.filter((name) => config.Instances[name] !== undefined);
  const pools = nodePools(config);
  const primaries = pools.filter((pool) => pool.role === 'MASTER').length;
  const cores = pools.filter((pool) => pool.role === 'CORE').length;
  const workers = pools.filter((pool) => pool.role === 'CORE' || pool.role === 'TASK');
  return [
    ...refuseIf(
      groups.length > 0 && fleets.length > 0,
      'Instances',
      'it has both InstanceGroups and InstanceFleets, but EMR accepts only one of them',
      'keep one',
    ),
    ...warnIf(
      short !== undefined && groups.length + fleets.length > 0,
      `Instances.${short}`,
      'it stands beside InstanceGroups or InstanceFleets, but a cluster takes its instances from one of them alone',
      'remove it',
    ),
    ...refuseIf(
      pools.length === 0,
      'Instances',
      'it defines no instances',
      'add InstanceGroups with a MASTER and a CORE group',
    ),
    ...refuseIf(
      pools.length > 0 && primaries !== 1,
      'Instances',
      `it has ${primaries} MASTER entries, but EMR requires exactly one`,
      primaries === 0 ? 'add a MASTER entry' : 'keep one MASTER entry',
    ),
    ...refuseIf(
      cores > 1,
      'Instances',
      `it has ${cores} CORE entries, but EMR allows at most one`,
      'merge them into one CORE entry, or make the others TASK',
    ),
    ...warnIf(
      pools.length > 0 && workers.length === 0,
      'Instances',
      'it has no core or task nodes, so the drivers and executors of all checks share the primary node',
      'add a CORE group',
    ),
  ];
}

export function lifetimeFindings(config: ClusterConfig): ConfigFinding[] {
  const { Instances: instances, AutoTerminationPolicy: policy } = config;
  const idleSeconds = policy?.IdleTimeout;
  return [
    // EMR's default is false: the cluster would start without steps and terminate before the DAG adds the first.
    ...refuseIf(
      instances.KeepJobFlowAliveWhenNoSteps !== true,
      'Instances.KeepJobFlowAliveWhenNoSteps',
      'it is not true, and the cluster starts without steps, so it would terminate before the DAG adds the checks',
      'set it to true',
    ),
    ...refuseIf(
      instances.TerminationProtected === true,
      'Instances.TerminationProtected',
      'it is true, so the DAG cannot terminate the cluster, which keeps costing money',
      'set it to false',
    ),
    ...warnIf(
      policy === undefined,
      'AutoTerminationPolicy',
      'it is not set: if its DAG run is lost, the cluster keeps running until somebody notices',
      'add {"IdleTimeout": 3600}',
    ),
    // One minute to seven days (EMR API reference, AutoTerminationPolicy).
    ...refuseIf(
      idleSeconds !== undefined && !(idleSeconds >= 60 && idleSeconds <= 604_800),
      'AutoTerminationPolicy.IdleTimeout',
      `${idleSeconds} s is outside EMR's range of 60 to 604800 s`,
      'set it to 3600',
    ),
  ];
}

/** EMR truncates a cluster's name to 256 characters, and the DAG appends `_{LOAD}x_{run id}`. */
const maxNameLength = 150;

export function measurementFindings(config: ClusterConfig): ConfigFinding[] {
  const { Name: name = '', LogUri, Applications, ManagedScalingPolicy, AuditStep } = config;
  const eventLog = property(config, 'spark-defaults', 'spark.eventLog.dir');
  const runsSpark = submitOptions(AuditStep?.Args ?? []) !== undefined;
  return [
    ...refuseIf(
      name !== '' && name.length < 3,
      'Name',
      `it has ${name.length} characters, too few to find its clusters by name`,
      'use at least 3',
    ),
    ...refuseIf(
      name.length > maxNameLength,
      'Name',
      `it has ${name.length} characters, so the load and run ID that the DAG appends would be cut off at 256`,
      `shorten it to ${maxNameLength} or fewer`,
    ),
    ...refuseIf(
      runsSpark && !Applications.some((one) => one.Name?.toLowerCase() === 'spark'),
      'Applications',
      'it does not list Spark, but each step runs spark-submit',
      'add {"Name": "Spark"}',
    ),
    ...warnIf(
      !LogUri,
      'LogUri',
      'it is not set: the logs are lost when the cluster terminates, and the report cannot say why a check failed',
      'set it to an s3:// prefix',
    ),
    ...warnIf(
      runsSpark && !eventLog?.startsWith('s3'),
      'Configurations',
      eventLog === undefined
        ? 'spark.eventLog.dir is not set: Spark event logs are lost when the cluster terminates'
        : `spark.eventLog.dir is ${eventLog.slice(0, 80)}, which is lost when the cluster terminates`,
      'set it to an s3:// prefix in the spark-defaults classification',
    ),
    ...warnIf(
      ManagedScalingPolicy !== undefined,
      'ManagedScalingPolicy',
      'the cluster changes size during the round, so two rounds are not comparable',
      'remove it for load tests',
    ),
  ];
}
