/** What an upload really left in the bucket, check by check. */
import type { Coverage } from '../domain/coverage.ts';
import { ruleFor, type Schedule } from '../domain/schedules.ts';
import type { StoredObject } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import { coverageOf, type RunningCheck } from '../review/coverage.ts';
import type { Exception } from '../review/exceptions.ts';
import { missingOf, type Review } from '../review/review.ts';

/** Strange objects that are read and compared; the DAG also runs the others, which count as unscaled. */
const mostRead = 100;

/** The objects of one schedule's prefix at the load, as listed last. */
export interface ListedPrefix {
  readonly schedule: Schedule;
  /** With the slash at its end. */
  readonly prefix: string;
  readonly objects: readonly StoredObject[];
}

/**
 * The coverage of the checks that the DAG would run: every `.yml` object of the prefix, whoever put it there. Objects of
 * this upload have the bytes on disk, which the upload verified; others are read.
 *
 * @param removed keys that were removed since the listing
 * @param refused files of production that could not be copied
 */
export async function actualCoverage(
  ports: Pick<Ports, 'store'>,
  review: Review,
  { schedule, prefix, objects }: ListedPrefix,
  removed: ReadonlySet<string>,
  refused: readonly Exception[],
): Promise<Coverage> {
  const files = new Map(review.files.map((one) => [one.path, one]));
  const checks: RunningCheck[] = [];
  let read = 0;
  for (const { key } of objects) {
    if (!key.endsWith('.yml') || removed.has(key)) continue;
    const path = key.slice(prefix.length);
    const rule = ruleFor(path);
    const file = files.get(path)?.file;
    // Deleted on disk, but still in the bucket.
    const isLeft = file?.baseline !== undefined && file.disk === undefined;
    const bytes = isLeft && read++ < mostRead ? await ports.store.read(key) : file?.disk;
    checks.push({ path, rule, baseline: file?.baseline, bytes });
  }
  return coverageOf(schedule, review.target.load, checks, missingOf(review, schedule, refused));
}
