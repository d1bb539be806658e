import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harness, normalise, prepareWorld, reportedLevel, toolHarness } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('"check_events_15m should be 4 hours, not 6" changes that one value', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const given = { check: 'check_events_15m', from: 6, to: 4 };
  const { text, structure } = await harness.call('fixInterval', given);
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Fixed 1 interval in one check file: 6 → 4. This is not baseline × 2.

    Status: fixed
    File: events/check_events_15m.yml
    Changes:
      8: INTERVAL '6' hour → INTERVAL '4' hour (baseline INTERVAL '3' hour, × 2 is INTERVAL '6' hour)
    Review id: <reviewId>
    Changes file: <project>/.audit-load-test/reviews/<reviewId>.txt

    → Ask the user to review the change and reply "approved", or say what else is wrong.
    → Only after the user replies "approved": uploadChecks with reviewId of this result and approved: true."
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
  });
  expect(structure).not.toHaveProperty('restored');
  expect(harness.read(events)).toContain("INTERVAL '4' hour");

  const again = await harness.call('fixInterval', given);
  expect(again.structure).toMatchObject({ status: 'unchanged', reviewId: structure.reviewId });
  expect(again.structure).toHaveProperty('changes', []);
});

test('the check may be given as a file name, with or without extension, or as any path to it', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const names = [
    'check_events_15m.yml',
    'events/check_events_15m',
    './events/check_events_15m.yml',
    `${harness.env.CHECKS_PATH}/${events}`,
    `${harness.repo}/${harness.env.CHECKS_PATH}/${events}`,
  ];
  let from = 6;
  for (const check of names) {
    const { structure } = await harness.call('fixInterval', { check, from, to: from + 1 });
    expect(structure).toMatchObject({ status: 'fixed', file: events });
    from += 1;
  }
});

test('several intervals of one file are changed together, or one of them by its line', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const check = 'check_profile_identifiers_15m';
  const all = await harness.call('fixInterval', { check, from: 6, to: 5 });
  expect(all.structure.changes).toHaveLength(2);
  expect(all.structure.summary).toMatchInlineSnapshot(
    `"Fixed 2 intervals in one check file: 6 → 5. This is not baseline × 2."`,
  );
  const [first] = all.structure.changes;
  const one = await harness.call('fixInterval', { check, from: 5, to: 6, line: first.line });
  expect(one.structure.changes).toMatchObject([
    { line: first.line, before: first.after, after: first.before },
  ]);
});

test('a fix back to baseline × load is neither kept nor warned about', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2, scope: 'schedule' });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const { structure } = await harness.call('fixInterval', { check: 'check_events_15m', from: 4, to: 6 });
  expect(structure.restored).toBe(true);
  expect(structure.summary).toMatchInlineSnapshot(
    `"Fixed 1 interval in one check file: 4 → 6. This is baseline × 2 again, so no fix is kept."`,
  );
  expect((await harness.call('reviewConfigs')).structure).toHaveProperty('fixes', []);
  expect((await harness.call('reviewConfigs')).structure).not.toHaveProperty('unexpectedTotal');
  const report = await reportedLevel(harness, { load: 2, scope: 'schedule' });
  expect((report.warnings ?? []).join()).not.toContain('check_events_15m');
});

test('an approved fix that the user reverts by hand is dropped at the next approval', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2, scope: 'schedule' });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const approve = async () => {
    const { reviewId } = (await harness.call('reviewConfigs')).structure;
    await harness.call('uploadChecks', { reviewId, approved: true });
  };
  await approve();
  harness.edit(events, "'4' hour", "'6' hour");
  await approve();
  expect((await harness.call('reviewConfigs')).structure).toHaveProperty('fixes', []);
  expect((await harness.call('reviewConfigs')).structure).not.toHaveProperty('unexpectedTotal');
});

test('a fix that restores approved bytes needs no new approval', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const fixed = await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await harness.call('uploadChecks', { reviewId: fixed.structure.reviewId, approved: true });
  await harness.call('fixInterval', { check: 'check_events_15m', from: 4, to: 5 });
  const { structure } = await harness.call('fixInterval', { check: 'check_events_15m', from: 5, to: 4 });
  expect(structure.nextSteps).toEqual([`Call uploadChecks with reviewId ${structure.reviewId}.`]);
});

