/** Only approved bytes are uploaded, and only the user approves. */
import { expect, test } from 'vitest';
import { approve } from '../../src/interfaces/cli/approve.ts';
import { prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('an edit between review and upload gets a new review id, and nothing is sent', async () => {
  const harness = await toolHarness();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  harness.edit(events, "'6' hour", "'600' hour");
  const before = harness.everything();
  const { structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(harness.everything()).toEqual(before);
  expect(structure).toMatchObject({ status: 'awaiting_approval', uploaded: 0 });
  expect(structure).toHaveProperty('prefixes', []);
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
    `"Nothing was uploaded. The files on disk do not match this reviewId, so an approval of it does not count. Under review: 2x with 8 changed files, 1 of them unexpected (reviewConfigs shows the lines), 1 line changed since the last approval or scaling."`,
  );
  const again = { reviewId: structure.reviewId, approved: true };
  expect(structure.callAgain).toEqual({ tool: 'uploadChecks', arguments: again });
  const removing = await harness.call('uploadChecks', { reviewId: structure.reviewId, removeStale: true });
  expect(removing.structure.callAgain.arguments).toEqual({ ...again, removeStale: true });
  expect((await harness.call('uploadChecks', structure.callAgain.arguments)).structure.status).toBe(
    'uploaded',
  );
  expect(harness.object(`checks_load_test/configs/15m/2x/${events}`)).toContain("'600' hour");
});

test('an unapproved edit is listed by every call until it is approved', async () => {
  const harness = await toolHarness();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  harness.edit(events, "'6' hour", "'600' hour");
  const listed = [
    {
      file: events,
      line: 8,
      before: expect.stringContaining("'6'"),
      after: expect.stringContaining("'600'"),
    },
  ];
  const refused = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(refused.structure.changedSince).toEqual(listed);
  expect(refused.structure.nextSteps[0]).toMatch(/^Show the user the lines in changedSince/);
  expect(refused.text).not.toContain('Call again');
  expect(refused.text).toContain('Only after the user says yes: uploadChecks {');
  const again = await harness.call('uploadChecks', { reviewId: refused.structure.reviewId, approved: false });
  expect(again.structure.changedSince).toEqual(listed);
  await harness.restart();
  expect((await harness.call('reviewConfigs')).structure.changedSince).toEqual(listed);

  const session = await harness.call('showSession');
  expect(session.structure.nextSteps).toEqual([
    'Call reviewConfigs and show the user the changed lines; if it lists none, show the git diff.',
    `Only after the user replies "approved": uploadChecks with reviewId ${refused.structure.reviewId} and approved: true.`,
  ]);
  await harness.call('uploadChecks', refused.structure.callAgain.arguments);
  expect((await harness.call('reviewConfigs')).structure).toMatchObject({ approved: true });
  expect((await harness.call('reviewConfigs')).structure).toHaveProperty('changedSince', []);
});

test('the phase is not approved while bytes on disk are not', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  await harness.call('scaleConfigs', { load: 4 });
  await harness.call('scaleConfigs', { load: 2 });
  expect((await harness.call('showSession')).structure.phase).toBe('approved');
  harness.edit(events, "'6' hour", "'5' hour");
  const { text } = await harness.call('showSession');
  expect(text).toContain('Phase: scaled');
  expect(text).toContain('not approved yet, changed since it was last shown');
});

test('after an approval of one schedule, the others are still compared with baseline × load', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  await harness.call('scaleConfigs', { load: 2 });
  expect((await harness.call('reviewConfigs')).structure.changedSince).toEqual([]);
  harness.edit('check_identity_matches_daily.yml', "'62' day", "'61' day");
  expect((await harness.call('reviewConfigs')).structure.changedSince).toHaveLength(1);
});

