/** Where EMR puts the logs of a step, in the order in which they are worth reading. */
import type { Cluster, Step } from '../ports.ts';

/** One object of S3, or a folder (its key ends in a slash). */
export interface LogPlace {
  readonly bucket: string;
  readonly key: string;
}

/** In the order of how often they hold the error of a step. */
const fileNames = ['stderr', 'controller', 'stdout', 'syslog'] as const;

/**
 * What EMR names itself comes first: the log file of the failure, the folder of the step, then the folder below
 * the cluster's LogUri. Each place once.
 */
export function logPlaces(cluster: Cluster, step: Step): LogPlace[] {
  const named = placeOf(step.failure?.logFile);
  const files =
    named &&
    !named.key.endsWith('/') &&
    /\/[^/]+\.(?:gz|log|txt)$|\/(?:stderr|controller|stdout|syslog)$/.test(named.key)
      ? [named]
      : [];
  const folders = [
    files.length > 0 ? undefined : named && asFolder(named),
    ...[step.logUri, cluster.logUri].map((uri) => folderUnder(placeOf(uri), cluster.id, step.id)),
  ].filter((place) => place !== undefined);
  const all = [
    ...files,
    ...folders.flatMap(({ bucket, key }) => fileNames.map((name) => ({ bucket, key: `${key}${name}.gz` }))),
  ];
  return [...new Map(all.map((place) => [uriOf(place), place])).values()];
}

export const uriOf = ({ bucket, key }: LogPlace): string => `s3://${bucket}/${key}`;

/** The folder of an application's containers, beside the folder of steps that `place` lies in. */
export function containersOf(place: LogPlace, step: Step, application: string): LogPlace | undefined {
  const at = place.key.lastIndexOf(`steps/${step.id}/`);
  return at < 0 ? undefined : { ...place, key: `${place.key.slice(0, at)}containers/${application}/` };
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
