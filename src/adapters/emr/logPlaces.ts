/**
 * Where EMR puts the logs of a step, most useful first. The folder of a step contains stderr, stdout, controller and
 * syslog; the folder of a container contains stderr and stdout.
 *
 * The error of a Python check is in stdout as often as in stderr. Spark logs to stderr, but spark-submit merges Python's
 * stderr into its stdout and copies that to its own stdout (Spark's `PythonRunner`, in either deploy mode). With deploy
 * mode "client" that is the step's stdout, with "cluster" the stdout of the driver's container.
 */
import type { Cluster, Step } from '../../ports/aws.ts';

/** One object of S3, or a folder (its key ends in a slash). */
export interface LogPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Places that are read together; later ones are read only if these are empty. */
export type LogPlaces = readonly LogPlace[];

/**
 * First what EMR names: the log file of the failure (and the stdout beside a stderr), and the folder of the step.
 * Then the folder below the cluster's LogUri. In a folder, stderr and stdout; the others only if both are empty.
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

/** The folder of an application's containers, beside the folder of steps that contains `place`. */
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
  // s3n and s3a are Hadoop's older names for s3.
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
