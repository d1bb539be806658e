/**
 * Reads the DAG file and its cluster configs from the bucket, as Airflow's scheduler reads them from its folder, and
 * the steps that a run of them submits.
 */
import { parseSteps } from '../emr/requests.ts';
import { type Buckets, isRecord, WireError } from '../service.ts';

export const dagSchedules = ['15m', 'hourly', 'daily'] as const;
export type DagSchedule = (typeof dagSchedules)[number];

interface StepTemplate {
  readonly Jar: string;
  readonly Args: readonly string[];
  /** In the hourly config alone, where the run gives the window. */
  readonly HourlyArgs?: readonly string[];
}

export interface DagFolder {
  readonly load: number;
  readonly bucket: string;
  readonly configsPrefix: string;
  readonly resultsPrefix: string;
  /** The RunJobFlow request of the schedule. */
  readonly clusterConfig: Readonly<Record<string, unknown>> & { readonly Name: string };
  readonly step: StepTemplate;
}

export interface DagLocation {
  readonly bucket: string;
  /** Without leading and trailing slashes. */
  readonly dagsPrefix: string;
}

const dagFile = 'yang_audit_load_test.py';

/**
 * Reads what a run of the schedule needs from the current state of the bucket.
 * @throws WireError 404 for a missing file, 422 for one that Airflow could not use
 */
export function readDagFolder(
  buckets: Buckets,
  location: DagLocation,
  schedule: DagSchedule,
  confLoad?: number,
): DagFolder {
  const source = readText(buckets, location, dagFile);
  const ownLoad = optionalLoad(source);
  if (ownLoad !== undefined && confLoad !== undefined)
    throw new WireError(400, 'BadTrigger', 'unknown in conf: load (the DAG sets LOAD)');
  const load = ownLoad ?? confLoad ?? Number(literal(source, 'LOAD', /^\d+$/));
  const configFile = `cluster_configs/yang_audit_load_test_cluster_${schedule}.json`;
  const isOwn =
    !source.includes('cluster_configs') &&
    buckets.get(location.bucket, `${location.dagsPrefix}/${configFile}`) === undefined;
  const { AuditStep, ...clusterConfig } = isOwn
    ? ownCluster
    : parsed(readText(buckets, location, configFile), configFile);
  const { Name } = clusterConfig;
  if (typeof Name !== 'string' || Name === '') throw broken(`the cluster config of ${schedule} has no Name`);
  const step = AuditStep ?? (source.includes('AuditStep') ? undefined : ownStep);
  if (!isStepTemplate(step))
    throw broken(`the cluster config of ${schedule} has no AuditStep with a Jar and a list of Args`);
  return {
    load,
    bucket: optional(source, 'S3_BUCKET') ?? location.bucket,
    configsPrefix: optional(source, 'CONFIGS_PREFIX') ?? 'checks_load_test/configs',
    resultsPrefix: optional(source, 'RESULTS_PREFIX') ?? 'checks_load_test/results',
    clusterConfig: { ...clusterConfig, Name },
    step,
  };
}

function readText(buckets: Buckets, { bucket, dagsPrefix }: DagLocation, name: string): string {
  const key = `${dagsPrefix}/${name}`;
  const bytes = buckets.get(bucket, key);
  if (!bytes) throw new WireError(404, 'DagFileMissing', `there is no s3://${bucket}/${key}`);
  return bytes.toString('utf8');
}

function parsed(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = JSON.parse(text);
    if (isRecord(config)) return config;
  } catch (error) {
    throw broken(`${name} is not JSON: ${String(error)}`);
  }
  throw broken(`${name} is not a JSON object`);
}

/** The value of a module-level assignment. @throws WireError 422 unless there is exactly one */
function literal(source: string, name: string, shape: RegExp): string {
  const found = [...source.matchAll(new RegExp(`^${name}\\s*=\\s*([^#\\r\\n]*)`, 'gm'))];
  if (found.length !== 1) throw broken(`${dagFile} assigns ${name} ${found.length} times; once is needed`);
  const value = (found[0]?.[1] ?? '').trim();
  if (!shape.test(value)) throw broken(`${dagFile} has ${name} = ${value}, which is not a plain literal`);
  return value;
}

