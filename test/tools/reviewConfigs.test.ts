import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksPath } from '../../src/sandbox/targetRepository.ts';
import { normalise, prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('a person’s edit after the scaling is shown line by line, and so is a fix', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  await bed.call('fixInterval', { check: 'check_orders_15m', from: 6, to: 5 });
  bed.edit(events, "'6' hour", "'7' hour");
  const { text, structure } = await bed.call('reviewConfigs');
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "2x: 8 files differ from the baseline, and 1 line is neither baseline × load nor a known fix. These bytes are not approved yet.

    Review id: <reviewId>
    Load: 2
    Approved: no
    Approval needed: yes
    Files changed: 8
    Changed without approval (2 lines):
      events/check_events_15m.yml:8
        - where: created_at >= current_timestamp - INTERVAL '6' hour and created_at <= current_timestamp
        + where: created_at >= current_timestamp - INTERVAL '7' hour and created_at <= current_timestamp
      orders/check_orders_15m.yml:9
        - placed_at >= current_timestamp - INTERVAL '6' hour
        + placed_at >= current_timestamp - INTERVAL '5' hour
    Fixes:
      - orders/check_orders_15m.yml
    Neither baseline × load nor a known fix (1 line):
      events/check_events_15m.yml:8: as above

    → Show the person the lines that changed without approval (changedSince).
    → Only after the person says "approved": uploadChecks with reviewId <reviewId> and approved: true."
  `);
  expect(structure).toMatchObject({
    load: 2,
    approved: false,
    approvalNeeded: true,
    filesChanged: 8,
    fixes: ['orders/check_orders_15m.yml'],
    unexpectedTotal: 1,
  });
  expect(structure.changedSince.map((change: { file: string }) => change.file)).toEqual([
    events,
    'orders/check_orders_15m.yml',
  ]);
});

test('a second look shows the same, because nobody approved it yet', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  bed.edit(events, "'6' hour", "'7' hour");
  const first = (await bed.call('reviewConfigs')).structure;
  const before = bed.everything();
  const second = (await bed.call('reviewConfigs')).structure;
  expect(second).toEqual(first);
  expect(second.changedSince).toHaveLength(1);
  expect(bed.everything()).toEqual(before);
});

test('once approved it says so, also after another restart, and undoing an edit gives the old review back', async () => {
  const bed = await toolHarness();
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  await bed.call('uploadChecks', { reviewId, approved: true });
  bed.edit(events, "'6' hour", "'7' hour");
  expect((await bed.call('reviewConfigs')).structure).toMatchObject({
    approved: false,
    approvalNeeded: true,
  });
  bed.edit(events, "'7' hour", "'6' hour");
  await bed.restart();
  const { structure } = await bed.call('reviewConfigs');
  expect(structure).toMatchObject({ reviewId, approved: true, approvalNeeded: false });
  expect(structure.summary).toMatchInlineSnapshot(
    `"2x: 8 files differ from the baseline, by baseline × load or a known fix alone. The person approved these bytes."`,
  );
});

test('bytes of the baseline need no approval', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 1 });
  const { structure } = await bed.call('reviewConfigs');
  expect(structure).toMatchObject({ approved: false, approvalNeeded: false, filesChanged: 0 });
  expect(structure.summary).toMatchInlineSnapshot(
    `"1x: every file holds its baseline. No approval is needed."`,
  );
});

test('an edit of a binary or invisible kind is shown without its control characters, cut to a length', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  bed.write(events, `${bed.read(events)}# \u001b[31mred\u202e ${'long '.repeat(80)}\n`);
  const [row] = (await bed.call('reviewConfigs')).structure.unexpected;
  expect(row.found).toMatch(/^# red long .*…$/);
  expect(row.found.length).toBeLessThanOrEqual(160);
});

test('without a load level there is nothing to review', async () => {
  const bed = await toolHarness();
  expect(await bed.refusal('reviewConfigs')).toMatchInlineSnapshot(
    `"WRONG_STATE: No load level was made in this session yet. Nothing was changed. Next: call scaleConfigs with the load that you want to test, for example 2x."`,
  );
});

test('a misspelt argument is refused', async () => {
  const bed = await toolHarness();
  expect(await bed.refusal('reviewConfigs', { load: 2 })).toContain('there is no argument "load"');
});

test('a check that somebody deleted is one line that says so, not all of its lines', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  rmSync(join(bed.repo, checksPath, events));
  const { structure, text } = await bed.call('reviewConfigs');
  expect(structure.unexpected).toEqual([
    { file: events, line: 1, expected: 'the whole file', found: 'deleted' },
  ]);
  expect(structure.changedSince).toEqual([
    { file: events, line: 1, before: 'the whole file', after: 'deleted' },
  ]);
  expect(text).toContain('- the whole file\n    + deleted');
});

test('what other schedules hold on disk is told, though it is no part of an hourly test', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 8 });
  const { structure } = await bed.call('scaleConfigs', { load: 2, schedule: 'hourly' });
  expect(structure.remarks[0]).toBe(
    '8 files of other schedules differ from the baseline on disk: no part of this review, and not uploaded (scope schedule). revertConfigs takes them back; scope all takes them along.',
  );
  expect((await bed.call('reviewConfigs')).structure.summary).toBe(
    '2x: every file of hourly holds its baseline; 8 files of other schedules differ, and are no part of this. No approval is needed.',
  );
});
