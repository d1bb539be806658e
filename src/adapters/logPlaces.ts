/**
 * Where EMR puts the logs of a step, in the order in which they are worth reading. A folder of a step holds stderr,
 * stdout, controller and syslog; that of a container holds stderr and stdout.
 *
 * The error of a Python check is in stdout as often as in stderr: spark-submit starts Python with its stderr merged into its
 * stdout and copies that to its own stdout (`PythonRunner` of Spark, in either deploy mode), while Spark itself logs to
 * stderr. With deploy mode "client" that is the step's stdout, with "cluster" the stdout of the driver's container.
 */
import type { Cluster, Step } from '../ports.ts';

/** One object of S3, or a folder (its key ends in a slash). */
export interface LogPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Places that are read together; the next ones are read only where these hold nothing. */
export type LogPlaces = readonly LogPlace[];

/**
 * What EMR names itself comes first: the log file of the failure (and the stdout beside a stderr), the folder of the step,
 * then the folder below the cluster's LogUri. Of a folder stderr and stdout, and the others only where both are empty.
 */
export function logPlaces(cluster: Cluster, step: Step): LogPlaces[] {
  const named = placeOf(step.failure?.logFile);
  const isFile =
    named !== undefined &&
    !named.key.endsWith('/') &&
    /\/[^/]+\.(?:gz|log|txt)$|\/(?:stderr|controller|stdout|syslog)$/.test(named.key);
  const folders = [
    isFile ? undefined : named && asFolder(named),
    ...[step.logUri, cluster.logUri].map((uri) => folderUnder(placeOf(uri), cluster.id, step.id)),
  ].filter((place) => place !== undefined);
  const once = [...new Map(folders.map((folder) => [uriOf(folder), folder])).values()];
  const within = (names: readonly string[]) =>
    once.map(({ bucket, key }) => names.map((name) => ({ bucket, key: `${key}${name}.gz` })));
  return [
    ...(isFile ? [withStdout(named)] : []),
    ...within(['stderr', 'stdout']),
    ...within(['controller']),
    ...within(['syslog']),
  ];
}

export const uriOf = ({ bucket, key }: LogPlace): string => `s3://${bucket}/${key}`;

/** The folder of an application's containers, beside the folder of steps that `place` lies in. */
export function containersOf(place: LogPlace, step: Step, application: string): LogPlace | undefined {
  const at = place.key.lastIndexOf(`steps/${step.id}/`);
  return at < 0 ? undefined : { ...place, key: `${place.key.slice(0, at)}containers/${application}/` };
}

/** `…/stderr.gz` and `…/stdout.gz`. */
export function withStdout(stderr: LogPlace): LogPlaces {
  const [, folder, ending] = /^(.*\/)stderr(\.gz)?$/.exec(stderr.key) ?? [];
  return folder === undefined ? [stderr] : [stderr, { ...stderr, key: `${folder}stdout${ending ?? ''}` }];
}

function placeOf(uri: string | undefined): LogPlace | undefined {
  // s3n and s3a are Hadoop's names of old for the same thing.
  const parts = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/.exec(uri ?? '');
  return parts?.[1] === undefined ? undefined : { bucket: parts[1], key: parts[2] ?? '' };
}

function folderUnder(base: LogPlace | undefined, clusterId: string, stepId: string): LogPlace | undefined {
  if (base === undefined) return undefined;
  const folder = asFolder(base);
  if (folder.key.includes(`/${stepId}/`)) return folder;
  return { ...folder, key: `${folder.key}${clusterId}/steps/${stepId}/` };
}

function asFolder({ bucket, key }: LogPlace): LogPlace {
  return { bucket, key: key === '' || key.endsWith('/') ? key : `${key}/` };
}
