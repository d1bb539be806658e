/** The keys of the objects that a load test writes. */
import { type Schedule, schedules } from './schedules.ts';

declare const loadTestKey: unique symbol;

/**
 * An object key that may be written. Only the functions below make one, so an object store that accepts no other
 * type can only write below the two load-test prefixes.
 */
export type LoadTestKey = string & { readonly [loadTestKey]: true };

/** Without leading or trailing slash, for example `checks_load_test/configs`. */
export interface Prefixes {
  readonly configsPrefix: string;
  readonly dagsPrefix: string;
}

/** `{configsPrefix}/{schedule}/{load}x/`, with the trailing slash. */
export function configsFolder(prefixes: Prefixes, schedule: Schedule, load: number): string {
  return `${prefixes.configsPrefix}/${schedule}/${load}x/`;
}

/** The key of one check file of a schedule at a load; `path` is relative to CHECKS_PATH. */
export function configKey(prefixes: Prefixes, schedule: Schedule, load: number, path: string): LoadTestKey {
  if (!schedules.includes(schedule) || !Number.isSafeInteger(load) || load < 1)
    throw new RangeError(`no folder of a schedule and a load: ${JSON.stringify([schedule, load])}`);
  return join(configsFolder(prefixes, schedule, load), path);
}

/** The key of the DAG file or of `cluster_configs/{name}.json`. */
export function dagKey(prefixes: Prefixes, name: string): LoadTestKey {
  return join(`${prefixes.dagsPrefix}/`, name);
}

/** Whether every proxy and server reads this path as the same key. */
export function isPlainPath(path: string): boolean {
  return path
    .split('/')
    .every((one) => !['', '.', '..'].includes(one) && !/[\\\p{Cc}]|%(?:25)*(?:2e|2f|5c|00)/iu.test(one));
}

const lfsPointer = Buffer.from('version https://git-lfs.github.com/spec/');

/** Whether these bytes are a pointer of Git LFS to bytes that are elsewhere. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  return lfsPointer.equals(bytes.subarray(0, lfsPointer.length));
}

function join(folder: string, path: string): LoadTestKey {
  if (!isPlainPath(path)) throw new RangeError(`not a plain relative path: ${JSON.stringify(path)}`);
  return `${folder}${path}` as LoadTestKey;
}

/** The files of a load test in the DAG's folder, relative to it: the DAG file and its cluster configs. */
export function dagFileNames(dagFile: string): [dag: string, ...configs: string[]] {
  const name = dagFile.replace(/^.*[\\/]/, '');
  const stem = name.replace(/\.py$/, '');
  return [name, ...schedules.map((schedule) => `cluster_configs/${stem}_cluster_${schedule}.json`)];
}
