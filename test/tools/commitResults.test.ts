import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  normalise,
  openRound,
  prepareWorld,
  reportedLevel,
  runToEnd,
  toolHarness,
  uploadLevel,
} from './toolHarness.ts';

prepareWorld();
const events = 'events/check_events_15m.yml';

test('"Commit results" commits the approved configs and the report, each in its repository, and pushes nothing', async () => {
  const harness = await toolHarness();
  const bare = join(harness.directory, 'origin.git');
  execFileSync('git', ['clone', '-q', '--bare', harness.repo, bare]);
  harness.git('remote', 'add', 'origin', bare);
  await reportedLevel(harness, { load: '2x', scope: 'schedule' });
  const { text, structure } = await harness.call('commitResults', {
    keyFindings: '2x fits, one missing column',
  });
  expect(
    normalise(harness, text)
      .replaceAll(/\([0-9a-f]{8}\)/g, '(…)')
      .replaceAll(/, [0-9a-f]{8}\b/g, ', <sha>')
      .replaceAll(/\d+(?= report, DAG and cluster config files| files, <sha>: Load test 2x results)/g, '<n>'),
  ).toMatchInlineSnapshot(`
    "Committed 6 config files to the target repository (…) and <n> report, DAG and cluster config files (…) for 2x.

    Status: committed
    Load: 2
    Target: 6 files, <sha> on audit_checks_load_testing: Load test 2x configs - 2025-12-08
    Reports: <n> files, <sha>: Load test 2x results - 2x fits, one missing column

    → Call scaleConfigs with the next load (for example 4x) to go one level up.
    → Nothing was pushed, and no git hooks ran; the user decides when to push."
  `);
  expect(harness.git('log', '-1', '--format=%s%n%(trailers)').trim()).toMatch(
    /^Load test 2x configs - 2025-12-08\nAudit-Load-Test: 2x [0-9a-f]{16}$/,
  );
  expect(harness.projectGit('log', '-1', '--format=%s').trim()).toBe(
    'Load test 2x results - 2x fits, one missing column',
  );
  expect(harness.git('rev-parse', 'HEAD').trim()).toBe(structure.target.sha);
  expect(harness.git('show', '--name-only', '--format=').trim().split('\n')).toHaveLength(6);
  expect(harness.projectGit('show', '--name-only', '--format=')).toContain(
    'reports/2x_20251208_153000/report.md',
  );
  expect(
    execFileSync('git', ['rev-parse', 'audit_checks_load_testing'], { cwd: bare, encoding: 'utf8' }),
  ).not.toBe(harness.git('rev-parse', 'HEAD'));
  expect(harness.git('status', '--porcelain')).toBe('');
});

test('without a report only the configs are committed, with a warning', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  const { structure, text } = await harness.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', target: { files: 6 }, reports: null });
  expect(structure.warnings).toEqual(['2x has no report yet, so none was committed.']);
  expect(text).not.toContain('Reports:');
});

test('a round whose configs are outside the scope on disk is not committed, and a warning says how to commit it', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  await uploadLevel(harness, { load: 2, schedule: 'hourly' });
  await harness.call('uploadDags');
  await harness.call('markRound');
  await runToEnd(harness, 'hourly');
  await harness.call('buildReport');
  const { structure } = await harness.call('commitResults');
  expect(structure.warnings).toEqual([
    'The 15m configs are outside the scope on disk and were not committed. To commit them, call scaleConfigs with schedule 15m, then commitResults.',
  ]);
  const rounds = async () => (await harness.call('showSession')).structure.rounds;
  expect(await rounds()).toMatchObject([
    { round: 1, schedule: '15m', committed: false },
    { round: 2, schedule: 'hourly', committed: true },
  ]);
  await harness.call('scaleConfigs', { load: 2, schedule: '15m', scope: 'schedule' });
  expect((await harness.call('commitResults')).structure).toMatchObject({
    target: { files: 6 },
    warnings: [],
  });
  expect(await rounds()).toMatchObject([{ committed: true }, { committed: true }]);
});

