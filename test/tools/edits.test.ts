/** Manual edits survive, and known fixes are kept with their load. */
import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { normalise, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('a manual edit is named, and nothing is written', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  harness.edit(events, "'6' hour", "'5' hour");
  const before = harness.everything();
  const { structure, text } = await harness.call('scaleConfigs', { load: 4 });
  expect(harness.everything()).toEqual(before);
  expect(structure).toMatchObject({ status: 'needs_decision', written: 0, edited: [events] });
  expect(structure.callAgain).toEqual({
    tool: 'scaleConfigs',
    arguments: { load: 4, schedule: '15m', scope: 'all', overwriteEdits: true },
  });
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Manual edits found in 1 check file on disk. Nothing was written.

    Status: needs_decision
    Load: 4
    Schedule: 15m
    Edited files: 1
      events/check_events_15m.yml:8: where: created_at >= current_timestamp - INTERVAL '5' hour and created_at <= current_timestamp → where: created_at >= current_timestamp - INTERVAL '12' hour and created_at <= current_timestamp
    Changes file: <project>/.audit-load-test/reviews/<reviewId>.txt
    Location: <repo>/python/klaviyo/data_platform/table_config_service/unified_table_definitions/checks/iceberg
    Only after the user says yes: scaleConfigs {"load":4,"schedule":"15m","scope":"all","overwriteEdits":true}

    → Ask the user: keep the edits, or replace them?
    → To keep them: first upload them at the load they were made for (reviewConfigs, approval, uploadChecks), or the user commits them.
    → To replace them (a patch is saved first): scaleConfigs with load 4 and overwriteEdits: true."
  `);
});

test('every edited line that scaling would replace is listed before and after, without a review id', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  harness.edit(events, "'6' hour", "'5' hour");
  harness.edit(events, 'expect: 0', 'expect: 7');
  const asked = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(asked.edits).toEqual([
    expect.objectContaining({ file: events, line: 8, found: expect.stringContaining("'5' hour") }),
    expect.objectContaining({ file: events, found: 'expect: 7', scaled: 'expect: 0' }),
  ]);
  expect(asked).not.toHaveProperty('reviewId');
  expect(asked).not.toHaveProperty('approvalNeeded');
  const { structure, text } = await harness.call('scaleConfigs', asked.callAgain.arguments);
  expect(structure.edits).toEqual(asked.edits);
  expect(text).toContain('Edited files replaced: 1');
  expect(text).toContain('expect: 7 → expect: 0');
});

test('an edit made before the first scaling also survives, even a comment', async () => {
  const harness = await toolHarness();
  harness.write(events, `${harness.read(events)}# mine\n`);
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.status).toBe('needs_decision');
  expect(harness.read(events)).toContain('# mine');
});

test('overwriteEdits saves a patch first, and git apply restores the edit', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const inventory = 'check_inventory_15m.yml';
  harness.edit(events, "'6' hour", "'5' hour");
  harness.edit(inventory, 'stock < 0', 'stock <= 0 -- Ünïcode');
  const edited = [harness.read(events), harness.read(inventory)];
  const { structure } = await harness.call('scaleConfigs', { load: 4, overwriteEdits: true });
  expect(structure).toMatchObject({ status: 'scaled', edited: [inventory, events] });
  expect(harness.read(events)).toContain("'12' hour");
  harness.git('apply', structure.backup);
  expect([harness.read(events), harness.read(inventory)]).toEqual(edited);
});

test('a deleted check file is also an edit, and the patch deletes it again', async () => {
  const harness = await toolHarness();
  unlinkSync(`${harness.repo}/${harness.env.CHECKS_PATH}/${events}`);
  expect((await harness.call('scaleConfigs', { load: 2 })).structure).toMatchObject({
    status: 'needs_decision',
    edited: [events],
  });
  const { structure } = await harness.call('scaleConfigs', { load: 2, overwriteEdits: true });
  expect(harness.read(events)).toContain("'6' hour");
  expect(readFileSync(structure.backup, 'utf8')).toContain('deleted file mode');
  harness.git('apply', structure.backup);
  expect(() => harness.read(events)).toThrow(/ENOENT/);
});

