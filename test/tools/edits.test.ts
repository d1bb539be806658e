/** Manual edits survive, and known fixes are kept with their load. */
import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { normalise, onMain, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';
const inventory = 'check_inventory_15m.yml';
const identity = 'check_identity_matches_daily.yml';

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
    arguments: { load: 4, schedule: '15m', scope: 'all', keepEdits: true },
  });
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Manual edits found in 1 check file on disk. Nothing was written.

    Status: needs_decision
    Load: 4
    Schedule: 15m
    Edited files: 1
      events/check_events_15m.yml:8: where: created_at >= current_timestamp - INTERVAL '6' hour and created_at <= current_timestamp → where: created_at >= current_timestamp - INTERVAL '5' hour and created_at <= current_timestamp
    Changes file: <project>/.audit-load-test/reviews/<reviewId>.txt
    Location: <repo>/python/klaviyo/data_platform/table_config_service/unified_table_definitions/checks/iceberg
    Only after the user says yes: scaleConfigs {"load":4,"schedule":"15m","scope":"all","keepEdits":true}

    → Ask the user: keep the edits, or replace them?
    → To keep them: scaleConfigs with load 4 and keepEdits: true. Their text stays, intervals that nobody edited are scaled, and the review shows both.
    → To replace them (a patch is saved first): scaleConfigs with load 4 and overwriteEdits: true."
  `);
});

test('the call that answers carries all that was given: a dry run stays one', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  harness.edit(events, "'6' hour", "'5' hour");
  const before = harness.everything();
  const given = { load: 4, schedule: '15m', scope: 'schedule', dryRun: true, fixes: 'keep', abandon: true };
  const asked = (await harness.call('scaleConfigs', given)).structure;
  expect(asked.callAgain.arguments).toEqual({ ...given, keepEdits: true });
  expect(asked.nextSteps[2]).toContain('with load 4, dryRun: true and overwriteEdits: true.');
  const dry = (await harness.call('scaleConfigs', asked.callAgain.arguments)).structure;
  expect(dry.status).toBe('dry_run');
  expect(harness.everything()).toEqual(before);
  const { dryRun: _, ...toWrite } = asked.callAgain.arguments;
  expect(dry.callAgain.arguments).toEqual(toWrite);
});

test('every edited line is listed as it was and as it is, without a review id', async () => {
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
  const { structure, text } = await harness.call('scaleConfigs', { load: 2, overwriteEdits: true });
  expect(structure.edits).toEqual(asked.edits);
  expect(text).toContain('Edited files replaced: 1');
  expect(text).toContain('expect: 0 → expect: 7');
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

test('a commit does not make an edit ours: it is named with its line, and travels once it is kept', async () => {
  const harness = await toolHarness();
  harness.edit(identity, 'expect: 0', 'expect: 5');
  harness.git('commit', '-qam', 'Looser');
  const asked = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(asked).toMatchObject({ status: 'needs_decision', edited: [identity] });
  expect(asked.edits).toEqual([
    { file: identity, line: expect.any(Number), scaled: 'expect: 0', found: 'expect: 5' },
  ]);
  expect(harness.git('status', '--porcelain')).toBe('');
  const kept = (await harness.call('scaleConfigs', asked.callAgain.arguments)).structure;
  expect(kept).toMatchObject({ status: 'scaled', edited: [identity], fixesApplied: [identity] });
  expect(kept.fixedLines).toEqual([
    expect.objectContaining({ file: identity, before: 'expect: 0', after: 'expect: 5' }),
  ]);
  expect(kept).not.toHaveProperty('backup');
  expect(harness.read(identity)).toContain("'62' day");
  expect(harness.read(identity)).toContain('expect: 5');
  await harness.call('uploadChecks', { reviewId: kept.reviewId, approved: true });
  expect((await harness.call('scaleConfigs', { load: 4 })).structure.status).toBe('scaled');
  expect(harness.read(identity)).toContain("'124' day");
  expect(harness.read(identity)).toContain('expect: 5');
});

test('baseline × any whole number is a level, whoever made it, and no edit', async () => {
  const harness = await toolHarness();
  harness.edit(events, "'3' hour", "'12' hour");
  harness.git('commit', '-qam', 'A level of somebody else');
  const other = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(other).toMatchObject({
    status: 'scaled',
  });
  expect(other).toHaveProperty('edited', []);
  expect(harness.read(events)).toContain("'6' hour");
});

test('a tuned query goes from 2x to 4x and 8x without a question, and every review shows it', async () => {
  const harness = await toolHarness();
  const tuned = 'current_timestamp and status is not null';
  await harness.call('scaleConfigs', { load: 2 });
  // On the line of the interval, where a merge of whole lines would conflict.
  harness.edit(events, '<= current_timestamp', `<= ${tuned}`);
  harness.write(inventory, `# tuned\n${harness.read(inventory)}`);
  const edited = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId: edited.reviewId, approved: true });
  await harness.call('commitResults', { load: 2, withoutReport: true });
  for (const load of [4, 8]) {
    const { structure, text } = await harness.call('scaleConfigs', { load });
    expect(structure).toMatchObject({
      status: 'scaled',
      approvalNeeded: true,
      fixesApplied: [inventory, events],
    });
    expect(structure).toHaveProperty('edited', []);
    expect(structure).toHaveProperty('fixesNotCarried', []);
    expect(structure.fixedLines.map(({ file }: { file: string }) => file)).toEqual([inventory, events]);
    expect(text).toContain(`Known fixes and carried edits, instead of baseline × ${load} (2 lines):`);
    expect(text).toContain(tuned);
    expect(harness.read(events)).toContain(`INTERVAL '${3 * load}' hour and created_at <= ${tuned}`);
    expect(harness.read(inventory)).toMatch(/^# tuned\n/);
    const review = (await harness.call('reviewConfigs')).structure;
    expect(review).toMatchObject({ fixes: [inventory, events] });
    expect(review).not.toHaveProperty('unexpectedTotal');
    await harness.restart();
    await harness.call('uploadChecks', { reviewId: structure.reviewId, approved: true });
    await harness.call('commitResults', { load, withoutReport: true });
  }
  // The baseline has no edit; the load that the edit was made at still has it.
  const base = (await harness.call('scaleConfigs', { load: 1 })).structure;
  expect(base).toMatchObject({ filesChanged: 0, fixesNotCarried: [inventory, events] });
  await harness.call('scaleConfigs', { load: 2 });
  expect(harness.read(events)).toContain(`INTERVAL '6' hour and created_at <= ${tuned}`);
});