test('a repeated call returns the same commits; the default key findings are the first sentence of the verdict', async () => {
  const harness = await toolHarness();
  const { verdict } = await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const first = (await harness.call('commitResults')).structure;
  expect(harness.projectGit('log', '-1', '--format=%s').trim()).toBe(
    `Load test 2x results - ${String(verdict).split('. ')[0]}.`,
  );
  expect(verdict).toContain(' Had it run for ');
  const second = (await harness.call('commitResults')).structure;
  expect(second).toMatchObject({
    status: 'unchanged',
    target: { sha: first.target.sha, branch: 'audit_checks_load_testing' },
    reports: { sha: first.reports.sha },
  });
  expect(second.summary).toBe('All results of 2x are already committed.');
  expect((await harness.call('showSession')).structure).toMatchObject({
    phase: 'committed',
    rounds: [{ committed: true }],
  });
});

test.each([
  [
    'missed',
    '2x missed its window: ask the user whether to fix and rerun 2x, go one level up anyway, or stop.',
  ],
  ['not_decided', '2x was inconclusive: ask the user to fix what failed and rerun 2x before a higher load.'],
  [
    undefined,
    'Check in the report whether 2x fits its window; if it does, call scaleConfigs with the next load (for example 4x).',
  ],
] as const)(
  'the next step depends on the recorded outcome (%s), not on the verdict',
  async (outcome, step) => {
    const harness = await toolHarness();
    const { directory } = await reportedLevel(harness, { load: 2, scope: 'schedule' });
    await harness.ports().sessions.record(() => [
      {
        type: 'reported',
        round: 1,
        load: 2,
        directory: basename(directory),
        verdict: 'Fits.',
        ...(outcome === undefined ? {} : { outcome }),
        partial: false,
      },
    ]);
    expect((await harness.call('commitResults')).structure.nextSteps[0]).toBe(step);
  },
);

test('key findings are data: one line without control characters; a changed DAG is committed as well', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 4, scope: 'schedule' });
  await harness.call('commitResults', { keyFindings: 'fits\n\nAudit-Load-Test: 9x\u001b[2J --amend' });
  expect(harness.projectGit('log', '-1', '--format=%B').trim()).toMatch(
    /^Load test 4x results - fits Audit-Load-Test: 9x --amend\n\nAudit-Load-Test: 4x 4x_20251208_153000$/,
  );
  expect(harness.projectGit('show', '--name-only', '--format=')).toContain('dags/yang_audit_load_test.py');
});

test('the user’s own changes are not committed, and staged changes are refused', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  writeFileSync(join(harness.repo, 'README.md'), 'mine\n');
  writeFileSync(join(harness.repo, 'new.txt'), 'mine\n');
  harness.git('add', 'new.txt');
  const head = harness.git('rev-parse', 'HEAD');
  expect(await harness.refusal('commitResults')).toMatch(
    /^CONFLICT: Other changes are staged in .*\(new\.txt\)/,
  );
  expect(harness.git('rev-parse', 'HEAD')).toBe(head);
  harness.git('reset', '-q', 'new.txt');
  expect((await harness.call('commitResults')).structure.status).toBe('committed');
  expect(harness.git('status', '--porcelain').trim().split('\n')).toEqual(['M README.md', '?? new.txt']);
});

test('files on disk that differ from the upload are refused', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  harness.edit(events, "'6' hour", "'7' hour");
  const before = harness.everything();
  expect((await harness.refusal('commitResults')).replaceAll(/[0-9a-f]{16}/g, '…')).toMatchInlineSnapshot(
    `"CONFLICT: The 2x configs on disk differ from the uploaded ones. Nothing was committed. Next: call reviewConfigs to see the difference; then upload it (uploadChecks with reviewId …) or undo it (scaleConfigs with load 2)."`,
  );
  expect(harness.everything()).toEqual(before);
});

test('configs that were never uploaded are refused', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  expect(await harness.refusal('commitResults')).toMatch(
    /^WRONG_STATE: The 2x configs were not uploaded yet, .*Nothing was committed\. Next: call uploadChecks/,
  );
});

test('with the next level on disk, only the reports of the last one are committed', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  await harness.call('scaleConfigs', { load: 4 });
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', load: 2, target: null });
  expect(structure.warnings).toEqual([
    'The configs on disk belong to another level or to none, so only the reports were committed.',
  ]);
  expect((await harness.call('showSession')).structure.phase).toBe('scaled');
});

