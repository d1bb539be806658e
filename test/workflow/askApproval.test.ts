/** Who is asked for an approval, with which words, and what is recorded of it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import type { Review } from '../../src/review/review.ts';
import {
  afterDecline,
  askApproval,
  commitQuestion,
  recordApproval,
  stepsToYes,
  uploadQuestion,
  yesTo,
} from '../../src/workflow/approvals.ts';
import { readReview } from '../../src/workflow/checks.ts';
import { type Harness, prepareWorld, type Structure, toolHarness } from '../tools/toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';
const watch = { signal: new AbortController().signal, progress: () => undefined };

let harness: Harness;
beforeEach(async () => {
  harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
});

const look = () => readReview(harness.ports(), { forWriting: false });
const reviewNow = async () => (await look()).review;
const approvals = () =>
  ((harness.everything() as { session: Structure[] }).session ?? []).filter(
    ({ type }) => type === 'approved',
  );

describe('askApproval', () => {
  test('asks in the client or waits for the chat, and records each yes with who asked', async () => {
    const { session, review } = await look();
    const atBaseline = { ...review, approvalNeeded: false };
    const before = { ...session, approved: new Set([review.reviewId]) };
    const cases = [
      ['the bytes of the baseline', atBaseline, session, 'ask', undefined, 'unanswered', 'approved', 0, []],
      ['approved before', review, before, 'ask', undefined, 'declined', 'approved', 0, []],
      ['a terminal', review, session, 'terminal', true, 'accepted', 'missing', 0, []],
      ['a no in the chat', review, session, 'ask', false, 'accepted', 'missing', 0, []],
      ['the question declined', review, session, 'ask', undefined, 'declined', 'declined', 1, []],
      ['no answer', review, session, 'ask', undefined, 'unanswered', 'missing', 1, []],
      [
        'a yes to the question',
        review,
        session,
        'ask',
        undefined,
        'accepted',
        'approved',
        1,
        ['elicitation'],
      ],
      ['a yes in the chat', review, session, 'chat', true, 'declined', 'approved', 0, ['chat']],
    ] as const;
    for (const [what, shown, known, mode, approved, answer, outcome, asked, by] of cases) {
      const questions: string[] = [];
      const ask = async (question: string) => {
        questions.push(question);
        return answer;
      };
      const ports = harness.ports();
      const before = approvals().length;
      const settings = { ...ports.settings, approval: mode };
      const found = await askApproval({ ...ports, settings }, known, shown, approved, { ...watch, ask });
      expect([what, found]).toEqual([what, outcome]);
      const asks = Array.from({ length: asked }, () => uploadQuestion(review, settings));
      expect([what, questions]).toEqual([what, asks]);
      expect([
        what,
        approvals()
          .slice(before)
          .map((one) => one.by),
      ]).toEqual([what, by]);
    }
  });

  test('asks the question of its caller', async () => {
    const { session, review } = await look();
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return 'declined' as const;
    };
    await askApproval(harness.ports(), session, review, undefined, { ...watch, ask }, () => 'Commit?');
    expect(questions).toEqual(['Commit?']);
  });
});

test('an approval records what was fixed and edited by hand, not what is scaled or deleted', async () => {
  await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  await harness.call('fixInterval', { check: 'check_orders_15m', from: 6, to: 5 });
  harness.edit('orders/check_orders_15m.yml', "'5' hour", "'55' hour");
  harness.edit('check_identity_matches_daily.yml', "'62' day", "'61' day");
  rmSync(join(harness.repo, checksPath, 'check_consent_15m.yml'));
  const review = await reviewNow();
  await recordApproval(harness.ports(), review, 'terminal');
  const of = (path: string, schedule: string, origin: string) => {
    const { file } = review.files.find((one) => one.path === path) ?? {};
    return { path, schedule, baselineDigest: file?.baselineDigest, digest: file?.diskDigest, origin };
  };
  expect(approvals()).toEqual([
    {
      type: 'approved',
      reviewId: review.reviewId,
      load: 2,
      by: 'terminal',
      fixes: [
        of('check_identity_matches_daily.yml', 'daily', 'edit'),
        of(events, '15m', 'fixInterval'),
        of('orders/check_orders_15m.yml', '15m', 'edit'),
      ],
      schedules: ['15m', 'hourly', 'daily'],
    },
  ]);
  const { session } = await look();
  expect(session.phase).toBe('approved');
  expect(session.approvedManifests.size).toBe(3);
  const kept = await harness.ports().blobs.get(of(events, '', '').digest ?? '');
  expect(Buffer.from(kept ?? []).toString()).toBe(harness.read(events));
});

/** The review with other facts of some files. */
function withFiles(review: Review, change: (index: number) => Partial<Review['files'][number]>): Review {
  const files = review.files.map((one, index) => {
    const changed = change(index);
    // The facts of a file are computed on first use.
    return new Proxy(one, { get: (file, key) => Reflect.get(key in changed ? changed : file, key) });
  });
  return { ...review, files };
}

