/** Loads never compound: whatever lies on disk or was committed, a level is baseline × load. */
import { expect, test } from 'vitest';
import { prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('2x, commit, 4x gives four times the baseline', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: '2x' });
  await bed.call('commitResults');
  expect(bed.git('show', `HEAD:./${bed.env.CHECKS_PATH}/${events}`)).toContain("'6' hour");
  await bed.call('scaleConfigs', { load: '4x' });
  expect(bed.read(events)).toContain("'12' hour");
});

test('4x by way of 2x and 3x is the same bytes as 4x at once', async () => {
  const straight = await toolHarness();
  const { structure } = await straight.call('scaleConfigs', { load: 4 });
  const around = await toolHarness();
  for (const load of [2, 3]) await around.call('scaleConfigs', { load });
  expect((await around.call('scaleConfigs', { load: 4 })).structure.reviewId).toBe(structure.reviewId);
  expect(around.git('diff')).toBe(straight.git('diff'));
});

test('load 1 gives the bytes of the baseline back, also after a commit of 2x', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  await bed.call('scaleConfigs', { load: 1 });
  expect(bed.git('status', '--porcelain')).toBe('');
  await uploadLevel(bed, { load: 2 });
  await bed.call('commitResults');
  const { structure } = await bed.call('scaleConfigs', { load: 1 });
  expect(structure).toMatchObject({ status: 'scaled', filesChanged: 0, approvalNeeded: false });
  expect(bed.git('diff', 'main')).toBe('');
});

test('a file renamed on the branch after a 2x commit still scales from its baseline', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2 });
  await bed.call('commitResults');
  const at = `${bed.env.CHECKS_PATH}/`;
  bed.git('mv', `${at}${events}`, `${at}events/check_all_events_15m.yml`);
  bed.git('commit', '-qm', 'Rename a check');
  const { structure } = await bed.call('scaleConfigs', { load: 4 });
  expect(bed.read('events/check_all_events_15m.yml')).toContain("'12' hour");
  expect(structure.remarks.join('\n')).toContain('check_all_events_15m.yml): new on the test branch');
});

test('a file that is new on the branch has its first version as baseline, and is listed', async () => {
  const bed = await toolHarness();
  bed.write('check_new_15m.yml', "name: check_new_15m\nwhere: a >= now() - INTERVAL '5' hour\n");
  bed.git('add', '-A');
  bed.git('commit', '-qm', 'A new check');
  await bed.call('scaleConfigs', { load: 2 });
  expect(bed.read('check_new_15m.yml')).toContain("'10' hour");
  bed.git('commit', '-qam', 'by hand');
  const { structure } = await bed.call('scaleConfigs', { load: 3 });
  expect(bed.read('check_new_15m.yml')).toContain("'15' hour");
  expect(structure.remarks.join('\n')).toMatch(/check_new_15m\.yml\): new on the test branch/);
});

test('a file that git does not know yet is named, and neither scaled nor uploaded', async () => {
  const bed = await toolHarness();
  bed.write('check_new_15m.yml', "name: check_new_15m\nwhere: a >= now() - INTERVAL '5' hour\n");
  const { structure } = await bed.call('scaleConfigs', { load: 2 });
  expect(bed.read('check_new_15m.yml')).toContain("'5' hour");
  expect(structure.remarks.join('\n')).toContain('check_new_15m.yml): not in git yet');
  const uploaded = await bed.call('uploadChecks', { reviewId: structure.reviewId, approved: true });
  expect(uploaded.structure.untracked).toEqual(['check_new_15m.yml']);
  expect(bed.keys('checks_load_test/configs/15m/2x/').join()).not.toContain('check_new');
});
