/** Generated repositories of check files: suffixes, endings, links, units, duplicate keys, invalid files and edits. */
import fc from 'fast-check';
import type { Coverage } from '../../src/domain/coverage.ts';
import { sha256 } from '../../src/domain/digest.ts';
import { fileRules, ruleFor, type Schedule } from '../../src/domain/schedules.ts';
import type { CheckFile, ChecksSnapshot } from '../../src/ports/repository.ts';
import { noFixes } from '../../src/review/expected.ts';
import { filesUnderReview, reviewFiles } from '../../src/review/review.ts';

export const settings = { bucket: 'b', configsPrefix: 'configs', dagsPrefix: 'dags' };

const ending = fc.constantFrom(
  ...fileRules.map(({ suffix }) => suffix),
  '_15m.yaml',
  '_15M.yml',
  '-15m.yml',
  '_daily.yaml',
  '_backfill.yml',
  '.md',
);
const folder = fc.constantFrom('', 'events/', 'orders/a/', 'odd%2Fname/');
const interval = (unit: string) => fc.nat({ max: 9 }).map((value) => `INTERVAL '${value}' ${unit}`);
const sql = fc.oneof(
  fc.constantFrom('hour', 'day', 'HOURS', 'minute', 'week').chain(interval),
  fc.constantFrom("INTERVAL '1 day 2 hours'", 'date_sub(current_date(), 31)', 'status is null'),
);
const text = fc.oneof(
  { weight: 8, arbitrary: sql.map((one) => `where: a >= current_timestamp - ${one}\nexpect: 0\n`) },
  sql.map((one) => `where: a < current_timestamp - ${one}\n`),
  fc.tuple(sql, sql).map(([one, two]) => `- where: a > now() - ${one}\n- where: a > now() - ${two}\n`),
  sql.map((one) => `where: a > now() - ${one}\nname: x\nname: y\n`),
  sql.map((one) => `{% if a %}\nwhere: {{ x }} > ${one}\n`),
  fc.constant('version https://git-lfs.github.com/spec/v1\n'),
);
const edit = fc.constantFrom(
  (disk: string) => disk,
  (disk: string) => disk,
  (disk: string) => disk.replace('expect: 0', 'expect: 5'),
  (disk: string) => disk.replace(/'\d+'/, "'7'"),
  (disk: string) => `# tuned\n${disk}`,
  () => undefined,
);
const state = fc.constantFrom('committed', 'committed', 'committed', 'untracked', 'link', 'dropped');
const file = fc.record({ folder, stem: fc.constantFrom('a', 'b', 'c', 'd'), ending, text, edit, state });

export type Generated = typeof file extends fc.Arbitrary<infer One> ? One : never;

export const pathOf = (one: Generated) => `${one.folder}check_${one.stem}${one.ending}`;

function snapshotOf(files: readonly Generated[]): ChecksSnapshot {
  const checks = files.filter(({ state }) => state === 'committed' || state === 'untracked');
  return {
    branch: 'test',
    headCommit: 'h',
    baseCommit: 'b',
    baselineTip: 'b',
    files: checks.map((one): CheckFile => {
      const bytes = Buffer.from(one.text);
      const known = one.state === 'committed' ? { baseline: bytes, baselineDigest: sha256(bytes) } : {};
      return { path: pathOf(one), newOnBranch: false, disk: bytes, diskDigest: sha256(bytes), ...known };
    }),
    unprintableNames: [],
    loadTested: [],
    notFiles: files.flatMap((one) => (one.state === 'link' ? pathOf(one) : [])),
    deletedOnBranch: files.flatMap((one) => (one.state === 'dropped' ? pathOf(one) : [])),
  };
}

