import { expect, test } from 'vitest';
import { lintClusterConfig } from '../../../src/checks/clusterConfig/lint.ts';
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
    'AutoTerminationPolicy.IdleTimout: EMR knows no field of that name (IdleTimeout?); rename it to IdleTimeout, or take it out',
  ],
  [
    'AutoTerminationPolicy',
    { IdleTimeout: '3600' },
    'AutoTerminationPolicy.IdleTimeout: it is "3600", not a whole number; write it as 3600, without quotes',
  ],
  [
    'Configurations.0.Properties',
    { 'spark.eventLog.dir': 's3://b/e', x: 5 },
    'Configurations[0].Properties["x"]: it is 5, not a text; write it as "5"',
  ],
  [
    'Instances.TerminationProtected',
    'false',
    'Instances.TerminationProtected: it is "false", not true or false; write it as false, without quotes',
  ],
  [
    'BootstrapActions',
    [{ Name: 'install' }],
    'BootstrapActions[0].ScriptBootstrapAction: it is missing, and EMR needs it; add ScriptBootstrapAction',
  ],
  [
    'BootstrapActions',
    [{ Name: 'install', ScriptBootstrapAction: { Path: 's3://b/i.sh', Args: 'x' } }],
    'BootstrapActions[0].ScriptBootstrapAction.Args: it is "x", not a list; give Args as a list',
  ],
  [
    'Steps',
    [{ Name: 'set-up', ActionOnFailure: 'CONTINUE' }],
    'Steps[0].HadoopJarStep: it is missing, and EMR needs it; add HadoopJarStep',
  ],
  ['Instances.Ec2SubnetIds', [1], 'Instances.Ec2SubnetIds[0]: it is 1, not a text; write it as "1"'],
  [
    `${core}.EbsConfiguration`,
    { EbsBlockDevices: [] },
    'Instances.InstanceGroups[1].EbsConfiguration.EbsBlockDevices: EMR knows no field of that name (EbsBlockDeviceConfigs?); rename it to EbsBlockDeviceConfigs, or take it out',
  ],
  [
    `${core}.EbsConfiguration`,
    { EbsBlockDeviceConfigs: [{ VolumeSpecification: { VolumeType: 'gp3' } }] },
    'Instances.InstanceGroups[1].EbsConfiguration.EbsBlockDeviceConfigs[0].VolumeSpecification.SizeInGB: it is missing, and EMR needs it; add SizeInGB',
  ],
  [
    'ReleaseLabel',
    'emr-7.12',
    'ReleaseLabel: it is "emr-7.12", and EMR takes only such as emr-7.12.0; write it as emr-7.12.0',
  ],
  [
    'LogUri',
    'https://bucket/logs',
    'LogUri: it is "https://bucket/logs", and EMR takes only such as s3://bucket/logs/; write it as s3://bucket/logs/',
  ],
  [
    `${core}.Market`,
    'ONDEMAND',
    `Instances.InstanceGroups[1].Market: it is "ONDEMAND", which is none of ${markets}; set it to one of ${markets}`,
  ],
  [
    `${core}.InstanceRole`,
    'core',
    'Instances.InstanceGroups[1].InstanceRole: it is "core", which is none of MASTER, CORE, TASK; set it to one of MASTER, CORE, TASK',
  ],
  [
    `${core}.InstanceCount`,
    -3,
    'Instances.InstanceGroups[1].InstanceCount: it is -3, and EMR takes 1 or more; set it to 1 or more',
  ],
  [
    'ManagedScalingPolicy',
    { ComputeLimits: { UnitType: 'Instances', MinimumCapacityUnits: 1 } },
    'ManagedScalingPolicy.ComputeLimits.MaximumCapacityUnits: it is missing, and EMR needs it; add MaximumCapacityUnits',
  ],
  ['Tags', { purpose: 'x' }, 'Tags: it is {"purpose":"x"}, not a list; give Tags as a list'],
  [
    'Name',
    'n'.repeat(151),
    'Name: it has 151 characters, and the load and run id that the DAG adds would be cut off at 256; shorten it to 150 or fewer',
  ],
])('%s as %j is refused with its remedy', (path, value, finding) => {
  expect(refusals(configWith(path, value))).toEqual([finding]);
});

