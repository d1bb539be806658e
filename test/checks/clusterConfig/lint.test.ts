import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findingLine, lintClusterConfigs } from '../../../src/checks/clusterConfig/files.ts';
import { lintClusterConfig } from '../../../src/checks/clusterConfig/lint.ts';
import { configWith, hourlyConfig, soundConfig, submitting } from './soundConfig.ts';

const setUp = { Name: 'set-up', HadoopJarStep: { Jar: 'command-runner.jar', Args: ['true'] } };

const facts = { schedule: '15m', checks: 40 } as const;

function lint(config: unknown, more: Partial<{ schedule: '15m' | 'hourly' | 'daily'; checks: number }> = {}) {
  return lintClusterConfig(config, { ...facts, ...more }).map(
    ({ severity, path, message }) => `${severity} ${path}: ${message}`,
  );
}

test('a sound config passes without a word, with options, with --conf and with fleets', () => {
  expect(lint(soundConfig())).toEqual([]);
  expect(lint(hourlyConfig(), { schedule: 'hourly' })).toEqual([]);
  expect(lint(submitting('--deploy-mode=cluster', '-v', '--conf', 'spark.executor.memory=4g'))).toEqual([]);
  const fleets = configWith('Instances', {
    KeepJobFlowAliveWhenNoSteps: true,
    InstanceFleets: [
      {
        InstanceFleetType: 'MASTER',
        TargetOnDemandCapacity: 1,
        InstanceTypeConfigs: [{ InstanceType: 'm6i.xlarge' }],
      },
      {
        InstanceFleetType: 'CORE',
        TargetOnDemandCapacity: 4,
        InstanceTypeConfigs: [{ InstanceType: 'm6i.2xlarge' }],
      },
    ],
  });
  expect(lint(fleets)).toEqual([]);
});

test.each([
  ['a list', []],
  ['null', null],
  ['a text', 'Name'],
])('%s is no cluster config', (_what, config) => {
  expect(lint(config)).toEqual(['refuse : it is not a JSON object, so no cluster could be made from it']);
});

