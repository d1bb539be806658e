import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  normalise,
  openRound,
  prepareWorld,
  reportedLevel,
  runToEnd,
  toolHarness,
  uploadLevel,
} from './toolHarness.ts';

prepareWorld();

test('after a whole level and a restart, it shows everything the session remembers', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: '2x' });
  await harness.call('markRound', { round: 1, note: 'first try' });
  await harness.restart();
  const { text, structure } = await harness.call('showSession');
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "2x 15m is under test; phase: reported; 1 round so far.

    Phase: reported
    Schedule: 15m
    On disk: 2x, review <reviewId>, approved, unchanged since it was last shown
    Uploaded:
      - 2x to 15m, hourly, daily (review <reviewId>, 2025-12-08T15:30:00.000000-05:00)
    DAG: LOAD 2, cluster config acd5f9af82700966, uploaded 2025-12-08T15:30:00.000000-05:00
    Rounds:
      1. 2x 15m of yang_audit_load_test_15m since 2025-12-08T15:30:00.000000-05:00: <cluster>, finished, 1 failed, 2x_20251208_153000 (fits) (first try)
         - Column not found: check_consent_15m (1 step)

    → Ask the user to read the report and decide.
    → Call commitResults to commit the configs and the report, then scaleConfigs with load 4.
    → Or rerun 2x: call uploadDags if a file changed, otherwise markRound; then the user triggers the DAG."
  `);
  expect(structure).toMatchObject({
    phase: 'reported',
    schedule: '15m',
    disk: { load: 2, matchesReview: true, approved: true },
    dag: { load: 2 },
    rounds: [
      {
        round: 1,
        load: 2,
        schedule: '15m',
        end: 'done',
        outcome: 'fits',
        committed: false,
        note: 'first try',
      },
    ],
  });
  expect(structure.uploaded.map((upload: { schedule: string }) => upload.schedule)).toEqual([
    '15m',
    'hourly',
    'daily',
  ]);
});

test('the next steps follow the recorded outcome; without one they do not assume it', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const [round] = (await harness.ports().sessions.load()).rounds;
  expect(round?.report?.outcome).toBe('fits');
  const nextSteps = async (outcome?: 'missed') => {
    const report = { directory: 'unused', verdict: 'Fits.', partial: false, ...(outcome && { outcome }) };
    await harness.ports().sessions.record(() => [{ type: 'reported', round: 1, load: 2, ...report }]);
    return (await harness.call('showSession')).structure.nextSteps;
  };
  expect((await nextSteps('missed'))[1]).toMatch(
    /^Ask the user to change what the suggestions name, then rerun 2x: /,
  );
  expect(await nextSteps()).toEqual([
    'Ask the user to read the report and decide.',
    'If 2x fits its window, call commitResults to commit the configs and the report, then scaleConfigs with load 4.',
    'Otherwise fix what the report names and rerun 2x: call uploadDags if a file changed, otherwise markRound; then the user triggers the DAG.',
  ]);
});

test('a level uploaded in two calls is one line, and an abandoned round is shown as such', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const { reviewId } = (await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 }))
    .structure;
  harness.minutes(1);
  await harness.call('uploadChecks', { reviewId, approved: true });
  harness.trigger();
  harness.minutes(4);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await harness.call('scaleConfigs', { load: 4, abandon: true });
  const { text, structure } = await harness.call('showSession');
  expect(text.match(/^ {2}- 2x to .*$/gm)).toHaveLength(1);
  expect(text).toMatch(/^ {2}1\. 2x 15m of \w+ since .*: j-\w+, abandoned, not seen to finish$/m);
  expect(structure.rounds).toMatchObject([{ round: 1, end: 'abandoned', committed: false }]);
});

test('a new session says how to start', async () => {
  const harness = await toolHarness();
  const { text } = await harness.call('showSession');
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "No load test has started.

    Phase: idle

    → Call checkSetup to check the setup.
    → Call scaleConfigs with load 2x to start the first test (15m unless the user names another schedule)."
  `);
});

