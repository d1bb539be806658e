/** Every file is accounted for, and the coverage says what a comparison of bytes says. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Coverage } from '../../src/domain/coverage.ts';
import { schedules } from '../../src/domain/schedules.ts';
import { changesText } from '../../src/review/levelSummary.ts';
import { plannedCoverage } from '../../src/review/review.ts';
import { listedCoverage, planUploads, prefixesOf } from '../../src/review/uploadPlan.ts';
import {
  accountFaults,
  coverageFaults,
  type Generated,
  loads,
  repository,
  reviewOf,
  settings,
} from './generatedRepositories.ts';

const runs = { numRuns: 300, seed: 10 };

test('every file runs, or is missing by a cause; table metrics come from production', () => {
  fc.assert(
    fc.property(repository, loads, (files, load) => {
      const { snapshot, review } = reviewOf(files, load);
      const run = planUploads(review, settings).map(({ path }) => path);
      const missing = review.exceptions.map((one) => one.file);
      expect(accountFaults(files, snapshot, run, missing)).toEqual([]);
      const text = changesText(review, 'here');
      for (const path of missing) expect(text).toContain(path);
    }),
    runs,
  );
});

test('checks are scaled or unscaled, as the bytes of bucket and baseline say', () => {
  fc.assert(
    fc.property(repository, loads, (files, load) => {
      for (const { planned, actual, objects } of coverages(files, load)) {
        expect(actual).toEqual(planned);
        expect(coverageFaults(actual, objects, files, load)).toEqual([]);
      }
    }),
    runs,
  );
});

test('a coverage by file names, a check counted twice and a file forgotten are each found', () => {
  const samples = fc.sample(repository, { numRuns: 60, seed: 10 });
  const found = (wrong: (files: readonly Generated[]) => string[]) => samples.flatMap(wrong).join('\n');
  const byName = ({ checks, unscaled, ...rest }: Coverage): Coverage => {
    const others = unscaled.filter(({ file }) => !/_(?:15m|daily)\.yml$/.test(file));
    return {
      ...rest,
      checks,
      unscaled: others,
      unscaledTotal: others.length,
      scaled: checks - others.length,
    };
  };
  const spoilt = (spoil: (coverage: Coverage) => Coverage) => (files: readonly Generated[]) =>
    coverages(files, 2).flatMap(({ actual, objects }) => coverageFaults(spoil(actual), objects, files, 2));
  expect(found(spoilt((coverage) => coverage))).toBe('');
  expect(found(spoilt(byName))).toMatch(/\d+ are scaled in the bucket, not \d+/);
  expect(found(spoilt((one) => ({ ...one, scaled: one.scaled + 1 })))).toMatch(/\d+ \+ \d+ is not \d+/);
  const forgotten = found((files) => {
    const { snapshot, review } = reviewOf(files, 2);
    const run = planUploads(review, settings).map(({ path }) => path);
    return accountFaults(
      files,
      snapshot,
      run,
      review.exceptions.slice(1).map((one) => one.file),
    );
  });
  expect(forgotten).toContain('is not accounted for');
});

/** The coverage of each schedule as planned, as listed after the upload, and the objects in the bucket. */
function coverages(files: readonly Generated[], load: number) {
  const { review } = reviewOf(files, load);
  const uploads = planUploads(review, settings);
  return schedules.map((schedule) => {
    const prefix = prefixesOf(review, settings).find((one) => one.schedule === schedule)?.prefix ?? '';
    const sent = uploads.filter((upload) => upload.schedule === schedule);
    const objects = sent.map(({ key, bytes }) => ({ key, sizeBytes: bytes.length, etag: '', modifiedMs: 0 }));
    return {
      planned: plannedCoverage(review, schedule),
      actual: listedCoverage(review, { schedule, prefix, objects }, new Map(), []),
      objects: new Map(sent.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('utf8')])),
    };
  });
}
