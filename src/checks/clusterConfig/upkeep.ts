/** What the report needs, and what would blur the measurement. */
import { type Finding, refuse, warn } from './finding.ts';
import { type ClusterConfig, property } from './model.ts';

/** EMR cuts a cluster's name at 256 characters, and the DAG adds `_{LOAD}x_{run id}`. */
const longestName = 150;

export function upkeepFindings(config: ClusterConfig): Finding[] {
  const { Name, LogUri, Applications, ManagedScalingPolicy, AuditStep } = config;
  const eventLog = property(config, 'spark-defaults', 'spark.eventLog.dir');
  const runsSpark = AuditStep?.Args[0] === 'spark-submit';
  const hasSpark = Applications.some((one) => one.Name?.toLowerCase() === 'spark');
  return [
    ...nameFindings(Name),
    ...(runsSpark && !hasSpark
      ? [
          refuse(
            'Applications',
            'it does not list Spark, and each step runs spark-submit',
            'add {"Name": "Spark"}',
          ),
        ]
      : []),
    ...(LogUri
      ? []
      : [
          warn(
            'LogUri',
            'it is missing: when the cluster ends its logs are gone, and the report cannot say why a check failed',
            'set it to an s3:// prefix',
          ),
        ]),
    ...(runsSpark && !eventLog?.startsWith('s3')
      ? [
          warn(
            'Configurations',
            eventLog === undefined
              ? 'spark.eventLog.dir is not set: Spark event logs end with the cluster'
              : `spark.eventLog.dir is ${eventLog.slice(0, 80)}, which ends with the cluster`,
            'set it to an s3:// prefix in the spark-defaults classification',
          ),
        ]
      : []),
    ...(ManagedScalingPolicy === undefined
      ? []
      : [
          warn(
            'ManagedScalingPolicy',
            'the cluster changes its size during the round, so that two rounds do not compare',
            'take it out for load tests',
          ),
        ]),
  ];
}

function nameFindings(name = ''): Finding[] {
  if (name !== '' && name.length < 3)
    return [
      refuse(
        'Name',
        `it has ${name.length} characters, too few to find its clusters by`,
        'give it at least 3',
      ),
    ];
  if (name.length <= longestName) return [];
  return [
    refuse(
      'Name',
      `it has ${name.length} characters, and the load and run id that the DAG adds would be cut off at 256`,
      `shorten it to ${longestName} or fewer`,
    ),
  ];
}
