/** What was approved is what is uploaded, and only a person approves. */
import { expect, test } from 'vitest';
import { approve } from '../../src/faces/approve.ts';
import { prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('an edit between review and upload is shown under a new review id, and nothing is sent', async () => {
  const bed = await toolHarness();
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  bed.edit(events, "'6' hour", "'600' hour");
  const before = bed.everything();
  const { structure } = await bed.call('uploadChecks', { reviewId, approved: true });
  expect(bed.everything()).toEqual(before);
  expect(structure).toMatchObject({ status: 'awaiting_approval', uploaded: 0, prefixes: [] });
  expect(structure.reviewId).not.toBe(reviewId);
  expect(structure.changedSince).toEqual([
    {
      file: events,
      line: 8,
      before: expect.stringContaining("'6'"),
      after: expect.stringContaining("'600'"),
    },
  ]);
  expect(structure.summary).toMatchInlineSnapshot(
    `"Nothing was uploaded. The files on disk are not those of this reviewId, so no yes to it counts. Under review: 2x with 8 changed files, 1 of them not as expected (reviewConfigs shows the lines), 1 line changed since the last approved or scaled ones."`,
  );
  expect(structure.callAgain).toEqual({
    tool: 'uploadChecks',
    arguments: { reviewId: structure.reviewId, approved: true },
  });
  expect((await bed.call('uploadChecks', structure.callAgain.arguments)).structure.status).toBe('uploaded');
  expect(bed.object(`checks_load_test/configs/15m/2x/${events}`)).toContain("'600' hour");
});

test('an edit that nobody approved is listed by every call until it is, however often it was shown', async () => {
  const bed = await toolHarness();
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  await bed.call('uploadChecks', { reviewId, approved: true });
  bed.edit(events, "'6' hour", "'600' hour");
  const listed = [
    {
      file: events,
      line: 8,
      before: expect.stringContaining("'6'"),
      after: expect.stringContaining("'600'"),
    },
  ];
  const refused = await bed.call('uploadChecks', { reviewId, approved: true });
  expect(refused.structure.changedSince).toEqual(listed);
  expect(refused.structure.nextSteps[0]).toMatch(/^Show the person the lines under changedSince/);
  expect(refused.text).not.toContain('Call again');
  expect(refused.text).toContain('Only after the user says yes: uploadChecks {');
  const again = await bed.call('uploadChecks', { reviewId: refused.structure.reviewId, approved: false });
  expect(again.structure.changedSince).toEqual(listed);
  await bed.restart();
  expect((await bed.call('reviewConfigs')).structure.changedSince).toEqual(listed);

  const session = await bed.call('showSession');
  expect(session.structure.nextSteps).toEqual([
    'Call reviewConfigs and show the user the changed lines; if it lists none, show the git diff.',
    `Only after the person says "approved": uploadChecks with reviewId ${refused.structure.reviewId} and approved: true.`,
  ]);
  await bed.call('uploadChecks', refused.structure.callAgain.arguments);
  expect((await bed.call('reviewConfigs')).structure).toMatchObject({ approved: true, changedSince: [] });
});

test('a phase that was approved is none while bytes on disk are not', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2 });
  await bed.call('scaleConfigs', { load: 4 });
  await bed.call('scaleConfigs', { load: 2 });
  expect((await bed.call('showSession')).structure.phase).toBe('approved');
  bed.edit(events, "'6' hour", "'5' hour");
  const { text } = await bed.call('showSession');
  expect(text).toContain('Phase: scaled');
  expect(text).toContain('not approved yet, changed since it was last shown');
});

test('what was approved for one schedule alone leaves the others to be held against baseline × load', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2, scope: 'schedule' });
  await bed.call('scaleConfigs', { load: 2 });
  expect((await bed.call('reviewConfigs')).structure.changedSince).toEqual([]);
  bed.edit('check_identity_matches_daily.yml', "'62' day", "'61' day");
  expect((await bed.call('reviewConfigs')).structure.changedSince).toHaveLength(1);
});