/** Scales what the rules scale, then edits it, as a person would. */
export function reviewOf(files: readonly Generated[], load: number) {
  const snapshot = snapshotOf(files);
  const target = { load, schedule: '15m', scope: 'all' } as const;
  const written = new Map(filesUnderReview(snapshot, target, noFixes).map((one) => [one.path, one.bytes]));
  const edits = new Map(files.map((one) => [pathOf(one), one.edit]));
  const onDisk: ChecksSnapshot = {
    ...snapshot,
    files: snapshot.files.map(({ disk: _, diskDigest: __, ...one }) => {
      const bytes = written.get(one.path) ?? snapshot.files.find(({ path }) => path === one.path)?.disk;
      const edited = edits.get(one.path)?.(Buffer.from(bytes ?? '').toString('utf8'));
      const disk = edited === undefined ? undefined : Buffer.from(edited);
      return disk === undefined ? one : { ...one, disk, diskDigest: sha256(disk) };
    }),
  };
  return {
    snapshot: onDisk,
    review: reviewFiles(onDisk, filesUnderReview(onDisk, target, noFixes), target, settings),
  };
}

export const repository = fc.uniqueArray(file, { selector: pathOf, maxLength: 14 });
export const loads = fc.constantFrom(1, 2, 4, 10);

/** What is wrong with an account of the files: each runs, or is missing by a cause, and none is both. */
export function accountFaults(
  files: readonly Generated[],
  snapshot: ChecksSnapshot,
  run: readonly string[],
  missing: readonly string[],
): string[] {
  // A dropped file of no schedule, or a dropped copy of table metrics, is nobody's check.
  const isIgnored = (path: string) =>
    ruleFor(path)?.fromProduction || (snapshot.deletedOnBranch.includes(path) && ruleFor(path) === undefined);
  const links = new Set(snapshot.notFiles);
  const accounted = [...run, ...missing];
  const all = files.map(pathOf).filter((path) => links.has(path) || !isIgnored(path));
  return [
    ...all.filter((path) => !accounted.includes(path)).map((path) => `${path} is not accounted for`),
    ...accounted.filter((path) => !all.includes(path)).map((path) => `${path} is not in the repository`),
    ...accounted.filter((path, at) => accounted.indexOf(path) !== at).map((path) => `${path} counts twice`),
  ];
}

/** What is wrong with a coverage, by the bytes of the bucket and of the baseline; knows nothing of the product. */
export function coverageFaults(
  { schedule, checks, scaled, unscaled, unscaledTotal }: Coverage,
  objects: ReadonlyMap<string, string>,
  files: readonly Generated[],
  load: number,
): string[] {
  const carrying = carryingIn(schedule, objects, files, load);
  const named = new Set(load > 1 ? unscaled.map(({ file }) => file) : objects.keys());
  return [
    ...(checks === objects.size ? [] : [`${checks} checks, ${objects.size} in the bucket`]),
    ...(scaled + unscaledTotal === checks ? [] : [`${scaled} + ${unscaledTotal} is not ${checks}`]),
    ...(named.size === unscaledTotal ? [] : [`${named.size} names of ${unscaledTotal} unscaled`]),
    ...carrying.flatMap((path) => (named.has(path) ? `${path} is scaled in the bucket` : [])),
    ...(carrying.length === scaled ? [] : [`${carrying.length} are scaled in the bucket, not ${scaled}`]),
  ];
}

/** The checks in the bucket that carry the load, by the bytes. */
export function carryingIn(
  schedule: Schedule,
  objects: ReadonlyMap<string, string>,
  files: readonly Generated[],
  load: number,
): string[] {
  const texts = new Map(files.map((one) => [pathOf(one), one.text]));
  return [...objects].flatMap(([path, now]) =>
    load > 1 && (schedule === 'hourly' || isMultiplied(path, texts.get(path) ?? '', now, load)) ? path : [],
  );
}

/** Some interval of the file's unit is `load` times the one in its place in the baseline. */
function isMultiplied(path: string, baseline: string, now: string, load: number): boolean {
  const unit = path.endsWith('_15m.yml') ? 'hour' : path.endsWith('_daily.yml') ? 'day' : undefined;
  if (unit === undefined || now.includes('{%')) return false;
  const valuesIn = (text: string) =>
    [...text.matchAll(new RegExp(`INTERVAL '(\\d+)' ${unit}s?\\b`, 'gi'))].map(([, value]) => Number(value));
  const before = valuesIn(baseline);
  return valuesIn(now).some((value, at) => value > 0 && value === (before[at] ?? 0) * load);
}
