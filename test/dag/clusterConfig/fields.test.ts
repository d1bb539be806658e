import { expect, test } from 'vitest';
import { lintClusterConfig } from '../../../src/dag/clusterConfig/files.ts';
import { configWith, soundConfig, submitting } from './soundConfig.ts';

/** Every refusal with its remedy. */
function refusals(config: unknown): string[] {
  return lintClusterConfig(config, { schedule: '15m', checks: 40 })
    .filter((finding) => finding.severity === 'refuse')
    .map(({ path, message, remedy }) => `${path}: ${message}; ${remedy}`);
}

const core = 'Instances.InstanceGroups.1';
const markets = 'ON_DEMAND, SPOT';

test.each([
  [
    'AutoTerminationPolicy',
    { IdleTimout: 3600 },
    'AutoTerminationPolicy.IdleTimout: EMR knows no such field (did you mean IdleTimeout?); rename it to IdleTimeout, or remove it',
  ],
  [
    'AutoTerminationPolicy',
    { IdleTimeout: '3600' },
    'AutoTerminationPolicy.IdleTimeout: it is "3600", not a whole number; write it as 3600, without quotes',
  ],
  [
    'Configurations.0.Properties',
    { 'spark.eventLog.dir': 's3://b/e', x: 5 },
    'Configurations[0].Properties["x"]: it is 5, not a string; write it as "5"',
  ],
  [
    'Instances.TerminationProtected',
    'false',
    'Instances.TerminationProtected: it is "false", not true or false; write it as false, without quotes',
  ],
  [
    'BootstrapActions',
    [{ Name: 'install' }],
    'BootstrapActions[0].ScriptBootstrapAction: it is missing, but EMR requires it; add ScriptBootstrapAction',
  ],
  [
    'BootstrapActions',
    [{ Name: 'install', ScriptBootstrapAction: { Path: 's3://b/i.sh', Args: 'x' } }],
    'BootstrapActions[0].ScriptBootstrapAction.Args: it is "x", not an array; make Args an array',
  ],
  [
    'Steps',
    [{ Name: 'setup', ActionOnFailure: 'CONTINUE' }],
    'Steps[0].HadoopJarStep: it is missing, but EMR requires it; add HadoopJarStep',
  ],
  ['Instances.Ec2SubnetIds', [1], 'Instances.Ec2SubnetIds[0]: it is 1, not a string; write it as "1"'],
  [
    `${core}.EbsConfiguration`,
    { EbsBlockDevices: [] },
    'Instances.InstanceGroups[1].EbsConfiguration.EbsBlockDevices: EMR knows no such field (did you mean EbsBlockDeviceConfigs?); rename it to EbsBlockDeviceConfigs, or remove it',
  ],
  [
    `${core}.EbsConfiguration`,
    { EbsBlockDeviceConfigs: [{ VolumeSpecification: { VolumeType: 'gp3' } }] },
    'Instances.InstanceGroups[1].EbsConfiguration.EbsBlockDeviceConfigs[0].VolumeSpecification.SizeInGB: it is missing, but EMR requires it; add SizeInGB',
  ],
  [
    'ReleaseLabel',
    'emr-7.12',
    'ReleaseLabel: it is "emr-7.12", but EMR requires the form of emr-7.12.0; write it as emr-7.12.0',
  ],
  [
    'LogUri',
    'https://bucket/logs',
    'LogUri: it is "https://bucket/logs", but EMR requires the form of s3://bucket/logs/; write it as s3://bucket/logs/',
  ],
  [
    `${core}.Market`,
    'ONDEMAND',
    `Instances.InstanceGroups[1].Market: EMR does not accept "ONDEMAND"; set it to one of ${markets}`,
  ],
  [
    `${core}.InstanceRole`,
    'core',
    'Instances.InstanceGroups[1].InstanceRole: EMR does not accept "core"; set it to one of MASTER, CORE, TASK',
  ],
  [
    `${core}.InstanceCount`,
    -3,
    'Instances.InstanceGroups[1].InstanceCount: it is -3, but EMR requires at least 1; set it to 1 or more',
  ],
  [
    'ManagedScalingPolicy',
    { ComputeLimits: { UnitType: 'Instances', MinimumCapacityUnits: 1 } },
    'ManagedScalingPolicy.ComputeLimits.MaximumCapacityUnits: it is missing, but EMR requires it; add MaximumCapacityUnits',
  ],
  ['Tags', { purpose: 'x' }, 'Tags: it is {"purpose":"x"}, not an array; make Tags an array'],
  [
    'Name',
    'n'.repeat(151),
    'Name: it has 151 characters, so the load and run ID that the DAG appends would be cut off at 256; shorten it to 150 or fewer',
  ],
])('%s as %j is refused with its remedy', (path, value, finding) => {
  expect(refusals(configWith(path, value))).toEqual([finding]);
});

