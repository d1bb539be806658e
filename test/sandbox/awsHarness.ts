/** The embedded AWS with a clock that only a test moves, and a DAG folder for tests in its bucket. */
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { ClusterRecord } from '../../sandbox/emr/records.ts';
import { type AwsOptions, type EmbeddedAws, startEmbeddedAws } from '../../sandbox/world/embeddedAws.ts';

export const bucket = 'klaviyo-data-platform-orchestration-v1';
const dags = 'dags/datalake/audit_loadtest';

export function dagSource(load: number): string {
  return `"""LOAD = 99 in a docstring is not at the start of a line."""
LOAD = ${load}  # rewritten by uploadDags
S3_BUCKET = "${bucket}"
CONFIGS_PREFIX = 'checks_load_test/configs'
RESULTS_PREFIX = "checks_load_test/results"
  # LOAD = 5
template = config.pop("AuditStep")
`;
}

export function clusterConfig(schedule: string, concurrency = 8): Record<string, unknown> {
  return {
    Name: `yang_audit_load_test_${schedule}`,
    ReleaseLabel: 'emr-7.12.0',
    LogUri: `s3://${bucket}/checks_load_test/results/emr_logs/${schedule}/`,
    ServiceRole: 'EMR_DefaultRole',
    JobFlowRole: 'EMR_EC2_DefaultRole',
    StepConcurrencyLevel: concurrency,
    Instances: {
      KeepJobFlowAliveWhenNoSteps: true,
      InstanceGroups: [{ InstanceRole: 'MASTER', InstanceType: 'm6i.2xlarge', InstanceCount: 1 }],
    },
    AuditStep: {
      Jar: 'command-runner.jar',
      Args: [
        ...[
          'spark-submit',
          '--deploy-mode',
          'cluster',
          '--executor-memory',
          '4g',
          's3://code/audit_runner.py',
        ],
        ...[
          '--config',
          '{config_uri}',
          '--load',
          '{load}',
          '--results={results_uri}',
          '--run-id',
          '{run_id}',
        ],
      ],
      ...(schedule === 'hourly' ? { HourlyArgs: ['--ts-start', '{ts_start}', '--ts-end', '{ts_end}'] } : {}),
    },
  };
}

export interface AwsHarness {
  readonly aws: EmbeddedAws;
  /** Writes a file into the DAG folder. */
  dag(path: string, text: string): void;
  /** Writes a check config to where the DAG reads the checks of its load. */
  check(path: string, where: string): void;
  trigger(conf?: object, dagId?: string): Promise<{ status: number; answer: Record<string, string> }>;
  /** The newest cluster in its current state. */
  cluster(): ClusterRecord;
  /** The text of a gzip log; undefined when it is missing. */
  log(key: string): string | undefined;
}

export async function awsHarness(
  options: { load?: number; schedule?: string } & AwsOptions = {},
): Promise<AwsHarness> {
  const { load = 2, schedule = '15m', ...rest } = options;
  const aws = await startEmbeddedAws({ speed: 0, startMs: Date.parse('2025-12-08T15:30:00Z'), ...rest });
  onTestFinished(() => aws.close());
  const put = (key: string, text: string): void => aws.s3.buckets.put(bucket, key, Buffer.from(text));
  const harness: AwsHarness = {
    aws,
    dag: (path, text) => put(`${dags}/${path}`, text),
    check: (path, where) =>
      put(
        `checks_load_test/configs/${schedule}/${load}x/${path}`,
        `name: x\nwhere: created_at >= ${where}\n`,
      ),
    async trigger(conf = {}, dagId = `yang_audit_load_test_${schedule}`) {
      const body = JSON.stringify({ dagId, conf });
      const response = await fetch(`${aws.endpoint}/_sandbox/dagRuns`, { method: 'POST', body });
      return { status: response.status, answer: (await response.json()) as Record<string, string> };
    },
    cluster() {
      aws.simulation.advance();
      const newest = [...aws.simulation.clusters.values()].at(-1);
      if (!newest) throw new Error('there is no cluster');
      return newest;
    },
    log(key) {
      aws.simulation.advance();
      const bytes = aws.s3.buckets.get(bucket, key);
      return bytes && gunzipSync(bytes).toString('utf8');
    },
  };
  harness.dag('yang_audit_load_test.py', dagSource(load));
  for (const name of ['15m', 'hourly', 'daily'])
    harness.dag(
      `cluster_configs/yang_audit_load_test_cluster_${name}.json`,
      JSON.stringify(clusterConfig(name)),
    );
  return harness;
}
