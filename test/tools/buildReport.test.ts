import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Harness,
  normalise,
  openRound,
  prepareWorld,
  reportedLevel,
  reportJson,
  runToEnd,
  toolHarness,
} from './toolHarness.ts';

prepareWorld();

test('"Test is done, generate report" writes the report of the latest round', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: '2x', scope: 'schedule' });
  await runToEnd(harness);
  const { text, structure } = await harness.call('buildReport');
  expect(normalise(harness, text).replace(/Files:\n( {2}- .*\n)+/, 'Files: …\n')).toMatchInlineSnapshot(`
    "Wrote the report of round 1 (2x 15m).

    2x 15m: fits the 15-minute window with 5m 35s to spare (9m 25s), but 1 of 8 steps failed. Had it run for 8m 50s (the P95 of this round), the round would have taken 9m 25s and still fit.
    Directory: <project>/reports/2x_20251208_153000
    Files: …
    Load: 2
    Schedule: 15m
    Cluster id: <cluster>
    Round: 1
    Load: 6 of 8 15m checks scaled; 2 run at 1x
    Not scaled: 2 of kinds that the rule leaves alone
    Steps: total 8, successful 7, failed 1, cancelled 0, interrupted 0, unfinished 0
    Total 9m 25s of the 15-minute window; 1% of the steps' time waiting; 8 slots.
    Average 4m 25s, median 4m 47s, P95 8m 50s, P99 9m 16s (7 completed steps)
    Slowest:
      1. check_events_15m_2x: 9m 22s (SUCCESS)
      2. check_messages_15m_2x: 7m 35s (SUCCESS)
      3. check_profile_identifiers_15m_2x: 4m 59s (SUCCESS)
      4. check_inventory_15m_2x: 4m 47s (SUCCESS)
      5. check_orders_15m_2x: 2m 16s (SUCCESS)
    Did not complete:
      - check_consent_15m: Column not found (data, driver)
        AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function parameter with name \`consent_updated_at\` cannot be resolved. Did you mean one of the following? [\`updated_at\`, \`consent_id\`, \`profile_id\`, \`channel\`, \`company_id\`]…
        in s3://klaviyo-data-platform-orchestration-v1/checks_load_test/results/emr_logs/15m/<cluster>/containers/application_1765225806000_0001/container_1765225806000_0001_01_000001/stdout.gz
        No load or cluster changes this: fix the check or the table that it reads.
    Suggestions:
      1. Fix check_consent_15m: 1 of 8 steps failed with "Column not found"
         its query or table: as uploaded → a column that the table has
      2. Tune check_events_15m before a higher load: alone it runs 9m 22s (62% of the 15-minute window)
         the query of check_events_15m: 9m 22s → at most 7m 30s: half of the window

    → Ask the user to read report.md in that directory and decide.
    → Call commitResults to commit the configs and the report, then scaleConfigs with load 4.
    → Or rerun 2x: call uploadDags if a file changed, otherwise markRound; then the user triggers the DAG."
  `);
  expect(structure).toMatchObject({
    load: 2,
    schedule: '15m',
    round: 1,
    steps: { total: 8, successful: 7, failed: 1, cancelled: 0, interrupted: 0, unfinished: 0 },
    statistics: { n: 7 },
  });
  expect(structure.directory).toBe(join(harness.project, 'reports/2x_20251208_153000'));
  const markdown = readFileSync(join(structure.directory, 'report.md'), 'utf8');
  for (const heading of [
    'Summary',
    'Top 20 Slowest Steps',
    'Performance Metrics',
    'Failed Steps',
    'Optimization Suggestions',
  ])
    expect(markdown).toContain(`## ${heading}`);
  const json = reportJson(structure);
  expect(json).toMatchObject({ load: 2, schedule: '15m', clusterId: structure.clusterId });
  expect(json.steps).toHaveLength(8);
});

test('building again replaces the report with the same bytes', async () => {
  const harness = await toolHarness();
  const first = await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const bytes = () => first.files.map((file: string) => readFileSync(join(first.directory, file), 'utf8'));
  const before = bytes();
  rmSync(join(first.directory, 'report.md'));
  const again = (await harness.call('buildReport')).structure;
  expect(again).toEqual(first);
  expect(bytes()).toEqual(before);
});