test('an edit that the user took back at a later load is carried no further', async () => {
  const harness = await toolHarness();
  const approve = async () => {
    const { reviewId } = (await harness.call('reviewConfigs')).structure;
    await harness.call('uploadChecks', { reviewId, approved: true });
  };
  await harness.call('scaleConfigs', { load: 2 });
  harness.edit(events, 'expect: 0', 'expect: 7');
  await approve();
  await harness.call('scaleConfigs', { load: 4 });
  harness.edit(events, 'expect: 7', 'expect: 0');
  await approve();
  const { structure } = await harness.call('scaleConfigs', { load: 8 });
  expect(structure).toMatchObject({ status: 'scaled' });
  expect(structure).toHaveProperty('fixesApplied', []);
  expect(harness.read(events)).toContain('expect: 0');
});

test('intervals set by hand are at baseline × load, and one call scales or keeps all of them', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await harness.call('fixInterval', { check: 'check_inventory_15m', from: 6, to: 5 });
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  const values = () => [events, inventory].map((path) => /'(\d+)' hour/.exec(harness.read(path))?.[1]);

  const plain = (await harness.call('scaleConfigs', { load: 4 })).structure;
  expect(values()).toEqual(['12', '12']);
  expect(plain.notCarried).toMatchObject([
    { file: inventory, baseline: 3, scaled: 6, fixed: 5, now: 12 },
    { file: events, baseline: 3, scaled: 6, fixed: 4, now: 12 },
  ]);
  expect(plain.nextSteps.join('\n')).toContain('fixes: "scale"; to keep them: fixes: "keep"');

  const scaled = (await harness.call('scaleConfigs', { load: 4, fixes: 'scale' })).structure;
  expect(scaled).toMatchObject({ status: 'scaled', fixesApplied: [inventory, events] });
  expect(scaled).toHaveProperty('fixesNotCarried', []);
  expect(values()).toEqual(['8', '10']);
  const kept = (await harness.call('scaleConfigs', { load: 4, fixes: 'keep' })).structure;
  expect(kept).toMatchObject({ status: 'scaled' });
  expect(kept).toHaveProperty('fixesNotCarried', []);
  expect(kept).not.toHaveProperty('notCarried');
  expect(values()).toEqual(['4', '5']);
  // The choice stays with the level, also after a restart.
  await harness.restart();
  expect((await harness.call('scaleConfigs', { load: 4 })).structure.status).toBe('unchanged');
  expect((await harness.call('reviewConfigs')).structure).not.toHaveProperty('unexpectedTotal');
  // 4 hours at 2x would be 6 at 3x; 5 would be no whole number, so it is baseline × 3.
  const three = (await harness.call('scaleConfigs', { load: 3, fixes: 'scale' })).structure;
  expect(values()).toEqual(['6', '9']);
  expect(three.notCarried).toMatchObject([{ file: inventory, fixed: 5, now: 9 }]);
  // The baseline is not touched by any of it.
  await harness.call('scaleConfigs', { load: 1 });
  expect(values()).toEqual(['3', '3']);
});

test('keepEdits keeps a set interval and the text, and scales what still reads as before', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const messages = 'messages/check_messages_15m.yml';
  harness.edit(messages, "'4' hour", "'5' hour");
  harness.edit(inventory, 'stock < 0', 'stock <= 0');
  const { structure } = await harness.call('scaleConfigs', { load: 4, keepEdits: true });
  expect(structure).toMatchObject({ status: 'scaled', edited: [inventory, messages] });
  expect(harness.read(messages)).toContain("'5' hour");
  expect(harness.read(inventory)).toContain('stock <= 0');
  expect(harness.read(inventory)).toContain("'12' hour");
  expect((await harness.call('scaleConfigs', { load: 4 })).structure.status).toBe('unchanged');
});

