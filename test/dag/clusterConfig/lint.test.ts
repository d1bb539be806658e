import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findingLine, lintClusterConfig, lintClusterConfigs } from '../../../src/dag/clusterConfig/files.ts';
import { configWith, hourlyConfig, soundConfig, submitting } from './soundConfig.ts';

const setupStep = { Name: 'setup', HadoopJarStep: { Jar: 'command-runner.jar', Args: ['true'] } };

const facts = { schedule: '15m', checks: 40 } as const;

function lint(config: unknown, more: Partial<{ schedule: '15m' | 'hourly' | 'daily'; checks: number }> = {}) {
  return lintClusterConfig(config, { ...facts, ...more }).map(
    ({ severity, path, message }) => `${severity} ${path}: ${message}`,
  );
}

test('a sound config has no findings, with options, with --conf and with fleets', () => {
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
  ['a string', 'Name'],
])('%s is not a cluster config', (_what, config) => {
  expect(lint(config)).toEqual(['refuse : it is not a JSON object, so it does not describe a cluster']);
});

test.each([
  [
    'a misspelt field',
    'StepConcurencyLevel',
    4,
    'refuse StepConcurencyLevel: EMR knows no such field (did you mean StepConcurrencyLevel?)',
  ],
  ['an unknown field', 'Colour', 'red', 'refuse Colour: EMR knows no such field'],
  ['a field without a value', 'LogUri', null, 'refuse LogUri: it is null, not a string'],
  ['no name', 'Name', undefined, 'refuse Name: it is missing, but RunJobFlow requires it'],
  [
    'a name too short to find its clusters by',
    'Name',
    'lt',
    'refuse Name: it has 2 characters, too few to find its clusters by name',
  ],
  ['no release', 'ReleaseLabel', undefined, 'refuse ReleaseLabel: it is missing, but RunJobFlow requires it'],
  [
    'no role for EMR',
    'ServiceRole',
    undefined,
    'refuse ServiceRole: it is missing, but RunJobFlow requires it',
  ],
  [
    'no role for the instances',
    'JobFlowRole',
    '',
    'refuse JobFlowRole: it is missing, but RunJobFlow requires it',
  ],
  [
    'a number as a string',
    'StepConcurrencyLevel',
    '4',
    'refuse StepConcurrencyLevel: it is "4", not a whole number',
  ],
  [
    'a misspelt field of Instances',
    'Instances.TerminationProtect',
    false,
    'refuse Instances.TerminationProtect: EMR knows no such field (did you mean TerminationProtected?)',
  ],
  [
    'a misspelt field of a group',
    'Instances.InstanceGroups.1.InstancesCount',
    3,
    'refuse Instances.InstanceGroups[1].InstancesCount: EMR knows no such field (did you mean InstanceCount?)',
  ],
  [
    'a group without a size',
    'Instances.InstanceGroups.1.InstanceCount',
    undefined,
    'refuse Instances.InstanceGroups[1].InstanceCount: it is missing, but EMR requires it',
  ],
  [
    'a group that is not an object',
    'Instances.InstanceGroups.1',
    'm6i.2xlarge',
    'refuse Instances.InstanceGroups[1]: it is "m6i.2xlarge", not an object',
  ],
  [
    'a property that is not a string',
    'Configurations.0.Properties',
    { 'spark.eventLog.dir': 's3://bucket/events', 'spark.x': true },
    'refuse Configurations[0].Properties["spark.x"]: it is true, not a string',
  ],
  ['no step template', 'AuditStep', undefined, 'refuse AuditStep: it is missing, but the DAG requires it'],
  [
    'a misspelt part of the step template',
    'AuditStep.HourlyArg',
    [],
    'refuse AuditStep.HourlyArg: the DAG knows no such field (did you mean HourlyArgs?)',
  ],
  [
    'a step without a jar',
    'AuditStep.Jar',
    undefined,
    'refuse AuditStep.Jar: it is missing, but every step requires it',
  ],
  [
    'hourly arguments in the 15m file',
    'AuditStep.HourlyArgs',
    [],
    'refuse AuditStep.HourlyArgs: the 15m checks have their window in their own SQL',
  ],
  [
    'both groups and fleets',
    'Instances.InstanceFleets',
    [{ InstanceFleetType: 'MASTER' }],
    'refuse Instances: it has both InstanceGroups and InstanceFleets, but EMR accepts only one of them',
  ],
  ['no instances', 'Instances.InstanceGroups', [], 'refuse Instances: it defines no instances'],
  [
    'two primary groups',
    'Instances.InstanceGroups.1.InstanceRole',
    'MASTER',
    'refuse Instances: it has 2 MASTER entries, but EMR requires exactly one',
  ],
  [
    'only a primary group',
    'Instances.InstanceGroups',
    [{ InstanceRole: 'MASTER', InstanceType: 'm6i.2xlarge', InstanceCount: 1 }],
    'warn Instances: it has no core or task nodes, so the drivers and executors of all checks share the primary node',
  ],
  [
    'a cluster that terminates without steps',
    'Instances.KeepJobFlowAliveWhenNoSteps',
    false,
    'refuse Instances.KeepJobFlowAliveWhenNoSteps: it is not true, and the cluster starts without steps, so it would terminate before the DAG adds the checks',
  ],
  [
    'no KeepJobFlowAliveWhenNoSteps',
    'Instances.KeepJobFlowAliveWhenNoSteps',
    undefined,
    'refuse Instances.KeepJobFlowAliveWhenNoSteps: it is not true, and the cluster starts without steps, so it would terminate before the DAG adds the checks',
  ],
  [
    'a cluster that cannot be terminated',
    'Instances.TerminationProtected',
    true,
    'refuse Instances.TerminationProtected: it is true, so the DAG cannot terminate the cluster, which keeps costing money',
  ],
  [
    'no auto-termination',
    'AutoTerminationPolicy',
    undefined,
    'warn AutoTerminationPolicy: it is not set: if its DAG run is lost, the cluster keeps running until somebody notices',
  ],
  [
    'an idle time that EMR refuses',
    'AutoTerminationPolicy.IdleTimeout',
    30,
    "refuse AutoTerminationPolicy.IdleTimeout: 30 s is outside EMR's range of 60 to 604800 s",
  ],
  [
    'a concurrency of 0',
    'StepConcurrencyLevel',
    0,
    "refuse StepConcurrencyLevel: 0 is outside EMR's range of 1 to 256",
  ],
  [
    'a concurrency above the limit',
    'StepConcurrencyLevel',
    257,
    "refuse StepConcurrencyLevel: 257 is outside EMR's range of 1 to 256",
  ],
  [
    'one step at a time',
    'StepConcurrencyLevel',
    1,
    'warn StepConcurrencyLevel: it is 1, so 40 checks run one at a time',
  ],
  [
    'no concurrency',
    'StepConcurrencyLevel',
    undefined,
    'warn StepConcurrencyLevel: it is 1, so 40 checks run one at a time',
  ],
  [
    'a step of the config that stops the others',
    'Steps',
    [{ ...setupStep, ActionOnFailure: 'TERMINATE_CLUSTER' }],
    'refuse Steps[0].ActionOnFailure: it is TERMINATE_CLUSTER, but with 4 concurrent steps EMR accepts only CONTINUE',
  ],
  [
    'no log location',
    'LogUri',
    undefined,
    'warn LogUri: it is not set: the logs are lost when the cluster terminates, and the report cannot say why a check failed',
  ],
  [
    'no event log',
    'Configurations',
    [],
    'warn Configurations: spark.eventLog.dir is not set: Spark event logs are lost when the cluster terminates',
  ],
  [
    'an event log on the cluster',
    'Configurations.0.Properties',
    { 'spark.eventLog.dir': 'hdfs:///logs' },
    'warn Configurations: spark.eventLog.dir is hdfs:///logs, which is lost when the cluster terminates',
  ],
  [
    'managed scaling',
    'ManagedScalingPolicy',
    { ComputeLimits: { UnitType: 'Instances', MinimumCapacityUnits: 2, MaximumCapacityUnits: 9 } },
    'warn ManagedScalingPolicy: the cluster changes size during the round, so two rounds are not comparable',
  ],
  [
    'spark-submit without Spark',
    'Applications',
    [{ Name: 'Hadoop' }],
    'refuse Applications: it does not list Spark, but each step runs spark-submit',
  ],
])('%s is found', (_what, path, value, finding) => {
  const found = lint(configWith(path, value));
  // A refusal may bring warnings after it; it must not bring another refusal.
  expect(found).toContain(finding);
  expect(found.filter((one) => one !== finding && one.startsWith('refuse'))).toEqual([]);
});