test('bytes that were approved once are never asked about again', async () => {
  const asked: string[] = [];
  const bed = await toolHarness({
    person: (question) => {
      asked.push(question);
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  expect((await bed.call('uploadChecks', { reviewId })).structure.status).toBe('uploaded');
  expect(asked).toHaveLength(1);
  expect(asked[0]?.replace(reviewId, '…')).toMatchInlineSnapshot(`
    "Approve the 2x configs for upload (review …)?
    15m: 6 of 8 files changed (7 intervals); hourly: 0 of 2 files changed; daily: 2 of 2 files changed (2 intervals).
    They go to s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/{15m,hourly,daily}/2x/.
    Every change is baseline × load or a known fix."
  `);
  await bed.call('scaleConfigs', { load: 4 });
  await bed.restart();
  const back = await bed.call('scaleConfigs', { load: 2 });
  expect(back.structure).toMatchObject({ reviewId, approvalNeeded: false });
  expect((await bed.call('uploadChecks', { reviewId })).structure.status).toBe('unchanged');
  expect(asked).toHaveLength(1);
});

test.each([
  ['declines', { action: 'decline' as const }],
  ['cancels', { action: 'cancel' as const }],
  ['says not now', { action: 'accept' as const, content: { decision: 'not now' } }],
  ['says yes to nothing', { action: 'accept' as const, content: {} }],
])('a client that %s is taken for silence: the chat is asked', async (_what, reply) => {
  const bed = await toolHarness({ person: () => reply });
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  expect((await bed.call('uploadChecks', { reviewId })).structure.status).toBe('awaiting_approval');
  expect(bed.keys('checks_load_test')).toEqual([]);
});

test('approved: false waits and asks nobody', async () => {
  const bed = await toolHarness({
    person: () => {
      throw new Error('asked');
    },
  });
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  const { structure } = await bed.call('uploadChecks', { reviewId, approved: false });
  expect(structure).toMatchObject({ status: 'awaiting_approval', reviewId });
  expect(structure.reason).toBe('The person has not approved these bytes yet.');
});

test('APPROVAL=chat never asks through the client', async () => {
  const bed = await toolHarness({
    env: { APPROVAL: 'chat' },
    person: () => {
      throw new Error('asked');
    },
  });
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  expect((await bed.call('uploadChecks', { reviewId })).structure.status).toBe('awaiting_approval');
  expect((await bed.call('uploadChecks', { reviewId, approved: true })).structure.status).toBe('uploaded');
});

test('APPROVAL=terminal takes no word of a client: the person types it', async () => {
  const bed = await toolHarness({ env: { APPROVAL: 'terminal' } });
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  const { structure } = await bed.call('uploadChecks', { reviewId, approved: true });
  expect(structure.status).toBe('awaiting_approval');
  expect(
    [structure.summary, ...structure.nextSteps].join('\n').replaceAll(reviewId, '…'),
  ).toMatchInlineSnapshot(`
    "Nothing was uploaded. The person has not approved these bytes yet. Under review: 2x with 8 changed files.
    Show the person what is under review: git diff in the target repository, or reviewConfigs.
    To approve, the person types in a terminal: audit-load-test approve …
    Then uploadChecks with reviewId …."
  `);
  expect((await bed.call('showSession')).structure.nextSteps[1]).toBe(
    `To approve, the person types in a terminal: audit-load-test approve ${reviewId}`,
  );
  const terminal = { question: async () => 'yes' } as never;
  await approve(reviewId, bed.ports(), terminal);
  expect((await bed.call('uploadChecks', { reviewId })).structure.status).toBe('uploaded');
});

test.each([
  ['load 1', { load: 1 }],
  ['an hourly test', { load: 4, schedule: 'hourly' }],
])('%s needs no approval: every byte is the baseline’s', async (_what, given) => {
  const bed = await toolHarness({ env: { APPROVAL: 'terminal' } });
  const { structure } = await bed.call('scaleConfigs', given);
  expect(structure.approvalNeeded).toBe(false);
  expect((await bed.call('uploadChecks', { reviewId: structure.reviewId })).structure.status).toBe(
    'uploaded',
  );
});

test('with scope schedule only the files of that schedule are reviewed, uploaded and committed', async () => {
  const bed = await toolHarness();
  const { structure } = await bed.call('scaleConfigs', { load: 8, schedule: 'daily', scope: 'schedule' });
  expect(structure).toMatchObject({ written: 2, filesChanged: 2 });
  bed.edit(events, "'3' hour", "'30' hour");
  const { reviewId } = structure;
  expect((await bed.call('reviewConfigs')).structure).toMatchObject({ reviewId, unexpectedTotal: 0 });
  const uploaded = await bed.call('uploadChecks', { reviewId, approved: true });
  expect(uploaded.structure).toMatchObject({ uploaded: 2, tableMetrics: { copied: 0 } });
  expect([...new Set(bed.keys('checks_load_test').map((key) => key.split('/')[2]))]).toEqual(['daily']);
  const committed = await bed.call('commitResults');
  expect(committed.structure.target.files).toBe(2);
  expect(bed.git('status', '--porcelain').trim()).toBe(`M ${bed.env.CHECKS_PATH}/${events}`);
});

test('the same bytes under another scope are another review', async () => {
  const bed = await toolHarness();
  const all = await uploadLevel(bed, { load: 2 });
  const { structure } = await bed.call('scaleConfigs', { load: 2, scope: 'schedule' });
  expect(structure.reviewId).not.toBe(all);
  expect(structure.approvalNeeded).toBe(true);
});

test('other bytes that were approved before are shown, and need no second yes', async () => {
  const bed = await toolHarness();
  const plain = await uploadLevel(bed, { load: 2, scope: 'schedule' });
  const fixed = (await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 })).structure
    .reviewId;
  await bed.call('uploadChecks', { reviewId: fixed, approved: true });
  const { structure } = await bed.call('uploadChecks', { reviewId: plain, approved: true });
  expect(structure).toMatchObject({ status: 'awaiting_approval', reviewId: fixed, changedSince: [] });
  expect(structure.callAgain.arguments).toEqual({ reviewId: fixed });
  expect((await bed.call('uploadChecks', structure.callAgain.arguments)).structure.status).toBe('unchanged');
});