test('keepEdits and overwriteEdits together are refused', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('scaleConfigs', { load: 2, keepEdits: true, overwriteEdits: true })).toMatch(
    /^BAD_INPUT: .*opposite answers/,
  );
  expect(harness.git('status', '--porcelain')).toBe('');
});

test('a fix returns when its load is scaled again, and another load lists it as not carried', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const four = await harness.call('scaleConfigs', { load: 4 });
  expect(four.structure).toMatchObject({ fixesNotCarried: [events] });
  expect(four.structure).toHaveProperty('fixesApplied', []);
  expect(four.structure.notCarried).toEqual([
    { file: events, line: 8, unit: 'hour', baseline: 3, scaled: 6, fixed: 4, now: 12 },
  ]);
  expect(four.text).toContain(`${events}:8: baseline 3 hours, scaled to 6, fixed to 4; at 4x now 12`);
  expect(harness.read(events)).toContain("'12' hour");
  await harness.restart();
  const two = await harness.call('scaleConfigs', { load: 2 });
  expect(two.structure).toMatchObject({ status: 'scaled', fixesApplied: [events] });
  expect(two.structure).toHaveProperty('fixesNotCarried', []);
  expect(harness.read(events)).toContain("'4' hour");
});

test('a fix is dropped when the baseline of its file changes', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await harness.call('revertConfigs');
  onMain(harness, () => harness.edit(events, "'3' hour", "'5' hour"));
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(structure.fixesApplied).toEqual([]);
  expect(harness.read(events)).toContain("'10' hour");
});

test('an approved edit of an hourly file travels to every load, and the baseline is without it', async () => {
  const harness = await toolHarness();
  const hourly = 'events/check_events_hourly.yml';
  await harness.call('scaleConfigs', { load: 2 });
  harness.write(hourly, `${harness.read(hourly)}# looser at 2x\n`);
  const { reviewId, unexpectedTotal } = (await harness.call('reviewConfigs')).structure;
  expect(unexpectedTotal).toBe(1);
  await harness.call('uploadChecks', { reviewId, approved: true });
  expect((await harness.call('scaleConfigs', { load: 4 })).structure.fixesApplied).toEqual([hourly]);
  expect(harness.read(hourly)).toContain('# looser at 2x');
  expect((await harness.call('scaleConfigs', { load: 1 })).structure.fixesNotCarried).toEqual([hourly]);
  expect(harness.git('diff', '--name-only')).not.toContain('hourly');
  await uploadLevel(harness, { load: 2 });
  expect(harness.read(hourly)).toContain('# looser at 2x');
});

test('an edit of a file that no load scales is asked about, kept with keepEdits, or replaced', async () => {
  const harness = await toolHarness();
  const freshness = 'events/check_events_freshness.yml';
  await harness.call('scaleConfigs', { load: 2 });
  const before = harness.read(freshness);
  harness.write(freshness, `${before}# mine\n`);
  const asked = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(asked).toMatchObject({ status: 'needs_decision', edited: [freshness] });
  expect(asked.edits).toMatchObject([{ file: freshness, found: '# mine' }]);
  const replaced = (await harness.call('scaleConfigs', { load: 2, overwriteEdits: true })).structure;
  expect(harness.read(freshness)).toBe(before);
  harness.git('apply', replaced.backup);
  const kept = (await harness.call('scaleConfigs', { load: 2, keepEdits: true })).structure;
  expect(kept.fixedLines).toMatchObject([{ file: freshness, after: '# mine' }]);
  await harness.call('uploadChecks', { reviewId: kept.reviewId, approved: true });
  expect((await harness.call('scaleConfigs', { load: 4 })).structure).toMatchObject({ status: 'scaled' });
  expect(harness.read(freshness)).toBe(`${before}# mine\n`);
});

test('a deleted check that the user leaves deleted is asked about once', async () => {
  const harness = await toolHarness();
  unlinkSync(`${harness.repo}/${harness.env.CHECKS_PATH}/${events}`);
  expect((await harness.call('scaleConfigs', { load: 2 })).structure.status).toBe('needs_decision');
  expect((await harness.call('scaleConfigs', { load: 2, keepEdits: true })).structure.edited).toEqual([
    events,
  ]);
  const other = (await harness.call('scaleConfigs', { load: 4 })).structure;
  expect(other).toMatchObject({
    status: 'scaled',
  });
  expect(other).toHaveProperty('edited', []);
  expect(() => harness.read(events)).toThrow(/ENOENT/);
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
    arguments: {
      load: 2,
      dryRun: false,
      overwriteEdits: false,
      keepEdits: false,
      acceptUnscaled: false,
      acceptBaseline: false,
      abandon: false,
    },
  });
  const other = (await harness.call('scaleConfigs', { load: 4 })).structure;
  expect(other).toMatchObject({
    status: 'scaled',
  });
  expect(other).toHaveProperty('edited', []);
  expect(harness.read(events)).toContain("'12' hour");
  expect((await harness.call('showSession')).structure).not.toHaveProperty('interrupted');
});
