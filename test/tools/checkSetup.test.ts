import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Harness, normalise, prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld();

test('a set-up that is complete is told item by item', async () => {
  const bed = await toolHarness();
  const { text, structure } = await bed.call('checkSetup');
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "Everything is in place.

      ✓ settings: complete (from the environment; no .env in <project>); APPROVAL=ask
      ✓ target repository: <repo>, baseline 6524c2070247 (main)
      ✓ branch: audit_checks_load_testing
      ✓ checks path: 12 check files under python/klaviyo/data_platform/table_config_service/unified_table_definitions/checks/iceberg
      ✓ git identity: Sandbox <sandbox@example.com>
      ✓ AWS identity: arn:aws:sts::123456789012:assumed-role/load-test/engineer
      ✓ region: us-east-1
      ✓ bucket: s3://klaviyo-data-platform-orchestration-v1 answers
      ✓ production source: 6 table-metrics objects under s3://klaviyo-data-platform-orchestration-v1/checks/configs/prod/hourly
      ✓ DAG file: <project>/dags/yang_audit_load_test.py, LOAD = 2
      ✓ cluster configs: 3 files

    → scaleConfigs with load 2x starts the first test; showSession tells where a test stands."
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
    'DAG file',
    'cluster configs',
  ]);
});

test('settings that lie in a .env are told with its path', async () => {
  const bed = await toolHarness();
  writeFileSync(join(bed.project, '.env'), 'APPROVAL=chat\n');
  await bed.restart();
  const { structure } = await bed.call('checkSetup');
  expect(structure.checks[0].detail).toContain(`complete (read from ${bed.project}/.env)`);
});

test('the placeholder that ships in the place of the audit runner is the one thing to mend', async () => {
  const bed = await toolHarness();
  const file = join(bed.project, 'dags/cluster_configs/yang_audit_load_test_cluster_daily.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('audit-runner/', 'PATH_OF_YOUR_AUDIT_RUNNER/'));
  const { structure } = await bed.call('checkSetup');
  expect(structure.ok).toBe(false);
  expect(structure.summary).toBe('One thing to mend: cluster configs.');
  expect(structure.checks.at(-1)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('so every step would fail'),
    fix: expect.stringContaining(
      'the S3 path of your audit runner in the place of PATH_OF_YOUR_AUDIT_RUNNER',
    ),
  });
});

test('looking at the set-up changes nothing, and two looks say the same', async () => {
  const bed = await toolHarness();
  const before = bed.everything();
  const first = await bed.call('checkSetup');
  expect(await bed.call('checkSetup')).toEqual(first);
  expect(bed.everything()).toEqual(before);
});

const broken: [what: string, spoil: (bed: Harness) => unknown, check: string, says: RegExp][] = [
  ['a setting that is missing', (bed) => bed.restart({ S3_BUCKET: '' }), 'settings', /S3_BUCKET is not set/],
  [
    'a target repository that does not exist',
    (bed) => bed.restart({ TARGET_REPO: '/nowhere/k-repo' }),
    'target repository',
    /\/nowhere\/k-repo does not exist/,
  ],
  ['another branch', (bed) => bed.git('checkout', '-q', 'main'), 'branch', /main, not audit_checks/],
  [
    'a checks path that is not there',
    (bed) => bed.restart({ CHECKS_PATH: 'no/such' }),
    'target repository',
    /no\/such/,
  ],
  [
    'a checks path without checks',
    (bed) => bed.restart({ CHECKS_PATH: '.github' }),
    'checks path',
    /0 check files under \.github/,
  ],
  [
    'git without an identity',
    (bed) => bed.git('config', '--unset', 'user.email'),
    'git identity',
    /name and e-mail/,
  ],
  [
    'credentials that have expired',
    (bed) => bed.fault({ service: 'sts', error: 'ExpiredToken' }),
    'AWS identity',
    /expired/,
  ],
  [
    'a bucket that does not exist',
    (bed) => bed.restart({ S3_BUCKET: 'no-such-bucket' }),
    'bucket',
    /no-such-bucket/,
  ],
  [
    'a production source without table metrics',
    (bed) => bed.restart({ PROD_HOURLY_CHECKS: 's3://klaviyo-data-platform-orchestration-v1/elsewhere' }),
    'production source',
    /0 table-metrics objects/,
  ],
  [
    'a DAG with two LOADs',
    (bed) => inDag(bed, (dag) => `${dag}\nLOAD = 4\n`),
    'DAG file',
    /sets LOAD 2 times/,
  ],
  [
    'a DAG that reads another bucket',
    (bed) => inDag(bed, (dag) => dag.replace(/^S3_BUCKET = .*$/m, 'S3_BUCKET = "another-bucket"')),
    'DAG file',
    /another-bucket/,
  ],
  [
    'a cluster config that is no JSON',
    (bed) =>
      writeFileSync(`${bed.project}/dags/cluster_configs/yang_audit_load_test_cluster_15m.json`, '{"Name": '),
    'cluster configs',
    /15m: it is not JSON/,
  ],
];

test.each(broken)('%s is named, with what mends it', async (_what, spoil, name, says) => {
  const bed = await toolHarness();
  await spoil(bed);
  const { structure } = await bed.call('checkSetup');
  const check = structure.checks.find((one: { name: string }) => one.name === name);
  expect(structure.ok).toBe(false);
  expect(check).toMatchObject({
    ok: false,
    detail: expect.stringMatching(says),
    fix: expect.stringMatching(/.{8}/),
  });
  expect(structure.summary).toContain(name);
});

test('a misspelt argument is refused', async () => {
  const bed = await toolHarness();
  expect(await bed.refusal('checkSetup', { verbose: true })).toMatchInlineSnapshot(
    `"BAD_INPUT: there is no argument "verbose". Nothing was changed. Next: call checkSetup again without arguments."`,
  );
});

function inDag(bed: Harness, change: (dag: string) => string): void {
  const file = bed.env.DAG_FILE ?? '';
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
