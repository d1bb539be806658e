import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lintClusterConfig } from '../../../src/dag/clusterConfig/files.ts';
import { configWith, soundConfig, submitting } from './soundConfig.ts';

/** `severity path: message` of every finding. */
function lint(config: unknown): string[] {
  return lintClusterConfig(config, { schedule: '15m', checks: 40 }).map(
    ({ severity, path, message }) => `${severity} ${path}: ${message}`,
  );
}

const waitsNot =
  'spark.yarn.submit.waitAppCompletion is false: a step ends when YARN accepts it, so the round would measure spark-submit, and every check would "succeed"';
const notWaiting = ['--conf', 'spark.yarn.submit.waitAppCompletion=false'];
const script = `cd /tmp && exec spark-submit --deploy-mode cluster --conf "${notWaiting[1]}" s3://b/a.py {config_uri} {run_id}`;
const defaults = {
  'spark.dynamicAllocation.enabled': 'false',
  'spark.eventLog.dir': 's3://bucket/spark_events/',
};
const block = (Properties: object) => ({ Classification: 'spark-defaults', Properties });

test.each<[string, string[]]>([
  ['by its name', ['spark-submit', ...notWaiting]],
  ['by its path', ['/usr/bin/spark-submit', ...notWaiting]],
  ['behind a wrapper', ['sudo', '-u', 'hadoop', 'timeout', '900', 'spark-submit', ...notWaiting]],
  ['in a shell script', ['bash', '-c', script]],
])('a step that does not wait for its check is refused where spark-submit runs %s', (_, args) => {
  const more = args.includes(script) ? ['{config_uri}'] : ['s3://b/runner.py', '{config_uri}'];
  const config = configWith('AuditStep.Args', [...args, ...more, '{run_id}']);
  expect(lint(config)).toContain(`refuse AuditStep.Args: ${waitsNot}`);
});

test('a step that does not wait is refused for spark-defaults too, unless its own options say otherwise', () => {
  const set = [block({ ...defaults, 'spark.yarn.submit.waitAppCompletion': 'False' })];
  expect(lint(configWith('Configurations', set))).toEqual([`refuse Configurations: ${waitsNot}`]);
  const waits = submitting('--deploy-mode', 'cluster', '--conf', 'spark.yarn.submit.waitAppCompletion=true');
  expect(lint({ ...waits, Configurations: set })).toEqual([]);
});

test('the application after the options may have an option of that name', () => {
  const args = ['spark-submit', '--deploy-mode', 'cluster', 's3://b/a.py', ...notWaiting];
  expect(lint(configWith('AuditStep.Args', [...args, '{config_uri}', '{run_id}']))).toEqual([]);
});

const type = { InstanceType: 'm6i.2xlarge' };
const primary = { InstanceFleetType: 'MASTER', TargetOnDemandCapacity: 1, InstanceTypeConfigs: [type] };
const core = { InstanceFleetType: 'CORE', TargetOnDemandCapacity: 4, InstanceTypeConfigs: [type] };
const fleets = (...InstanceFleets: object[]) =>
  configWith('Instances', { KeepJobFlowAliveWhenNoSteps: true, InstanceFleets });
const group = (name: string, value: unknown) => configWith(`Instances.InstanceGroups.${name}`, value);

test.each<[string, object, string[]]>([
  [
    'a CORE fleet of nothing',
    fleets(primary, { ...core, TargetOnDemandCapacity: 0, TargetSpotCapacity: 0 }),
    [
      'refuse Instances.InstanceFleets[1]: the CORE fleet has both targets 0, but EMR requires at least one above 0',
    ],
  ],
  [
    'a MASTER fleet of nothing',
    fleets({ ...primary, TargetOnDemandCapacity: 0 }, core),
    [
      'refuse Instances.InstanceFleets[0]: the MASTER fleet has 0 nodes, but EMR accepts only 1, or 3 for high availability',
    ],
  ],
  [
    'a MASTER group of two',
    group('0.InstanceCount', 2),
    [
      'refuse Instances.InstanceGroups[0]: the MASTER group has 2 nodes, but EMR accepts only 1, or 3 for high availability',
    ],
  ],
  [
    'a MASTER group of three',
    group('0.InstanceCount', 3),
    [
      'warn Instances.InstanceGroups[0]: with 3 primary nodes EMR turns on termination protection, so the DAG cannot terminate the cluster, which keeps costing money',
    ],
  ],
  [
    'a primary node on Spot',
    group('0.Market', 'SPOT'),
    [
      'warn Instances.InstanceGroups[0]: the primary node is a Spot instance: when EC2 takes it back, the cluster and the round end',
    ],
  ],
  [
    'a primary fleet on Spot',
    fleets({ ...primary, TargetOnDemandCapacity: 0, TargetSpotCapacity: 1 }, core),
    [
      'warn Instances.InstanceFleets[0]: the primary node is a Spot instance: when EC2 takes it back, the cluster and the round end',
    ],
  ],
  [
    'both bids',
    fleets(primary, {
      ...core,
      InstanceTypeConfigs: [{ ...type, BidPrice: '0.1', BidPriceAsPercentageOfOnDemandPrice: 100 }],
    }),
    [
      'refuse Instances.InstanceFleets[1].InstanceTypeConfigs[0]: it has both BidPrice and BidPriceAsPercentageOfOnDemandPrice, but EMR accepts only one of them',
    ],
  ],
  [
    'an unknown type',
    group('1.InstanceType', 'x9.large'),
    [
      'warn Instances.InstanceGroups[1]: unknown type x9.large: whether the steps fit on the nodes was not checked',
    ],
  ],
  [
    'a type beside groups',
    configWith('Instances.MasterInstanceType', 'm6i.xlarge'),
    [
      'warn Instances.MasterInstanceType: it stands beside InstanceGroups or InstanceFleets, but a cluster takes its instances from one of them alone',
    ],
  ],
  [
    'executors as large as a node, with concurrent steps',
    {
      ...soundConfig(),
      Configurations: [
        block(defaults),
        { Classification: 'spark', Properties: { maximizeResourceAllocation: 'true' } },
      ],
    },
    [
      'warn Configurations: maximizeResourceAllocation is true, so an executor may take a whole node, and 4 concurrent steps wait for each other',
    ],
  ],
  [
    'a template where EMR wants a form',
    configWith('ReleaseLabel', '{{ var.value.release_label }}'),
    [
      'refuse ReleaseLabel: it holds a template ({{ var.value.release_label }}), which this DAG does not render: EMR would get it as it is',
    ],
  ],
  [
    'a template in a role',
    configWith('ServiceRole', '{{ var.value.Service_Role }}'),
    [
      'refuse ServiceRole: it holds a template ({{ var.value.Service_Role }}), which this DAG does not render: EMR would get it as it is',
    ],
  ],
  [
    'a template in a list',
    { ...soundConfig(), Tags: [{ Key: 'team', Value: '{% if x %}a{% endif %}' }] },
    [
      'refuse Tags[0].Value: it holds a template ({% if x %}a{% endif %}), which this DAG does not render: EMR would get it as it is',
    ],
  ],
  [
    'a subnet outside Instances',
    { ...soundConfig(), Ec2SubnetId: 'subnet-1' },
    ['refuse Ec2SubnetId: EMR knows this field only in Instances'],
  ],
  [
    'two blocks of one classification',
    configWith('Configurations', [block(defaults), block({ 'spark.executor.memory': '4g' })]),
    [
      'warn Configurations: it has 2 blocks of spark-defaults, which are judged together here; EMR may apply only one',
    ],
  ],
])('%s has its finding', (_, config, findings) => {
  expect(lint(config)).toEqual(findings);
});

