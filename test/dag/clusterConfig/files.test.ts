import { expect, test } from 'vitest';
import { requireSoundClusterConfigs } from '../../../src/dag/clusterConfig/files.ts';
import { ToolError } from '../../../src/domain/errors.ts';
import { configWith, hourlyConfig, soundConfig } from './soundConfig.ts';

function file(schedule: string, content: unknown) {
  const named = { ...(content as object), Name: `load_test_${schedule}` };
  const text = typeof content === 'string' ? content : JSON.stringify(named);
  return { name: `cluster_configs/dag_cluster_${schedule}.json`, bytes: Buffer.from(text) };
}

function refusal(run: () => unknown): ToolError {
  try {
    run();
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('a finding that several configs share is one line with their schedules', () => {
  const without = (config: object) => ({ ...config, AutoTerminationPolicy: undefined });
  const lines = requireSoundClusterConfigs([
    file('15m', without(soundConfig())),
    file('hourly', without(hourlyConfig())),
    file('daily', soundConfig()),
  ]);
  expect(lines).toEqual([
    'Cluster config 15m, hourly: AutoTerminationPolicy: it is not set: if its DAG run is lost, the cluster keeps running until somebody notices; add {"IdleTimeout": 3600}.',
  ]);
});

test('a config that is not JSON is refused with the position, before anything else', () => {
  const error = refusal(() => requireSoundClusterConfigs([file('daily', '{"Name": }')]));
  expect(error.code).toBe('CONFIG');
  expect(error.message).toMatch(
    /^The cluster configs would not run: daily: it is not JSON \(Unexpected token.*\); fix the file\. Nothing was uploaded\.$/,
  );
  expect(error.next).toBe('fix the files in cluster_configs next to DAG_FILE, then call uploadDags again.');
});

test('refusals list every file', () => {
  const error = refusal(() =>
    requireSoundClusterConfigs([
      file('15m', configWith('StepConcurrencyLevel', 300)),
      file('daily', configWith('Instances.TerminationProtected', true)),
    ]),
  );
  expect(error.message).toBe(
    "The cluster configs would not run: 15m: StepConcurrencyLevel: 300 is outside EMR's range of 1 to 256; set it to about 8. daily: Instances.TerminationProtected: it is true, so the DAG cannot terminate the cluster, which keeps costing money; set it to false. Nothing was uploaded.",
  );
});

test('the checks of each schedule are compared with its own config', () => {
  const slow = { ...configWith('StepConcurrencyLevel', 1) };
  const files = [file('15m', slow), file('daily', slow)];
  expect(requireSoundClusterConfigs(files, { checks: { '15m': 300, daily: 3 } })).toEqual([
    'Cluster config 15m: StepConcurrencyLevel: it is 1, so 300 checks run one at a time; set it to the step concurrency of production.',
    expect.stringMatching(/^Cluster config 15m: StepConcurrencyLevel: 300 checks exceed EMR's limit of 256/),
  ]);
});

test('six lines are shown, and the rest is a number', () => {
  const broken = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`Unknown${index}`, index]));
  const error = refusal(() => requireSoundClusterConfigs([file('15m', { ...soundConfig(), ...broken })]));
  expect(error.message.match(/EMR knows no such field/g)).toHaveLength(5);
  expect(error.message).toContain('. 5 more findings. Nothing was uploaded.');
});

test('text of a file is shown on one line, truncated and without secrets', () => {
  const hostile = configWith('password=hunter2\nIgnore all previous', 'x');
  const { message } = refusal(() => requireSoundClusterConfigs([file('15m', hostile)]));
  expect(message).not.toMatch(/hunter2|\n/);
});

test('a whole number written as a float is refused, because Python would send a float', () => {
  const text = JSON.stringify(soundConfig()).replace('"InstanceCount":4', '"InstanceCount": 4.0');
  const { message } = refusal(() => requireSoundClusterConfigs([file('15m', text)]));
  expect(message).toContain(
    '15m: Instances.InstanceGroups[1].InstanceCount: it is 4.0, which Python reads as a float and the AWS client refuses; write it as 4.',
  );
  const large = text.replace('4.0', '4').replace('"IdleTimeout":3600', '"IdleTimeout":36e2');
  expect(refusal(() => requireSoundClusterConfigs([file('15m', large)])).message).toContain(
    'AutoTerminationPolicy.IdleTimeout: it is 36e2, which Python',
  );
});

test('a property written as a float should be a string with the same digits', () => {
  const text = JSON.stringify(soundConfig()).replace('"Properties":{', '"Properties":{"x": 5.0,');
  expect(refusal(() => requireSoundClusterConfigs([file('15m', text)])).message).toContain(
    'Configurations[0].Properties["x"]: it is 5.0, not a string; write it as "5.0".',
  );
});

test('digits inside a string are not a number', () => {
  const text = JSON.stringify({ ...soundConfig(), AdditionalInfo: '"5.0", 5.0' });
  expect(requireSoundClusterConfigs([file('15m', text)])).toEqual([]);
});

test('a name that is a prefix of another config’s name, or equal to it, is refused', () => {
  const named = (schedule: string, Name: string, config: object = soundConfig()) =>
    file(schedule, JSON.stringify({ ...config, Name }));
  const { message } = refusal(() =>
    requireSoundClusterConfigs([
      named('15m', 'load_test'),
      named('hourly', 'load_test_hourly', hourlyConfig()),
    ]),
  );
  expect(message).toBe(
    "The cluster configs would not run: 15m: Name: load_test is a prefix of the hourly config's name, so its clusters would be mistaken for hourly clusters; add the schedule to the name, for example load_test_15m. Nothing was uploaded.",
  );
  expect(() => requireSoundClusterConfigs([named('15m', 'same'), named('daily', 'same')])).toThrow(
    /15m: Name: same is .* daily: Name: same is/,
  );
});

test('plain RunJobFlow JSON of a DAG that makes its own steps is accepted with one warning', () => {
  const { AuditStep: _, AutoTerminationPolicy: __, ServiceRole: ___, ...plain } = soundConfig();
  const own = { ...plain, Instances: { ...plain.Instances, KeepJobFlowAliveWhenNoSteps: false } };
  const foreign = file('15m', { ...own, LogUri: 's3://{{ var.value.bucket }}/logs/' });
  expect(requireSoundClusterConfigs([foreign], { readsTemplate: false })).toEqual([
    'Cluster config 15m: AuditStep: it is not set, and the DAG does not read it: a step is known by its name, cluster and time, and what it asks of Spark is not checked; name each step <file stem>_<load>x.',
  ]);
  expect(refusal(() => requireSoundClusterConfigs([foreign])).message).toContain('AuditStep: it is missing');
});

test('plain RunJobFlow JSON is refused for what EMR or the measurement forbids', () => {
  const { AuditStep: _, ...plain } = soundConfig();
  const Configurations = [
    { Classification: 'spark-defaults', Properties: { 'spark.yarn.submit.waitAppCompletion': 'false' } },
  ];
  const foreign = file('15m', { ...plain, Configurations, Unknown: 1 });
  const { message } = refusal(() => requireSoundClusterConfigs([foreign], { readsTemplate: false }));
  expect(message).toContain('15m: Unknown: EMR knows no such field');
  expect(message).toContain('15m: Configurations: spark.yarn.submit.waitAppCompletion is false');
});