test('a check whose window a person fixed is named in report.json, so that no ratio is taken from it', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const { directory } = await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const { fixedWindows } = reportJson({ directory });
  expect(fixedWindows).toEqual(['events/check_events_15m.yml']);
});

test('a report names the fixes that its round ran with, whatever was fixed since', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  const { warnings = [] } = (await harness.call('buildReport')).structure;
  expect(warnings.join()).not.toContain('fixed by a person');
});

test('active steps are refused, and a provisional report is written when asked for', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.trigger();
  harness.minutes(7);
  expect(await harness.refusal('buildReport')).toMatch(
    /^WRONG_STATE: \d of 8 steps on j-\w+ are still active\. No report was written\. Next: call pollCluster .* partial: true/,
  );
  const { structure } = await harness.call('buildReport', { partial: true });
  expect(structure.partial).toBe(true);
  expect(structure.summary).toContain('This report is provisional: steps were still active.');
  expect(structure.nextSteps).toEqual(['pollCluster until the round is done, then buildReport again.']);
  expect((await harness.call('showSession')).structure.phase).toBe('running');
  harness.minutes(60);
  const whole = (await harness.call('buildReport')).structure;
  expect(whole).toMatchObject({ directory: structure.directory });
  expect(whole.partial).toBeUndefined();
});

test('"cluster id is j-XXXXX, generate report" takes that cluster for the round', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const first = harness.trigger();
  harness.minutes(1);
  harness.trigger();
  harness.minutes(60);
  const { structure } = await harness.call('buildReport', { clusterId: first });
  expect(structure).toMatchObject({ clusterId: first, round: 1, steps: { total: 8 } });
});

test('by cluster and time alone, as the seed’s script: without any round of this session', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(25);
  const after = '2025-12-08T15:55:00.123456-05:00';
  harness.trigger('15m', { cluster_id: clusterId });
  harness.minutes(25);
  await harness.restart({ STATE_DIR: join(harness.project, 'other-state') });
  const { structure } = await harness.call('buildReport', { clusterId, load: '2x', afterTimestamp: after });
  expect(structure).toMatchObject({ clusterId, round: null, load: 2, schedule: '15m', steps: { total: 8 } });
  expect(structure.directory).toContain('2x_20251208_155500');
  const all = await harness.call('buildReport', { clusterId });
  expect(all.structure.steps.total).toBe(16);
  const early = await harness.call('buildReport', { clusterId, beforeTimestamp: after });
  expect(early.structure.steps.total).toBe(8);
  const wrong = await harness.call('buildReport', { clusterId, load: 4, afterTimestamp: after });
  expect(wrong.structure).toMatchObject({
    load: 2,
    warnings: expect.arrayContaining(['The steps carry load 2x, not 4x; this report uses 2x.']),
  });
  expect((await harness.call('showSession')).structure.rounds).toEqual([]);
});

test('several rounds on one cluster have a report each; a load picks the latest round of it', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(25);
  const one = (await harness.call('buildReport')).structure;
  await openRound(harness, { load: 4, scope: 'schedule' });
  harness.trigger('15m', { cluster_id: clusterId });
  harness.minutes(40);
  const two = (await harness.call('buildReport')).structure;
  expect(two).toMatchObject({ round: 2, load: 4, clusterId, steps: { total: 8 } });
  const later = (await harness.call('buildReport', { load: 2 })).structure;
  expect(later).toEqual({ ...one, stillUp: later.stillUp, warnings: later.warnings });
  expect(later.warnings.join()).toContain('the latest is round 2 (4x 15m)');
  expect((await harness.call('buildReport', { round: 1 })).structure.directory).toBe(one.directory);
});

test('an empty window names the steps nearest to it, and whose they are', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(25);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await harness.call('markRound');
  expect((await harness.refusal('buildReport', { clusterId })).replace(clusterId, '…')).toMatchInlineSnapshot(
    `"NOT_FOUND: Cluster … has no step of round 2 in its window; the last one before was created at 2025-12-08T15:33:07.441000-05:00 (round 1, 2x 15m). No report was written. Next: call buildReport with round: 1 for the earlier steps; round 2 gets steps once its DAG run is under way."`,
  );
  expect((await harness.call('buildReport', { round: 1 })).structure.steps.total).toBe(8);
});