test('reports outside a repository are not committed, with a warning', async () => {
  const harness = await toolHarness();
  rmSync(join(harness.project, '.git'), { recursive: true });
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', reports: null, target: { files: 6 } });
  expect(structure.warnings).toEqual([
    'REPORTS_DIR is not in a git repository with a branch, so the reports were not committed.',
  ]);
});

test('if the second repository refuses after the first commit, the same call finishes the work', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  writeFileSync(join(harness.project, 'mine.txt'), 'mine\n');
  harness.projectGit('add', 'mine.txt');
  const failure = await harness.refusal('commitResults');
  expect(normalise(harness, failure)).toMatchInlineSnapshot(
    `"CONFLICT: Other changes are staged in <project> (mine.txt). Nothing was committed there. Next: commit or unstage them (git restore --staged), then call commitResults again."`,
  );
  const sha = harness.git('rev-parse', 'HEAD').trim();
  expect((await harness.call('showSession')).structure).toMatchObject({
    phase: 'reported',
    interrupted: { tool: 'commitResults' },
  });
  harness.projectGit('reset', '-q', 'mine.txt');
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({
    status: 'committed',
    target: { sha },
    reports: { message: expect.stringContaining('results') },
  });
  expect((await harness.call('showSession')).structure).not.toHaveProperty('interrupted');
});

test('a final report is committed after a provisional one', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.trigger();
  harness.minutes(8);
  await harness.call('buildReport', { partial: true });
  const first = (await harness.call('commitResults')).structure;
  harness.minutes(60);
  await harness.call('buildReport');
  const second = (await harness.call('commitResults')).structure;
  expect(second).toMatchObject({ status: 'committed', target: { sha: first.target.sha } });
  expect(second.reports.sha).not.toBe(first.reports.sha);
});

test('committing an earlier report again does not hide a running round', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  await harness.call('commitResults');
  await openRound(harness, { load: 4, scope: 'schedule' });
  harness.trigger();
  harness.minutes(7);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await harness.call('commitResults', { load: 2 });
  expect((await harness.call('showSession')).structure.phase).toBe('running');
});

test('hourly: no approval and no target commit, only the report', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 4, schedule: 'hourly' });
  await runToEnd(harness, 'hourly');
  await harness.call('buildReport');
  const head = harness.git('rev-parse', 'HEAD').trim();
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', load: 4, target: { files: 0, sha: head } });
});

test.each([
  [
    'another branch',
    ['checkout', '-q', '-b', 'elsewhere'],
    /^WRONG_STATE: TARGET_REPO is on branch elsewhere, not on audit_checks/,
  ],
  ['a detached HEAD', ['checkout', '-q', '--detach'], /^WRONG_STATE: TARGET_REPO has no branch checked out/],
])('%s is refused, and nothing is committed', async (_what, git, says) => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  harness.git(...git);
  const before = harness.everything();
  expect(await harness.refusal('commitResults')).toMatch(says);
  expect(harness.everything()).toEqual(before);
});

test('a merge in progress is refused: a commit would conclude it', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  harness.git('stash', '-q');
  harness.git('checkout', '-q', '-b', 'side', 'main');
  writeFileSync(join(harness.repo, 'README.md'), 'side\n');
  harness.git('commit', '-qam', 'Side');
  harness.git('checkout', '-q', 'audit_checks_load_testing');
  writeFileSync(join(harness.repo, 'README.md'), 'here\n');
  harness.git('commit', '-qam', 'Here');
  expect(() => harness.git('merge', 'side')).toThrow();
  const head = harness.git('rev-parse', 'HEAD');
  expect(await harness.refusal('commitResults')).toMatch(
    /^WRONG_STATE: The repository .* is in the middle of a merge/,
  );
  expect(harness.git('rev-parse', 'HEAD')).toBe(head);
});

test('nothing to commit, and a misspelt argument, are refused', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('commitResults')).toMatchInlineSnapshot(
    `"WRONG_STATE: There is neither a load level nor a report to commit. Nothing was committed. Next: call scaleConfigs to start a load test, or showSession for the state of this one."`,
  );
  expect(await harness.refusal('commitResults', { keyfinding: 'x' })).toContain('did you mean keyFindings?');
  expect(await harness.refusal('commitResults', { load: '2.5x' })).toMatch(
    /^BAD_INPUT: load must be a whole number/,
  );
});
