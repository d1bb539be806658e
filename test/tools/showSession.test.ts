import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  normalise,
  openRound,
  prepareWorld,
  reportedLevel,
  runToEnd,
  toolBed,
  uploadLevel,
} from './toolBed.ts';

prepareWorld();

test('after a whole level, a restart tells everything the session remembers', async () => {
  const bed = await toolBed();
  await reportedLevel(bed, { load: '2x' });
  await bed.call('markRound', { round: 1, note: 'first try' });
  await bed.restart();
  const { text, structure } = await bed.call('showSession');
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "2x, 15m under test; phase reported; 1 round so far.

    Phase: reported
    Schedule: 15m
    On disk: 2x, review <reviewId>, approved, as it was last shown
    Uploaded:
      - 2x to 15m, hourly, daily (review <reviewId>, 2025-12-08T15:30:00.000000-05:00)
    DAG: LOAD 2, cluster config 3e1acc9aaa400d46, uploaded 2025-12-08T15:30:00.000000-05:00
    Rounds:
      1. 2x 15m since 2025-12-08T15:30:00.000000-05:00: <cluster>, 2x_20251208_153000 (first try)

    → The person reads the report and decides.
    → commitResults commits the configs and the report; then scaleConfigs with load 4.
    → Or the same load again: uploadDags when anything was changed, else markRound; then the person triggers the DAG."
  `);
  expect(structure).toMatchObject({
    phase: 'reported',
    schedule: '15m',
    disk: { load: 2, matchesReview: true, approved: true },
    dag: { load: 2 },
    rounds: [{ round: 1, load: 2, schedule: '15m', finished: true, committed: false, note: 'first try' }],
  });
  expect(structure.uploaded.map((upload: { schedule: string }) => upload.schedule)).toEqual([
    '15m',
    'hourly',
    'daily',
  ]);
});

test('a level that was uploaded in two calls is one line, and a round that was given up is told as such', async () => {
  const bed = await toolBed();
  await openRound(bed, { load: 2 });
  const { reviewId } = (await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 }))
    .structure;
  bed.minutes(1);
  await bed.call('uploadChecks', { reviewId, approved: true });
  bed.trigger();
  bed.minutes(4);
  await bed.call('pollCluster', { waitSeconds: 0 });
  await bed.call('scaleConfigs', { load: 4, abandon: true });
  const { text, structure } = await bed.call('showSession');
  expect(text.match(/^ {2}- 2x to .*$/gm)).toHaveLength(1);
  expect(text).toMatch(/^ {2}1\. 2x 15m since .*: j-\w+, not known to be finished, abandoned$/m);
  expect(structure.rounds).toMatchObject([{ round: 1, finished: false, abandoned: true, committed: false }]);
});

test('a session in which nothing happened yet says how to begin', async () => {
  const bed = await toolBed();
  const { text } = await bed.call('showSession');
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "No load test has begun.

    Phase: idle

    → checkSetup tells whether everything is in place.
    → scaleConfigs with load 2x starts the first test (15m unless the person says otherwise)."
  `);
});

test('after a revert, with rounds behind it, the next level begins', async () => {
  const bed = await toolBed();
  await openRound(bed, { load: 2, scope: 'schedule' });
  await bed.call('revertConfigs');
  const { structure } = await bed.call('showSession');
  expect(structure.phase).toBe('idle');
  expect(structure.nextSteps.at(-1)).toBe(
    'scaleConfigs with the load that the person names starts the next level.',
  );
});

test('the phase follows the workflow, step by step', async () => {
  const bed = await toolBed();
  const phases: string[] = [];
  const see = async () => phases.push((await bed.call('showSession')).structure.phase);
  await see();
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  await see();
  await bed.call('uploadChecks', { reviewId, approved: true });
  await see();
  await bed.call('uploadDags');
  await see();
  const cluster = bed.trigger();
  bed.minutes(6);
  await bed.call('pollCluster', { waitSeconds: 0 });
  await see();
  bed.minutes(60);
  await bed.call('pollCluster', { waitSeconds: 0 });
  await see();
  await bed.call('buildReport', { clusterId: cluster });
  await see();
  await bed.call('commitResults');
  await see();
  await bed.call('scaleConfigs', { load: 1 });
  await see();
  expect(phases).toEqual([
    'idle',
    'scaled',
    'checks_uploaded',
    'round_open',
    'running',
    'finished',
    'reported',
    'committed',
    'approved',
  ]);
});