test('a DAG that makes its own steps may render a template of any field, and asks nothing of a type that no step is compared with', () => {
  const { AuditStep: _, ...plain } = soundConfig();
  const rendered = { ...plain, ReleaseLabel: '{{ x }}', LogUri: '{{ x }}', StepConcurrencyLevel: '{{ x }}' };
  const config = {
    ...rendered,
    Instances: {
      InstanceGroups: [
        { InstanceRole: 'MASTER', InstanceType: '{{ x }}', InstanceCount: 1 },
        { InstanceRole: 'CORE', InstanceType: 'm1.xlarge', InstanceCount: '{{ x }}' },
      ],
    },
  };
  expect(
    lintClusterConfig(config, { schedule: '15m', checks: 4, readsTemplate: false }).map(({ path }) => path),
  ).toEqual(['AuditStep']);
});

test('a Spark setting that is a letter or two off is found, and one of another product is not', () => {
  const set = [
    block({
      ...defaults,
      'spark.executor.memroy': '4g',
      'spark.sql.catalog.audit': 'x',
      'spark.own.key': '1',
    }),
  ];
  expect(lint(configWith('Configurations', set))).toEqual([
    'warn Configurations: Spark knows no spark.executor.memroy and ignores it (did you mean spark.executor.memory?)',
  ]);
  const option = submitting('--deploy-mode', 'cluster', '--conf', 'spark.yarn.maxAppAttempt=1');
  expect(lint(option)).toEqual([
    'warn AuditStep.Args: Spark knows no spark.yarn.maxAppAttempt and ignores it (did you mean spark.yarn.maxAppAttempts?)',
  ]);
});

test('an option that spark-submit does not know is warned about, with the one that was meant', () => {
  const config = submitting('--jar', 's3://b/a.jar', '--deploy-mode=cluster', '--master', 'yarn', '-v');
  expect(lint(config)).toEqual([
    'warn AuditStep.Args: spark-submit knows no option --jar (did you mean --jars?), so every step would fail',
  ]);
});

test('deploy mode cluster in spark-defaults is as good as the option', () => {
  const set = [block({ ...defaults, 'spark.submit.deployMode': 'cluster' })];
  const args = ['spark-submit', '--num-executors', '3', 's3://b/a.py', '{config_uri}', '{run_id}'];
  expect(lint({ ...configWith('AuditStep.Args', args), Configurations: set })).toEqual([]);
});

const folder = 'test/fixtures/clusterConfigs';

test.each([
  ['does-not-wait-for-the-check', [`refuse AuditStep.Args: ${waitsNot}`]],
  ['deploy-mode-in-spark-defaults', []],
  [
    'core-fleet-of-nothing',
    [
      'refuse Instances.InstanceFleets[1]: the CORE fleet has both targets 0, but EMR requires at least one above 0',
    ],
  ],
  [
    'template-left-in-the-role',
    [
      'refuse ServiceRole: it holds a template ({{ var.value.Service_Role }}), which this DAG does not render: EMR would get it as it is',
    ],
  ],
])('a whole config has its one finding: %s', (name, refusals) => {
  const found = lint(JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')));
  expect(found.filter((one) => one.startsWith('refuse'))).toEqual(refusals);
  expect(found.filter((one) => !/^refuse|: \d+ concurrent steps request/.test(one))).toEqual([]);
});