test('more checks than the limit of active steps are a warning, and few checks one at a time are not', () => {
  expect(lint(soundConfig(), { checks: 1203 })).toEqual([
    "warn StepConcurrencyLevel: 1203 checks exceed EMR's limit of 256 active steps: the DAG submits them gradually, so waiting shows as time between steps",
  ]);
  expect(lint(configWith('StepConcurrencyLevel', 1), { checks: 19 })).toEqual([]);
});

test('a setup step may stop the cluster while steps run one at a time', () => {
  const config = {
    ...configWith('Steps', [{ ...setupStep, ActionOnFailure: 'TERMINATE_CLUSTER' }]),
    StepConcurrencyLevel: 1,
  };
  expect(lint(config, { checks: 5 })).toEqual([]);
});

test.each([
  [
    ['{config}', '{run_id}'],
    [
      'refuse AuditStep.Args: no argument is {config_uri} or --option={config_uri}, so a retried run could not tell which checks it has already submitted',
      'refuse AuditStep.Args: the DAG does not fill in {config} here (did you mean {config_uri}?)',
    ],
  ],
  [
    ['{config_uri}', 'run-{run_id}-x'],
    [
      'refuse AuditStep.Args: no argument is {run_id} or --option={run_id}, so a retried run could not tell which checks it has already submitted',
    ],
  ],
  [
    ['{config_uri}', '{run_id}', '{ts_start}'],
    ['refuse AuditStep.Args: the DAG does not fill in {ts_start} here'],
  ],
  [
    ['{config_uri}', '{run_id}', 's3://bucket/PATH_OF_YOUR_AUDIT_RUNNER/run.py'],
    [
      'warn AuditStep.Args: it still contains the placeholder PATH_OF_YOUR_AUDIT_RUNNER, so every step would fail',
    ],
  ],
])('arguments %j are distinguished from those that the DAG can fill in', (words, findings) => {
  expect(lint(configWith('AuditStep.Args', ['spark-submit', 'run.py', ...words]))).toEqual(findings);
});