test('EMR out of order says so, nothing is written, and the same call succeeds afterwards', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  await harness.fault({ service: 'emr', error: 'AccessDenied' });
  expect(await harness.refusal('buildReport')).toMatch(/^DENIED: .*elasticmapreduce:/);
  await harness.fault(undefined);
  await harness.fault({ service: 's3', operation: 'ListObjectsV2', error: 'AccessDenied' });
  const { structure } = await harness.call('buildReport');
  expect(structure.warnings).toContain(
    'The uploaded checks could not be listed (DENIED), so the report does not look for missing checks.',
  );
});

let shared: Harness;
let cluster: string;
beforeAll(async () => {
  shared = await toolHarness({ whenDone: afterAll });
  await openRound(shared, { load: 2 });
  cluster = await runToEnd(shared);
});
test.each<[string, () => Record<string, unknown>, RegExp]>([
  [
    'a stamp without an offset',
    () => ({ clusterId: cluster, afterTimestamp: '2025-12-08T15:30:00' }),
    /^BAD_INPUT: afterTimestamp "2025-12-08T15:30:00" is not a valid date and time with a UTC offset\. No report was written\. Next: use the format that markRound prints/,
  ],
  [
    'the thirtieth of February',
    () => ({ clusterId: cluster, beforeTimestamp: '2025-02-30T00:00:00Z' }),
    /^BAD_INPUT: beforeTimestamp "2025-02-30/,
  ],
  [
    'a window without a step',
    () => ({ clusterId: cluster, afterTimestamp: '2025-12-09T15:30:00Z' }),
    /^NOT_FOUND: Cluster j-\w+ has no step of this round in its window; the last one before was created at 2025-12-08T15:3/,
  ],
  ['a cluster id of the wrong shape', () => ({ clusterId: 'J-2AB' }), /^BAD_INPUT: clusterId /],
  ['a cluster that EMR does not know', () => ({ clusterId: 'j-0000000000000' }), /^NOT_FOUND: /],
  ['a round that does not exist', () => ({ round: 3 }), /^NOT_FOUND: There is no round 3/],
  ['a schedule without a round', () => ({ schedule: 'hourly' }), /^NOT_FOUND: No round is known for hourly/],
  ['a misspelt argument', () => ({ clusterid: cluster }), /did you mean clusterId\?/],
])('%s is refused, and nothing is written', async (_what, given, says) => {
  const before = shared.everything();
  expect(await shared.refusal('buildReport', given())).toMatch(says);
  expect(shared.everything()).toEqual(before);
});

test('three levels and a rerun say what was forecast, where it stops fitting and what changed since', async () => {
  const harness = await toolHarness();
  const [one, two, four] = [
    await reportedLevel(harness, { load: 1, scope: 'schedule' }),
    await reportedLevel(harness, { load: 2, scope: 'schedule' }),
    await reportedLevel(harness, { load: 4, scope: 'schedule' }),
  ];
  expect([one.capacity, one.earlierForecast, one.followUp]).toEqual([undefined, undefined, undefined]);
  expect(two.capacity).toMatch(/; 4x: about \d+m \(\d+m to \d+m\)\./);
  expect(four.earlierForecast).toMatch(/^Forecast \d+m \(\d+m to \d+m\), measured \d+m \d+s\.$/);
  expect(two.capacity).toContain(/^Forecast (.*\)), measured/.exec(four.earlierForecast ?? '')?.[1]);
  const config = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  const json = JSON.parse(readFileSync(config, 'utf8'));
  writeFileSync(config, JSON.stringify({ ...json, StepConcurrencyLevel: 4 }, null, 2));
  await harness.call('uploadDags');
  await runToEnd(harness);
  const { structure, text } = await harness.call('buildReport');
  expect(structure.followUp).toMatch(
    /^Since the last round at this load: StepConcurrencyLevel 8 → 4; runtime \d+m \d+s → \d+m \d+s\.$/,
  );
  expect(text).toContain(`\n${structure.followUp}\n`);
  const journal = join(harness.project, '.audit-load-test/journal');
  const outcomes = readdirSync(journal)
    .flatMap((name) => JSON.parse(readFileSync(join(journal, name), 'utf8')).events)
    .flatMap(({ type, outcome }) => (type === 'reported' ? [outcome] : []));
  expect(outcomes).toEqual(['fits', 'fits', 'missed', 'missed']);
});