describe('the question before an upload', () => {
  const destination = { bucket: 'bucket', configsPrefix: 'load_test/configs' };

  test('says per schedule what changed, the load and the destination', async () => {
    harness.edit(events, "'6' hour", "'600' hour");
    const review = await reviewNow();
    expect(uploadQuestion(review, destination).split('\n')).toEqual([
      `Approve the 2x configs for upload (review ${review.reviewId})?`,
      '15m: 6 of 8 files changed (7 intervals); hourly: 0 of 2 files changed; daily: 2 of 2 files changed (2 intervals).',
      'Load: 5 of 8 15m checks scaled; 2 run at 1x; 1 as set by a person.',
      'Destination: s3://bucket/load_test/configs/{15m,hourly,daily}/2x/.',
      `Neither baseline × load nor a known fix: ${events}.`,
      expect.stringMatching(/^events\/check_events_15m\.yml:\d+: .*600/),
    ]);
  });

  test('names one schedule alone, counts one interval as one, and has no load at 1x', async () => {
    await harness.call('revertConfigs', { to: 'baseline' });
    await harness.call('scaleConfigs', { load: 1, schedule: 'daily', scope: 'schedule' });
    harness.edit('check_identity_matches_daily.yml', "'31' day", "'30' day");
    const review = await reviewNow();
    expect(uploadQuestion(review, destination).split('\n')).toEqual([
      `Approve the 1x configs for upload (review ${review.reviewId})?`,
      'daily: 1 of 2 files changed (1 interval).',
      'Destination: s3://bucket/load_test/configs/daily/1x/.',
      'Neither baseline × load nor a known fix: check_identity_matches_daily.yml.',
      expect.stringMatching(/^check_identity_matches_daily\.yml:\d+: /),
    ]);
  });

  test('names every kind of exception: four files, and how many more', async () => {
    const review = await reviewNow();
    const paths = review.files.map((one) => one.path);
    const last = (changed: Review) => uploadQuestion(changed, destination).split('\n').at(-1);
    expect(last(review)).toBe('Every change is baseline × load or a known fix.');
    const notScaled = [{ line: 1, text: 'x', reason: 'y' }] as never;
    const names = (count: number) => paths.slice(0, count).join(', ');
    const unscaled = 'With an interval that could not be scaled: ';
    expect(last(withFiles(review, (index) => (index < 4 ? { notScaled } : {})))).toBe(
      `${unscaled}${names(4)}.`,
    );
    expect(last(withFiles(review, (index) => (index < 5 ? { notScaled } : {})))).toBe(
      `${unscaled}${names(4)}, and 1 more.`,
    );
    const every = withFiles(review, (index) =>
      index === 0
        ? { invalid: { kind: 'yaml' } as never }
        : index === 1
          ? { invalid: { kind: 'bytes' } as never }
          : index === 2
            ? { fix: { digest: 'other' } as never }
            : {},
    );
    expect(last({ ...every, unexpected: every.files.slice(3, 4) })).toBe(
      [
        `Neither baseline × load nor a known fix: ${paths[3]}.`,
        `Known fix instead of baseline × load: ${paths[2]}.`,
        `Not valid YAML, so not scaled: ${paths[0]}.`,
        `Left alone, because it is not UTF-8 or too large: ${paths[1]}.`,
      ].join(' '),
    );
  });

  test('shows four of many lines, each on a line of its own', async () => {
    harness.write(events, `${'# looked at\n'.repeat(6)}${harness.read(events)}`);
    const lines = uploadQuestion(await reviewNow(), destination)
      .split('\n')
      .slice(5);
    expect(lines).toHaveLength(5);
    expect(lines.slice(0, 4).every((line) => line.startsWith(`${events}:`))).toBe(true);
    expect(lines[4]).toMatch(/^and \d+ more$/);
  });
});

