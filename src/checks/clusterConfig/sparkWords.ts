/** Values that Spark itself refuses, in the options of a check's step and in spark-defaults. */
import { type ConfigFinding, configRefusal } from './finding.ts';
import type { ClusterConfig } from './model.ts';
import { memoryMb, type SparkSetting, sparkSettings } from './sparkSubmit.ts';

const memorySettings = [
  'spark.driver.memory',
  'spark.driver.memoryOverhead',
  'spark.executor.memory',
  'spark.executor.memoryOverhead',
];

export function sparkValueFindings(config: ClusterConfig): ConfigFinding[] {
  const setting = sparkSettings(config);
  if (setting === undefined) return [];
  return [
    ...deployModeFindings(setting),
    ...memorySettings.flatMap((name) => memorySizeFindings(setting, name)),
  ];
}

function deployModeFindings(setting: SparkSetting): ConfigFinding[] {
  const mode = setting('spark.submit.deployMode');
  if (mode === undefined || mode.text === 'cluster' || mode.text === 'client') return [];
  return [
    configRefusal(
      mode.path,
      `the deploy mode is ${JSON.stringify(mode.text.slice(0, 60))}, but Spark accepts only client or cluster`,
      'set it to cluster',
    ),
  ];
}

function memorySizeFindings(setting: SparkSetting, name: string): ConfigFinding[] {
  const memory = setting(name);
  if (memory === undefined || memoryMb(memory.text) !== undefined) return [];
  return [
    configRefusal(
      memory.path,
      `${name} is ${JSON.stringify(memory.text.slice(0, 60))}, which Spark cannot parse as a size`,
      'write a whole number and a unit, for example 4g or 512m',
    ),
  ];
}
