import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
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
    → Nothing was pushed, no hooks ran: the user decides."
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

test('before any run it is a question; then the configs are committed alone, with a warning', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  const before = harness.everything();
  const given = { load: 2, keyFindings: 'never ran' };
  const asked = (await harness.call('commitResults', given)).structure;
  expect(asked).toMatchObject({ status: 'needs_decision', target: null, reports: null });
  expect(asked.callAgain.arguments).toEqual({ ...given, withoutReport: true });
  // The question is another one: a yes to it approves no bytes.
  const eager = (await harness.call('commitResults', { ...given, approved: true })).structure;
  expect(eager.callAgain).toEqual(asked.callAgain);
  expect(harness.everything()).toEqual(before);
  const { structure, text } = await harness.call('commitResults', asked.callAgain.arguments);
  expect(structure).toMatchObject({ status: 'committed', target: { files: 6 }, reports: null });
  expect(structure.warnings).toEqual(['2x has no report yet, so none was committed.']);
  expect(text).not.toContain('Reports:');
});

test('every schedule of the load is committed with what was uploaded for it, whichever is on disk', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  await uploadLevel(harness, { load: 2, schedule: 'hourly' });
  await harness.call('uploadDags');
  await harness.call('markRound');
  await runToEnd(harness, 'hourly');
  await harness.call('buildReport');
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({ target: { files: 6 } });
  expect(structure.warnings).toBeUndefined();
  expect((await harness.call('showSession')).structure.rounds).toMatchObject([
    { round: 1, schedule: '15m', committed: true },
    { round: 2, schedule: 'hourly', committed: true },
  ]);
});

test('a round that ended without a report asks nothing: the configs are committed, and the report is next', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  await runToEnd(harness);
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', target: { files: 6 }, reports: null });
  expect(structure.nextSteps[0]).toBe(
    'Round 1 (2x 15m) ended without a report: call buildReport with round 1, then commitResults again.',
  );
});

test('configs uploaded after the report get no verdict: the commit, the message and the next step say so', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  harness.edit(events, "'6' hour", "'7' hour");
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId, approved: true });
  const { structure } = await harness.call('commitResults');
  expect(structure.warnings).toEqual([
    'The 15m configs were uploaded again after the latest 2x run and have not run: no verdict is about them.',
  ]);
  expect(structure.reports.message).toMatch(/^Load test 2x results - before the newest upload: 2x 15m: fits/);
  expect(structure.nextSteps[0]).toMatch(/^The 15m configs have not run yet: rerun 2x/);
  expect(harness.git('log', '-1', '--format=%b')).toContain(
    '15m: uploaded after its latest run, not run yet.',
  );
  expect(harness.git('show', `HEAD:${checksPath}/${events}`)).toContain("'7' hour");
});

test('a commit that was reset is made again, and is never said to be there', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  await harness.call('commitResults');
  harness.git('reset', '-q', '--hard', 'HEAD~1');
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', target: { files: 6 } });
  expect(harness.git('rev-parse', 'HEAD').trim()).toBe(structure.target.sha);
});

test('a load committed before is not written over a later one', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const first = (await harness.call('commitResults')).structure;
  await reportedLevel(harness, { load: 4, scope: 'schedule' });
  await harness.call('commitResults');
  const head = harness.git('rev-parse', 'HEAD');
  const again = (await harness.call('commitResults', { load: 2 })).structure;
  expect(again).toMatchObject({ status: 'unchanged', target: { sha: first.target.sha } });
  expect(harness.git('rev-parse', 'HEAD')).toBe(head);
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

test('the user’s own changes are not committed, and what is staged stays staged', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  writeFileSync(join(harness.repo, 'README.md'), 'mine\n');
  writeFileSync(join(harness.repo, 'new.txt'), 'mine\n');
  harness.git('add', 'new.txt');
  expect((await harness.call('commitResults')).structure).toMatchObject({
    status: 'committed',
    target: { files: 6 },
  });
  expect(harness.git('status', '--porcelain').trim().split('\n')).toEqual(['M README.md', 'A  new.txt']);
});

test('files on disk that differ from the upload stay as they are: the uploaded bytes are committed', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  harness.edit(events, "'6' hour", "'7' hour");
  const { structure } = await harness.call('commitResults');
  expect(structure.warnings).toEqual([
    '1 file on disk differs from the uploaded 2x configs; the uploaded one was committed.',
  ]);
  expect(harness.git('show', `HEAD:${checksPath}/${events}`)).toContain("'6' hour");
  expect(harness.read(events)).toContain("'7' hour");
});

test('configs that were never uploaded are refused', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  expect(await harness.refusal('commitResults')).toMatch(
    /^WRONG_STATE: The 2x configs were not uploaded yet, .*Nothing was committed\. Next: call uploadChecks/,
  );
});