test('nested values are checked at every depth', () => {
  expect(refusals({ ...soundConfig(), Tags: [{ key: 'purpose', Value: 'x' }] })).toEqual([
    'Tags[0].key: EMR knows no such field (did you mean Key?); rename it to Key, or remove it',
    'Tags[0].Key: it is missing, but EMR requires it; add Key',
  ]);
  const list = soundConfig().Configurations;
  expect(refusals({ ...soundConfig(), Configurations: [...list, 'x'] })).toEqual([
    'Configurations[1]: it is "x", not an object; make Configurations[1] an object',
  ]);
  const inner = { Classification: 'export', Propertis: {} };
  const outer = { Classification: 'hadoop-env', Configurations: [inner] };
  expect(refusals({ ...soundConfig(), Configurations: [...list, outer] })).toEqual([
    'Configurations[1].Configurations[0].Propertis: EMR knows no such field (did you mean Properties?); rename it to Properties, or remove it',
  ]);
});

test('fleets are checked down to their volumes', () => {
  const volume = { VolumeSpecification: { VolumeType: 'gp3', SizeInGB: '100' } };
  const fleet = (role: string, type: object) => ({
    InstanceFleetType: role,
    TargetOnDemandCapacity: 1,
    InstanceTypeConfigs: [type],
  });
  const types = { InstanceType: 'm6i.xlarge', EbsConfiguration: { EbsBlockDeviceConfigs: [volume] } };
  const fleets = configWith('Instances', {
    KeepJobFlowAliveWhenNoSteps: true,
    InstanceFleets: [fleet('MASTER', { WeightedCapacity: 1 }), fleet('CORE', types)],
  });
  expect(refusals(fleets)).toEqual([
    'Instances.InstanceFleets[0].InstanceTypeConfigs[0].InstanceType: it is missing, but EMR requires it; add InstanceType',
    'Instances.InstanceFleets[1].InstanceTypeConfigs[0].EbsConfiguration.EbsBlockDeviceConfigs[0].VolumeSpecification.SizeInGB: it is "100", not a whole number; write it as 100, without quotes',
  ]);
});

test('a second CORE group is refused', () => {
  const { Instances: instances } = soundConfig();
  const groups = [...instances.InstanceGroups, instances.InstanceGroups[1]];
  expect(refusals(configWith('Instances', { ...instances, InstanceGroups: groups }))).toEqual([
    'Instances: it has 2 CORE entries, but EMR allows at most one; merge them into one CORE entry, or make the others TASK',
  ]);
});

test('a count below 1 is refused in its place, and used in no sum', () => {
  const findings = lintClusterConfig(configWith(`${core}.InstanceCount`, -3), {
    schedule: '15m',
    checks: 40,
  });
  expect(findings).toHaveLength(1);
});

test('the arguments of a step are strings within EMR’s limit', () => {
  const { Args } = soundConfig().AuditStep;
  const numbered = Args.map((word) => (word === '3' ? 3 : word));
  expect(refusals(configWith('AuditStep.Args', numbered))).toContain(
    'AuditStep.Args[6]: it is 3, not a string; write it as "3"',
  );
  expect(refusals(configWith('AuditStep.Args', [...Args, 'x'.repeat(10_240)]))).toEqual([
    expect.stringMatching(
      /^AuditStep\.Args: the arguments have \d+ characters in total, but EMR allows 10240 per step; shorten them/,
    ),
  ]);
});

test.each([
  [
    ['--deploy-mode', 'clutser'],
    'AuditStep.Args: the deploy mode is "clutser", but Spark accepts only client or cluster; set it to cluster',
  ],
  [
    ['--executor-memory', '4gg'],
    'AuditStep.Args: spark.executor.memory is "4gg", which Spark cannot parse as a size; write a whole number and a unit, for example 4g or 512m',
  ],
  [
    ['--conf', 'spark.driver.memoryOverhead=0.5g'],
    'AuditStep.Args: spark.driver.memoryOverhead is "0.5g", which Spark cannot parse as a size; write a whole number and a unit, for example 4g or 512m',
  ],
])('spark-submit with %j is refused', (options, finding) => {
  expect(refusals(submitting(...options))).toEqual([finding]);
});

test.each(['4g', '4G', '4gb', '512m', '512mb', '4096', ' 4g '])('%j is a size to Spark', (size) => {
  expect(refusals(submitting('--deploy-mode', 'cluster', '--executor-memory', size))).toEqual([]);
});

test('a size in spark-defaults that Spark cannot parse is reported there', () => {
  const properties = { 'spark.eventLog.dir': 's3://b/e', 'spark.driver.memory': '4 g' };
  const config = {
    ...submitting('--deploy-mode', 'cluster'),
    Configurations: [{ Classification: 'spark-defaults', Properties: properties }],
  };
  expect(refusals(config)).toEqual([
    expect.stringMatching(/^Configurations: spark\.driver\.memory is "4 g", which Spark cannot parse/),
  ]);
});
