/** Bad input gets a clear coded error, and changes nothing: not the repository, not the bucket, not the session. */
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();

let shared: Harness;
beforeAll(async () => {
  shared = await toolHarness({ whenDone: afterAll });
  await uploadLevel(shared, { load: 2 });
});

test.each([0, -2, 2.5, 1001, 'two', '2.5x', 'x2', '', '2xx', '99999', true, null, [2], { load: 2 }])(
  'load %j is refused by every tool that takes one',
  async (load) => {
    const before = shared.everything();
    for (const tool of ['scaleConfigs', 'uploadDags', 'buildReport', 'commitResults'])
      expect(await shared.refusal(tool, { load })).toMatch(
        /^BAD_INPUT: load must be a whole number from 1 to 1000, such as 2 or "2x", not .*Nothing was changed\. Next: call /,
      );
    expect(shared.everything()).toEqual(before);
  },
);

test.each(['15', 'weekly', '15M', ''])(
  'schedule %j is refused by every tool that takes one',
  async (schedule) => {
    const before = shared.everything();
    for (const tool of ['scaleConfigs', 'markRound', 'pollCluster', 'buildReport'])
      expect(await shared.refusal(tool, { schedule, load: 2 })).toMatch(
        /^BAD_INPUT: (?:.*; )?schedule must be one of 15m, hourly, daily, not /,
      );
    expect(shared.everything()).toEqual(before);
  },
);

/** What TARGET_REPO or CHECKS_PATH can be wrong in, met by the first call of a session. */
const places: [what: string, spoil: (bed: Harness) => unknown, says: RegExp][] = [
  [
    'TARGET_REPO that is missing',
    (bed) => bed.restart({ TARGET_REPO: join(bed.directory, 'gone') }),
    /^CONFIG: TARGET_REPO .*gone does not exist\. Nothing was changed\. Next: set TARGET_REPO/,
  ],
  [
    'TARGET_REPO that is no repository',
    (bed) => rmSync(join(bed.repo, '.git'), { recursive: true }),
    /^CONFIG: TARGET_REPO .* is not the top of a git repository/,
  ],
  [
    'another branch',
    (bed) => bed.git('checkout', '-q', 'main'),
    /^WRONG_STATE: TARGET_REPO is on branch main, not on audit_checks_load_testing\. Nothing was changed\. Next: type: git checkout audit_checks/,
  ],
  [
    'a detached HEAD',
    (bed) => bed.git('checkout', '-q', '--detach'),
    /^WRONG_STATE: TARGET_REPO has no branch checked out \(detached HEAD\)/,
  ],
  [
    'BASELINE_REF that does not exist',
    (bed) => bed.restart({ BASELINE_REF: 'master' }),
    /^CONFIG: TARGET_REPO has no master, so there is no baseline/,
  ],
  [
    'CHECKS_PATH outside the repository',
    (bed) => bed.restart({ CHECKS_PATH: '../audit-load-test' }),
    /^CONFIG: CHECKS_PATH is "\.\.\/audit-load-test", not a path inside TARGET_REPO/,
  ],
  [
    'CHECKS_PATH that is a link out of the repository',
    (bed) => {
      const checks = join(bed.repo, bed.env.CHECKS_PATH ?? '');
      renameSync(checks, join(bed.directory, 'outside'));
      symlinkSync(join(bed.directory, 'outside'), checks);
    },
    /^CONFIG: CHECKS_PATH .* leads outside TARGET_REPO/,
  ],
  [
    'CHECKS_PATH into .git',
    (bed) => {
      mkdirSync(join(bed.repo, '.git/checks'));
      return bed.restart({ CHECKS_PATH: '.git/checks' });
    },
    /^CONFIG: CHECKS_PATH .* into a protected folder/,
  ],
  [
    'CHECKS_PATH that is missing',
    (bed) => bed.restart({ CHECKS_PATH: 'no/such' }),
    /^CONFIG: CHECKS_PATH no\/such does not exist in TARGET_REPO/,
  ],
  [
    'a check file with a second name outside',
    (bed) =>
      linkSync(
        join(bed.repo, bed.env.CHECKS_PATH ?? '', 'events/check_events_15m.yml'),
        join(bed.directory, 'outside.yml'),
      ),
    /^DENIED: events\/check_events_15m\.yml is not written to: it has a second name \(hard link\)\. Nothing was changed/,
  ],
  [
    'settings that are missing, all at once',
    (bed) => bed.restart({ TARGET_REPO: '', S3_BUCKET: '' }),
    /^CONFIG: TARGET_REPO is not set; S3_BUCKET is not set\. Nothing was changed\. Next: Add TARGET_REPO=.*checkSetup\.$/,
  ],
  [
    'production configs in the same place as ours',
    (bed) =>
      bed.restart({
        PROD_HOURLY_CHECKS: 's3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly',
      }),
    /^CONFIG: PROD_HOURLY_CHECKS lies in the same place as CONFIGS_PREFIX/,
  ],
];
test.each(places)('%s is refused, and no file is written', async (_what, spoil, says) => {
  const bed = await toolHarness();
  const checks = join(bed.repo, dirname(bed.env.CHECKS_PATH ?? ''));
  const bytes = () =>
    shared.git('hash-object', '--no-filters', join(checks, 'iceberg/events/check_events_15m.yml'));
  await spoil(bed);
  const before = bytes();
  expect(await bed.refusal('scaleConfigs', { load: 2 })).toMatch(says);
  expect(bytes()).toBe(before);
  expect(bed.keys('checks_load_test')).toEqual([]);
});