function quoted(source: string, name: string): string {
  return literal(source, name, /^(['"])[^'"]+\1$/).slice(1, -1);
}

/** A DAG that does not name its places as literals finds them elsewhere. */
function optional(source: string, name: string): string | undefined {
  return new RegExp(`^${name}\\s*=`, 'm').test(source) ? quoted(source, name) : undefined;
}

function optionalLoad(source: string): number | undefined {
  return /^LOAD\s*=/m.test(source) ? Number(literal(source, 'LOAD', /^\d+$/)) : undefined;
}

/** The cluster of a DAG that reads no config. */
const ownCluster: Readonly<Record<string, unknown>> = {
  Name: 'audits',
  ReleaseLabel: 'emr-7.12.0',
  ServiceRole: 'EMR_DefaultRole',
  JobFlowRole: 'EMR_EC2_DefaultRole',
  Instances: {
    KeepJobFlowAliveWhenNoSteps: true,
    InstanceGroups: [
      { InstanceRole: 'MASTER', InstanceType: 'm6i.xlarge', InstanceCount: 1 },
      { InstanceRole: 'CORE', InstanceType: 'm6i.2xlarge', InstanceCount: 4 },
    ],
  },
  StepConcurrencyLevel: 8,
};

/** What a DAG that makes its own steps submits: no config URI and no run id, so its steps are known by their names. */
const ownStep: StepTemplate = {
  Jar: 'command-runner.jar',
  Args: ['spark-submit', '--deploy-mode', 'cluster', 's3://audit-runner/own.py', '{step_name}'],
};

function isStepTemplate(value: unknown): value is StepTemplate {
  if (!isRecord(value)) return false;
  const { Jar, Args, HourlyArgs } = value;
  return typeof Jar === 'string' && isTexts(Args) && (HourlyArgs === undefined || isTexts(HourlyArgs));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function broken(message: string): WireError {
  return new WireError(422, 'DagBroken', message);
}

/**
 * One step for each check, in the order in which the bucket lists them.
 * @throws WireError 409 when the prefix contains no check, 400 for a step that EMR would refuse
 */
export function stepsOf(
  buckets: Buckets,
  folder: DagFolder,
  run: {
    readonly schedule: DagSchedule;
    readonly endMs: number;
    readonly dagRunId: string;
    /** The file names or paths of the checks to run, with or without `.yml`; none: all. */
    readonly only: readonly string[];
  },
): readonly Record<string, unknown>[] {
  const { schedule, endMs, dagRunId, only } = run;
  const { bucket, load, step } = folder;
  const prefix = `${folder.configsPrefix}/${schedule}/${load}x/`;
  const all = keysUnder(buckets, bucket, prefix).filter((key) => key.endsWith('.yml'));
  if (all.length === 0)
    throw new WireError(
      409,
      'NoChecks',
      `no check config (.yml) under s3://${bucket}/${prefix}; no cluster was created`,
    );
  const keys = only.length === 0 ? all : chosen(all, only, prefix);
  const part = keys.length === all.length ? '' : `~only_${keys.length}_of_${all.length}`;
  const shared = {
    load: String(load),
    results_uri: `s3://${bucket}/${folder.resultsPrefix}/${schedule}/${load}x/`,
    run_id: `${dagRunId}${part}`,
    ts_start: isoSeconds(endMs - load * 3_600_000),
    ts_end: isoSeconds(endMs),
  };
  const steps = keys.map((key) => {
    const Name = `${fileName(key).slice(0, -'.yml'.length)}_${load}x`;
    const values = { ...shared, config_uri: `s3://${bucket}/${key}`, step_name: Name };
    return {
      Name,
      ActionOnFailure: 'CONTINUE',
      HadoopJarStep: {
        Jar: step.Jar,
        Args: [...step.Args, ...(step.HourlyArgs ?? [])].map((text) => filled(text, values)),
      },
    };
  });
  parseSteps(steps, 1);
  return steps;
}

/** @throws WireError 400 for a name that no check has */
function chosen(keys: readonly string[], only: readonly string[], prefix: string): string[] {
  const meant = only.map((name) => (name.endsWith('.yml') ? name : `${name}.yml`));
  const isOf = (key: string) => (name: string) => name === key.slice(prefix.length) || name === fileName(key);
  const unknown = meant.find((name) => !keys.some((key) => isOf(key)(name)));
  if (unknown !== undefined)
    throw new WireError(400, 'BadTrigger', `only: there is no ${unknown} under ${prefix}`);
  return keys.filter((key) => meant.some(isOf(key)));
}

function fileName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function keysUnder(buckets: Buckets, bucket: string, prefix: string): string[] {
  try {
    return buckets.keys(bucket, prefix);
  } catch (error) {
    throw broken(`S3_BUCKET of the DAG file: ${String(error)}`);
  }
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
}
