/** Every file is accounted for, and the coverage says what a comparison of bytes says. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/domain/digest.ts';
import { fileRules, ruleFor, schedules } from '../../src/domain/schedules.ts';
import type { CheckFile, ChecksSnapshot } from '../../src/ports/repository.ts';
import { noFixes } from '../../src/review/expected.ts';
import { changesText } from '../../src/review/levelSummary.ts';
import { filesUnderReview, plannedCoverage, reviewFiles } from '../../src/review/review.ts';
import { listedCoverage, planUploads, prefixesOf } from '../../src/review/uploadPlan.ts';

const settings = { bucket: 'b', configsPrefix: 'configs', dagsPrefix: 'dags' };

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

type Generated = typeof file extends fc.Arbitrary<infer One> ? One : never;

const pathOf = (one: Generated) => `${one.folder}check_${one.stem}${one.ending}`;

function snapshotOf(files: readonly Generated[]): ChecksSnapshot {
  const checks = files.filter(({ state }) => state === 'committed' || state === 'untracked');
  return {
    branch: 'test',
    headCommit: 'h',
    baseCommit: 'b',
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
function reviewOf(files: readonly Generated[], load: number) {
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

const repository = fc.uniqueArray(file, { selector: pathOf, maxLength: 14 });
const loads = fc.constantFrom(1, 2, 4, 10);

test('every file runs, or is missing by a cause; table metrics come from production', () => {
  fc.assert(
    fc.property(repository, loads, (files, load) => {
      const { snapshot, review } = reviewOf(files, load);
      const run = planUploads(review, settings).map(({ path }) => path);
      const missing = review.exceptions.map((one) => one.file);
      // A dropped file of no schedule, or a dropped copy of table metrics, is nobody's check.
      const ignored = (path: string) =>
        ruleFor(path)?.fromProduction ||
        (snapshot.deletedOnBranch.includes(path) && ruleFor(path) === undefined);
      const accounted = [...run, ...missing].sort();
      expect(new Set(accounted).size).toBe(accounted.length);
      const notFiles = new Set(snapshot.notFiles);
      const all = files.map(pathOf).filter((path) => notFiles.has(path) || !ignored(path));
      expect(accounted).toEqual(all.sort());
      const text = changesText(review, 'here');
      for (const path of missing) expect(text).toContain(path);
    }),
    { numRuns: 300, seed: 10 },
  );
});

test('checks are scaled or unscaled, as the bytes of bucket and baseline say', () => {
  fc.assert(
    fc.property(repository, loads, (files, load) => {
      const { review } = reviewOf(files, load);
      const uploads = planUploads(review, settings);
      for (const schedule of schedules) {
        const planned = plannedCoverage(review, schedule);
        const prefix = prefixesOf(review, settings).find((one) => one.schedule === schedule)?.prefix ?? '';
        const objects = uploads
          .filter(({ key }) => key.startsWith(prefix))
          .map(({ key, bytes }) => ({ key, sizeBytes: bytes.length, etag: '', modifiedMs: 0 }));
        const actual = listedCoverage(review, { schedule, prefix, objects }, new Map(), []);
        expect(actual).toEqual(planned);
        expect(actual.checks).toBe(objects.length);
        expect(actual.scaled + actual.unscaledTotal).toBe(actual.checks);
        if (load === 1) continue;
        const unscaled = new Map(actual.unscaled.map((one) => [one.file, one.why]));
        expect(unscaled.size).toBe(actual.unscaledTotal);
        for (const { path, bytes } of uploads.filter((upload) => upload.schedule === schedule)) {
          const baseline = files.find((one) => pathOf(one) === path)?.text ?? '';
          const isSame = Buffer.from(bytes).toString('utf8') === baseline;
          // Bytes as on main carry no load; hourly windows come from the DAG run.
          if (schedule !== 'hourly' && isSame) expect(unscaled.has(path)).toBe(true);
          if (!isSame && !unscaled.has(path) && schedule !== 'hourly')
            expect(multiplied(baseline, Buffer.from(bytes).toString('utf8'), load)).toBe(true);
        }
      }
    }),
    { numRuns: 300, seed: 10 },
  );
});

/** Some number of the text is `load` times one of the baseline that is not there any more. */
function multiplied(baseline: string, now: string, load: number): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  return numbers(now).some((value) => value > 0 && numbers(baseline).includes(value / load));
}