test('contents of HEAD, of the last write and of an approval are not edits', async () => {
  const harness = await toolHarness();
  harness.edit(events, "'3' hour", "'4' hour");
  harness.git('commit', '-qam', 'By hand');
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.status).toBe('scaled');
  expect(harness.read(events)).toContain("'6' hour");
  harness.edit(events, "'6' hour", "'5' hour");
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  expect((await harness.call('scaleConfigs', { load: 4 })).structure).toMatchObject({
    status: 'scaled',
    fixesNotCarried: [events],
  });
});

test('a fix returns when its load is scaled again, and another load lists it as not carried over', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const four = await harness.call('scaleConfigs', { load: 4 });
  expect(four.structure).toMatchObject({ fixesApplied: [], fixesNotCarried: [events] });
  expect(four.structure.notCarried).toEqual([
    { file: events, line: 8, unit: 'hour', baseline: 3, scaled: 6, fixed: 4, now: 12 },
  ]);
  expect(four.text).toContain(`${events}:8: baseline 3 hours, scaled to 6, fixed to 4; at 4x now 12`);
  expect(harness.read(events)).toContain("'12' hour");
  await harness.restart();
  const two = await harness.call('scaleConfigs', { load: 2 });
  expect(two.structure).toMatchObject({ status: 'scaled', fixesApplied: [events], fixesNotCarried: [] });
  expect(harness.read(events)).toContain("'4' hour");
});

test('a fix is dropped when the baseline of its file changes', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await harness.call('revertConfigs');
  harness.git('checkout', '-q', 'main');
  harness.edit(events, "'3' hour", "'5' hour");
  harness.git('commit', '-qam', 'Five hours');
  harness.git('checkout', '-q', 'audit_checks_load_testing');
  harness.git('merge', '-q', '--ff-only', 'main');
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(structure.fixesApplied).toEqual([]);
  expect(harness.read(events)).toContain("'10' hour");
});

test('an approved edit of an hourly file is a fix of its load, and is removed with it', async () => {
  const harness = await toolHarness();
  const hourly = 'events/check_events_hourly.yml';
  await harness.call('scaleConfigs', { load: 2 });
  harness.write(hourly, `${harness.read(hourly)}# looser at 2x\n`);
  const { reviewId, unexpectedTotal } = (await harness.call('reviewConfigs')).structure;
  expect(unexpectedTotal).toBe(1);
  await harness.call('uploadChecks', { reviewId, approved: true });
  expect((await harness.call('scaleConfigs', { load: 4 })).structure.fixesNotCarried).toEqual([hourly]);
  expect(harness.git('diff', '--name-only')).not.toContain('hourly');
  await uploadLevel(harness, { load: 2 });
  expect(harness.read(hourly)).toContain('# looser at 2x');
});

test('an edit of a file that is never scaled stays, and is unexpected', async () => {
  const harness = await toolHarness();
  const freshness = 'events/check_events_freshness.yml';
  harness.edit(freshness, '60', '90');
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.status).toBe('scaled');
  expect(harness.read(freshness)).toContain('90');
  expect((await harness.call('reviewConfigs')).structure.unexpected).toEqual([
    {
      file: freshness,
      line: 9,
      expected: expect.stringContaining('60'),
      found: expect.stringContaining('90'),
    },
  ]);
});

test('a half-written scaling is not an edit: any load continues from there', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const journal = `${harness.project}/.audit-load-test/journal`;
  unlinkSync(`${journal}/${readdirSync(journal).sort().at(-1)}`);
  harness.git('checkout', '-q', `${harness.env.CHECKS_PATH}/orders`, `${harness.env.CHECKS_PATH}/messages`);
  await harness.restart();
  expect((await harness.call('showSession')).structure.callAgain).toEqual({
    tool: 'scaleConfigs',
    arguments: { load: 2, dryRun: false, overwriteEdits: false, acceptUnscaled: false, abandon: false },
  });
  expect((await harness.call('scaleConfigs', { load: 4 })).structure).toMatchObject({
    status: 'scaled',
    edited: [],
  });
  expect(harness.read(events)).toContain("'12' hour");
  expect((await harness.call('showSession')).structure).not.toHaveProperty('interrupted');
});