test.each([
  [
    'a misspelt field',
    'StepConcurencyLevel',
    4,
    'refuse StepConcurencyLevel: EMR knows no field of that name (StepConcurrencyLevel?)',
  ],
  ['a field of nobody', 'Colour', 'red', 'refuse Colour: EMR knows no field of that name'],
  ['a field without its value', 'LogUri', null, 'refuse LogUri: it is null, not a text'],
  ['no name', 'Name', undefined, 'refuse Name: it is missing, and RunJobFlow needs it'],
  [
    'a name too short to be found by',
    'Name',
    'lt',
    'refuse Name: it has 2 characters, too few to find its clusters by',
  ],
  ['no release', 'ReleaseLabel', undefined, 'refuse ReleaseLabel: it is missing, and RunJobFlow needs it'],
  ['no role for EMR', 'ServiceRole', undefined, 'refuse ServiceRole: it is missing, and RunJobFlow needs it'],
  [
    'no role for the machines',
    'JobFlowRole',
    '',
    'refuse JobFlowRole: it is missing, and RunJobFlow needs it',
  ],
  [
    'a number as text',
    'StepConcurrencyLevel',
    '4',
    'refuse StepConcurrencyLevel: it is "4", not a whole number',
  ],
  [
    'a misspelt field of Instances',
    'Instances.TerminationProtect',
    false,
    'refuse Instances.TerminationProtect: EMR knows no field of that name (TerminationProtected?)',
  ],
  [
    'a misspelt field of a group',
    'Instances.InstanceGroups.1.InstancesCount',
    3,
    'refuse Instances.InstanceGroups[1].InstancesCount: EMR knows no field of that name (InstanceCount?)',
  ],
  [
    'a group without a size',
    'Instances.InstanceGroups.1.InstanceCount',
    undefined,
    'refuse Instances.InstanceGroups[1].InstanceCount: it is missing, and EMR needs it',
  ],
  [
    'a group that is none',
    'Instances.InstanceGroups.1',
    'm6i.2xlarge',
    'refuse Instances.InstanceGroups[1]: it is "m6i.2xlarge", not an object',
  ],
  [
    'a property that is no text',
    'Configurations.0.Properties',
    { 'spark.eventLog.dir': 's3://bucket/events', 'spark.x': true },
    'refuse Configurations[0].Properties["spark.x"]: it is true, not a text',
  ],
  ['no step template', 'AuditStep', undefined, 'refuse AuditStep: it is missing, and the DAG needs it'],
  [
    'a misspelt part of the step template',
    'AuditStep.HourlyArg',
    [],
    'refuse AuditStep.HourlyArg: the DAG knows no field of that name (HourlyArgs?)',
  ],
  [
    'a step without a jar',
    'AuditStep.Jar',
    undefined,
    'refuse AuditStep.Jar: it is missing, and a step needs it',
  ],
  [
    'hourly arguments in the 15m file',
    'AuditStep.HourlyArgs',
    [],
    'refuse AuditStep.HourlyArgs: the 15m checks have their window in their own SQL',
  ],
  [
    'both kinds of machines',
    'Instances.InstanceFleets',
    [{ InstanceFleetType: 'MASTER' }],
    'refuse Instances: it has InstanceGroups and InstanceFleets, and EMR takes one of them',
  ],
  ['no machines', 'Instances.InstanceGroups', [], 'refuse Instances: it names no machines'],
  [
    'two primaries',
    'Instances.InstanceGroups.1.InstanceRole',
    'MASTER',
    'refuse Instances: it has 2 MASTER entries, and EMR takes exactly one',
  ],
  [
    'a primary alone',
    'Instances.InstanceGroups',
    [{ InstanceRole: 'MASTER', InstanceType: 'm6i.2xlarge', InstanceCount: 1 }],
    'warn Instances: it has 0 core or task nodes, so drivers and executors of all checks share the primary node',
  ],
  [
    'a cluster that ends without steps',
    'Instances.KeepJobFlowAliveWhenNoSteps',
    false,
    'refuse Instances.KeepJobFlowAliveWhenNoSteps: it is not true, and the cluster starts with 0 steps, so it would end before the DAG adds the checks',
  ],
  [
    'nothing said of staying up',
    'Instances.KeepJobFlowAliveWhenNoSteps',
    undefined,
    'refuse Instances.KeepJobFlowAliveWhenNoSteps: it is not true, and the cluster starts with 0 steps, so it would end before the DAG adds the checks',
  ],
  [
    'a cluster that cannot be ended',
    'Instances.TerminationProtected',
    true,
    'refuse Instances.TerminationProtected: it is true, so the DAG cannot end the cluster, which goes on costing money',
  ],
  [
    'no auto-termination',
    'AutoTerminationPolicy',
    undefined,
    'warn AutoTerminationPolicy: it is missing: a cluster whose DAG run was lost stays up until somebody notices',
  ],
  [
    'an idle time that EMR refuses',
    'AutoTerminationPolicy.IdleTimeout',
    30,
    'refuse AutoTerminationPolicy.IdleTimeout: it is 30 s, and EMR takes 60 to 604800',
  ],
  [
    'no step at a time',
    'StepConcurrencyLevel',
    0,
    'refuse StepConcurrencyLevel: it is 0, and EMR takes 1 to 256',
  ],
  [
    'too many steps at a time',
    'StepConcurrencyLevel',
    257,
    'refuse StepConcurrencyLevel: it is 257, and EMR takes 1 to 256',
  ],
  [
    'one step at a time',
    'StepConcurrencyLevel',
    1,
    'warn StepConcurrencyLevel: it is 1, so 40 checks run one after another',
  ],
  [
    'nothing said of concurrency',
    'StepConcurrencyLevel',
    undefined,
    'warn StepConcurrencyLevel: it is 1, so 40 checks run one after another',
  ],
  [
    'a step of its own that stops the others',
    'Steps',
    [{ ...setUp, ActionOnFailure: 'TERMINATE_CLUSTER' }],
    'refuse Steps[0].ActionOnFailure: it is TERMINATE_CLUSTER, and with 4 steps at a time EMR takes CONTINUE only',
  ],
  [
    'no place for logs',
    'LogUri',
    undefined,
    'warn LogUri: it is missing: when the cluster ends its logs are gone, and the report cannot say why a check failed',
  ],
  [
    'no event log',
    'Configurations',
    [],
    'warn Configurations: spark.eventLog.dir is not set: Spark event logs end with the cluster',
  ],
  [
    'an event log on the cluster',
    'Configurations.0.Properties',
    { 'spark.eventLog.dir': 'hdfs:///logs' },
    'warn Configurations: spark.eventLog.dir is hdfs:///logs, which ends with the cluster',
  ],
  [
    'managed scaling',
    'ManagedScalingPolicy',
    { ComputeLimits: { UnitType: 'Instances', MinimumCapacityUnits: 2, MaximumCapacityUnits: 9 } },
    'warn ManagedScalingPolicy: the cluster changes its size during the round, so that two rounds do not compare',
  ],
  [
    'spark-submit without Spark',
    'Applications',
    [{ Name: 'Hadoop' }],
    'refuse Applications: it does not list Spark, and each step runs spark-submit',
  ],
])('%s is found', (_what, path, value, finding) => {
  const found = lint(configWith(path, value));
  // A refusal may bring warnings after it; it must not bring another refusal.
  expect(found).toContain(finding);
  expect(found.filter((one) => one !== finding && one.startsWith('refuse'))).toEqual([]);
});

