/** The shipped cluster configs, changed to what one Spark driver on this machine is. */
import { tablesEnd } from './places.ts';

interface ShippedConfig {
  StepConcurrencyLevel: number;
  Configurations: { Classification: string; Properties: Record<string, string> }[];
  AuditStep: { Args: string[] };
}

/** Small, so that a check of a few million rows can spill. */
export const driverMemory = '640m';
const shufflePartitions = '8';

/**
 * Names the reference runner, and has one slot: the driver runs one step after the other.
 * @param dags the URI of the DAG's folder in the bucket
 */
export function nameReferenceRunner(text: string, dags: string): string {
  const config = JSON.parse(text) as ShippedConfig;
  const { Args } = config.AuditStep;
  const from = Args.findIndex((word) => word.includes('PATH_OF_YOUR_AUDIT_RUNNER'));
  if (from < 0) throw new Error('the shipped cluster config has no placeholder for the runner');
  config.StepConcurrencyLevel = 1;
  config.AuditStep.Args = [
    ...['spark-submit', '--name', '{step_name}', '--deploy-mode', 'client', '--driver-memory', driverMemory],
    ...['--num-executors', '1', '--executor-cores', '2', '--executor-memory', '1g'],
    `${dags}/audit_runner/audit_runner.py`,
    ...Args.slice(from + 1),
    '--now',
    tablesEnd,
  ];
  for (const { Classification, Properties } of config.Configurations)
    if (Classification === 'spark-defaults')
      Object.assign(Properties, {
        'spark.sql.shuffle.partitions': shufflePartitions,
        // Else adaptive execution makes two partitions of these eight, one for each core.
        'spark.sql.adaptive.coalescePartitions.enabled': 'false',
      });
  return `${JSON.stringify(config, null, 2)}\n`;
}