test('approved bytes are never asked about again', async () => {
  const asked: string[] = [];
  const harness = await toolHarness({
    user: (question) => {
      asked.push(question);
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect((await harness.call('uploadChecks', { reviewId })).structure.status).toBe('uploaded');
  expect(asked).toHaveLength(1);
  expect(asked[0]?.replace(reviewId, '…')).toMatchInlineSnapshot(`
    "Approve the 2x configs for upload (review …)?
    15m: 6 of 8 files changed (7 intervals); hourly: 0 of 2 files changed; daily: 2 of 2 files changed (2 intervals).
    Load: 6 of 8 15m checks scaled; 2 run at 1x.
    Destination: s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/{15m,hourly,daily}/2x/.
    Every change is baseline × load or a known fix."
  `);
  await harness.call('scaleConfigs', { load: 4 });
  await harness.restart();
  const back = await harness.call('scaleConfigs', { load: 2 });
  expect(back.structure).toMatchObject({ reviewId, approvalNeeded: false });
  expect((await harness.call('uploadChecks', { reviewId })).structure.status).toBe('unchanged');
  expect(asked).toHaveLength(1);
});

test.each([
  ['declines', { action: 'decline' as const }],
  ['cancels', { action: 'cancel' as const }],
  ['says not now', { action: 'accept' as const, content: { decision: 'not now' } }],
  ['says yes to nothing', { action: 'accept' as const, content: {} }],
])('a client that %s does not approve: the chat is asked', async (_what, reply) => {
  const harness = await toolHarness({ user: () => reply });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect((await harness.call('uploadChecks', { reviewId })).structure.status).toBe('awaiting_approval');
  expect(harness.keys('checks_load_test')).toEqual([]);
});

test('approved: false waits and does not ask', async () => {
  const harness = await toolHarness({
    user: () => {
      throw new Error('asked');
    },
  });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  const { structure } = await harness.call('uploadChecks', { reviewId, approved: false });
  expect(structure).toMatchObject({ status: 'awaiting_approval', reviewId });
  expect(structure.reason).toBe('The user has not approved these bytes yet.');
});

test('APPROVAL=chat never asks through the client', async () => {
  const harness = await toolHarness({
    env: { APPROVAL: 'chat' },
    user: () => {
      throw new Error('asked');
    },
  });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  expect((await harness.call('uploadChecks', { reviewId })).structure.status).toBe('awaiting_approval');
  expect((await harness.call('uploadChecks', { reviewId, approved: true })).structure.status).toBe(
    'uploaded',
  );
});

test('APPROVAL=terminal accepts no approval from a client: the user types it', async () => {
  const harness = await toolHarness({ env: { APPROVAL: 'terminal' } });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  const { structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(structure.status).toBe('awaiting_approval');
  expect(
    [structure.summary, ...structure.nextSteps].join('\n').replaceAll(reviewId, '…'),
  ).toMatchInlineSnapshot(`
    "Nothing was uploaded. The user has not approved these bytes yet. Under review: 2x with 8 changed files.
    Show the user what is under review: git diff in the target repository, or reviewConfigs.
    To approve, the user runs in a terminal: audit-load-test approve …
    Then uploadChecks with reviewId …."
  `);
  expect((await harness.call('showSession')).structure.nextSteps[1]).toBe(
    `To approve, the user runs in a terminal: audit-load-test approve ${reviewId}`,
  );
  const terminal = { question: async () => 'yes' } as never;
  await approve(reviewId, harness.ports(), terminal);
  expect((await harness.call('uploadChecks', { reviewId })).structure.status).toBe('uploaded');
});

test.each([
  ['load 1', { load: 1 }],
  ['an hourly test', { load: 4, schedule: 'hourly' }],
])('%s needs no approval: every file is at its baseline', async (_what, given) => {
  const harness = await toolHarness({ env: { APPROVAL: 'terminal' } });
  const { structure } = await harness.call('scaleConfigs', given);
  expect(structure.approvalNeeded).toBe(false);
  expect((await harness.call('uploadChecks', { reviewId: structure.reviewId })).structure.status).toBe(
    'uploaded',
  );
});

test('with scope schedule only the files of that schedule are reviewed, uploaded and committed', async () => {
  const harness = await toolHarness();
  const { structure } = await harness.call('scaleConfigs', { load: 8, schedule: 'daily', scope: 'schedule' });
  expect(structure).toMatchObject({ written: 2, filesChanged: 2 });
  harness.edit(events, "'3' hour", "'30' hour");
  const { reviewId } = structure;
  expect((await harness.call('reviewConfigs')).structure).toMatchObject({ reviewId });
  expect((await harness.call('reviewConfigs')).structure).not.toHaveProperty('unexpectedTotal');
  const uploaded = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(uploaded.structure).toMatchObject({ uploaded: 2, tableMetrics: { copied: 0 } });
  expect([...new Set(harness.keys('checks_load_test').map((key) => key.split('/')[2]))]).toEqual(['daily']);
  const committed = await harness.call('commitResults', { withoutReport: true });
  expect(committed.structure.target.files).toBe(2);
  expect(harness.git('status', '--porcelain').trim()).toBe(`M ${harness.env.CHECKS_PATH}/${events}`);
});

test('the same bytes under another scope are another review', async () => {
  const harness = await toolHarness();
  const all = await uploadLevel(harness, { load: 2 });
  const { structure } = await harness.call('scaleConfigs', { load: 2, scope: 'schedule' });
  expect(structure.reviewId).not.toBe(all);
  expect(structure.approvalNeeded).toBe(true);
});

test('other bytes that were approved before are shown, and need no second approval', async () => {
  const harness = await toolHarness();
  const plain = await uploadLevel(harness, { load: 2, scope: 'schedule' });
  const fixed = (await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 })).structure
    .reviewId;
  await harness.call('uploadChecks', { reviewId: fixed, approved: true });
  const { structure } = await harness.call('uploadChecks', { reviewId: plain, approved: true });
  expect(structure).toMatchObject({ status: 'awaiting_approval', reviewId: fixed });
  expect(structure).not.toHaveProperty('changedSince');
  expect(structure.callAgain.arguments).toEqual({ reviewId: fixed });
  expect((await harness.call('uploadChecks', structure.callAgain.arguments)).structure.status).toBe(
    'unchanged',
  );
});
