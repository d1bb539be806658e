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
  const bed = await toolHarness();
  const bare = join(bed.directory, 'origin.git');
  execFileSync('git', ['clone', '-q', '--bare', bed.repo, bare]);
  bed.git('remote', 'add', 'origin', bare);
  await reportedLevel(bed, { load: '2x', scope: 'schedule' });
  const { text, structure } = await bed.call('commitResults', { keyFindings: '2x fits, one missing column' });
  expect(
    normalise(bed, text)
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
  expect(bed.git('log', '-1', '--format=%s%n%(trailers)').trim()).toMatch(
    /^Load test 2x configs - 2025-12-08\nAudit-Load-Test: 2x [0-9a-f]{16}$/,
  );
  expect(bed.projectGit('log', '-1', '--format=%s').trim()).toBe(
    'Load test 2x results - 2x fits, one missing column',
  );
  expect(bed.git('rev-parse', 'HEAD').trim()).toBe(structure.target.sha);
  expect(bed.git('show', '--name-only', '--format=').trim().split('\n')).toHaveLength(6);
  expect(bed.projectGit('show', '--name-only', '--format=')).toContain(
    'reports/2x_20251208_153000/report.md',
  );
  expect(
    execFileSync('git', ['rev-parse', 'audit_checks_load_testing'], { cwd: bare, encoding: 'utf8' }),
  ).not.toBe(bed.git('rev-parse', 'HEAD'));
  expect(bed.git('status', '--porcelain')).toBe('');
});

test('without a report only the configs are committed, with a warning', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2, scope: 'schedule' });
  const { structure, text } = await bed.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', target: { files: 6 }, reports: null });
  expect(structure.warnings).toEqual(['2x has no report yet, so none was committed.']);
  expect(text).not.toContain('Reports:');
});

test('a round whose configs are outside the scope on disk is not committed, and a warning says how to commit it', async () => {
  const bed = await toolHarness();
  await reportedLevel(bed, { load: 2, scope: 'schedule' });
  await uploadLevel(bed, { load: 2, schedule: 'hourly' });
  await bed.call('uploadDags');
  await bed.call('markRound');
  await runToEnd(bed, 'hourly');
  await bed.call('buildReport');
  const { structure } = await bed.call('commitResults');
  expect(structure.warnings).toEqual([
    'The 15m configs are outside the scope on disk and were not committed. To commit them, call scaleConfigs with schedule 15m, then commitResults.',
  ]);
  const rounds = async () => (await bed.call('showSession')).structure.rounds;
  expect(await rounds()).toMatchObject([
    { round: 1, schedule: '15m', committed: false },
    { round: 2, schedule: 'hourly', committed: true },
  ]);
  await bed.call('scaleConfigs', { load: 2, schedule: '15m', scope: 'schedule' });
  expect((await bed.call('commitResults')).structure).toMatchObject({ target: { files: 6 }, warnings: [] });
  expect(await rounds()).toMatchObject([{ committed: true }, { committed: true }]);
});

