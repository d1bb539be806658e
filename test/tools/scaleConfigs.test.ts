import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { normalise, openRound, prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld('all');

test('"Read README.md, start 2x load test" modifies the 15m and daily files, and says what to review', async () => {
  const harness = await toolHarness();
  const { text, structure } = await harness.call('scaleConfigs', { load: '2x' });
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Modified 35 config files for 2x load (15m under test): 39 intervals. 2x: 23 of 31 15m checks scaled; 8 run at 1x.

    Status: scaled
    Review id: <reviewId>
    Approval needed: yes
      - 23 of 24 files in *_15m.yml, 26 intervals (7 more of other suffixes, unscaled)
      - 0 of 7 files in *_hourly.yml, 0 intervals (skipped: the DAG run spans 2 hours; 5 more of other suffixes, unscaled)
      - 12 of 13 files in *_daily.yml, 13 intervals
    Sample:
      campaigns/check_campaign_sends_15m.yml:12: INTERVAL '3' hour → INTERVAL '6' hour
    Not scaled: flows/check_flow_sends_15m.yml (unparseable), 7 of kinds that the rule leaves alone
    Longest window now: 12 hours (events/check_event_attribution_15m.yml); does the table keep that much?
    Remarks:
      - flows/check_flow_sends_15m.yml:4 is not valid YAML (Plain value cannot start with directive indicator character % (a template?)): uploaded unscaled.
      - messages/check_deliveries_15m.yml:9 two-sided interval (INTERVAL '6' hour and INTERVAL '2' hour): it moves as well as widens
      - 1 file (events/check_events_backfill.yml): not named like a 15m, hourly or daily check, so never uploaded.
    Intervals left unscaled in these files (1):
      check_subscriptions_daily.yml:7: INTERVAL '1 day 2 hours' (a compound interval)
    Changes file: <project>/.audit-load-test/reviews/<reviewId>.txt
    Location: <repo>/python/klaviyo/data_platform/table_config_service/unified_table_definitions/checks/iceberg

    → Ask the user to review the git diff and reply "approved", or say what is wrong (fixInterval).
    → Only after the user replies "approved": uploadChecks with reviewId of this result and approved: true."
  `);
  expect(structure).toMatchObject({
    status: 'scaled',
    load: 2,
    schedule: '15m',
    scheduleFrom: 'default',
    approvalNeeded: true,
    written: 35,
  });
  expect(structure).toHaveProperty('edited', []);
  expect(harness.read('events/check_events_15m.yml')).toContain("INTERVAL '6' hour");
  expect(harness.read('check_identity_matches_daily.yml')).toContain("INTERVAL '62' day");
});

test('while a round runs, the next steps say that uploads wait', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.trigger();
  harness.minutes(5);
  const { structure } = await harness.call('scaleConfigs', { load: 4, scope: 'schedule' });
  expect(structure.nextSteps[0]).toBe(
    'Uploads wait for the running round: call pollCluster until it is done.',
  );
});

test('only numbers change: every other byte, line ending and comment stays', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const diff = harness.git('diff', '--word-diff=plain', '--word-diff-regex=[0-9]+|[^0-9]', '-U0');
  const changed = [...diff.matchAll(/\[-(.*?)-\]\{\+(.*?)\+\}/g)].map(([, from, to]) => [from, to]);
  expect(changed).toHaveLength(39);
  for (const [from, to] of changed) expect(Number(to)).toBe(2 * Number(from));
  expect(diff.replaceAll(/\[-\d+-\]\{\+\d+\+\}/g, '')).not.toMatch(/\[-|\{\+/);
});

test('a repeated call writes nothing', async () => {
  const harness = await toolHarness();
  const first = await harness.call('scaleConfigs', { load: '2x' });
  const between = harness.git('diff');
  const { text, structure } = await harness.call('scaleConfigs', { load: '2x' });
  expect(text).toContain("INTERVAL '3' hour → INTERVAL '6' hour\n");
  expect(structure).toMatchObject({ status: 'unchanged', written: 0, reviewId: first.structure.reviewId });
  expect(structure.filesChanged).toBe(first.structure.filesChanged);
  expect(structure.summary).toMatchInlineSnapshot(
    `"The configs are already at 2x: 35 files (39 intervals) differ from the baseline. 2x: 23 of 31 15m checks scaled; 8 run at 1x."`,
  );
  expect(harness.git('diff')).toBe(between);
});

test('a dry run shows the plan and writes nothing', async () => {
  const harness = await toolHarness();
  const before = harness.everything();
  const { structure } = await harness.call('scaleConfigs', { load: 4, dryRun: true });
  expect(harness.everything()).toEqual(before);
  expect(structure).toMatchObject({ status: 'dry_run', written: 0, filesChanged: 35, intervalsChanged: 39 });
  expect(structure.summary).toMatchInlineSnapshot(
    `"Dry run for 4x, nothing was written: would write 35 files; 35 files (39 intervals) would then differ from the baseline. 4x: 23 of 31 15m checks scaled; 8 run at 1x."`,
  );
  const { tool, arguments: given } = structure.callAgain;
  const real = await harness.call(tool, given);
  expect(real.structure).toMatchObject({ status: 'scaled', reviewId: structure.reviewId });
});

test('a load may be 2, "2" or "2x"; 3x and 5x work like any other multiplier', async () => {
  const harness = await toolHarness();
  for (const load of [2, '2', '2x', ' 2X '])
    expect((await harness.call('scaleConfigs', { load, dryRun: true })).structure.load).toBe(2);
  await harness.call('scaleConfigs', { load: 3 });
  expect(harness.read('events/check_events_15m.yml')).toContain("INTERVAL '9' hour");
  await harness.call('scaleConfigs', { load: 5 });
  expect(harness.read('events/check_events_15m.yml')).toContain("INTERVAL '15' hour");
});

test('"Start 4x load test for hourly" changes no file, and says where the load comes from', async () => {
  const harness = await toolHarness();
  const { structure } = await harness.call('scaleConfigs', { load: '4x', schedule: 'hourly' });
  expect(structure).toMatchObject({
    status: 'unchanged',
    load: 4,
    schedule: 'hourly',
    approvalNeeded: false,
    written: 0,
    filesChanged: 0,
  });
  expect(structure.bySchedule).toMatchObject([{ schedule: 'hourly', files: 7, changed: 0 }]);
  expect(
    [structure.summary, ...structure.nextSteps].join('\n').replace(structure.reviewId, '…'),
  ).toMatchInlineSnapshot(`
    "Nothing to change on disk at 4x: hourly checks get a 4-hour window from the DAG run (ts_start, ts_end). On disk, every hourly file is at its baseline. 4x: 12 of 12 hourly checks scaled.
    No approval is needed: call uploadChecks with reviewId …."
  `);
  expect(harness.git('status', '--porcelain')).toBe('');
});

test('the schedule under test is the given one, else the session’s, else 15m', async () => {
  const harness = await toolHarness();
  const said = async (given: object) => {
    const { schedule, scheduleFrom } = (await harness.call('scaleConfigs', { load: 2, ...given })).structure;
    return [schedule, scheduleFrom];
  };
  expect(await said({})).toEqual(['15m', 'default']);
  expect(await said({ schedule: 'daily' })).toEqual(['daily', 'given']);
  expect(await said({})).toEqual(['daily', 'session']);
  await harness.restart();
  expect(await said({})).toEqual(['daily', 'session']);
});

test('the changes file lists every change, unscaled interval and remark', async () => {
  const harness = await toolHarness();
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(existsSync(structure.changesFile)).toBe(true);
  const all = readFileSync(structure.changesFile, 'utf8');
  expect(all.match(/ -> /g)).toHaveLength(39);
  expect(all).toContain("check_subscriptions_daily.yml:7: INTERVAL '1 day 2 hours'");
  for (const remark of structure.remarks) expect(all).toContain(remark);
});

test('a file that is not valid YAML is named and left alone; the others are scaled', async () => {
  const harness = await toolHarness();
  harness.write('orders/check_broken_15m.yml', "name: broken\n  where: [INTERVAL '3' hour\n");
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'A file that is not valid');
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(structure).toMatchObject({ status: 'scaled', written: 35 });
  expect(structure.remarks.join('\n')).toMatch(/orders\/check_broken_15m\.yml:\d+ is not valid YAML/);
  expect(harness.read('orders/check_broken_15m.yml')).toContain("'3' hour");
});

test('a running round is warned about and does not prevent scaling', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.trigger();
  harness.minutes(6);
  const { structure } = await harness.call('scaleConfigs', { load: 4 });
  expect(structure.status).toBe('scaled');
  expect(structure.remarks[0]).toMatch(
    /^Round 1 \(2x 15m\) is still running on j-\w+ \(RUNNING, 24 active steps\); uploads wait/,
  );
});

test('a misspelt argument is refused with a suggestion', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('scaleConfigs', { laod: 2 })).toMatchInlineSnapshot(
    `"BAD_INPUT: load is missing: it must be a whole number from 1 to 1000, such as 2 or "2x"; there is no argument "laod" (did you mean load?). Nothing was changed. Next: call scaleConfigs again; its arguments are load, schedule, scope, dryRun, overwriteEdits, keepEdits, fixes, acceptBaseline, acceptUnscaled, abandon."`,
  );
  expect(await harness.refusal('scaleConfigs', { load: 2, schedual: 'daily' })).toContain(
    'did you mean schedule?',
  );
});

test('a key that stands twice is no reason to leave a file alone, and is named with its line', async () => {
  const harness = await toolHarness();
  const twice = "- name: one\n  where: t >= current_timestamp - INTERVAL '3' hour\n  name: two\n";
  harness.write('dup_key_15m.yml', twice);
  writeFileSync(
    `${harness.repo}/${harness.env.CHECKS_PATH}/latin_15m.yml`,
    Buffer.from('a: \xe9\n', 'latin1'),
  );
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'A key twice');
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(harness.read('dup_key_15m.yml')).toBe(twice.replace("'3'", "'6'"));
  expect(structure.remarks).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^dup_key_15m\.yml:3 the key "name" stands twice/),
      'latin_15m.yml:1 left alone: not UTF-8; uploaded unscaled.',
    ]),
  );
});
