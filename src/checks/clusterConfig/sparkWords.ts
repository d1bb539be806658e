/** Words that Spark itself would refuse, in the options of a check's step and in spark-defaults. */
import { type Finding, refuse } from './finding.ts';
import type { ClusterConfig } from './model.ts';
import { memoryMb, type SparkSetting, sparkSettings } from './sparkSubmit.ts';

const memorySettings = [
  'spark.driver.memory',
  'spark.driver.memoryOverhead',
  'spark.executor.memory',
  'spark.executor.memoryOverhead',
];

export function sparkWordFindings(config: ClusterConfig): Finding[] {
  const setting = sparkSettings(config);
  if (setting === undefined) return [];
  return [...deployModeFindings(setting), ...memorySettings.flatMap((name) => memoryFindings(setting, name))];
}

function deployModeFindings(setting: SparkSetting): Finding[] {
  const mode = setting('spark.submit.deployMode');
  if (mode === undefined || mode.text === 'cluster' || mode.text === 'client') return [];
  return [
    refuse(
      mode.path,
      `the deploy mode is ${JSON.stringify(mode.text.slice(0, 60))}, and Spark takes client or cluster`,
      'set it to cluster',
    ),
  ];
}

function memoryFindings(setting: SparkSetting, name: string): Finding[] {
  const memory = setting(name);
  if (memory === undefined || memoryMb(memory.text) !== undefined) return [];
  return [
    refuse(
      memory.path,
      `${name} is ${JSON.stringify(memory.text.slice(0, 60))}, which Spark cannot read as a size`,
      'write a whole number and a unit, for example 4g or 512m',
    ),
  ];
}
