/** A person's edits survive, and known fixes are kept with their load. */
import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { normalise, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('somebody’s edit is named, and nothing is written', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  bed.edit(events, "'6' hour", "'5' hour");
  const before = bed.everything();
  const { structure, text } = await bed.call('scaleConfigs', { load: 4 });
  expect(bed.everything()).toEqual(before);
  expect(structure).toMatchObject({ status: 'needs_decision', written: 0, edited: [events] });
  expect(structure.callAgain).toEqual({
    tool: 'scaleConfigs',
    arguments: { load: 4, schedule: '15m', scope: 'all', overwriteEdits: true },
  });
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "1 check file on disk was edited by somebody since the last scaling. Nothing was written.

    Status: needs_decision
    Load: 4
    Schedule: 15m
    Edited files: 1
      events/check_events_15m.yml:8: where: created_at >= current_timestamp - INTERVAL '5' hour and created_at <= current_timestamp → where: created_at >= current_timestamp - INTERVAL '12' hour and created_at <= current_timestamp
    Changes file: <project>/.audit-load-test/reviews/<reviewId>.txt
    Location: <repo>/python/klaviyo/data_platform/table_config_service/unified_table_definitions/checks/iceberg
    Only after the user says yes: scaleConfigs {"load":4,"schedule":"15m","scope":"all","overwriteEdits":true}

    → Ask the person: keep the edits, or replace them?
    → To keep them for the load they were made at: uploadChecks there first, once the person approved them; or the person commits them.
    → To replace them (a patch is saved first): scaleConfigs with load 4 and overwriteEdits: true."
  `);
});

test('every line that a scaling takes away is listed, before and after, and no review of unwritten bytes', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  bed.edit(events, "'6' hour", "'5' hour");
  bed.edit(events, 'expect: 0', 'expect: 7');
  const asked = (await bed.call('scaleConfigs', { load: 2 })).structure;
  expect(asked.edits).toEqual([
    expect.objectContaining({ file: events, line: 8, found: expect.stringContaining("'5' hour") }),
    expect.objectContaining({ file: events, found: 'expect: 7', scaled: 'expect: 0' }),
  ]);
  expect(asked).not.toHaveProperty('reviewId');
  expect(asked).not.toHaveProperty('approvalNeeded');
  const { structure, text } = await bed.call('scaleConfigs', asked.callAgain.arguments);
  expect(structure.edits).toEqual(asked.edits);
  expect(text).toContain('Edited files that were replaced: 1');
  expect(text).toContain('expect: 7 → expect: 0');
});

test('an edit made before the first scaling survives as well, a comment alone too', async () => {
  const bed = await toolHarness();
  bed.write(events, `${bed.read(events)}# mine\n`);
  expect((await bed.call('scaleConfigs', { load: 2 })).structure.status).toBe('needs_decision');
  expect(bed.read(events)).toContain('# mine');
});

test('overwriteEdits saves a patch first, and git apply brings the edit back', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  const inventory = 'check_inventory_15m.yml';
  bed.edit(events, "'6' hour", "'5' hour");
  bed.edit(inventory, 'stock < 0', 'stock <= 0 -- Ünïcode');
  const edited = [bed.read(events), bed.read(inventory)];
  const { structure } = await bed.call('scaleConfigs', { load: 4, overwriteEdits: true });
  expect(structure).toMatchObject({ status: 'scaled', edited: [inventory, events] });
  expect(bed.read(events)).toContain("'12' hour");
  bed.git('apply', structure.backup);
  expect([bed.read(events), bed.read(inventory)]).toEqual(edited);
});

test('a deleted check file is somebody’s edit, too, and the patch deletes it again', async () => {
  const bed = await toolHarness();
  unlinkSync(`${bed.repo}/${bed.env.CHECKS_PATH}/${events}`);
  expect((await bed.call('scaleConfigs', { load: 2 })).structure).toMatchObject({
    status: 'needs_decision',
    edited: [events],
  });
  const { structure } = await bed.call('scaleConfigs', { load: 2, overwriteEdits: true });
  expect(bed.read(events)).toContain("'6' hour");
  expect(readFileSync(structure.backup, 'utf8')).toContain('deleted file mode');
  bed.git('apply', structure.backup);
  expect(() => bed.read(events)).toThrow(/ENOENT/);
});

