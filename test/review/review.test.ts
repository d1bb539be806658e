/** What a review covers: its id changes with every fact that an approval is about, and with nothing else. */
import { expect, test } from 'vitest';
import { sha256 } from '../../src/domain/digest.ts';
import type { CheckFile, ChecksSnapshot } from '../../src/ports/repository.ts';
import { noFixes } from '../../src/review/expected.ts';
import {
  filesUnderReview,
  manifestJson,
  plannedCoverage,
  type ReviewTarget,
  reviewFiles,
} from '../../src/review/review.ts';

const hours = (value: number) => `where: a > now() - INTERVAL '${value}' hour\n`;
const days = (value: number) => `where: a > now() - INTERVAL '${value}' day\n`;

function check(path: string, baseline: string | undefined, disk: string | undefined): CheckFile {
  return {
    path,
    newOnBranch: false,
    ...(baseline !== undefined && {
      baseline: Buffer.from(baseline),
      baselineDigest: sha256(Buffer.from(baseline)),
    }),
    ...(disk !== undefined && { disk: Buffer.from(disk), diskDigest: sha256(Buffer.from(disk)) }),
  };
}

const snapshot: ChecksSnapshot = {
  branch: 'test',
  headCommit: 'head',
  baseCommit: 'base',
  baselineTip: 'base',
  files: [
    check('a_15m.yml', hours(3), hours(6)),
    check('b_15m.yml', hours(3), hours(60)),
    check('c_15m.yml', hours(3), undefined),
    check('d_15m.yml', hours(3), hours(3)),
    check('e_hourly.yml', hours(3), hours(4)),
    check('f_table_metrics.yml', hours(3), hours(4)),
    check('g_daily.yml', days(31), days(62)),
    check('h_15m.yml', undefined, hours(3)),
    check('i_hourly.yml', undefined, hours(3)),
    check('notes.md', 'a', 'b'),
    check('odd%2Fname_15m.yml', hours(3), hours(6)),
    check('same_daily.yml', days(0), days(0)),
  ],
  unprintableNames: [],
  notFiles: ['link_daily.yml'],
  deletedOnBranch: [],
  loadTested: [],
};
const all: ReviewTarget = { load: 2, schedule: '15m', scope: 'all' };
const destination = { bucket: 'b', configsPrefix: 'configs', dagsPrefix: 'dags' };

function review(target = all, of = snapshot, to = destination) {
  return reviewFiles(of, filesUnderReview(of, target, noFixes), target, to);
}
const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path);

test('a review lists what changed, what is neither baseline × load nor a fix, and what it leaves out', () => {
  const found = review();
  expect(paths(found.files)).toEqual([
    'a_15m.yml',
    'b_15m.yml',
    'c_15m.yml',
    'd_15m.yml',
    'e_hourly.yml',
    'g_daily.yml',
    'same_daily.yml',
  ]);
  expect(paths(found.changed)).toEqual([
    'a_15m.yml',
    'b_15m.yml',
    'c_15m.yml',
    'e_hourly.yml',
    'g_daily.yml',
  ]);
  expect(paths(found.unexpected)).toEqual(['b_15m.yml', 'c_15m.yml', 'd_15m.yml', 'e_hourly.yml']);
  expect(found).toMatchObject({ target: all, baseCommit: 'base', branch: 'test', approvalNeeded: true });
  expect(found.exceptions.map(({ file, cause }) => `${file} ${cause}`)).toEqual([
    'link_daily.yml not_a_file',
    'c_15m.yml not_on_disk',
    'h_15m.yml not_in_git',
    'i_hourly.yml not_in_git',
    'notes.md no_schedule',
    'odd%2Fname_15m.yml not_uploadable',
  ]);
  expect(found.changedOutside).toBe(0);
});