test('the hourly file must pass its window to the runner', () => {
  const missing = (name: string) =>
    `refuse AuditStep.HourlyArgs: {${name}} is missing: hourly checks get their load only through ts_start and ts_end`;
  expect(lint(soundConfig(), { schedule: 'hourly' })).toEqual([missing('ts_start'), missing('ts_end')]);
  const half = configWith('AuditStep.HourlyArgs', ['{ts_start}']);
  expect(lint(half, { schedule: 'hourly' })).toEqual([missing('ts_end')]);
});

test('a driver above the YARN memory of a core node is refused, also when only its overhead exceeds it', () => {
  const driver = (memory: string) => submitting('--deploy-mode', 'cluster', '--driver-memory', memory);
  // 21,295 MiB plus 10% is 23,424, the YARN memory of an m6i.2xlarge.
  expect(lint(driver('21295m'))).toEqual([]);
  expect(lint(driver('21296m'))).toEqual([
    'refuse AuditStep.Args: the driver requests 23425 MiB (21296 + 2129 overhead), but YARN has only 23424 MiB on m6i.2xlarge nodes',
  ]);
  const overhead = ['--conf', 'spark.driver.memoryOverhead=8g'];
  expect(lint(submitting('--deploy-mode', 'cluster', '--driver-memory', '16g', ...overhead))).toEqual([
    'refuse AuditStep.Args: the driver requests 24576 MiB (16384 + 8192 overhead), but YARN has only 23424 MiB on m6i.2xlarge nodes',
  ]);
});

