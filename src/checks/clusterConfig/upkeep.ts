/** What the report needs, and what would distort the measurement. */
import { type ConfigFinding, configRefusal, configWarning } from './finding.ts';
import { type ClusterConfig, property } from './model.ts';

/** EMR truncates a cluster's name to 256 characters, and the DAG appends `_{LOAD}x_{run id}`. */
const maxNameLength = 150;

export function measurementFindings(config: ClusterConfig): ConfigFinding[] {
  const { Name, LogUri, Applications, ManagedScalingPolicy, AuditStep } = config;
  const eventLog = property(config, 'spark-defaults', 'spark.eventLog.dir');
  const runsSpark = AuditStep?.Args[0] === 'spark-submit';
  const hasSpark = Applications.some((one) => one.Name?.toLowerCase() === 'spark');
  return [
    ...nameFindings(Name),
    ...(runsSpark && !hasSpark
      ? [
          configRefusal(
            'Applications',
            'it does not list Spark, but each step runs spark-submit',
            'add {"Name": "Spark"}',
          ),
        ]
      : []),
    ...(LogUri
      ? []
      : [
          configWarning(
            'LogUri',
            'it is not set: the logs are lost when the cluster terminates, and the report cannot say why a check failed',
            'set it to an s3:// prefix',
          ),
        ]),
    ...(runsSpark && !eventLog?.startsWith('s3')
      ? [
          configWarning(
            'Configurations',
            eventLog === undefined
              ? 'spark.eventLog.dir is not set: Spark event logs are lost when the cluster terminates'
              : `spark.eventLog.dir is ${eventLog.slice(0, 80)}, which is lost when the cluster terminates`,
            'set it to an s3:// prefix in the spark-defaults classification',
          ),
        ]
      : []),
    ...(ManagedScalingPolicy === undefined
      ? []
      : [
          configWarning(
            'ManagedScalingPolicy',
            'the cluster changes size during the round, so two rounds are not comparable',
            'remove it for load tests',
          ),
        ]),
  ];
}

function nameFindings(name = ''): ConfigFinding[] {
  if (name !== '' && name.length < 3)
    return [
      configRefusal(
        'Name',
        `it has ${name.length} characters, too few to find its clusters by name`,
        'use at least 3',
      ),
    ];
  if (name.length <= maxNameLength) return [];
  return [
    configRefusal(
      'Name',
      `it has ${name.length} characters, so the load and run ID that the DAG appends would be cut off at 256`,
      `shorten it to ${maxNameLength} or fewer`,
    ),
  ];
}