test('what is nested is looked at as deep as it goes', () => {
  expect(refusals({ ...soundConfig(), Tags: [{ key: 'purpose', Value: 'x' }] })).toEqual([
    'Tags[0].key: EMR knows no field of that name (Key?); rename it to Key, or take it out',
    'Tags[0].Key: it is missing, and EMR needs it; add Key',
  ]);
  const list = soundConfig().Configurations;
  expect(refusals({ ...soundConfig(), Configurations: [...list, 'x'] })).toEqual([
    'Configurations[1]: it is "x", not an object; give Configurations[1] as an object',
  ]);
  const inner = { Classification: 'export', Propertis: {} };
  const outer = { Classification: 'hadoop-env', Configurations: [inner] };
  expect(refusals({ ...soundConfig(), Configurations: [...list, outer] })).toEqual([
    'Configurations[1].Configurations[0].Propertis: EMR knows no field of that name (Properties?); rename it to Properties, or take it out',
  ]);
});

test('fleets are looked at down to their volumes', () => {
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
    'Instances.InstanceFleets[0].InstanceTypeConfigs[0].InstanceType: it is missing, and EMR needs it; add InstanceType',
    'Instances.InstanceFleets[1].InstanceTypeConfigs[0].EbsConfiguration.EbsBlockDeviceConfigs[0].VolumeSpecification.SizeInGB: it is "100", not a whole number; write it as 100, without quotes',
  ]);
});

test('a second CORE group is refused', () => {
  const { Instances: instances } = soundConfig();
  const groups = [...instances.InstanceGroups, instances.InstanceGroups[1]];
  expect(refusals(configWith('Instances', { ...instances, InstanceGroups: groups }))).toEqual([
    'Instances: it has 2 CORE entries, and EMR takes one at most; put their nodes into one CORE entry, or make the others TASK',
  ]);
});

test('a count below 1 is refused where it stands, and no sum is made with it', () => {
  const findings = lintClusterConfig(configWith(`${core}.InstanceCount`, -3), {
    schedule: '15m',
    checks: 40,
  });
  expect(findings).toHaveLength(1);
});

test('the arguments of a step are texts, and not too many', () => {
  const { Args } = soundConfig().AuditStep;
  const numbered = Args.map((word) => (word === '3' ? 3 : word));
  expect(refusals(configWith('AuditStep.Args', numbered))).toContain(
    'AuditStep.Args[6]: it is 3, not a text; write it as "3"',
  );
  expect(refusals(configWith('AuditStep.Args', [...Args, 'x'.repeat(10_240)]))).toEqual([
    expect.stringMatching(
      /^AuditStep\.Args: the arguments have \d+ characters together, and EMR takes 10240 a step; shorten them/,
    ),
  ]);
});

test.each([
  [
    ['--deploy-mode', 'clutser'],
    'AuditStep.Args: the deploy mode is "clutser", and Spark takes client or cluster; set it to cluster',
  ],
  [
    ['--executor-memory', '4gg'],
    'AuditStep.Args: spark.executor.memory is "4gg", which Spark cannot read as a size; write a whole number and a unit, for example 4g or 512m',
  ],
  [
    ['--conf', 'spark.driver.memoryOverhead=0.5g'],
    'AuditStep.Args: spark.driver.memoryOverhead is "0.5g", which Spark cannot read as a size; write a whole number and a unit, for example 4g or 512m',
  ],
])('spark-submit with %j is refused', (options, finding) => {
  expect(refusals(submitting(...options))).toEqual([finding]);
});

test.each(['4g', '4G', '4gb', '512m', '512mb', '4096', ' 4g '])('%j is a size to Spark', (size) => {
  expect(refusals(submitting('--deploy-mode', 'cluster', '--executor-memory', size))).toEqual([]);
});

test('a size in spark-defaults that Spark cannot read is named there', () => {
  const properties = { 'spark.eventLog.dir': 's3://b/e', 'spark.driver.memory': '4 g' };
  const config = {
    ...submitting('--deploy-mode', 'cluster'),
    Configurations: [{ Classification: 'spark-defaults', Properties: properties }],
  };
  expect(refusals(config)).toEqual([
    expect.stringMatching(/^Configurations: spark\.driver\.memory is "4 g", which Spark cannot read/),
  ]);
});
