/** Three hundred checks: every result stays under 2,000 tokens (resultConventions.ts counts), and what is cut is in a file. */
import { mkdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld();

test('a whole level of three hundred checks, edits and fixes among them, is told in few words', async () => {
  const bed = await toolHarness();
  const names = Array.from({ length: 300 }, (_, index) => `a_folder/check_number_${index}_15m.yml`);
  mkdirSync(`${bed.repo}/${bed.env.CHECKS_PATH}/a_folder`);
  for (const name of names)
    bed.write(
      name,
      `name: ${name}\nwhere: >\n  a between now() - INTERVAL '6' hour and now() - INTERVAL '2' hour\n  and b > now() - INTERVAL '3' day\n  and c > '${'long '.repeat(30)}'\n`,
    );
  bed.git('add', '-A');
  bed.git('commit', '-qm', 'Three hundred checks');
  await bed.client().listTools();

  const scaled = (await bed.call('scaleConfigs', { load: 2, scope: 'schedule' })).structure;
  expect(scaled).toMatchObject({ written: 306, notScaledTotal: 300 });
  expect(readFileSync(scaled.changesFile, 'utf8').match(/ -> /g)?.length).toBe(scaled.intervalsChanged);
  for (const name of names) bed.edit(name, "'12' hour", "'13' hour");
  expect((await bed.call('scaleConfigs', { load: 4, scope: 'schedule' })).structure).toMatchObject({
    status: 'needs_decision',
  });
  const reviewed = (await bed.call('reviewConfigs')).structure;
  expect(reviewed).toMatchObject({ unexpectedTotal: 300 });
  await bed.call('uploadChecks', { reviewId: scaled.reviewId, approved: true });
  await bed.call('uploadChecks', { reviewId: reviewed.reviewId, approved: true });
  await bed.call('reviewConfigs');
  await bed.call('scaleConfigs', { load: 4, scope: 'schedule' });
  await bed.call('scaleConfigs', { load: 2, scope: 'schedule' });
  await bed.call('uploadDags');
  bed.trigger();
  bed.minutes(3000);
  await bed.call('pollCluster', { waitSeconds: 0 });
  expect((await bed.call('buildReport')).structure.steps.total).toBeGreaterThan(300);
  await bed.call('commitResults');
  await bed.call('showSession');
  await bed.call('revertConfigs');
});