test('after a revert with earlier rounds, the next step is the next level', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await harness.call('revertConfigs');
  const { structure } = await harness.call('showSession');
  expect(structure.phase).toBe('idle');
  expect(structure.nextSteps.at(-1)).toBe(
    'Call scaleConfigs with the load that the user names to start the next level.',
  );
});

test('the phase follows the workflow', async () => {
  const harness = await toolHarness();
  const phases: string[] = [];
  const see = async () => phases.push((await harness.call('showSession')).structure.phase);
  await see();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  await see();
  await harness.call('uploadChecks', { reviewId, approved: true });
  await see();
  await harness.call('uploadDags');
  await see();
  const cluster = harness.trigger();
  harness.minutes(6);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await see();
  harness.minutes(60);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await see();
  await harness.call('buildReport', { clusterId: cluster });
  await see();
  await harness.call('commitResults');
  await see();
  await harness.call('scaleConfigs', { load: 1 });
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

test('the loads on disk, uploaded, of the DAG in the bucket and of the round are shown separately', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  await uploadLevel(harness, { load: 3 });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  const { structure } = await harness.call('showSession');
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
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  harness.edit('events/check_events_15m.yml', "'6' hour", "'7' hour");
  expect((await harness.call('showSession')).structure.disk).toMatchObject({
    matchesReview: false,
    approved: false,
  });
});

test('round numbers are not reused, even after a round was abandoned', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.trigger();
  harness.minutes(6);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await harness.call('scaleConfigs', { load: 3, abandon: true });
  await harness.call('uploadChecks', {
    reviewId: (await harness.call('reviewConfigs')).structure.reviewId,
    approved: true,
  });
  expect((await harness.call('uploadDags')).structure.round).toBe(2);
});

test('it works without settings and without a repository, and says what is missing', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.restart({ TARGET_REPO: '/nowhere' });
  const { structure } = await harness.call('showSession');
  expect(structure).toMatchObject({ phase: 'scaled', disk: null });
  expect(structure.warnings.join()).toMatch(/CONFIG: TARGET_REPO \/nowhere does not exist/);
  await harness.restart({ TARGET_REPO: '', S3_BUCKET: '' });
  expect((await harness.call('showSession')).structure.phase).toBe('scaled');
});

test('two calls return the same and change nothing; a misspelt argument is refused', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const before = harness.everything();
  expect(await harness.call('showSession')).toEqual(await harness.call('showSession'));
  expect(harness.everything()).toEqual(before);
  expect(await harness.refusal('showSession', { all: true })).toContain('there is no argument "all"');
});

test('a dry run abandons no round; a real run also abandons an unmarked run on a finished round’s cluster', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const dry = await harness.call('scaleConfigs', { load: 4, scope: 'schedule', dryRun: true, abandon: true });
  expect(dry.structure.remarks[0]).toBe('Would abandon round 1.');
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(40);
  expect((await harness.call('pollCluster', { waitSeconds: 0 })).structure.done).toBe(true);
  harness.trigger('15m', { cluster_id: clusterId });
  harness.minutes(2);
  expect(await harness.refusal('uploadDags')).toMatch(/still running .* scaleConfigs with abandon: true/);
  const { structure } = await harness.call('scaleConfigs', { load: 2, scope: 'schedule', abandon: true });
  expect(structure.remarks[0]).toBe('Abandoned round 1: uploads no longer wait for it.');
  expect((await harness.call('uploadDags')).structure.status).toBe('unchanged');
});

test('a session that lost an entry says so in every result, and showSession names the files', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  const entry = join(harness.project, '.audit-load-test/journal/000002.json');
  writeFileSync(entry, '');
  await harness.restart();
  const { structure } = await harness.call('scaleConfigs', { load: 2, scope: 'schedule' });
  expect(structure.summary).toContain(
    'Part of the session cannot be read, so approvals, uploads or rounds may be missing: showSession names the files.',
  );
  const { warnings } = (await harness.call('showSession')).structure;
  expect(normalise(harness, warnings[0])).toBe(
    'This session file cannot be read, or follows one that cannot: <project>/.audit-load-test/journal/000002.json.',
  );
  expect(warnings.at(-1)).toContain('move them out of that folder to clear this warning');
});