test('what HEAD holds, what was written last and what was approved is nobody’s edit', async () => {
  const bed = await toolHarness();
  bed.edit(events, "'3' hour", "'4' hour");
  bed.git('commit', '-qam', 'By hand');
  expect((await bed.call('scaleConfigs', { load: 2 })).structure.status).toBe('scaled');
  expect(bed.read(events)).toContain("'6' hour");
  bed.edit(events, "'6' hour", "'5' hour");
  const { reviewId } = (await bed.call('reviewConfigs')).structure;
  await bed.call('uploadChecks', { reviewId, approved: true });
  expect((await bed.call('scaleConfigs', { load: 4 })).structure).toMatchObject({
    status: 'scaled',
    fixesNotCarried: [events],
  });
});

test('a fix comes back when its load is scaled again, and another load lists it as not carried', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const four = await bed.call('scaleConfigs', { load: 4 });
  expect(four.structure).toMatchObject({ fixesApplied: [], fixesNotCarried: [events] });
  expect(four.structure.notCarried).toEqual([
    { file: events, line: 8, unit: 'hour', baseline: 3, scaled: 6, fixed: 4, now: 12 },
  ]);
  expect(four.text).toContain(`${events}:8: baseline 3 hours, scaled 6, fixed to 4; at 4x now 12`);
  expect(bed.read(events)).toContain("'12' hour");
  await bed.restart();
  const two = await bed.call('scaleConfigs', { load: 2 });
  expect(two.structure).toMatchObject({ status: 'scaled', fixesApplied: [events], fixesNotCarried: [] });
  expect(bed.read(events)).toContain("'4' hour");
});

test('a fix is dropped when the baseline of its file has moved', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await bed.call('revertConfigs');
  bed.git('checkout', '-q', 'main');
  bed.edit(events, "'3' hour", "'5' hour");
  bed.git('commit', '-qam', 'Five hours');
  bed.git('checkout', '-q', 'audit_checks_load_testing');
  bed.git('merge', '-q', '--ff-only', 'main');
  const { structure } = await bed.call('scaleConfigs', { load: 2 });
  expect(structure.fixesApplied).toEqual([]);
  expect(bed.read(events)).toContain("'10' hour");
});

test('an approved edit of an hourly file is a fix of its load, and leaves with it', async () => {
  const bed = await toolHarness();
  const hourly = 'events/check_events_hourly.yml';
  await bed.call('scaleConfigs', { load: 2 });
  bed.write(hourly, `${bed.read(hourly)}# looser at 2x\n`);
  const { reviewId, unexpectedTotal } = (await bed.call('reviewConfigs')).structure;
  expect(unexpectedTotal).toBe(1);
  await bed.call('uploadChecks', { reviewId, approved: true });
  expect((await bed.call('scaleConfigs', { load: 4 })).structure.fixesNotCarried).toEqual([hourly]);
  expect(bed.git('diff', '--name-only')).not.toContain('hourly');
  await uploadLevel(bed, { load: 2 });
  expect(bed.read(hourly)).toContain('# looser at 2x');
});

test('an edit of a file that no load scales stays where it is, and shows up as unexpected', async () => {
  const bed = await toolHarness();
  const freshness = 'events/check_events_freshness.yml';
  bed.edit(freshness, '60', '90');
  expect((await bed.call('scaleConfigs', { load: 2 })).structure.status).toBe('scaled');
  expect(bed.read(freshness)).toContain('90');
  expect((await bed.call('reviewConfigs')).structure.unexpected).toEqual([
    {
      file: freshness,
      line: 9,
      expected: expect.stringContaining('60'),
      found: expect.stringContaining('90'),
    },
  ]);
});

test('a scaling that was killed half-way is nobody’s edit: any load goes on from there', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  const journal = `${bed.project}/.audit-load-test/journal`;
  unlinkSync(`${journal}/${readdirSync(journal).sort().at(-1)}`);
  bed.git('checkout', '-q', `${bed.env.CHECKS_PATH}/orders`, `${bed.env.CHECKS_PATH}/messages`);
  await bed.restart();
  expect((await bed.call('showSession')).structure.callAgain).toEqual({
    tool: 'scaleConfigs',
    arguments: { load: 2, dryRun: false, overwriteEdits: false, abandon: false },
  });
  expect((await bed.call('scaleConfigs', { load: 4 })).structure).toMatchObject({
    status: 'scaled',
    edited: [],
  });
  expect(bed.read(events)).toContain("'12' hour");
  expect((await bed.call('showSession')).structure).not.toHaveProperty('interrupted');
});
