import type { StoredObject } from '../ports.ts';
import type { Settings } from '../settings.ts';
import { schedulesInScope } from './expected.ts';
import { configKey, configsFolder, isPlainPath, type LoadTestKey } from './keys.ts';
import type { Review } from './review.ts';
import { ruleFor, type Schedule } from './schedules.ts';

export interface PlannedUpload {
  readonly key: LoadTestKey;
  readonly path: string;
  readonly schedule: Schedule;
  readonly bytes: Uint8Array;
}

/** Every check file under review, with the key it goes to. A file that was deleted on disk is not uploaded. */
export function planUploads(
  review: Review,
  settings: Pick<Settings, 'configsPrefix' | 'dagsPrefix'>,
): PlannedUpload[] {
  return review.files.flatMap(({ path, rule, file }) =>
    file.disk === undefined
      ? []
      : [
          {
            key: configKey(settings, rule.schedule, review.target.load, path),
            path,
            schedule: rule.schedule,
            bytes: file.disk,
          },
        ],
  );
}

export interface PlannedCopy {
  readonly object: StoredObject;
  readonly to: LoadTestKey;
}

/** The levels whose hourly prefix always gets the table metrics; the level at hand comes on top. */
const tableMetricsLoads = [1, 2, 4];

/** The `*_table_metrics.yml` below the production prefix, once for each hourly prefix that needs them. */
export function planTableMetrics(
  production: { readonly prefix: string; readonly objects: readonly StoredObject[] },
  load: number,
  settings: Pick<Settings, 'configsPrefix' | 'dagsPrefix'>,
): { copies: PlannedCopy[]; loads: number[] } {
  const loads = [...new Set([...tableMetricsLoads, load])].sort((a, b) => a - b);
  // `hourly//x_table_metrics.yml` can be in production, but is no key of ours.
  const metrics = production.objects.filter(
    ({ key }) => ruleFor(key)?.fromProduction && isPlainPath(key.slice(production.prefix.length)),
  );
  const copies = loads.flatMap((one) =>
    metrics.map((object) => ({
      object,
      to: configKey(settings, 'hourly', one, object.key.slice(production.prefix.length)),
    })),
  );
  return { copies, loads };
}

/** The prefixes of one load that an upload in this scope fills. */
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
  /** Keys that no tool may write or remove, because proxies and servers read them in more than one way. */
  readonly odd: readonly string[];
}

/**
 * Objects of a schedule's prefix that this upload did not put there: the DAG runs them all the same. Where production
 * listed no table metrics, those that are here are nobody's leftovers: the source is more likely wrong.
 */
export function staleIn(
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
    odd: paths.filter((path) => !isPlainPath(path)).map((path) => folder + path),
  };
}