test('more checks than EMR takes at once are warned about, and few checks one after another are not', () => {
  expect(lint(soundConfig(), { checks: 1203 })).toEqual([
    'warn StepConcurrencyLevel: 1203 checks are more than the 256 active steps that EMR allows: the DAG submits them bit by bit, so that waiting shows as time between steps',
  ]);
  expect(lint(configWith('StepConcurrencyLevel', 1), { checks: 19 })).toEqual([]);
});

test('a set-up step of its own may stop the cluster while steps run one by one', () => {
  const config = {
    ...configWith('Steps', [{ ...setUp, ActionOnFailure: 'TERMINATE_CLUSTER' }]),
    StepConcurrencyLevel: 1,
  };
  expect(lint(config, { checks: 5 })).toEqual([]);
});

test.each([
  [
    ['{config}', '{run_id}'],
    [
      'refuse AuditStep.Args: no argument is {config_uri} or --option={config_uri}, so a retried run could not tell which checks it has submitted',
      'refuse AuditStep.Args: the DAG fills in no {config} there ({config_uri}?)',
    ],
  ],
  [
    ['{config_uri}', 'run-{run_id}-x'],
    [
      'refuse AuditStep.Args: no argument is {run_id} or --option={run_id}, so a retried run could not tell which checks it has submitted',
    ],
  ],
  [
    ['{config_uri}', '{run_id}', '{ts_start}'],
    ['refuse AuditStep.Args: the DAG fills in no {ts_start} there'],
  ],
  [
    ['{config_uri}', '{run_id}', 's3://bucket/PATH_OF_YOUR_AUDIT_RUNNER/run.py'],
    [
      'warn AuditStep.Args: it still names the placeholder PATH_OF_YOUR_AUDIT_RUNNER, so every step would fail',
    ],
  ],
])('arguments %j are told apart from those that the DAG can fill in', (words, findings) => {
  expect(lint(configWith('AuditStep.Args', ['spark-submit', 'run.py', ...words]))).toEqual(findings);
});

test('the hourly file must hand on its window', () => {
  const missing = (name: string) =>
    `refuse AuditStep.HourlyArgs: {${name}} is missing: hourly checks get their load through ts_start and ts_end alone`;
  expect(lint(soundConfig(), { schedule: 'hourly' })).toEqual([missing('ts_start'), missing('ts_end')]);
  const half = configWith('AuditStep.HourlyArgs', ['{ts_start}']);
  expect(lint(half, { schedule: 'hourly' })).toEqual([missing('ts_end')]);
});

test('a driver above what YARN has on a core node is refused, by its overhead alone, too', () => {
  const driver = (memory: string) => submitting('--deploy-mode', 'cluster', '--driver-memory', memory);
  // 21,295 MiB and a tenth of it are 23,424, which is all that YARN has on an m6i.2xlarge.
  expect(lint(driver('21295m'))).toEqual([]);
  expect(lint(driver('21296m'))).toEqual([
    'refuse AuditStep.Args: the driver asks for 23425 MiB (21296 + 2129 overhead), and a m6i.2xlarge has 23424 for YARN',
  ]);
  const said = ['--conf', 'spark.driver.memoryOverhead=8g'];
  expect(lint(submitting('--deploy-mode', 'cluster', '--driver-memory', '16g', ...said))).toEqual([
    'refuse AuditStep.Args: the driver asks for 24576 MiB (16384 + 8192 overhead), and a m6i.2xlarge has 23424 for YARN',
  ]);
});

test('in client mode the drivers of all steps share the primary node', () => {
  expect(lint(submitting('--driver-memory', '20g'))).toEqual([
    'refuse AuditStep.Args: the driver asks for 20480 MiB in client mode, and the primary node (m6i.xlarge) has 16384',
  ]);
  expect(lint(submitting('--driver-memory', '4g'))).toEqual([]);
  expect(lint(submitting('--driver-memory', '5g'))).toEqual([
    'warn AuditStep.Args: 4 drivers at once may take 20480 MiB in client mode, and the primary node (m6i.xlarge) has 16384',
  ]);
});

