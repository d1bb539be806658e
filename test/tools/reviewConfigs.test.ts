import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { normalise, prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('an edit after scaling is shown line by line, and so is a fix', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  await harness.call('fixInterval', { check: 'check_orders_15m', from: 6, to: 5 });
  harness.edit(events, "'6' hour", "'7' hour");
  const { text, structure } = await harness.call('reviewConfigs');
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
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
    Changes file: <project>/.audit-load-test/reviews/<reviewId>.txt

    → Show the user the lines that changed without approval (changedSince).
    → Only after the user replies "approved": uploadChecks with reviewId of this result and approved: true."
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

test('a second call shows the same while nothing is approved', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  harness.edit(events, "'6' hour", "'7' hour");
  const first = (await harness.call('reviewConfigs')).structure;
  const before = harness.everything();
  const second = (await harness.call('reviewConfigs')).structure;
  expect(second).toEqual(first);
  expect(second.changedSince).toHaveLength(1);
  expect(harness.everything()).toEqual(before);
});

test('an approval survives a restart, and undoing an edit restores the approved review', async () => {
  const harness = await toolHarness();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  harness.edit(events, "'6' hour", "'7' hour");
  expect((await harness.call('reviewConfigs')).structure).toMatchObject({
    approved: false,
    approvalNeeded: true,
  });
  harness.edit(events, "'7' hour", "'6' hour");
  await harness.restart();
  const { structure } = await harness.call('reviewConfigs');
  expect(structure).toMatchObject({ reviewId, approved: true, approvalNeeded: false });
  expect(structure.summary).toMatchInlineSnapshot(
    `"2x: 8 files differ from the baseline, as expected (baseline × load or a known fix). The user approved these bytes."`,
  );
});

test('files at their baseline need no approval', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 1 });
  const { structure } = await harness.call('reviewConfigs');
  expect(structure).toMatchObject({ approved: false, approvalNeeded: false, filesChanged: 0 });
  expect(structure.summary).toMatchInlineSnapshot(
    `"1x: every file is at its baseline. No approval is needed."`,
  );
});

test('an edit of a binary or invisible kind is shown without its control characters, cut to a length', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  harness.write(events, `${harness.read(events)}# \u001b[31mred\u202e ${'long '.repeat(80)}\n`);
  const [row] = (await harness.call('reviewConfigs')).structure.unexpected;
  expect(row.found).toMatch(/^# red long .*…$/);
  expect(row.found.length).toBeLessThanOrEqual(160);
});

test('before the first level it describes the edited files, and nothing can be uploaded', async () => {
  const harness = await toolHarness();
  expect((await harness.call('reviewConfigs')).structure.summary).toBe(
    'No load level is on disk: every file is at its baseline.',
  );
  harness.edit(events, 'expect: 0', 'expect: 5');
  const { structure } = await harness.call('reviewConfigs');
  expect(structure).toMatchObject({
    summary: 'No load level is on disk: 1 check file differs from the baseline.',
    load: 1,
    approved: false,
    filesChanged: 1,
    unexpected: [{ file: events, line: 9, expected: 'expect: 0', found: 'expect: 5' }],
  });
  expect(readFileSync(structure.changesFile, 'utf8')).toContain('expect: 0 -> expect: 5');
  const { reviewId } = structure;
  expect(await harness.refusal('uploadChecks', { reviewId, approved: true })).toMatch(/^WRONG_STATE: /);
  const asked = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect(asked).toMatchObject({ status: 'needs_decision', edited: [events] });
});

test('a misspelt argument is refused', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('reviewConfigs', { load: 2 })).toContain('there is no argument "load"');
});

test('a deleted check is one line that says so, not all of its lines', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  rmSync(join(harness.repo, checksPath, events));
  const { structure, text } = await harness.call('reviewConfigs');
  expect(structure.unexpected).toEqual([
    { file: events, line: 1, expected: 'the whole file', found: 'deleted' },
  ]);
  expect(structure.changedSince).toEqual([
    { file: events, line: 1, before: 'the whole file', after: 'deleted' },
  ]);
  expect(text).toContain('- the whole file\n    + deleted');
});

test('changes of other schedules are mentioned, though they are not part of an hourly test', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 8 });
  const { structure } = await harness.call('scaleConfigs', { load: 2, schedule: 'hourly' });
  expect(structure.remarks[0]).toBe(
    'Changes in 8 files of other schedules are not part of this review and not uploaded (scope schedule). revertConfigs reverts them; scope all includes them.',
  );
  expect((await harness.call('reviewConfigs')).structure.summary).toBe(
    '2x: every hourly file is at its baseline; changes in 8 files of other schedules are not part of this review. No approval is needed.',
  );
});
