/** Loads never compound: whatever is on disk or was committed, a level is baseline × load. */
import { expect, test } from 'vitest';
import { prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('2x, commit, 4x gives four times the baseline', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: '2x' });
  await harness.call('commitResults', { withoutReport: true });
  expect(harness.git('show', `HEAD:./${harness.env.CHECKS_PATH}/${events}`)).toContain("'6' hour");
  await harness.call('scaleConfigs', { load: '4x' });
  expect(harness.read(events)).toContain("'12' hour");
});

test('4x after 2x and 3x gives the same bytes as 4x alone', async () => {
  const straight = await toolHarness();
  const { structure } = await straight.call('scaleConfigs', { load: 4 });
  const around = await toolHarness();
  for (const load of [2, 3]) await around.call('scaleConfigs', { load });
  expect((await around.call('scaleConfigs', { load: 4 })).structure.reviewId).toBe(structure.reviewId);
  expect(around.git('diff')).toBe(straight.git('diff'));
});

test('load 1 restores the baseline, also after a commit of 2x', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('scaleConfigs', { load: 1 });
  expect(harness.git('status', '--porcelain')).toBe('');
  await uploadLevel(harness, { load: 2 });
  await harness.call('commitResults', { withoutReport: true });
  const { structure } = await harness.call('scaleConfigs', { load: 1 });
  expect(structure).toMatchObject({ status: 'scaled', filesChanged: 0, approvalNeeded: false });
  expect(harness.git('diff', 'main')).toBe('');
});

test('a file renamed on the branch after a 2x commit still scales from its baseline', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  await harness.call('commitResults', { withoutReport: true });
  const at = `${harness.env.CHECKS_PATH}/`;
  harness.git('mv', `${at}${events}`, `${at}events/check_all_events_15m.yml`);
  harness.git('commit', '-qm', 'Rename a check');
  const { structure } = await harness.call('scaleConfigs', { load: 4 });
  expect(harness.read('events/check_all_events_15m.yml')).toContain("'12' hour");
  expect(structure.remarks.join('\n')).toContain('check_all_events_15m.yml): new on the test branch');
});

test('the first version of a file that is new on the branch is its baseline, and the file is listed', async () => {
  const harness = await toolHarness();
  harness.write('check_new_15m.yml', "name: check_new_15m\nwhere: a >= now() - INTERVAL '5' hour\n");
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'A new check');
  await harness.call('scaleConfigs', { load: 2 });
  expect(harness.read('check_new_15m.yml')).toContain("'10' hour");
  harness.git('commit', '-qam', 'by hand');
  const { structure } = await harness.call('scaleConfigs', { load: 3 });
  expect(harness.read('check_new_15m.yml')).toContain("'15' hour");
  expect(structure.remarks.join('\n')).toMatch(/check_new_15m\.yml\): new on the test branch/);
});

test('a file that is not in git is listed, and neither scaled nor uploaded', async () => {
  const harness = await toolHarness();
  harness.write('check_new_15m.yml', "name: check_new_15m\nwhere: a >= now() - INTERVAL '5' hour\n");
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(harness.read('check_new_15m.yml')).toContain("'5' hour");
  expect(structure.remarks.join('\n')).toContain('check_new_15m.yml): not in git yet');
  const uploaded = await harness.call('uploadChecks', { reviewId: structure.reviewId, approved: true });
  expect(uploaded.structure.exceptions).toContainEqual({
    cause: 'not_in_git',
    files: ['check_new_15m.yml'],
    total: 1,
  });
  expect(harness.keys('checks_load_test/configs/15m/2x/').join()).not.toContain('check_new');
});