// A refused call changes nothing, so these share one world.
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
    'a name without a match suggests the closest one',
    { check: 'check_mesages_15m', from: 6, to: 4 },
    /^NOT_FOUND: No check file under review matches "check_mesages_15m".*perhaps you mean messages\/check_messages_15m\.yml/,
  ],
  [
    'a name unlike any other',
    { check: 'zzz', from: 6, to: 4 },
    /^NOT_FOUND: .*the name of a check file under CHECKS_PATH/,
  ],
  [
    'a value that is not in the file lists those that are',
    { check: 'check_messages_15m', from: 6, to: 5 },
    /^BAD_INPUT: messages\/check_messages_15m\.yml has no interval of 6\. Nothing was changed\. Next: .*INTERVAL '4' hour \(line \d+\)/,
  ],
  [
    'a value on another line',
    { check: 'check_messages_15m', from: 4, to: 5, line: 1 },
    /has no interval of 4 on line 1/,
  ],
  [
    'another unit',
    { check: 'check_messages_15m', from: 4, to: 5, unit: 'day' },
    /has no interval of 4 days.*INTERVAL '4' hour \(line \d+\)/,
  ],
  [
    'a file that is not valid YAML',
    { check: 'check_odd_15m', from: 6, to: 4 },
    /^BAD_INPUT: orders\/check_odd_15m\.yml:\d+ is not valid YAML/,
  ],
  ['a fractional value', { check: 'check_messages_15m', from: 4, to: 2.5 }, /^BAD_INPUT: to .*2\.5/],
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

test('a fix does not cover another edit of the same file: it stays unexpected, and is not overwritten', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  harness.edit(events, 'expect: 0', 'expect: 999999');
  const { structure } = await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const review = await harness.call('reviewConfigs');
  expect(review.structure.unexpected).toEqual([
    expect.objectContaining({ file: events, expected: 'expect: 0', found: 'expect: 999999' }),
  ]);
  expect(review.structure.reviewId).toBe(structure.reviewId);
  const up = await harness.call('scaleConfigs', { load: 4 });
  expect(up.structure).toMatchObject({ status: 'needs_decision', edited: [events] });
  expect(harness.read(events)).toContain('expect: 999999');
});

test('without a load level there is nothing to fix', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('fixInterval', { check: 'check_events_15m', from: 6, to: 4 })).toMatch(
    /^WRONG_STATE: This session has no load level on disk\./,
  );
});

test('every whole number that scaleConfigs lists can be fixed, whatever its unit or form', async () => {
  const harness = await toolHarness();
  const minutes = 'only_minutes_15m.yml';
  harness.write(minutes, "checks:\n  - where: t >= current_timestamp - INTERVAL '90' minute\nexpect: 0\n");
  harness.write('a_call_daily.yml', 'where: day >= date_sub(current_date(), 31)\n');
  harness.write('a_fraction_15m.yml', "where: t >= now() - INTERVAL '1.5' hour\n");
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'Other forms');
  const scaled = await harness.call('scaleConfigs', { load: 2 });
  expect(scaled.structure.notScaled).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ file: minutes, text: "INTERVAL '90' minute" }),
      expect.objectContaining({ file: 'a_fraction_15m.yml', fixable: false }),
    ]),
  );
  expect(scaled.text).toContain('edited by hand only');
  const { structure } = await harness.call('fixInterval', { check: 'only_minutes_15m', from: 90, to: 180 });
  expect(structure.changes).toEqual([
    { line: 2, before: "INTERVAL '90' minute", after: "INTERVAL '180' minute" },
  ]);
  expect(harness.read(minutes)).toContain("INTERVAL '180' minute");
  await harness.call('fixInterval', { check: 'a_call_daily', from: 31, to: 62 });
  expect(harness.read('a_call_daily.yml')).toContain('date_sub(current_date(), 62)');
  expect(await harness.refusal('fixInterval', { check: 'a_fraction_15m', from: 1, to: 2 })).toContain(
    'by hand',
  );
});
