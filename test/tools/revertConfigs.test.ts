import { expect, test } from 'vitest';
import { normalise, openRound, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();

test('"Revert configs to baseline" puts every file back, and the patch brings all of them back again', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2 });
  const scaled = bed.git('diff');
  const { text, structure } = await bed.call('revertConfigs');
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "Reverted 8 check files to the baseline. What was there before is kept as a patch.

    Status: reverted
    Files reverted: 8
    Backup: <project>/.audit-load-test/backups/<backup>.patch
    Still in bucket:
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/15m/2x/
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/2x/
      - s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/daily/2x/

    → scaleConfigs starts a new load level.
    → To bring the files back, the person types git apply and the path of the backup in the target repository."
  `);
  expect(structure).toMatchObject({ status: 'reverted', filesReverted: 8 });
  expect(bed.git('status', '--porcelain')).toBe('');
  bed.git('apply', structure.backup);
  expect(bed.git('diff')).toBe(scaled);
});

test('the bucket is left as it is, and what lies there is told', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2 });
  const before = bed.keys('');
  const { structure } = await bed.call('revertConfigs', { to: 'baseline' });
  expect(structure.stillInBucket).toHaveLength(3);
  expect(bed.keys('')).toEqual(before);
});

test('twice gives the same end: the second call writes nothing and needs no patch', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  await bed.call('revertConfigs');
  const { structure } = await bed.call('revertConfigs');
  expect(structure).toMatchObject({ status: 'unchanged', filesReverted: 0 });
  expect(structure).not.toHaveProperty('backup');
  expect(structure.summary).toMatchInlineSnapshot(
    `"Every check file already is at the baseline; nothing was written."`,
  );
});

test('to the last commit: a committed 2x comes back from 4x, and the baseline from 2x', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2 });
  await bed.call('commitResults');
  await bed.call('scaleConfigs', { load: 4 });
  expect((await bed.call('revertConfigs', { to: 'lastCommit' })).structure.filesReverted).toBe(8);
  expect(bed.read('events/check_events_15m.yml')).toContain("'6' hour");
  expect((await bed.call('revertConfigs', { to: 'baseline' })).structure.filesReverted).toBe(8);
  expect(bed.git('diff', 'main')).toBe('');
});

test('afterwards no level is on disk, and a fix of the level is still known', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await bed.call('revertConfigs');
  expect((await bed.call('showSession')).structure).toMatchObject({ phase: 'idle', disk: null });
  expect(await bed.refusal('reviewConfigs')).toContain('No load level was made');
  expect((await bed.call('scaleConfigs', { load: 2 })).structure.fixesApplied).toHaveLength(1);
});

test('what is no check file is left alone', async () => {
  const bed = await toolHarness();
  bed.write('events/check_events_backfill.yml', 'mine: 1\n');
  bed.write('notes.txt', 'mine');
  await bed.call('revertConfigs');
  expect(bed.read('events/check_events_backfill.yml')).toBe('mine: 1\n');
  expect(bed.read('notes.txt')).toBe('mine');
});

test('another place to revert to, and a misspelt argument, are refused', async () => {
  const bed = await toolHarness();
  expect(await bed.refusal('revertConfigs', { to: 'yesterday' })).toMatch(/^BAD_INPUT: to .*"yesterday"/);
  expect(await bed.refusal('revertConfigs', { too: 'baseline' })).toContain('did you mean to?');
});

test('a round that runs goes on, and so does the session’s word of it', async () => {
  const bed = await toolHarness();
  await openRound(bed, { load: 2 });
  const clusterId = bed.trigger();
  bed.minutes(5);
  await bed.call('pollCluster', { waitSeconds: 0 });
  const { structure } = await bed.call('revertConfigs');
  expect(structure.summary).toContain('LOAD = 2 in the DAG and the cluster configs stay as they are.');
  expect(structure.nextSteps[0]).toBe('pollCluster: round 1 (2x) still runs what was uploaded.');
  const session = (await bed.call('showSession')).structure;
  expect(session).toMatchObject({ phase: 'running', disk: null, rounds: [{ clusterId }] });
  expect(session.nextSteps[0]).toContain('pollCluster');
});
