import { readFileSync, writeFileSync } from 'node:fs';
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
