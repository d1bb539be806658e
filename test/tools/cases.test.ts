/** Scenes of check files that once got a wrong answer, told as a user would play them; each ends with the right one. */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import {
  changesFile,
  onMain,
  prepareWorld,
  reportedLevel,
  reportJson,
  runToEnd,
  toolHarness,
} from './toolHarness.ts';

prepareWorld('all');

test('two checks deleted on disk: asked once, named, counted, and repeated by the upload', async () => {
  const harness = await toolHarness();
  const deleted = ['check_consent_hourly.yml', 'check_segments_freshness.yml'];
  for (const path of deleted) rmSync(join(harness.repo, checksPath, path));
  const asked = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(asked).toMatchObject({ status: 'needs_decision', edited: deleted, written: 0 });
  expect(asked.summary).toBe(
    '2 checks of the baseline are not on disk and will not run. Nothing was written.',
  );
  const { structure } = await harness.call('scaleConfigs', asked.callAgain.arguments);
  expect(structure.status).toBe('scaled');
  expect(structure.bySchedule[0]).toMatchObject({ files: 24, note: '6 more of other suffixes, unscaled' });
  expect(structure.bySchedule[1].files).toBe(6);
  expect(structure.coverage).toMatchObject({
    checks: 30,
    missing: [{ cause: 'not_on_disk', files: ['check_segments_freshness.yml'], total: 1 }],
  });
  const { reviewId } = structure;
  const sent = (await harness.call('uploadChecks', { reviewId, approved: true })).structure;
  expect(sent.exceptions).toContainEqual({ cause: 'not_on_disk', files: deleted, total: 2 });
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.status).toBe('unchanged');
});

test('a check that is a link is followed by nothing, and named by the result, its file and the upload', async () => {
  const harness = await toolHarness();
  const linked = 'check_linked_15m.yml';
  onMain(harness, () => symlinkSync('check_forms_15m.yml', join(harness.repo, checksPath, linked)));
  const scaled = await harness.call('scaleConfigs', { load: 2 });
  const says = 'a link or submodule: not read, not uploaded, so never run';
  expect(scaled.structure.summary).toContain(
    '1 file looks like a 15m check but will not run (1 link or submodule).',
  );
  expect(scaled.text).toContain(`(${linked}): ${says}.`);
  expect(changesFile(scaled)).toContain(`  1 file: ${says}.\n    ${linked}\n`);
  const { reviewId } = scaled.structure;
  const sent = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(sent.text).toContain(`(${linked}): ${says}.`);
  expect(harness.keys('checks_load_test/configs').join()).not.toContain('check_linked');
  expect((await harness.call('checkSetup')).structure.ok).toBe(true);
});

test('a threshold that was edited and committed is asked about with its line, and carried to 4x', async () => {
  const harness = await toolHarness();
  const profiles = 'profiles/check_profiles_daily.yml';
  harness.edit(profiles, '\nexpect: 0', '\nexpect: 5');
  harness.git('commit', '-qam', 'Looser');
  const asked = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(asked).toMatchObject({
    status: 'needs_decision',
    edits: [{ file: profiles, line: 11, scaled: 'expect: 0', found: 'expect: 5' }],
  });
  const kept = await harness.call('scaleConfigs', asked.callAgain.arguments);
  expect(harness.read(profiles)).toContain("'14' day");
  expect(harness.read(profiles)).toContain('expect: 5');
  expect(changesFile(kept)).toContain('expect: 0 -> expect: 5');
  expect(changesFile(kept)).toContain("INTERVAL '7' day -> INTERVAL '14' day");
  await harness.call('uploadChecks', { reviewId: kept.structure.reviewId, approved: true });
  const four = await harness.call('scaleConfigs', { load: 4 });
  expect(four.structure.status).toBe('scaled');
  expect(harness.read(profiles)).toContain("'28' day");
  expect(harness.read(profiles)).toContain('expect: 5');
  expect(changesFile(four)).toContain('expect: 0 -> expect: 5');
});

test('minutes in a 15m check stay, are fixed by name, and run unscaled', async () => {
  const harness = await toolHarness();
  const minutes =
    "name: only_minutes_15m\ntable: lake.deliveries\ntype: violations\nchecks:\n  - where: created_at >= current_timestamp - INTERVAL '90' minute\nexpect: 0\n";
  onMain(harness, () => harness.write('only_minutes_15m.yml', minutes));
  const scaled = (await harness.call('scaleConfigs', { load: 2, scope: 'schedule' })).structure;
  const unscaled = { file: 'only_minutes_15m.yml', why: 'another unit' };
  expect(scaled.coverage.unscaled).toContainEqual(unscaled);
  const fix = { check: 'only_minutes_15m', from: 90, to: 180 };
  const { reviewId } = (await harness.call('fixInterval', fix)).structure;
  expect(harness.read('only_minutes_15m.yml')).toBe(minutes.replace("'90'", "'180'"));
  await harness.call('uploadChecks', { reviewId, approved: true });
  await harness.call('uploadDags');
  await runToEnd(harness);
  const { directory } = (await harness.call('buildReport')).structure;
  const report = reportJson({ directory });
  expect(report.coverage).toMatchObject({ checks: 32, scaled: 23, unscaledTotal: 9 });
  expect(report.coverage.unscaled).toContainEqual(unscaled);
});

test('the level before is committed from its approved bytes, twice the same, with the next on disk', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  await harness.call('scaleConfigs', { load: 4, scope: 'schedule' });
  const first = (await harness.call('commitResults', { load: 2 })).structure;
  const again = (await harness.call('commitResults', { load: 2 })).structure;
  expect(again.target?.sha ?? first.target.sha).toBe(first.target.sha);
  const events = 'events/check_events_15m.yml';
  expect(harness.git('show', `HEAD:${checksPath}/${events}`)).toContain("'6' hour");
  expect(harness.read(events)).toContain("'12' hour");
  expect(harness.git('log', '--format=%s', 'main..HEAD').trim().split('\n')).toHaveLength(1);
});