test('loads that differ are kept apart: on disk, uploaded, in the bucket’s DAG, of the round', async () => {
  const bed = await toolBed();
  await openRound(bed, { load: 2, scope: 'schedule' });
  await runToEnd(bed);
  await uploadLevel(bed, { load: 3 });
  const { reviewId } = (await bed.call('scaleConfigs', { load: 4 })).structure;
  const { structure } = await bed.call('showSession');
  expect(structure).toMatchObject({
    disk: { load: 4, reviewId, approved: false },
    dag: { load: 2 },
    rounds: [{ load: 2 }],
  });
  const loads = structure.uploaded.map(
    ({ schedule, load }: { schedule: string; load: number }) => `${load}x ${schedule}`,
  );
  expect(loads.slice(-3)).toEqual(['3x 15m', '3x hourly', '3x daily']);
});

test('an edit on disk no longer matches the review that was shown', async () => {
  const bed = await toolBed();
  await uploadLevel(bed, { load: 2 });
  bed.edit('events/check_events_15m.yml', "'6' hour", "'7' hour");
  expect((await bed.call('showSession')).structure.disk).toMatchObject({
    matchesReview: false,
    approved: false,
  });
});

test('numbers of rounds are never used again, also after one was abandoned', async () => {
  const bed = await toolBed();
  await openRound(bed, { load: 2, scope: 'schedule' });
  bed.trigger();
  bed.minutes(6);
  await bed.call('pollCluster', { waitSeconds: 0 });
  await bed.call('scaleConfigs', { load: 3, abandon: true });
  await bed.call('uploadChecks', {
    reviewId: (await bed.call('reviewConfigs')).structure.reviewId,
    approved: true,
  });
  expect((await bed.call('uploadDags')).structure.round).toBe(2);
});

test('it answers without settings and without a repository, and says what is missing', async () => {
  const bed = await toolBed();
  await bed.call('scaleConfigs', { load: 2 });
  await bed.restart({ TARGET_REPO: '/nowhere' });
  const { structure } = await bed.call('showSession');
  expect(structure).toMatchObject({ phase: 'scaled', disk: null });
  expect(structure.warnings.join()).toMatch(/CONFIG: TARGET_REPO \/nowhere does not exist/);
  await bed.restart({ TARGET_REPO: '', S3_BUCKET: '' });
  expect((await bed.call('showSession')).structure.phase).toBe('scaled');
});

test('looking twice says the same and changes nothing; a misspelt argument is refused', async () => {
  const bed = await toolBed();
  await bed.call('scaleConfigs', { load: 2 });
  const before = bed.everything();
  expect(await bed.call('showSession')).toEqual(await bed.call('showSession'));
  expect(bed.everything()).toEqual(before);
  expect(await bed.refusal('showSession', { all: true })).toContain('there is no argument "all"');
});

test('a level is only left when something is done, also one whose cluster runs again unmarked', async () => {
  const bed = await toolBed();
  await openRound(bed, { load: 2, scope: 'schedule' });
  const dry = await bed.call('scaleConfigs', { load: 4, scope: 'schedule', dryRun: true, abandon: true });
  expect(dry.structure.remarks[0]).toBe('Would abandon round 1.');
  const clusterId = bed.trigger('15m', { keep_cluster: true });
  bed.minutes(40);
  expect((await bed.call('pollCluster', { waitSeconds: 0 })).structure.done).toBe(true);
  bed.trigger('15m', { cluster_id: clusterId });
  bed.minutes(2);
  expect(await bed.refusal('uploadDags')).toMatch(/still running .* scaleConfigs with abandon: true/);
  const { structure } = await bed.call('scaleConfigs', { load: 2, scope: 'schedule', abandon: true });
  expect(structure.remarks[0]).toBe('Abandoned round 1: uploads no longer wait for it.');
  expect((await bed.call('uploadDags')).structure.status).toBe('unchanged');
});

test('a session that lost an entry says so in every answer, and showSession names the files', async () => {
  const bed = await toolBed();
  await uploadLevel(bed, { load: 2, scope: 'schedule' });
  const entry = join(bed.project, '.audit-load-test/journal/000002.json');
  writeFileSync(entry, '');
  await bed.restart();
  const { structure } = await bed.call('scaleConfigs', { load: 2, scope: 'schedule' });
  expect(structure.summary).toContain(
    'Part of the session cannot be read, so approvals, uploads or rounds may be missing: showSession names the files.',
  );
  const { warnings } = (await bed.call('showSession')).structure;
  expect(normalise(bed, warnings[0])).toBe(
    'This file of the session cannot be read, or comes after one that cannot: <project>/.audit-load-test/journal/000002.json.',
  );
  expect(warnings.at(-1)).toContain('move them out of that folder to end this warning');
});