/** What AWS can be wrong in, met by an upload that the person approved. */
const accounts: [what: string, spoil: (bed: Harness) => unknown, says: RegExp][] = [
  [
    'credentials that are missing',
    (bed) => bed.restart({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
    /^DENIED: .*credentials.*Next: .*s2a-login/s,
  ],
  [
    'credentials that have expired',
    (bed) => bed.fault({ service: 's3', error: 'ExpiredToken' }),
    /^DENIED: .*expired.*s2a-login/s,
  ],
  ['a region that is missing', (bed) => bed.restart({ AWS_REGION: '' }), /^CONFIG: .*AWS_REGION/s],
  ['a bucket that does not exist', (bed) => bed.restart({ S3_BUCKET: 'no-such-bucket' }), /no-such-bucket/],
  ['access that is denied', (bed) => bed.fault({ service: 's3', error: 'AccessDenied' }), /^DENIED: /],
];
test.each(accounts)(
  '%s: the upload says so, and the same call succeeds afterwards',
  async (_what, spoil, says) => {
    const bed = await toolHarness();
    const good = { ...bed.env };
    const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
    await spoil(bed);
    const review =
      bed.env.S3_BUCKET === good.S3_BUCKET ? reviewId : (await bed.call('reviewConfigs')).structure.reviewId;
    const failure = await bed.refusal('uploadChecks', { reviewId: review, approved: true });
    expect(failure).toMatch(says);
    expect(failure).not.toMatch(/AKIA|wJalr/);
    expect(bed.keys('checks_load_test')).toEqual([]);
    await bed.fault(undefined);
    await bed.restart(good);
    expect((await bed.call('uploadChecks', { reviewId, approved: true })).structure.status).toBe('uploaded');
  },
);

test('a bucket in another region is named with its region', async () => {
  const bed = await toolHarness();
  bed.aws.s3.buckets.create('bucket-far-away', { region: 'eu-west-1' });
  await bed.restart({ S3_BUCKET: 'bucket-far-away' });
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  const failure = await bed.refusal('uploadChecks', { reviewId, approved: true }).catch(String);
  expect(failure).toMatch(/eu-west-1|uploaded/);
});

test('a tool that does not exist is refused with the one that was meant', async () => {
  expect(await shared.refusal('scaleConfig', { load: 2 })).toMatchInlineSnapshot(
    `"BAD_INPUT: There is no tool "scaleConfig". Nothing was changed. Next: call scaleConfigs."`,
  );
});