test('the question before a commit counts the files that differ from HEAD and names the reports', async () => {
  const review = await reviewNow();
  const question = (changed: Review, directories: string[]) =>
    commitQuestion(changed, directories).split('\n');
  expect(question(review, [])).toEqual([
    'Commit the results of 2x? Nothing is pushed.',
    `Configs: 8 files on branch audit_checks_load_testing (review ${review.reviewId}, not approved yet).`,
    'Reports: none for 2x yet.',
    'Every change is baseline × load or a known fix.',
  ]);
  const [first] = review.changed;
  const one = { ...review, files: first === undefined ? [] : [first] };
  expect(question(one, ['2x_a'])[1]).toMatch(/^Configs: 1 file on branch /);
  expect(question(one, ['2x_a'])[2]).toBe('Reports: 2x_a.');
  expect(question(one, ['a', 'b', 'c', 'd', 'e', 'f'])[2]).toBe('Reports: a, b, c, d, and 2 more.');
});

describe('the steps to a yes', () => {
  test('lead to the chat, or to the terminal of the user', () => {
    expect(yesTo('uploadChecks', { reviewId: 'abc' }, 'abc', 'ask')).toEqual([
      'Only after the user replies "approved": uploadChecks with reviewId abc and approved: true.',
    ]);
    expect(yesTo('commitResults', { load: '2x', withoutReport: true }, 'abc', 'terminal')).toEqual([
      'To approve, the user runs in a terminal: audit-load-test approve abc',
      'Then commitResults with load 2x and withoutReport true.',
    ]);
  });

  const review = 'Show the user what is under review: git diff in the target repository, or reviewConfigs.';
  const lines = 'Show the user the lines in changedSince; an earlier approval does not cover them.';
  const inChat = 'Only after the user replies "approved": uploadChecks with reviewId abc and approved: true.';
  test.each([
    ['the chat', { mode: 'chat', needed: true }, undefined, [review, inChat], true],
    ['changed lines', { mode: 'ask', needed: true }, true, [lines, inChat], true],
    ['a decline', { mode: 'ask', needed: true, declined: true }, true, [afterDecline, inChat], true],
    [
      'no approval needed',
      { mode: 'ask', needed: false },
      false,
      [review, 'These bytes need no approval: uploadChecks with reviewId abc.'],
      false,
    ],
    [
      'a terminal',
      { mode: 'terminal', needed: true },
      false,
      [
        review,
        'To approve, the user runs in a terminal: audit-load-test approve abc',
        'Then uploadChecks with reviewId abc.',
      ],
      false,
    ],
  ] as const)('after %s', (_, yes, listsChanges, nextSteps, approved) => {
    expect(stepsToYes('uploadChecks', { reviewId: 'abc' }, 'abc', yes, listsChanges)).toEqual({
      nextSteps,
      callAgain: {
        tool: 'uploadChecks',
        arguments: { reviewId: 'abc', ...(approved && { approved: true }) },
      },
    });
  });
});
