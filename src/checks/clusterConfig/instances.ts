/** The machines, and how long the cluster lives. */
import { type Finding, refuse, warn } from './finding.ts';
import type { ClusterConfig } from './model.ts';
import { nodePools } from './nodes.ts';

export function instanceFindings(config: ClusterConfig): Finding[] {
  const { Instances: instances } = config;
  const both = instances.InstanceGroups.length > 0 && instances.InstanceFleets.length > 0;
  const pools = nodePools(config);
  const primaries = pools.filter((pool) => pool.role === 'MASTER').length;
  const cores = pools.filter((pool) => pool.role === 'CORE').length;
  const workers = pools.filter((pool) => pool.role === 'CORE' || pool.role === 'TASK');
  return [
    ...(both
      ? [
          refuse(
            'Instances',
            'it has InstanceGroups and InstanceFleets, and EMR takes one of them',
            'keep one',
          ),
        ]
      : []),
    ...(pools.length === 0
      ? [refuse('Instances', 'it names no machines', 'add InstanceGroups with a MASTER and a CORE group')]
      : []),
    ...(pools.length > 0 && primaries !== 1
      ? [
          refuse(
            'Instances',
            `it has ${primaries} MASTER entries, and EMR takes exactly one`,
            'keep one MASTER',
          ),
        ]
      : []),
    ...(cores > 1
      ? [
          refuse(
            'Instances',
            `it has ${cores} CORE entries, and EMR takes one at most`,
            'put their nodes into one CORE entry, or make the others TASK',
          ),
        ]
      : []),
    ...(pools.length > 0 && workers.length === 0
      ? [
          warn(
            'Instances',
            'it has 0 core or task nodes, so drivers and executors of all checks share the primary node',
            'add a CORE group',
          ),
        ]
      : []),
  ];
}

export function lifetimeFindings(config: ClusterConfig): Finding[] {
  const { Instances: instances, AutoTerminationPolicy: policy } = config;
  return [
    // EMR's default is false: the cluster has no steps when it is up, and ends before the DAG adds the first.
    ...(instances.KeepJobFlowAliveWhenNoSteps === true
      ? []
      : [
          refuse(
            'Instances.KeepJobFlowAliveWhenNoSteps',
            'it is not true, and the cluster starts with 0 steps, so it would end before the DAG adds the checks',
            'set it to true',
          ),
        ]),
    ...(instances.TerminationProtected === true
      ? [
          refuse(
            'Instances.TerminationProtected',
            'it is true, so the DAG cannot end the cluster, which goes on costing money',
            'set it to false',
          ),
        ]
      : []),
    ...(policy === undefined
      ? [
          warn(
            'AutoTerminationPolicy',
            'it is missing: a cluster whose DAG run was lost stays up until somebody notices',
            'add {"IdleTimeout": 3600}',
          ),
        ]
      : idleFindings(policy.IdleTimeout)),
  ];
}

/** One minute to seven days (EMR API reference, AutoTerminationPolicy). */
function idleFindings(seconds: number | undefined): Finding[] {
  if (seconds === undefined || (seconds >= 60 && seconds <= 604_800)) return [];
  return [
    refuse(
      'AutoTerminationPolicy.IdleTimeout',
      `it is ${seconds} s, and EMR takes 60 to 604800`,
      'set it to 3600',
    ),
  ];
}