test('an executor above what YARN has on a core node is refused, unless the config gives YARN more', () => {
  const large = submitting('--deploy-mode', 'cluster', '--executor-memory', '24g');
  expect(lint(large)).toEqual([
    'refuse AuditStep.Args: an executor asks for 27033 MiB (24576 + 2457 overhead), and a m6i.2xlarge has 23424 for YARN',
  ]);
  const yarnSite = {
    Classification: 'yarn-site',
    Properties: { 'yarn.nodemanager.resource.memory-mb': '28672' },
  };
  expect(lint({ ...large, Configurations: [...soundConfig().Configurations, yarnSite] })).toEqual([]);
});

test('more cores than a node has are warned about, and refused where YARN counts cores', () => {
  const wide = submitting('--deploy-mode', 'cluster', '--executor-cores', '9');
  const finding = 'AuditStep.Args: an executor asks for 9 cores, and a m6i.2xlarge has 8';
  expect(lint(wide)).toEqual([`warn ${finding}`]);
  const calculator = {
    Classification: 'capacity-scheduler',
    Properties: {
      'yarn.scheduler.capacity.resource-calculator':
        'org.apache.hadoop.yarn.util.resource.DominantResourceCalculator',
    },
  };
  expect(lint({ ...wide, Configurations: [...soundConfig().Configurations, calculator] })).toEqual([
    `refuse ${finding}`,
  ]);
});

test('executors are counted against the containers that whole nodes hold', () => {
  const asking = (executors: string) =>
    submitting('--deploy-mode', 'cluster', '--num-executors', executors, '--executor-memory', '4g');
  expect(lint(asking('5'))).toEqual([]);
  expect(lint(asking('6'))).toEqual([
    'warn StepConcurrencyLevel: 4 steps at once ask for 24 executors of 4505 MiB, and the cluster holds 20: steps wait for each other',
  ]);
  expect(lint(asking('21'))).toEqual([
    'warn AuditStep.Args: a step asks for 21 executors of 4505 MiB, and the cluster holds 20',
  ]);
  const withDrivers = submitting(
    ...[
      '--deploy-mode',
      'cluster',
      '--driver-memory',
      '4g',
      '--num-executors',
      '5',
      '--executor-memory',
      '4g',
    ],
  );
  expect(lint(withDrivers)).toEqual([
    'warn StepConcurrencyLevel: 4 steps at once ask for 20 executors of 4505 MiB and drivers in the space of 4, and the cluster holds 20: steps wait for each other',
  ]);
});

test('with dynamic allocation the number of executors is the one at the start', () => {
  const config = submitting('--num-executors', '21', '--executor-memory', '4g');
  const dynamic = [{ Classification: 'spark-defaults', Properties: { 'spark.eventLog.dir': 's3://b/e' } }];
  expect(lint({ ...config, Configurations: dynamic })).toEqual([
    'warn AuditStep.Args: a step asks for 21 executors at their start of 4505 MiB, and the cluster holds 20',
  ]);
});

test('what is not known is not judged: types outside the table, other runners, words of the application', () => {
  const large = submitting(
    '--deploy-mode',
    'cluster',
    '--driver-memory',
    '900g',
    '--executor-memory',
    '900g',
  );
  const group = { InstanceRole: 'CORE', InstanceType: 'x9z.metal', InstanceCount: 4 };
  const instances = soundConfig().Instances;
  expect(
    lint({ ...large, Instances: { ...instances, InstanceGroups: [instances.InstanceGroups[0], group] } }),
  ).toEqual([]);
  const ownRunner = ['bash', '-c', 'run --driver-memory 900g', '{config_uri}', '{run_id}'];
  expect(lint(configWith('AuditStep.Args', ownRunner))).toEqual([]);
  const words = ['spark-submit', 'run.py', '--executor-memory', '900g', '{config_uri}', '{run_id}'];
  expect(lint(configWith('AuditStep.Args', words))).toEqual([]);
});

const folder = new URL('../../../dags/cluster_configs/', import.meta.url);

test('the three configs that ship are refused for nothing, and warned about for their placeholder alone', () => {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name: `cluster_configs/${name}`, bytes: readFileSync(new URL(name, folder)) }));
  expect(files).toHaveLength(3);
  expect(lintClusterConfigs(files).map(findingLine)).toEqual([
    '15m, hourly, daily: AuditStep.Args: it still names the placeholder PATH_OF_YOUR_AUDIT_RUNNER, so every step would fail; put the S3 path of your audit runner there',
  ]);
});
