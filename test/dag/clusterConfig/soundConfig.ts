/** A cluster config without findings, small enough to calculate by hand. */
export function soundConfig() {
  return {
    Name: 'load_test_15m',
    ReleaseLabel: 'emr-7.12.0',
    Applications: [{ Name: 'Hadoop' }, { Name: 'Spark' }],
    LogUri: 's3://bucket/emr_logs/',
    ServiceRole: 'EMR_DefaultRole',
    JobFlowRole: 'EMR_EC2_DefaultRole',
    Instances: {
      KeepJobFlowAliveWhenNoSteps: true,
      TerminationProtected: false,
      InstanceGroups: [
        { InstanceRole: 'MASTER', InstanceType: 'm6i.xlarge', InstanceCount: 1 },
        // YARN has 23,424 MiB and 8 cores on each: five executors of 4,505 MiB.
        { InstanceRole: 'CORE', InstanceType: 'm6i.2xlarge', InstanceCount: 4 },
      ],
    },
    StepConcurrencyLevel: 4,
    AutoTerminationPolicy: { IdleTimeout: 3600 },
    Configurations: [
      {
        Classification: 'spark-defaults',
        Properties: {
          'spark.dynamicAllocation.enabled': 'false',
          'spark.eventLog.dir': 's3://bucket/spark_events/',
        },
      },
    ],
    AuditStep: {
      Jar: 'command-runner.jar',
      Args: [
        ...['spark-submit', '--deploy-mode', 'cluster', '--driver-memory', '2g'],
        ...['--num-executors', '3', '--executor-cores', '2', '--executor-memory', '4g'],
        ...['s3://bucket/audit_runner.py', '--config', '{config_uri}', '--run-id={run_id}'],
      ],
    },
  };
}

type Json = Record<string, unknown>;

/** The same with the value at a path set, or removed when `undefined`. */
export function configWith(path: string, value: unknown): Json {
  const config = structuredClone(soundConfig()) as Json;
  const names = path.split('.');
  const last = names.pop() ?? '';
  const owner = names.reduce<Json>((one, name) => one[name] as Json, config);
  if (value === undefined) delete owner[last];
  else owner[last] = value;
  return config;
}

/** The sound config with other options between spark-submit and the application. */
export function submitting(...options: string[]): Json {
  return configWith('AuditStep.Args', [
    'spark-submit',
    ...options,
    's3://bucket/audit_runner.py',
    '{config_uri}',
    '{run_id}',
  ]);
}

export function hourlyConfig(): Json {
  return configWith('AuditStep.HourlyArgs', ['--from', '{ts_start}', '--to={ts_end}']);
}
