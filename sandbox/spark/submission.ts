/** What a step's spark-submit asks for, as far as a driver on this machine can do it. */
import type { ClusterRecord, StepRecord } from '../emr/records.ts';
import { isRecord } from '../service.ts';

export interface Submission {
  /** The URI of the Python file. */
  readonly runner: string;
  /** What follows it. */
  readonly words: readonly string[];
  readonly driverMemory: string;
  readonly conf: Readonly<Record<string, string>>;
}

/** Of a cluster's settings, those that mean the same in one JVM: executors, YARN and the event log are the sandbox's. */
const meantHere = /^spark\.(?:sql|memory|shuffle|default)\./;

/** Options of spark-submit without a value. */
const flags = new Set(['--verbose', '--supervise']);

/** Undefined for a step that is no spark-submit of a Python file. */
export function submissionOf(cluster: ClusterRecord, step: StepRecord): Submission | undefined {
  const { args, name } = step.request;
  if (args[0] !== 'spark-submit') return undefined;
  const options: [name: string, value: string][] = [];
  let at = 1;
  while (args[at]?.startsWith('--')) {
    const option = args[at] ?? '';
    const isFlag = flags.has(option);
    options.push([option, isFlag ? '' : (args[at + 1] ?? '')]);
    at += isFlag ? 1 : 2;
  }
  const runner = args[at];
  if (runner === undefined || !runner.endsWith('.py')) return undefined;
  const given = options.flatMap(([option, value]) => (option === '--conf' ? [value] : []));
  const confs = given.map((text): [string, string] => [
    text.slice(0, text.indexOf('=')),
    text.slice(text.indexOf('=') + 1),
  ]);
  const optionValue = (option: string) => options.findLast(([one]) => one === option)?.[1];
  return {
    runner,
    words: args.slice(at + 1),
    driverMemory: optionValue('--driver-memory') ?? '1g',
    conf: {
      ...Object.fromEntries(
        [...sparkDefaults(cluster), ...confs].filter(([setting]) => meantHere.test(setting)),
      ),
      'spark.app.name': optionValue('--name') ?? name,
    },
  };
}

/** `spark.eventLog.dir` of the cluster, where it is on S3. */
export function eventLogFolder(
  cluster: ClusterRecord,
): { readonly bucket: string; readonly prefix: string } | undefined {
  const uri = Object.fromEntries(sparkDefaults(cluster))['spark.eventLog.dir'] ?? '';
  const [, bucket, prefix = ''] = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return bucket === undefined
    ? undefined
    : { bucket, prefix: prefix.replace(/\/*$/, prefix === '' ? '' : '/') };
}

function sparkDefaults(cluster: ClusterRecord): [string, string][] {
  const { Configurations } = cluster.request;
  const all: unknown[] = Array.isArray(Configurations) ? Configurations : [];
  return all.flatMap((one): [string, string][] => {
    if (!isRecord(one) || one.Classification !== 'spark-defaults' || !isRecord(one.Properties)) return [];
    return Object.entries(one.Properties).map(([setting, value]) => [setting, String(value)]);
  });
}
