import type { Coverage } from '../domain/coverage.ts';
import { configKey, configsFolder, isPlainPath, type LoadTestKey } from '../domain/keys.ts';
import { ruleFor, type Schedule } from '../domain/schedules.ts';
import type { StoredObject } from '../ports/aws.ts';
import type { Settings } from '../settings.ts';
import { checkOnDisk, coverageOf, type RunningCheck } from './coverage.ts';
import type { Exception } from './exceptions.ts';
import { schedulesInScope } from './expected.ts';
import { missingOf, type Review } from './review.ts';

export interface PlannedUpload {
  readonly key: LoadTestKey;
  readonly path: string;
  readonly schedule: Schedule;
  /** Of the bytes that were reviewed. */
  readonly digest: string;
  /** Read when they are sent. */
  readonly bytes: Uint8Array;
}

/** Every check file under review with its key. A file deleted on disk is not uploaded. */
export function planUploads(
  review: Review,
  settings: Pick<Settings, 'configsPrefix' | 'dagsPrefix'>,
): PlannedUpload[] {
  return review.files.flatMap(({ path, rule, file }) =>
    file.diskDigest === undefined
      ? []
      : [
          {
            key: configKey(settings, rule.schedule, review.target.load, path),
            path,
            schedule: rule.schedule,
            digest: file.diskDigest,
            get bytes() {
              return file.disk ?? Buffer.of();
            },
          },
        ],
  );
}

export interface PlannedCopy {
  readonly object: StoredObject;
  readonly to: LoadTestKey;
}

/** Hourly prefixes of these loads always get the table metrics, besides the one of the current load. */
const tableMetricsLoads = [1, 2, 4];

/** The loads whose hourly prefixes get the table metrics with an upload of this load. */
export function metricsLoads(load: number): number[] {
  return [...new Set([...tableMetricsLoads, load])].sort((a, b) => a - b);
}

/** The `*_table_metrics.yml` below the production prefix, once for each hourly prefix that needs them. */
export function planTableMetrics(
  production: { readonly prefix: string; readonly objects: readonly StoredObject[] },
  load: number,
  settings: Pick<Settings, 'configsPrefix' | 'dagsPrefix'>,
): { copies: PlannedCopy[]; loads: number[]; refused: string[] } {
  const loads = metricsLoads(load);
  const pathOf = ({ key }: StoredObject) => key.slice(production.prefix.length);
  const found = production.objects.filter(({ key }) => ruleFor(key)?.fromProduction);
  // Production may contain `hourly//x_table_metrics.yml`, which cannot be a load-test key.
  const metrics = found.filter((object) => isPlainPath(pathOf(object)));
  const copies = loads.flatMap((one) =>
    metrics.map((object) => ({
      object,
      to: configKey(settings, 'hourly', one, pathOf(object)),
    })),
  );
  const refused = found.filter((object) => !metrics.includes(object)).map(({ key }) => key);
  return { copies, loads, refused };
}

/** The prefixes that an upload in this scope writes to. */
export function prefixesOf(
  review: Review,
  settings: Pick<Settings, 'configsPrefix' | 'dagsPrefix'>,
): { schedule: Schedule; prefix: string }[] {
  return schedulesInScope(review.target.scope, review.target.schedule).map((schedule) => ({
    schedule,
    prefix: configsFolder(settings, schedule, review.target.load),
  }));
}

export interface Stale {
  readonly keys: readonly LoadTestKey[];
  /** Keys that no tool may write or remove, because proxies and servers interpret them differently. */
  readonly unmanaged: readonly string[];
}

/**
 * Objects in a schedule's prefix that are not part of this upload; the DAG would run them anyway. Table metrics do not
 * count when production listed none: then the production source is more likely wrong than the copies are stale.
 */
function staleIn(
  objects: readonly StoredObject[],
  fresh: ReadonlySet<string>,
  { schedule, load }: { readonly schedule: Schedule; readonly load: number },
  settings: Pick<Settings, 'configsPrefix' | 'dagsPrefix'>,
): Stale {
  const folder = configsFolder(settings, schedule, load);
  const keepsMetrics = ![...fresh].some((key) => ruleFor(key)?.fromProduction);
  const paths = objects
    .map((object) => object.key)
    .filter((key) => !fresh.has(key) && !key.endsWith('/') && !(keepsMetrics && ruleFor(key)?.fromProduction))
    .map((key) => key.slice(folder.length));
  return {
    keys: paths.filter(isPlainPath).map((path) => configKey(settings, schedule, load, path)),
    unmanaged: paths.filter((path) => !isPlainPath(path)).map((path) => folder + path),
  };
}

/** `staleIn` of every prefix. */
export function staleAmong(
  listed: readonly ListedPrefix[],
  fresh: ReadonlySet<string>,
  load: number,
  settings: Pick<Settings, 'configsPrefix' | 'dagsPrefix'>,
): Stale {
  const found = listed.map(({ schedule, objects }) => staleIn(objects, fresh, { schedule, load }, settings));
  return {
    keys: found.flatMap(({ keys }) => keys),
    unmanaged: found.flatMap(({ unmanaged }) => unmanaged),
  };
}

/** The objects of one schedule's prefix at the load, as listed last. */
export interface ListedPrefix {
  readonly schedule: Schedule;
  /** With the slash at its end. */
  readonly prefix: string;
  readonly objects: readonly StoredObject[];
}

/** Keys of checks that are still in the bucket although their file is not on disk any more: only their bytes tell. */
export function leftKeys(review: Review, { prefix, objects }: ListedPrefix): string[] {
  const deleted = new Set(
    review.files.flatMap(({ path, file }) => (file.diskDigest === undefined ? prefix + path : [])),
  );
  return objects.flatMap(({ key }) => (deleted.has(key) ? key : []));
}

/**
 * The coverage of the checks that the DAG would run: every `.yml` object of the prefix, whoever put it there. Objects of
 * this upload have the bytes on disk, which the upload verified.
 *
 * @param left bytes of the objects that `leftKeys` names, by key
 * @param refused files of production that could not be copied
 */
export function listedCoverage(
  review: Review,
  { schedule, prefix, objects }: ListedPrefix,
  left: ReadonlyMap<string, Uint8Array>,
  refused: readonly Exception[],
): Coverage {
  const files = new Map(review.files.map((one) => [one.path, one]));
  const checks = objects.flatMap(({ key }): RunningCheck[] => {
    if (!key.endsWith('.yml')) return [];
    const path = key.slice(prefix.length);
    const one = files.get(path);
    if (one?.file.diskDigest !== undefined) return [checkOnDisk(one)];
    return [{ path, rule: ruleFor(path), baseline: one?.file.baseline, bytes: left.get(key) }];
  });
  return coverageOf(schedule, review.target.load, checks, missingOf(review, schedule, refused));
}
