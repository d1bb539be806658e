/** Reads the DAG file and its cluster configs from the bucket, as Airflow's scheduler reads them from its folder. */
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
export function readDagFolder(buckets: Buckets, location: DagLocation, schedule: DagSchedule): DagFolder {
  const source = readText(buckets, location, dagFile);
  const load = Number(literal(source, 'LOAD', /^\d+$/));
  const { AuditStep, ...clusterConfig } = readConfig(
    buckets,
    location,
    `cluster_configs/yang_audit_load_test_cluster_${schedule}.json`,
  );
  const { Name } = clusterConfig;
  if (typeof Name !== 'string' || Name === '') throw broken(`the cluster config of ${schedule} has no Name`);
  if (!isStepTemplate(AuditStep))
    throw broken(`the cluster config of ${schedule} has no AuditStep with a Jar and a list of Args`);
  return {
    load,
    bucket: quoted(source, 'S3_BUCKET'),
    configsPrefix: quoted(source, 'CONFIGS_PREFIX'),
    resultsPrefix: quoted(source, 'RESULTS_PREFIX'),
    clusterConfig: { ...clusterConfig, Name },
    step: AuditStep,
  };
}

function readText(buckets: Buckets, { bucket, dagsPrefix }: DagLocation, name: string): string {
  const key = `${dagsPrefix}/${name}`;
  const bytes = buckets.get(bucket, key);
  if (!bytes) throw new WireError(404, 'DagFileMissing', `there is no s3://${bucket}/${key}`);
  return bytes.toString('utf8');
}

function readConfig(
  buckets: Buckets,
  location: DagLocation,
  name: string,
): Readonly<Record<string, unknown>> {
  const text = readText(buckets, location, name);
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
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
