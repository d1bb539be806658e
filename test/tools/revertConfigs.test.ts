import { expect, test } from 'vitest';
import { normalise, openRound, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();

test('"Revert configs to baseline" reverts every file, and the patch restores all of them', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  const scaled = harness.git('diff');
  const { text, structure } = await harness.call('revertConfigs');
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Reverted 8 check files to the baseline. The previous contents are saved as a patch.

    Status: reverted
    Files reverted: 8
    Backup: <project>/.audit-load-test/backups/<backup>.patch
    Still in bucket:
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/15m/2x/
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/2x/
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/daily/2x/
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/1x/ (table metrics)
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/4x/ (table metrics)

    → scaleConfigs starts a new load level.
    → To restore the files, the user runs git apply with the path of the backup in the target repository."
  `);
  expect(structure).toMatchObject({ status: 'reverted', filesReverted: 8 });
  expect(harness.git('status', '--porcelain')).toBe('');
  harness.git('apply', structure.backup);
  expect(harness.git('diff')).toBe(scaled);
});

test('the bucket is left as it is, and its prefixes are listed', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  const before = harness.keys('');
  const { structure } = await harness.call('revertConfigs', { to: 'baseline' });
  expect(structure.stillInBucket).toHaveLength(5);
  expect(harness.keys('')).toEqual(before);
});

test('the second call writes nothing and needs no patch', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('revertConfigs');
  const { structure } = await harness.call('revertConfigs');
  expect(structure).toMatchObject({ status: 'unchanged', filesReverted: 0 });
  expect(structure).not.toHaveProperty('backup');
  expect(structure.summary).toMatchInlineSnapshot(
    `"Every check file is already at the baseline; nothing was written."`,
  );
});

test('lastCommit restores a committed 2x from 4x, and baseline restores the baseline from 2x', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  await harness.call('commitResults', { withoutReport: true });
  await harness.call('scaleConfigs', { load: 4 });
  expect((await harness.call('revertConfigs', { to: 'lastCommit' })).structure.filesReverted).toBe(8);
  expect(harness.read('events/check_events_15m.yml')).toContain("'6' hour");
  expect((await harness.call('revertConfigs', { to: 'baseline' })).structure.filesReverted).toBe(8);
  expect(harness.git('diff', 'main')).toBe('');
});

test('afterwards no level is on disk, and a fix of the level is still known', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await harness.call('revertConfigs');
  expect((await harness.call('showSession')).structure).toMatchObject({ phase: 'idle', disk: null });
  expect((await harness.call('reviewConfigs')).structure.summary).toContain('No load level is on disk');
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.fixesApplied).toHaveLength(1);
});

test('files that are not checks are left alone', async () => {
  const harness = await toolHarness();
  harness.write('events/check_events_backfill.yml', 'mine: 1\n');
  harness.write('notes.txt', 'mine');
  await harness.call('revertConfigs');
  expect(harness.read('events/check_events_backfill.yml')).toBe('mine: 1\n');
  expect(harness.read('notes.txt')).toBe('mine');
});

test('an unknown target and a misspelt argument are refused', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('revertConfigs', { to: 'yesterday' })).toMatch(/^BAD_INPUT: to .*"yesterday"/);
  expect(await harness.refusal('revertConfigs', { too: 'baseline' })).toContain('did you mean to?');
});

test('a running round continues, and the session still shows it', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const clusterId = harness.trigger();
  harness.minutes(5);
  await harness.call('pollCluster', { waitSeconds: 0 });
  const { structure } = await harness.call('revertConfigs');
  expect(structure.summary).toContain('LOAD = 2 in the DAG and the cluster configs stay as they are.');
  expect(structure.nextSteps[0]).toBe('Call pollCluster: round 1 (2x) is still running what was uploaded.');
  const session = (await harness.call('showSession')).structure;
  expect(session).toMatchObject({ phase: 'running', disk: null, rounds: [{ clusterId }] });
  expect(session.nextSteps[0]).toContain('pollCluster');
});

test('everything that stays is named, and the way to put LOAD back works', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  await harness.call('uploadDags');
  await harness.call('commitResults', { load: 2, withoutReport: true });
  const { structure } = await harness.call('revertConfigs');
  const folder = 's3://klaviyo-data-platform-orchestration-v1';
  expect(structure.stillInBucket).toEqual([
    `${folder}/checks_load_test/configs/15m/2x/`,
    `${folder}/checks_load_test/configs/hourly/2x/`,
    `${folder}/checks_load_test/configs/daily/2x/`,
    `${folder}/checks_load_test/configs/hourly/1x/ (table metrics)`,
    `${folder}/checks_load_test/configs/hourly/4x/ (table metrics)`,
    `${folder}/dags/datalake/audit_loadtest/ (the DAG with LOAD = 2)`,
  ]);
  for (const left of structure.stillInBucket) {
    const [prefix] = left.slice(folder.length + 1).split(' ');
    expect(harness.keys(prefix), prefix).not.toEqual([]);
  }
  expect(structure).toMatchObject({ fixesKept: ['events/check_events_15m.yml'], uncommitted: 8 });
  expect(structure.summary).toContain(
    '8 files now differ from HEAD; the session keeps fixes and edits of 1 file.',
  );
  expect(harness.git('diff', '--name-only', 'HEAD').trim().split('\n')).toHaveLength(8);

  expect(structure.nextSteps.join('\n')).toContain('To put LOAD back to 1 in the DAG');
  const base = (await harness.call('scaleConfigs', { load: 1 })).structure;
  await harness.call('uploadChecks', { reviewId: base.reviewId });
  expect((await harness.call('uploadDags', { load: 1 })).structure).toMatchObject({ load: 1, remoteLoad: 2 });
  expect(harness.object('dags/datalake/audit_loadtest/yang_audit_load_test.py')).toMatch(/^LOAD = 1$/m);
});