test('with the next level on disk, the bytes of the load that ran are committed', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const at2x = harness.read(events);
  const { remarks } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  const told =
    'The report of round 1 (2x 15m) is not committed; commitResults with load 2 commits it, whatever is on disk.';
  expect(remarks).toContain(told);
  expect((await harness.call('showSession')).structure.warnings).toContain(told);
  const at4x = harness.read(events);
  const { structure } = await harness.call('commitResults');
  expect(structure).toMatchObject({ status: 'committed', load: 2, target: { files: 6 } });
  expect(harness.git('show', `HEAD:${checksPath}/${events}`)).toBe(at2x);
  expect(harness.read(events)).toBe(at4x);
  expect(structure.warnings).toEqual([
    expect.stringMatching(/^\d+ files on disk differ from the uploaded 2x configs; the uploaded ones were/),
  ]);
  expect((await harness.call('showSession')).structure.phase).toBe('scaled');
});

test('"Commit results and start 4x" is two calls, also when 4x is on disk and uploaded already', async () => {
  for (const isUploaded of [false, true]) {
    const harness = await toolHarness();
    await reportedLevel(harness, { load: 2, scope: 'schedule' });
    const at2x = harness.read(events);
    const level = { load: 4, scope: 'schedule' };
    if (isUploaded) await openRound(harness, level);
    else await harness.call('scaleConfigs', level);
    const committed = (await harness.call('commitResults', { keyFindings: 'fits' })).structure;
    expect(committed).toMatchObject({ status: 'committed', load: 2, target: { files: 6 } });
    expect(harness.git('show', `HEAD:${checksPath}/${events}`)).toBe(at2x);
    const scaled = (await harness.call('scaleConfigs', level)).structure;
    expect(scaled).toMatchObject({ status: 'unchanged', load: 4, approvalNeeded: !isUploaded });
    expect(scaled.remarks ?? []).not.toContainEqual(expect.stringContaining('is not committed'));
  }
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
  const marker = join(harness.project, '.git/MERGE_HEAD');
  writeFileSync(marker, harness.projectGit('rev-parse', 'HEAD'));
  expect(await harness.refusal('commitResults')).toContain('is in the middle of a merge');
  const sha = harness.git('rev-parse', 'HEAD').trim();
  expect((await harness.call('showSession')).structure).toMatchObject({
    phase: 'reported',
    interrupted: { tool: 'commitResults' },
  });
  rmSync(marker);
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
  expect(await harness.refusal('commitResults', { withoutReport: true })).toMatch(says);
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
  expect(await harness.refusal('commitResults', { withoutReport: true })).toMatch(
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

test('reports/README.md lists every round, is committed, and notes in it and in a report survive a new build', async () => {
  const harness = await toolHarness();
  const { directory } = await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const record = join(harness.project, 'reports/README.md');
  const pages = [record, join(directory, 'report.md')];
  for (const page of pages) appendFileSync(page, '\n## Notes\nWe raised the memory here.\n');
  await harness.call('buildReport');
  for (const page of pages) {
    const text = readFileSync(page, 'utf8');
    expect(text.match(/We raised the memory here\./g)).toHaveLength(1);
    expect(text.endsWith('\n## Notes\nWe raised the memory here.\n')).toBe(true);
    expect(text.match(/<!-- built: /g)).toHaveLength(1);
  }
  expect(readdirSync(directory).filter((name) => name.includes('edited'))).toEqual([]);
  const rows = readFileSync(record, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| 2x | 15m |'));
  expect(rows).toEqual([expect.stringMatching(/\| 9m 25s \| .*fits.* \| 1 of \d+ \| .*scaled.* \|/)]);
  await harness.call('commitResults');
  expect(harness.projectGit('show', '--name-only', '--format=')).toContain('reports/README.md');
});

test('a page that a person changed anywhere is kept beside the new one, named, and committed', async () => {
  const harness = await toolHarness();
  const { directory } = await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const page = join(directory, 'report.md');
  const built = readFileSync(page, 'utf8');
  const changes = [
    built.replace('## Summary', '## Summary\n\nRan during the outage.'),
    `${built}\nRan during the outage.\n\n## Notes\nMore memory next time.\n`,
    built.replaceAll('\n', '\r\n').replace('SUCCESS', 'ok'),
  ];
  for (const changed of changes) {
    writeFileSync(page, changed);
    const { structure } = await harness.call('buildReport');
    const kept = /is kept as (\S+)\.$/.exec(structure.warnings?.[0] ?? '')?.[1] ?? '';
    expect(kept).toMatch(/\/report\.edited-[0-9a-f]{8}\.md$/);
    expect(readFileSync(kept, 'utf8')).toBe(changed);
    // The second change has notes, which stay from then on.
    expect(readFileSync(page, 'utf8').startsWith(built)).toBe(true);
  }
  expect(readFileSync(page, 'utf8')).toBe(built);
  writeFileSync(page, built.replaceAll('\n', '\r\n'));
  expect((await harness.call('buildReport')).structure.warnings).toBeUndefined();
  const names = readdirSync(directory).filter((name) => name.includes('edited'));
  expect(names).toHaveLength(changes.length);
  await harness.call('commitResults');
  for (const name of names) expect(harness.projectGit('show', '--name-only', '--format=')).toContain(name);
});
