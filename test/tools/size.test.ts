/** Three hundred checks: every result stays under 2,000 tokens (resultConventions counts), and the changes file has everything. */
import { mkdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld();

test('results stay short for a whole level of three hundred checks with edits and fixes', async () => {
  const harness = await toolHarness();
  const names = Array.from({ length: 300 }, (_, index) => `a_folder/check_number_${index}_15m.yml`);
  mkdirSync(`${harness.repo}/${harness.env.CHECKS_PATH}/a_folder`);
  for (const name of names)
    harness.write(
      name,
      `name: ${name}\nwhere: >\n  a between now() - INTERVAL '6' hour and now() - INTERVAL '2' hour\n  and b > now() - INTERVAL '3' day\n  and c > '${'long '.repeat(30)}'\n`,
    );
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'Three hundred checks');
  await harness.client().listTools();

  const scaled = (await harness.call('scaleConfigs', { load: 2, scope: 'schedule' })).structure;
  expect(scaled).toMatchObject({ written: 306, notScaledTotal: 300 });
  expect(readFileSync(scaled.changesFile, 'utf8').match(/ -> /g)?.length).toBe(scaled.intervalsChanged);
  for (const name of names) harness.edit(name, "'12' hour", "'13' hour");
  expect((await harness.call('scaleConfigs', { load: 4, scope: 'schedule' })).structure).toMatchObject({
    status: 'needs_decision',
  });
  const reviewed = (await harness.call('reviewConfigs')).structure;
  expect(reviewed).toMatchObject({ unexpectedTotal: 300 });
  await harness.call('uploadChecks', { reviewId: scaled.reviewId, approved: true });
  await harness.call('uploadChecks', { reviewId: reviewed.reviewId, approved: true });
  await harness.call('reviewConfigs');
  await harness.call('scaleConfigs', { load: 4, scope: 'schedule' });
  await harness.call('scaleConfigs', { load: 2, scope: 'schedule' });
  await harness.call('uploadDags');
  harness.trigger();
  harness.minutes(3000);
  await harness.call('pollCluster', { waitSeconds: 0 });
  expect((await harness.call('buildReport')).structure.steps.total).toBeGreaterThan(300);
  await harness.call('commitResults');
  await harness.call('showSession');
  await harness.call('revertConfigs');
});