test('of one schedule the others are outside: changed ones are counted, without what production owns', () => {
  const found = review({ load: 2, schedule: 'daily', scope: 'schedule' });
  expect(paths(found.files)).toEqual(['g_daily.yml', 'same_daily.yml']);
  expect(found.exceptions.map(({ file }) => file)).toEqual(['link_daily.yml', 'notes.md']);
  // a, b, c and odd of 15m, e of hourly, and two that are not in git.
  expect(found.changedOutside).toBe(7);
});

test('bytes that all equal the baseline need no approval', () => {
  const files = [check('a_15m.yml', hours(3), hours(3))];
  expect(review(all, { ...snapshot, files })).toMatchObject({ approvalNeeded: false, changed: [] });
  const one = [...files, check('b_15m.yml', hours(3), hours(6))];
  expect(review(all, { ...snapshot, files: one })).toMatchObject({ approvalNeeded: true });
});

test('the coverage is that of the schedule under test, unless another is named', () => {
  const found = review();
  expect(plannedCoverage(found)).toMatchObject({ schedule: '15m', checks: 3, unscaledTotal: 2 });
  expect(plannedCoverage(found).unscaled.map(({ file }) => file)).toEqual(['b_15m.yml', 'd_15m.yml']);
  expect(plannedCoverage(found).missing).toEqual([
    { cause: 'not_on_disk', files: ['c_15m.yml'], total: 1 },
    { cause: 'not_in_git', files: ['h_15m.yml'], total: 1 },
    { cause: 'not_uploadable', files: ['odd%2Fname_15m.yml'], total: 1 },
  ]);
  expect(plannedCoverage(found, 'daily')).toMatchObject({ schedule: 'daily', checks: 2 });
  expect(plannedCoverage(found)).toBe(plannedCoverage(found, '15m'));
});

test('the review id changes with every fact that is approved, and with nothing else', () => {
  const { files } = snapshot;
  const [first, ...rest] = files;
  const ids = [
    review(),
    review({ ...all, load: 4 }),
    review({ ...all, scope: 'schedule' }),
    review({ ...all, scope: 'schedule', schedule: 'hourly' }),
    review(all, { ...snapshot, baseCommit: 'other' }),
    review(all, { ...snapshot, branch: 'other' }),
    review(all, snapshot, { ...destination, bucket: 'other' }),
    review(all, snapshot, { ...destination, configsPrefix: 'other' }),
    review(all, snapshot, { ...destination, dagsPrefix: 'other' }),
    review(all, { ...snapshot, files: [check('a_15m.yml', hours(3), `${hours(6)}# seen\n`), ...rest] }),
    review(all, { ...snapshot, files: [check('a_15m.yml', hours(3), undefined), ...rest] }),
    review(all, { ...snapshot, files: rest }),
    review(all, { ...snapshot, files: [...(first ? [{ ...first, path: 'aa_15m.yml' }] : []), ...rest] }),
  ].map(({ reviewId }) => reviewId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
  const empty = { ...snapshot, files: [] };
  const ofSchedule = (schedule: '15m' | 'daily') => review({ ...all, scope: 'schedule', schedule }, empty);
  expect(ofSchedule('15m').reviewId).not.toBe(ofSchedule('daily').reviewId);
  const same = [
    review(),
    review({ ...all, schedule: 'daily' }),
    review(all, { ...snapshot, headCommit: 'other' }),
    review(all, { ...snapshot, files: files.filter(({ path }) => path !== 'notes.md') }),
  ];
  for (const { reviewId } of same) expect(reviewId).toBe(ids[0]);
});

test('a manifest names every file that differs from its baseline, also a deleted one', () => {
  const { files } = review();
  expect(JSON.parse(manifestJson(files).toString())).toEqual({
    'a_15m.yml': sha256(Buffer.from(hours(6))),
    'b_15m.yml': sha256(Buffer.from(hours(60))),
    'c_15m.yml': 'deleted',
    'e_hourly.yml': sha256(Buffer.from(hours(4))),
    'g_daily.yml': sha256(Buffer.from(days(62))),
  });
});