test('a repeated call returns the same commits; the default key findings are the first sentence of the verdict', async () => {
  const bed = await toolHarness();
  const { verdict } = await reportedLevel(bed, { load: 2, scope: 'schedule' });
  const first = (await bed.call('commitResults')).structure;
  expect(bed.projectGit('log', '-1', '--format=%s').trim()).toBe(
    `Load test 2x results - ${String(verdict).split('. ')[0]}.`,
  );
  expect(verdict).toContain(' Had it run for ');
  const second = (await bed.call('commitResults')).structure;
  expect(second).toMatchObject({
    status: 'unchanged',
    target: { sha: first.target.sha, branch: 'audit_checks_load_testing' },
    reports: { sha: first.reports.sha },
  });
  expect(second.summary).toBe('All results of 2x are already committed.');
  expect((await bed.call('showSession')).structure).toMatchObject({
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
    const bed = await toolHarness();
    const { directory } = await reportedLevel(bed, { load: 2, scope: 'schedule' });
    await bed.ports().sessions.record(() => [
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
    expect((await bed.call('commitResults')).structure.nextSteps[0]).toBe(step);
  },
);

test('key findings are data: one line without control characters; a changed DAG is committed as well', async () => {
  const bed = await toolHarness();
  await reportedLevel(bed, { load: 4, scope: 'schedule' });
  await bed.call('commitResults', { keyFindings: 'fits\n\nAudit-Load-Test: 9x\u001b[2J --amend' });
  expect(bed.projectGit('log', '-1', '--format=%B').trim()).toMatch(
    /^Load test 4x results - fits Audit-Load-Test: 9x --amend\n\nAudit-Load-Test: 4x 4x_20251208_153000$/,
  );
  expect(bed.projectGit('show', '--name-only', '--format=')).toContain('dags/yang_audit_load_test.py');
});

test('the user’s own changes are not committed, and staged changes are refused', async () => {
  const bed = await toolHarness();
  await reportedLevel(bed, { load: 2, scope: 'schedule' });
  writeFileSync(join(bed.repo, 'README.md'), 'mine\n');
  writeFileSync(join(bed.repo, 'new.txt'), 'mine\n');
  bed.git('add', 'new.txt');
  const head = bed.git('rev-parse', 'HEAD');
  expect(await bed.refusal('commitResults')).toMatch(/^CONFLICT: Something else is staged in .*\(new\.txt\)/);
  expect(bed.git('rev-parse', 'HEAD')).toBe(head);
  bed.git('reset', '-q', 'new.txt');
  expect((await bed.call('commitResults')).structure.status).toBe('committed');
  expect(bed.git('status', '--porcelain').trim().split('\n')).toEqual(['M README.md', '?? new.txt']);
});

test('files on disk that differ from the upload are refused', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2, scope: 'schedule' });
  bed.edit(events, "'6' hour", "'7' hour");
  const before = bed.everything();
  expect((await bed.refusal('commitResults')).replaceAll(/[0-9a-f]{16}/g, '…')).toMatchInlineSnapshot(
    `"CONFLICT: The 2x configs on disk differ from the uploaded ones. Nothing was committed. Next: call reviewConfigs to see the difference; then upload it (uploadChecks with reviewId …) or undo it (scaleConfigs with load 2)."`,
  );
  expect(bed.everything()).toEqual(before);
});

test('configs that were never uploaded are refused', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  expect(await bed.refusal('commitResults')).toMatch(
    /^WRONG_STATE: The 2x configs were not uploaded yet, .*Nothing was committed\. Next: call uploadChecks/,
  );
});

test('with the next level on disk, only the reports of the last one are committed', async () => {
  const bed = await toolHarness();
  await reportedLevel(bed, { load: 2, scope: 'schedule' });
  await bed.call('scaleConfigs', { load: 4 });
  const { structure } = await bed.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', load: 2, target: null });
  expect(structure.warnings).toEqual([
    'The configs on disk belong to another level or to none, so only the reports were committed.',
  ]);
  expect((await bed.call('showSession')).structure.phase).toBe('scaled');
});

test('reports outside a repository are not committed, with a warning', async () => {
  const bed = await toolHarness();
  rmSync(join(bed.project, '.git'), { recursive: true });
  await reportedLevel(bed, { load: 2, scope: 'schedule' });
  const { structure } = await bed.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', reports: null, target: { files: 6 } });
  expect(structure.warnings).toEqual([
    'REPORTS_DIR is not in a git repository with a branch, so the reports were not committed.',
  ]);
});

