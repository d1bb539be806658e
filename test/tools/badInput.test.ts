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
        /^BAD_INPUT: load must be a whole number from 1 to 1000, such as 2 or "2x"(?: \(ask the user: 2x or 3x\))?, not .*Nothing was changed\. Next: call /,
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

/** Wrong TARGET_REPO or CHECKS_PATH, at the first call of a session. */
const places: [what: string, spoil: (harness: Harness) => unknown, says: RegExp][] = [
  [
    'a missing TARGET_REPO',
    (harness) => harness.restart({ TARGET_REPO: join(harness.directory, 'gone') }),
    /^CONFIG: TARGET_REPO .*gone does not exist\. Nothing was changed\. Next: set TARGET_REPO/,
  ],
  [
    'TARGET_REPO that is not a repository',
    (harness) => rmSync(join(harness.repo, '.git'), { recursive: true }),
    /^CONFIG: TARGET_REPO .* is not the top of a git repository/,
  ],
  [
    'another branch',
    (harness) => harness.git('checkout', '-q', 'main'),
    /^WRONG_STATE: TARGET_REPO is on branch main, not on audit_checks_load_testing\. Nothing was changed\. Next: type: git checkout audit_checks/,
  ],
  [
    'a detached HEAD',
    (harness) => harness.git('checkout', '-q', '--detach'),
    /^WRONG_STATE: TARGET_REPO has no branch checked out \(detached HEAD\)/,
  ],
  [
    'BASELINE_REF that does not exist',
    (harness) => harness.restart({ BASELINE_REF: 'master' }),
    /^CONFIG: TARGET_REPO has no master, so there is no baseline/,
  ],
  [
    'CHECKS_PATH outside the repository',
    (harness) => harness.restart({ CHECKS_PATH: '../audit-load-test' }),
    /^CONFIG: CHECKS_PATH is "\.\.\/audit-load-test", not a path inside TARGET_REPO/,
  ],
  [
    'CHECKS_PATH that is a link out of the repository',
    (harness) => {
      const checks = join(harness.repo, harness.env.CHECKS_PATH ?? '');
      renameSync(checks, join(harness.directory, 'outside'));
      symlinkSync(join(harness.directory, 'outside'), checks);
    },
    /^CONFIG: CHECKS_PATH .* leads outside TARGET_REPO/,
  ],
  [
    'CHECKS_PATH into .git',
    (harness) => {
      mkdirSync(join(harness.repo, '.git/checks'));
      return harness.restart({ CHECKS_PATH: '.git/checks' });
    },
    /^CONFIG: CHECKS_PATH .* into a protected folder/,
  ],
  [
    'a missing CHECKS_PATH',
    (harness) => harness.restart({ CHECKS_PATH: 'no/such' }),
    /^CONFIG: CHECKS_PATH no\/such does not exist in TARGET_REPO/,
  ],
  [
    'a check file with a second name outside',
    (harness) =>
      linkSync(
        join(harness.repo, harness.env.CHECKS_PATH ?? '', 'events/check_events_15m.yml'),
        join(harness.directory, 'outside.yml'),
      ),
    /^DENIED: events\/check_events_15m\.yml cannot be written: it has a second name \(hard link\)\. Nothing was changed/,
  ],
  [
    'several missing settings',
    (harness) => harness.restart({ TARGET_REPO: '', S3_BUCKET: '' }),
    /^CONFIG: TARGET_REPO is not set; S3_BUCKET is not set\. Nothing was changed\. Next: Add TARGET_REPO=.*checkSetup\.$/,
  ],
  [
    'production configs in the load-test prefix',
    (harness) =>
      harness.restart({
        PROD_HOURLY_CHECKS: 's3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly',
      }),
    /^CONFIG: PROD_HOURLY_CHECKS overlaps CONFIGS_PREFIX/,
  ],
];
test.each(places)('%s is refused, and no file is written', async (_what, spoil, says) => {
  const harness = await toolHarness();
  const checks = join(harness.repo, dirname(harness.env.CHECKS_PATH ?? ''));
  const bytes = () =>
    shared.git('hash-object', '--no-filters', join(checks, 'iceberg/events/check_events_15m.yml'));
  await spoil(harness);
  const before = bytes();
  expect(await harness.refusal('scaleConfigs', { load: 2 })).toMatch(says);
  expect(bytes()).toBe(before);
  expect(harness.keys('checks_load_test')).toEqual([]);
});

/** Wrong AWS settings or access, at an approved upload. */
const accounts: [what: string, spoil: (harness: Harness) => unknown, says: RegExp][] = [
  [
    'missing credentials',
    (harness) => harness.restart({ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
    /^DENIED: .*credentials.*Next: .*s2a-login/s,
  ],
  [
    'expired credentials',
    (harness) => harness.fault({ service: 's3', error: 'ExpiredToken' }),
    /^DENIED: .*expired.*s2a-login/s,
  ],
  ['a missing region', (harness) => harness.restart({ AWS_REGION: '' }), /^CONFIG: .*AWS_REGION/s],
  [
    'a bucket that does not exist',
    (harness) => harness.restart({ S3_BUCKET: 'no-such-bucket' }),
    /no-such-bucket/,
  ],
  ['denied access', (harness) => harness.fault({ service: 's3', error: 'AccessDenied' }), /^DENIED: /],
];
test.each(accounts)(
  '%s: the upload says so, and the same call succeeds afterwards',
  async (_what, spoil, says) => {
    const harness = await toolHarness();
    const good = { ...harness.env };
    const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
    await spoil(harness);
    const review =
      harness.env.S3_BUCKET === good.S3_BUCKET
        ? reviewId
        : (await harness.call('reviewConfigs')).structure.reviewId;
    const failure = await harness.refusal('uploadChecks', { reviewId: review, approved: true });
    expect(failure).toMatch(says);
    expect(failure).not.toMatch(/AKIA|wJalr/);
    expect(harness.keys('checks_load_test')).toEqual([]);
    await harness.fault(undefined);
    await harness.restart(good);
    expect((await harness.call('uploadChecks', { reviewId, approved: true })).structure.status).toBe(
      'uploaded',
    );
  },
);

test('a bucket in another region is reported with its region', async () => {
  const harness = await toolHarness();
  harness.aws.s3.buckets.create('bucket-far-away', { region: 'eu-west-1' });
  await harness.restart({ S3_BUCKET: 'bucket-far-away' });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  const failure = await harness.refusal('uploadChecks', { reviewId, approved: true }).catch(String);
  expect(failure).toMatch(/eu-west-1|uploaded/);
});

test('an unknown tool is refused with a suggestion', async () => {
  expect(await shared.refusal('scaleConfig', { load: 2 })).toMatchInlineSnapshot(
    `"BAD_INPUT: There is no tool "scaleConfig". Nothing was changed. Next: call scaleConfigs."`,
  );
});
