/** The steps that a DAG run submits. */
import { parseSteps } from '../emr/steps/request.ts';
import { type Buckets, WireError } from '../service.ts';
import type { DagFolder } from './dagFolder.ts';
import type { DagTrigger } from './trigger.ts';

/**
 * One step for each check, in the order in which the bucket lists them.
 * @throws WireError 409 when the prefix contains no check, 400 for a step that EMR would refuse
 */
export function stepsOf(
  buckets: Buckets,
  folder: DagFolder,
  { schedule, tsEndMs }: DagTrigger,
  dagRunId: string,
  nowMs: number,
): readonly Record<string, unknown>[] {
  const { bucket, load, step } = folder;
  const prefix = `${folder.configsPrefix}/${schedule}/${load}x/`;
  const keys = keysUnder(buckets, bucket, prefix).filter((key) => key.endsWith('.yml'));
  if (keys.length === 0)
    throw new WireError(
      409,
      'NoChecks',
      `no check config (.yml) under s3://${bucket}/${prefix}; no cluster was created`,
    );
  const endMs = tsEndMs ?? nowMs;
  const shared = {
    load: String(load),
    results_uri: `s3://${bucket}/${folder.resultsPrefix}/${schedule}/${load}x/`,
    run_id: dagRunId,
    ts_start: isoSeconds(endMs - load * 3_600_000),
    ts_end: isoSeconds(endMs),
  };
  const steps = keys.map((key) => {
    const values = { ...shared, config_uri: `s3://${bucket}/${key}` };
    const stem = (key.split('/').at(-1) ?? key).slice(0, -'.yml'.length);
    return {
      Name: `${stem}_${load}x`,
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

function keysUnder(buckets: Buckets, bucket: string, prefix: string): string[] {
  try {
    return buckets.keys(bucket, prefix);
  } catch (error) {
    throw new WireError(422, 'DagBroken', `S3_BUCKET of the DAG file: ${String(error)}`);
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