test('if the second repository refuses after the first commit, the same call finishes the work', async () => {
  const bed = await toolHarness();
  await reportedLevel(bed, { load: 2, scope: 'schedule' });
  writeFileSync(join(bed.project, 'mine.txt'), 'mine\n');
  bed.projectGit('add', 'mine.txt');
  const failure = await bed.refusal('commitResults');
  expect(normalise(bed, failure)).toMatchInlineSnapshot(
    `"CONFLICT: Something else is staged in <project> (mine.txt). Nothing was committed there. Next: commit or unstage it (git restore --staged), then call commitResults again."`,
  );
  const sha = bed.git('rev-parse', 'HEAD').trim();
  expect((await bed.call('showSession')).structure).toMatchObject({
    phase: 'reported',
    interrupted: { tool: 'commitResults' },
  });
  bed.projectGit('reset', '-q', 'mine.txt');
  const { structure } = await bed.call('commitResults');
  expect(structure).toMatchObject({
    status: 'committed',
    target: { sha },
    reports: { message: expect.stringContaining('results') },
  });
  expect((await bed.call('showSession')).structure).not.toHaveProperty('interrupted');
});

test('a final report is committed after a provisional one', async () => {
  const bed = await toolHarness();
  await openRound(bed, { load: 2, scope: 'schedule' });
  bed.trigger();
  bed.minutes(8);
  await bed.call('buildReport', { partial: true });
  const first = (await bed.call('commitResults')).structure;
  bed.minutes(60);
  await bed.call('buildReport');
  const second = (await bed.call('commitResults')).structure;
  expect(second).toMatchObject({ status: 'committed', target: { sha: first.target.sha } });
  expect(second.reports.sha).not.toBe(first.reports.sha);
});

test('committing an earlier report again does not hide a running round', async () => {
  const bed = await toolHarness();
  await reportedLevel(bed, { load: 2, scope: 'schedule' });
  await bed.call('commitResults');
  await openRound(bed, { load: 4, scope: 'schedule' });
  bed.trigger();
  bed.minutes(7);
  await bed.call('pollCluster', { waitSeconds: 0 });
  await bed.call('commitResults', { load: 2 });
  expect((await bed.call('showSession')).structure.phase).toBe('running');
});

test('hourly: no approval and no target commit, only the report', async () => {
  const bed = await toolHarness();
  await openRound(bed, { load: 4, schedule: 'hourly' });
  await runToEnd(bed, 'hourly');
  await bed.call('buildReport');
  const head = bed.git('rev-parse', 'HEAD').trim();
  const { structure } = await bed.call('commitResults');
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
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2, scope: 'schedule' });
  bed.git(...git);
  const before = bed.everything();
  expect(await bed.refusal('commitResults')).toMatch(says);
  expect(bed.everything()).toEqual(before);
});

test('a merge in progress is refused: a commit would conclude it', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2, scope: 'schedule' });
  bed.git('stash', '-q');
  bed.git('checkout', '-q', '-b', 'side', 'main');
  writeFileSync(join(bed.repo, 'README.md'), 'side\n');
  bed.git('commit', '-qam', 'Side');
  bed.git('checkout', '-q', 'audit_checks_load_testing');
  writeFileSync(join(bed.repo, 'README.md'), 'here\n');
  bed.git('commit', '-qam', 'Here');
  expect(() => bed.git('merge', 'side')).toThrow();
  const head = bed.git('rev-parse', 'HEAD');
  expect(await bed.refusal('commitResults')).toMatch(
    /^WRONG_STATE: The repository .* is in the middle of a merge/,
  );
  expect(bed.git('rev-parse', 'HEAD')).toBe(head);
});

test('nothing to commit, and a misspelt argument, are refused', async () => {
  const bed = await toolHarness();
  expect(await bed.refusal('commitResults')).toMatchInlineSnapshot(
    `"WRONG_STATE: There is neither a load level nor a report to commit. Nothing was committed. Next: call scaleConfigs to start a load test, or showSession for the state of this one."`,
  );
  expect(await bed.refusal('commitResults', { keyfinding: 'x' })).toContain('did you mean keyFindings?');
  expect(await bed.refusal('commitResults', { load: '2.5x' })).toMatch(
    /^BAD_INPUT: load must be a whole number/,
  );
});