test('in client mode the drivers of all steps share the primary node', () => {
  expect(lint(submitting('--driver-memory', '20g'))).toEqual([
    'refuse AuditStep.Args: the driver requests 20480 MiB in client mode, but the primary node (m6i.xlarge) has only 16384 MiB',
  ]);
  expect(lint(submitting('--driver-memory', '4g'))).toEqual([]);
  expect(lint(submitting('--driver-memory', '5g'))).toEqual([
    'warn AuditStep.Args: 4 concurrent drivers may use 20480 MiB in client mode, but the primary node (m6i.xlarge) has only 16384 MiB',
  ]);
});

test('an executor above the YARN memory of a core node is refused, unless the config gives YARN more', () => {
  const large = submitting('--deploy-mode', 'cluster', '--executor-memory', '24g');
  expect(lint(large)).toEqual([
    'refuse AuditStep.Args: an executor requests 27033 MiB (24576 + 2457 overhead), but YARN has only 23424 MiB on m6i.2xlarge nodes',
  ]);
  const yarnSite = {
    Classification: 'yarn-site',
    Properties: { 'yarn.nodemanager.resource.memory-mb': '28672' },
  };
  expect(lint({ ...large, Configurations: [...soundConfig().Configurations, yarnSite] })).toEqual([]);
});

test('more cores than a node has are a warning, and refused where YARN counts cores', () => {
  const wide = submitting('--deploy-mode', 'cluster', '--executor-cores', '9');
  const finding = 'AuditStep.Args: an executor requests 9 cores, but m6i.2xlarge nodes have only 8';
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

test('executors are compared with the containers that fit on whole nodes', () => {
  const requesting = (executors: string) =>
    submitting('--deploy-mode', 'cluster', '--num-executors', executors, '--executor-memory', '4g');
  expect(lint(requesting('5'))).toEqual([]);
  expect(lint(requesting('6'))).toEqual([
    'warn StepConcurrencyLevel: 4 concurrent steps request 24 executors of 4505 MiB, but the cluster has room for 20: steps will wait for each other',
  ]);
  expect(lint(requesting('21'))).toEqual([
    'warn AuditStep.Args: a step requests 21 executors of 4505 MiB, but the cluster has room for 20',
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
    'warn StepConcurrencyLevel: 4 concurrent steps request 20 executors of 4505 MiB, and their drivers the space of 4 more, but the cluster has room for 20: steps will wait for each other',
  ]);
});

test('with dynamic allocation the number of executors is the one at start', () => {
  const config = submitting('--num-executors', '21', '--executor-memory', '4g');
  const dynamic = [{ Classification: 'spark-defaults', Properties: { 'spark.eventLog.dir': 's3://b/e' } }];
  expect(lint({ ...config, Configurations: dynamic })).toEqual([
    'warn AuditStep.Args: a step requests 21 executors of 4505 MiB at start, but the cluster has room for 20',
  ]);
});

test('the unknown is not judged: types outside the table, other runners, arguments of the application', () => {
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
  ).toEqual([
    'warn Instances.InstanceGroups[1]: unknown type x9z.metal: whether the steps fit on the nodes was not checked',
  ]);
  const ownRunner = ['bash', '-c', 'run --driver-memory 900g', '{config_uri}', '{run_id}'];
  expect(lint(configWith('AuditStep.Args', ownRunner))).toEqual([]);
  const args = ['spark-submit', 'run.py', '--executor-memory', '900g', '{config_uri}', '{run_id}'];
  expect(lint(configWith('AuditStep.Args', args))).toEqual([]);
});

const folder = new URL('../../../dags/cluster_configs/', import.meta.url);

test('the three shipped configs have no refusal, and only the warning about their placeholder', () => {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name: `cluster_configs/${name}`, bytes: readFileSync(new URL(name, folder)) }));
  expect(files).toHaveLength(3);
  expect(lintClusterConfigs(files).map(findingLine)).toEqual([
    '15m, hourly, daily: AuditStep.Args: it still contains the placeholder PATH_OF_YOUR_AUDIT_RUNNER, so every step would fail; replace it with the S3 path of your audit runner',
  ]);
});
