import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Harness, normalise, prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld();

test('a complete setup is listed item by item', async () => {
  const harness = await toolHarness();
  const { text, structure } = await harness.call('checkSetup');
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Everything is in place.

      ✓ settings: environment, no .env; APPROVAL=ask
      ✓ target repository: <repo>, baseline 6524c207 (main)
      ✓ branch: audit_checks_load_testing
      ✓ checks path: 12 check files
      ✓ git identity: Sandbox <sandbox@example.com>
      ✓ AWS identity: arn:aws:sts::123456789012:assumed-role/load-test/engineer
      ✓ region: us-east-1
      ✓ bucket: klaviyo-data-platform-orchestration-v1
      ✓ production source: 6 table-metrics objects
      ✓ EMR: answers
      ✓ DAG file: LOAD = 2
      ✓ prefixes: as in the DAG
      ✓ cluster configs: 3 files
      ✓ step logs: in S3
      ✓ event logs: in S3
      ✓ runner: audit-runner/audit_runner.py in the bucket
      ✓ places to write: 4 folders

    → Call scaleConfigs to start a test; showSession to go on with one."
  `);
  expect(structure.ok).toBe(true);
  expect(structure.checks.map((check: { name: string }) => check.name)).toEqual([
    'settings',
    'target repository',
    'branch',
    'checks path',
    'git identity',
    'AWS identity',
    'region',
    'bucket',
    'production source',
    'EMR',
    'DAG file',
    'prefixes',
    'cluster configs',
    'step logs',
    'event logs',
    'runner',
    'places to write',
  ]);
});

test('settings from a .env are shown with its path', async () => {
  const harness = await toolHarness();
  writeFileSync(join(harness.project, '.env'), 'APPROVAL=chat\n');
  await harness.restart();
  const { structure } = await harness.call('checkSetup');
  expect(structure.checks[0].detail).toContain(`${harness.project}/.env;`);
});

test('the placeholder for the audit runner in the shipped configs is the only problem to fix', async () => {
  const harness = await toolHarness();
  const file = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_daily.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('audit-runner/', 'PATH_OF_YOUR_AUDIT_RUNNER/'));
  const { structure } = await harness.call('checkSetup');
  expect(structure.ok).toBe(false);
  expect(structure.summary).toBe('1 problem to fix: runner.');
  expect(structure.checks.find((one: { name: string }) => one.name === 'runner')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('so every step would fail'),
    fix: expect.stringContaining('replace PATH_OF_YOUR_AUDIT_RUNNER with the S3 path of your audit runner'),
  });
});

test('checking the setup changes nothing, and a second call says the same', async () => {
  const harness = await toolHarness();
  const before = harness.everything();
  const first = await harness.call('checkSetup');
  expect(await harness.call('checkSetup')).toEqual(first);
  expect(harness.everything()).toEqual(before);
});

const brokenSettings: [Record<string, string>, RegExp][] = [
  [{ TARGET_REPO: '' }, /TARGET_REPO is not set/],
  [{ S3_BUCKET: 'My_Bucket' }, /S3_BUCKET is "My_Bucket", not a bucket name/],
  [{ CHECKS_PATH: '../elsewhere' }, /CHECKS_PATH is "\.\.\/elsewhere", not a path inside TARGET_REPO/],
  [{ PROD_HOURLY_CHECKS: 'checks/configs/prod/hourly' }, /PROD_HOURLY_CHECKS is ".*", not s3:\/\//],
  [{ CONFIGS_PREFIX: 'a//b' }, /CONFIGS_PREFIX is "a\/\/b", not a prefix/],
  [{ DAGS_PREFIX: 'checks_load_test/configs/dags' }, /DAGS_PREFIX overlaps CONFIGS_PREFIX/],
  [{ CONFIGS_PREFIX: 'checks/configs/prod' }, /PROD_HOURLY_CHECKS overlaps CONFIGS_PREFIX/],
  [{ APPROVAL: 'never' }, /APPROVAL is "never", not ask, chat or terminal/],
  [{ EVENT_LOGS: 'some' }, /EVENT_LOGS is "some", not slowest, all or off/],
  [{ AIRFLOW_URL: 'airflow.example.com' }, /AIRFLOW_URL is "airflow\.example\.com", not an address/],
  [{ BASELINE_REF: 'HEAD' }, /BASELINE_REF is "HEAD", the branch that the load test commits to/],
  [{ REPORTS_DIR: '<repo>/reports' }, /REPORTS_DIR is inside TARGET_REPO/],
  [{ STATE_DIR: '<repo>/.git/state' }, /STATE_DIR is inside CHECKS_PATH or \.git of TARGET_REPO/],
  [{ STATE_DIR: '/proc/state' }, /STATE_DIR is "\/proc\/state", which is not on a disk/],
];

const inHarness = (env: Record<string, string>, harness: Harness) =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('<repo>', harness.repo)]),
  );

const broken: [what: string, spoil: (harness: Harness) => unknown, check: string, says: RegExp][] = [
  ['a missing setting', (harness) => harness.restart({ S3_BUCKET: '' }), 'settings', /S3_BUCKET is not set/],
  [
    'a target repository that does not exist',
    (harness) => harness.restart({ TARGET_REPO: '/nowhere/k-repo' }),
    'target repository',
    /\/nowhere\/k-repo does not exist/,
  ],
  ['another branch', (harness) => harness.git('checkout', '-q', 'main'), 'branch', /main, not audit_checks/],
  [
    'a checks path that does not exist',
    (harness) => harness.restart({ CHECKS_PATH: 'no/such' }),
    'target repository',
    /no\/such/,
  ],
  [
    'a checks path without checks',
    (harness) => harness.restart({ CHECKS_PATH: '.github' }),
    'checks path',
    /0 check files under \.github/,
  ],
  [
    'git without an identity',
    (harness) => harness.git('config', '--unset', 'user.email'),
    'git identity',
    /name and e-mail/,
  ],
  [
    'expired credentials',
    (harness) => harness.fault({ service: 'sts', error: 'ExpiredToken' }),
    'AWS identity',
    /expired/,
  ],
  [
    'a bucket that does not exist',
    (harness) => harness.restart({ S3_BUCKET: 'no-such-bucket' }),
    'bucket',
    /no-such-bucket/,
  ],
  [
    'a production source without table metrics',
    (harness) =>
      harness.restart({ PROD_HOURLY_CHECKS: 's3://klaviyo-data-platform-orchestration-v1/elsewhere' }),
    'production source',
    /0 table-metrics objects/,
  ],
  [
    'a DAG with two LOADs',
    (harness) => inDag(harness, (dag) => `${dag}\nLOAD = 4\n`),
    'DAG file',
    /sets LOAD 2 times/,
  ],
  [
    'a DAG that reads another bucket',
    (harness) => inDag(harness, (dag) => dag.replace(/^S3_BUCKET = .*$/m, 'S3_BUCKET = "another-bucket"')),
    'DAG file',
    /another-bucket/,
  ],
  [
    'a cluster config that is not JSON',
    (harness) =>
      writeFileSync(
        `${harness.project}/dags/cluster_configs/yang_audit_load_test_cluster_15m.json`,
        '{"Name": ',
      ),
    'cluster configs',
    /15m: it is not JSON/,
  ],
  [
    'EMR that may not be listed',
    (harness) =>
      harness.fault({ service: 'emr', operation: 'ListClusters', error: 'AccessDenied', times: 9 }),
    'EMR',
    /elasticmapreduce:ListClusters/,
  ],
  [
    'a DAG that reads other prefixes',
    (harness) =>
      inDag(harness, (dag) => dag.replace(/^CONFIGS_PREFIX = .*$/m, 'CONFIGS_PREFIX = "elsewhere"')),
    'prefixes',
    /CONFIGS_PREFIX = "elsewhere"/,
  ],
  [
    'step logs that are lost',
    (harness) => inConfig(harness, (config) => ({ ...config, LogUri: undefined })),
    'step logs',
    /^15m: LogUri is not set/,
  ],
  [
    'event logs that are off',
    (harness) => inSpark(harness, { 'spark.eventLog.enabled': 'false' }),
    'event logs',
    /^15m: off: load cannot be proven/,
  ],
  [
    'event logs on HDFS',
    (harness) => inSpark(harness, { 'spark.eventLog.dir': 'hdfs:///var/log/spark/apps' }),
    'event logs',
    /^15m: hdfs:.*: load cannot be proven/,
  ],
  [
    'a folder for reports that is a file',
    (harness) => harness.restart({ REPORTS_DIR: join(harness.env.DAG_FILE ?? '', 'reports') }),
    'places to write',
    /REPORTS_DIR .*ENOTDIR/,
  ],
  [
    'a runner that is not in the bucket',
    (harness) =>
      inConfig(harness, (config) => replaced(config, 'audit-runner/audit_runner.py', 'audit-runner/gone.py')),
    'runner',
    /^not in the bucket, so every step would fail: s3:\/\/[\w-]+\/audit-runner\/gone\.py$/,
  ],
  [
    'a session of another checkout',
    async (harness) => {
      await harness.call('scaleConfigs', { load: 2 });
      await harness.restart({ TARGET_REPO: anotherCheckout(harness) });
    },
    'session',
    /^STATE_DIR is the session of another checkout: .*k-repo, not .*another\./,
  ],
  [
    'a file that is not a price table',
    (harness) => harness.restart({ PRICE_TABLE: harness.env.DAG_FILE ?? '' }),
    'price table',
    /PRICE_TABLE/,
  ],
  [
    'a DAG file that is not there',
    (harness) => harness.restart({ DAG_FILE: join(harness.project, 'dags/no_such.py') }),
    'DAG file',
    /no_such\.py is missing/,
  ],
  [
    'a baseline that does not exist',
    (harness) => harness.restart({ BASELINE_REF: 'no-such-branch' }),
    'target repository',
    /no-such-branch/,
  ],
  ['no region', (harness) => harness.restart({ AWS_REGION: '' }), 'region', /No AWS region is set/],
  [
    'an Airflow that nobody answers for',
    (harness) =>
      harness.restart({ AIRFLOW_URL: 'http://127.0.0.1:9', AIRFLOW_USERNAME: 'a', AIRFLOW_PASSWORD: 'b' }),
    'Airflow',
    /cannot be reached/,
  ],
  // What can be said from the value alone is in the row of the settings.
  ...brokenSettings.map(([env, says]): (typeof broken)[number] => [
    `${Object.keys(env).join(' and ')}: ${Object.values(env).join(' and ')}`,
    (harness) => harness.restart(inHarness(env, harness)),
    'settings',
    says,
  ]),
];

test.each(broken)('%s is named, with its fix', async (_what, spoil, name, says) => {
  const harness = await toolHarness();
  await spoil(harness);
  const { structure } = await harness.call('checkSetup');
  const check = structure.checks.find((one: { name: string }) => one.name === name);
  expect(structure.ok).toBe(false);
  expect(check).toMatchObject({
    ok: false,
    detail: expect.stringMatching(says),
    fix: expect.stringMatching(/.{8}/),
  });
  expect(structure.summary).toContain(name);
});

test('what one cause hides is not looked at, and is no problem of its own', async () => {
  const harness = await toolHarness();
  await harness.fault({ service: 'sts', error: 'ExpiredToken' });
  const { text, structure } = await harness.call('checkSetup');
  expect(structure.summary).toBe('1 problem to fix: AWS identity.');
  for (const name of ['bucket', 'production source', 'EMR'])
    expect(text).toContain(`  – ${name}: not looked at: AWS identity comes first`);
  expect(text).toContain('  ✓ region: us-east-1');
});

const awsProfiles = `[profile vault]
credential_process = sh -c 'echo "vault: token is sealed" >&2; exit 3'
[profile role]
role_arn = arn:aws:iam::123456789012:role/load-test
source_profile = gone
[profile half]
region = us-east-1
[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = engineer
`;

test.each<[string, Record<string, string>, RegExp, RegExp]>([
  [
    'a profile that is not there',
    { AWS_PROFILE: 'nobody' },
    /no AWS profile nobody in ~\/\.aws\/config/,
    /list-profiles/,
  ],
  [
    'a credential_process that fails',
    { AWS_PROFILE: 'vault' },
    /credential_process of the AWS profile failed: vault: token is sealed/,
    /`s2a-login`/,
  ],
  [
    'a role without its source',
    { AWS_PROFILE: 'role' },
    /role of the AWS profile role needs the profile gone, which does not exist/,
    /source_profile/,
  ],
  [
    'a profile without credentials',
    { AWS_PROFILE: 'half' },
    /profile half names no credentials/,
    /`s2a-login`/,
  ],
  [
    'an SSO login that has ended',
    { AWS_PROFILE: 'sso' },
    /SSO login of profile sso has expired/,
    /`aws sso login --profile sso` .*`s2a-login`/,
  ],
  [
    'nothing at all',
    { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    /No AWS credentials were found/,
    /`s2a-login`/,
  ],
])(
  '%s: the login fault is named in one row, and the region is read without it',
  async (_what, env, says, fix) => {
    const harness = await toolHarness();
    const config = join(harness.directory, 'aws-config');
    writeFileSync(config, awsProfiles);
    await harness.restart({ AWS_CONFIG_FILE: config, ...env });
    const { structure } = await harness.call('checkSetup');
    const rows = new Map<string, { detail: string; fix?: string; ok: boolean; notLookedAt?: boolean }>(
      structure.checks.map((one: { name: string }) => [one.name, one]),
    );
    expect(rows.get('AWS identity')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(says),
      fix: expect.stringMatching(fix),
    });
    expect(structure.summary).toBe('1 problem to fix: AWS identity.');
    expect(rows.get('region')).toMatchObject({ ok: true, detail: 'us-east-1' });
    for (const name of ['bucket', 'production source', 'EMR'])
      expect(rows.get(name)).toMatchObject({ notLookedAt: true });
  },
);

test('expired keys of the server’s environment need a restart, and a login that ends soon is no fault yet', async () => {
  const harness = await toolHarness();
  await harness.fault({ service: 'sts', error: 'ExpiredToken' });
  const identityIn = (structure: { checks: { name: string; detail: string }[] }) =>
    structure.checks.find(({ name }) => name === 'AWS identity');
  const expired = (await harness.call('checkSetup')).structure;
  expect(identityIn(expired as never)).toMatchObject({
    ok: false,
    fix: expect.stringMatching(/Log in with `s2a-login` in a terminal, then restart the server/),
  });
  await harness.fault(undefined);
  const endsAt = new Date(harness.aws.clock.nowMs() + 30 * 60_000).toISOString();
  await harness.restart({ AWS_CREDENTIAL_EXPIRATION: endsAt });
  const soon = (await harness.call('checkSetup')).structure;
  expect(soon.ok).toBe(true);
  expect(identityIn(soon as never)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/the login ends in (?:29|30) minutes, maybe before the round$/),
    fix: 'Type s2a-login in a terminal before a round.',
  });
});

test('the reference runner is named as such, and a runner that AWS does not show is left open', async () => {
  const harness = await toolHarness();
  const runnerIn = async () =>
    (await harness.call('checkSetup')).structure.checks.find(
      (one: { name: string }) => one.name === 'runner',
    );
  const reference = 's3://klaviyo-data-platform-orchestration-v1/x/audit_runner/audit_runner.py';
  inConfig(harness, (config) =>
    replaced(config, 's3://klaviyo-data-platform-orchestration-v1/audit-runner/audit_runner.py', reference),
  );
  harness.aws.s3.buckets.put(
    'klaviyo-data-platform-orchestration-v1',
    'x/audit_runner/audit_runner.py',
    Buffer.from('#'),
  );
  expect(await runnerIn()).toMatchObject({
    ok: true,
    detail: expect.stringMatching(
      /audit_runner\/audit_runner\.py.*: the reference runner of this project, so its/,
    ),
    fix: expect.stringContaining('your own runner'),
  });
  inConfig(harness, (config) => replaced(config, reference, 's3://not-ours/runner.py'));
  expect(await runnerIn()).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/; could not be looked at: s3:\/\/not-ours\/runner\.py$/),
  });
});

test('a misspelt argument is refused', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('checkSetup', { verbose: true })).toMatchInlineSnapshot(
    `"BAD_INPUT: there is no argument "verbose". Nothing was changed. Next: call checkSetup again without arguments."`,
  );
});

function inDag(harness: Harness, change: (dag: string) => string): void {
  const file = harness.env.DAG_FILE ?? '';
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

type Json = Record<string, unknown>;

function inConfig(harness: Harness, change: (config: Json) => Json): void {
  const file = `${harness.project}/dags/cluster_configs/yang_audit_load_test_cluster_15m.json`;
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
}

/** With a text in its place everywhere. */
function replaced(config: Json, from: string, to: string): Json {
  return JSON.parse(JSON.stringify(config).replaceAll(from, to));
}

function anotherCheckout(harness: Harness): string {
  const to = join(harness.directory, 'another');
  cpSync(harness.repo, to, { recursive: true });
  rmSync(join(to, '.git/audit-load-test-id'), { force: true });
  return to;
}

function inSpark(harness: Harness, properties: Json): void {
  inConfig(harness, (config) => ({
    ...config,
    Configurations: (config.Configurations as { Classification: string; Properties: Json }[]).map((one) =>
      one.Classification === 'spark-defaults'
        ? { ...one, Properties: { ...one.Properties, ...properties } }
        : one,
    ),
  }));
}
