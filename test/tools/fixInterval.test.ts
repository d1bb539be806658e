import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, normalise, prepareWorld, reportedLevel, toolHarness } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('"check_events_15m should be 4 hours, not 6" changes that one amount', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  const given = { check: 'check_events_15m', from: 6, to: 4 };
  const { text, structure } = await bed.call('fixInterval', given);
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "Fixed 1 interval of one check file: 6 → 4. That is not baseline × 2.

    Status: fixed
    File: events/check_events_15m.yml
    Changes:
      8: INTERVAL '6' hour → INTERVAL '4' hour (baseline INTERVAL '3' hour, × 2 is INTERVAL '6' hour)
    Review id: <reviewId>

    → The person reviews the change and replies "approved", or names what else is wrong.
    → Only after the person says "approved": uploadChecks with reviewId <reviewId> and approved: true."
  `);
  expect(structure).toMatchObject({
    status: 'fixed',
    file: events,
    changes: [
      {
        line: 8,
        before: "INTERVAL '6' hour",
        after: "INTERVAL '4' hour",
        baseline: "INTERVAL '3' hour",
        scaled: "INTERVAL '6' hour",
      },
    ],
    restored: false,
  });
  expect(bed.read(events)).toContain("INTERVAL '4' hour");

  const again = await bed.call('fixInterval', given);
  expect(again.structure).toMatchObject({ status: 'unchanged', changes: [], reviewId: structure.reviewId });
});

test('the check may be named by file, with or without ending, or by any path to it', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  const names = [
    'check_events_15m.yml',
    'events/check_events_15m',
    './events/check_events_15m.yml',
    `${bed.env.CHECKS_PATH}/${events}`,
    `${bed.repo}/${bed.env.CHECKS_PATH}/${events}`,
  ];
  let from = 6;
  for (const check of names) {
    const { structure } = await bed.call('fixInterval', { check, from, to: from + 1 });
    expect(structure).toMatchObject({ status: 'fixed', file: events });
    from += 1;
  }
});

test('several places of one file are changed together, or one of them by its line', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  const check = 'check_profile_identifiers_15m';
  const all = await bed.call('fixInterval', { check, from: 6, to: 5 });
  expect(all.structure.changes).toHaveLength(2);
  expect(all.structure.summary).toMatchInlineSnapshot(
    `"Fixed 2 intervals of one check file: 6 → 5. That is not baseline × 2."`,
  );
  const [first] = all.structure.changes;
  const one = await bed.call('fixInterval', { check, from: 5, to: 6, line: first.line });
  expect(one.structure.changes).toMatchObject([
    { line: first.line, before: first.after, after: first.before },
  ]);
});

test('a fix that gives baseline × load back is none: it is neither kept nor warned about', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2, scope: 'schedule' });
  await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const { structure } = await bed.call('fixInterval', { check: 'check_events_15m', from: 4, to: 6 });
  expect(structure.restored).toBe(true);
  expect(structure.summary).toMatchInlineSnapshot(
    `"Fixed 1 interval of one check file: 4 → 6. That is baseline × 2 again, so no fix is kept."`,
  );
  expect((await bed.call('reviewConfigs')).structure).toMatchObject({ fixes: [], unexpectedTotal: 0 });
  const report = await reportedLevel(bed, { load: 2, scope: 'schedule' });
  expect(report.warnings.join()).not.toContain('fixed by a person');
});

test('an approved fix that a person takes back by hand is forgotten with the next approval', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2, scope: 'schedule' });
  await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const approve = async () => {
    const { reviewId } = (await bed.call('reviewConfigs')).structure;
    await bed.call('uploadChecks', { reviewId, approved: true });
  };
  await approve();
  bed.edit(events, "'4' hour", "'6' hour");
  await approve();
  expect((await bed.call('reviewConfigs')).structure).toMatchObject({ fixes: [], unexpectedTotal: 0 });
});

test('a fix of bytes that were approved already needs no approval again', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  const fixed = await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await bed.call('uploadChecks', { reviewId: fixed.structure.reviewId, approved: true });
  await bed.call('fixInterval', { check: 'check_events_15m', from: 4, to: 5 });
  const { structure } = await bed.call('fixInterval', { check: 'check_events_15m', from: 5, to: 4 });
  expect(structure.nextSteps).toEqual([`uploadChecks with reviewId ${structure.reviewId}.`]);
});

// What is refused changes nothing, so that these share one world.
let shared: Harness;
let untouched: unknown;
beforeAll(async () => {
  shared = await toolHarness({ whenDone: afterAll });
  shared.write('orders/check_events_15m.yml', shared.read(events));
  shared.write('orders/check_odd_15m.yml', 'where: [');
  shared.git('add', '-A');
  shared.git('commit', '-qm', 'Two of a name');
  await shared.call('scaleConfigs', { load: 2 });
  untouched = shared.everything();
});

const refused: [what: string, given: Record<string, unknown>, says: RegExp][] = [
  [
    'a name that matches several files lists them',
    { check: 'check_events_15m', from: 6, to: 4 },
    /^BAD_INPUT: 2 check files match "check_events_15m": events\/check_events_15m\.yml, orders\/check_events_15m\.yml\. Nothing was changed\. Next: call fixInterval/,
  ],
  [
    'a name that matches none says which was probably meant',
    { check: 'check_mesages_15m', from: 6, to: 4 },
    /^NOT_FOUND: No check file under review matches "check_mesages_15m".*perhaps you mean messages\/check_messages_15m\.yml/,
  ],
  [
    'a name like no other',
    { check: 'zzz', from: 6, to: 4 },
    /^NOT_FOUND: .*the name of a check file under CHECKS_PATH/,
  ],
  [
    'an amount that does not stand there lists those that do',
    { check: 'check_messages_15m', from: 6, to: 5 },
    /^BAD_INPUT: messages\/check_messages_15m\.yml holds no interval of 6\. Nothing was changed\. Next: .*INTERVAL '4' hour \(line \d+\)/,
  ],
  [
    'an amount on another line',
    { check: 'check_messages_15m', from: 4, to: 5, line: 1 },
    /holds no interval of 4 on line 1/,
  ],
  [
    'another unit',
    { check: 'check_messages_15m', from: 4, to: 5, unit: 'day' },
    /holds no interval of 4 days.*there is none/,
  ],
  [
    'a file that is no valid YAML',
    { check: 'check_odd_15m', from: 6, to: 4 },
    /^BAD_INPUT: orders\/check_odd_15m\.yml:\d+ is not valid YAML/,
  ],
  ['an amount with a fraction', { check: 'check_messages_15m', from: 4, to: 2.5 }, /^BAD_INPUT: to .*2\.5/],
  [
    'a misspelt argument',
    { chek: 'check_messages_15m', from: 4, to: 5 },
    /no argument "chek" \(did you mean check\?\)/,
  ],
];
test.each(refused)('%s, and nothing is changed', async (_what, given, says) => {
  expect(await shared.refusal('fixInterval', given)).toMatch(says);
  expect(shared.everything()).toEqual(untouched);
});

test('a fix does not make the rest of somebody’s edit known: it stays unexpected, and is not overwritten', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  bed.edit(events, 'expect: 0', 'expect: 999999');
  const { structure } = await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const review = await bed.call('reviewConfigs');
  expect(review.structure.unexpected).toEqual([
    expect.objectContaining({ file: events, expected: 'expect: 0', found: 'expect: 999999' }),
  ]);
  expect(review.structure.reviewId).toBe(structure.reviewId);
  const up = await bed.call('scaleConfigs', { load: 4 });
  expect(up.structure).toMatchObject({ status: 'needs_decision', edited: [events] });
  expect(bed.read(events)).toContain('expect: 999999');
});

test('without a load level there is nothing to fix', async () => {
  const bed = await toolHarness();
  expect(await bed.refusal('fixInterval', { check: 'check_events_15m', from: 6, to: 4 })).toMatch(
    /^WRONG_STATE: No load level was made in this session yet\./,
  );
});
