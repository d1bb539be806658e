/** Which checks carry the load, from the review to the comparison: scenes that once got a wrong answer. */
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { bucketName } from '../../sandbox/world/environment.ts';
import {
  changesFile,
  type Harness,
  onMain,
  openRound,
  prepareWorld,
  reportedLevel,
  reportJson,
  runToEnd,
  toolHarness,
} from './toolHarness.ts';

prepareWorld('all');

const configs = 'checks_load_test/configs';

const scaledChecks = (harness: Harness) =>
  harness
    .git('ls-files', checksPath)
    .trim()
    .split('\n')
    .filter((path) => path.endsWith('_15m.yml') && !path.endsWith('check_flow_sends_15m.yml'));

test('checks that end in .yaml: a question, and a round of them is no load test', async () => {
  const harness = await toolHarness();
  onMain(harness, () => {
    for (const path of scaledChecks(harness)) harness.git('mv', path, path.replace(/\.yml$/, '.yaml'));
  });
  const before = harness.git('status', '--porcelain');
  const asked = await harness.call('scaleConfigs', { load: 2 });
  expect(asked.structure).toMatchObject({
    status: 'needs_decision',
    coverage: { checks: 8, scaled: 0, unscaledTotal: 8, missing: [{ cause: 'name', total: 23 }] },
    callAgain: { tool: 'scaleConfigs', arguments: { load: 2, acceptUnscaled: true } },
  });
  expect(asked.structure.summary).toBe(
    '2x: 0 of 8 15m checks scaled; 8 run at 1x, so this is not a load test of 15m. 23 files look like 15m checks but will not run (23 almost named like a check). Nothing was written.',
  );
  expect(changesFile(asked)).toContain('    events/check_events_15m.yaml\n');
  expect(harness.git('status', '--porcelain')).toBe(before);

  const { tool, arguments: again } = asked.structure.callAgain;
  const { structure } = await harness.call(tool, again);
  expect(structure.status).toBe('scaled');
  const uploaded = await harness.call('uploadChecks', { reviewId: structure.reviewId, approved: true });
  expect(uploaded.structure).toMatchObject({ coverage: { checks: 8, scaled: 0 } });
  expect(uploaded.structure.exceptions[0]).toMatchObject({ cause: 'name', total: 23 });
  await harness.call('uploadDags');
  await runToEnd(harness);
  const report = (await harness.call('buildReport')).structure;
  expect(report.verdict).toMatch(/^2x 15m: not a load test: none of 8 checks carried the load \(\d+m \d+s\)/);
  expect(report.nextSteps[1]).toContain('No check carried the load.');
  const markdown = readFileSync(join(report.directory, 'report.md'), 'utf8');
  expect(markdown).not.toMatch(/\bfits\b the/i);
  expect(markdown).toContain('- Load: 0 of 8 15m checks scaled; 8 run at 1x');
  expect((await harness.call('showSession')).structure.nextSteps.join()).not.toContain('load 4');
}, 60_000);

test('the ratio of scaled checks is over those whose bytes the load changed, and each report names the others', async () => {
  const harness = await toolHarness();
  const two = await reportedLevel(harness, { load: 2, scope: 'schedule' });
  const four = await reportedLevel(harness, { load: 4, scope: 'schedule' });
  for (const { directory, verdict, load } of [two, four]) {
    expect(verdict.startsWith(`${load}x 15m: `)).toBe(true);
    expect(readFileSync(join(directory, 'report.md'), 'utf8')).toContain(
      '- Load: 23 of 31 15m checks scaled; 8 run at 1x: flows/check_flow_sends_15m.yml (unparseable), 7 of kinds that the rule leaves alone',
    );
    const json = reportJson({ directory });
    expect(json.coverage.unscaled).toHaveLength(8);
    const toDo = json.suggestions.find(({ id }: { id: string }) => id === 'unscaled:unparseable');
    expect(toDo.title).toBe('Scale flows/check_flow_sends_15m.yml, which ran at 1x (unparseable)');
    expect(toDo.to).toBe(`valid YAML in UTF-8, and not too large; then scaleConfigs with load ${load}`);
  }
  const { structure } = await harness.call('compareReports', { baseline: '2x', candidate: '4x' });
  // 23 are scaled; one fails for a missing column at every load, one for its memory at 4x.
  expect(structure.ratios.n).toBe(21);
  const { comparison } = reportJson(four);
  const scaled = comparison.checks.filter((check: { scaled: boolean }) => check.scaled);
  expect(scaled).toHaveLength(21);
  expect(JSON.stringify(scaled)).not.toContain('flow_sends');
}, 90_000);

test('a fixed interval reads the same on disk, in the sample, in the changes file and in the question', async () => {
  const questions: string[] = [];
  const harness = await toolHarness({
    user: (question) => {
      questions.push(question);
      return { action: 'decline' };
    },
  });
  await harness.call('scaleConfigs', { load: 2 });
  const fixed = await harness.call('fixInterval', { check: 'check_campaigns_15m', from: 2, to: 5 });
  const line = "INTERVAL '1' hour -> INTERVAL '5' hour (a known fix, instead of INTERVAL '2' hour)";
  expect(changesFile(fixed)).toContain(line);
  const again = await harness.call('scaleConfigs', { load: 2 });
  expect(harness.read('campaigns/check_campaigns_15m.yml')).toContain("INTERVAL '5' hour");
  expect(again.structure.sample[0]).toEqual({
    file: 'campaigns/check_campaigns_15m.yml',
    line: 8,
    baseline: "INTERVAL '1' hour",
    before: "INTERVAL '5' hour",
    after: "INTERVAL '5' hour",
    scaled: "INTERVAL '2' hour",
  });
  expect(again.text).toContain(
    "campaigns/check_campaigns_15m.yml:8: INTERVAL '1' hour → INTERVAL '5' hour (set by a person, instead of INTERVAL '2' hour)",
  );
  expect(changesFile(again)).toContain(line);
  // It carries what a person set, not the load.
  expect(again.structure.coverage).toMatchObject({ scaled: 22, unscaledTotal: 9 });
  expect(again.structure.summary).toContain('22 of 31 15m checks scaled; 8 run at 1x; 1 as set by a person.');
  expect(again.structure.coverage.unscaled).toContainEqual({
    file: 'campaigns/check_campaigns_15m.yml',
    why: 'set by a person',
  });
  const { reviewId } = again.structure;
  await harness.call('uploadChecks', { reviewId });
  expect(questions.join('\n')).toContain(line);
  await harness.call('uploadChecks', { reviewId, approved: true });
  await harness.call('commitResults', { load: 2, withoutReport: true });
  const body = harness.git('log', '-1', '--format=%B');
  expect(body).toContain(`- campaigns/check_campaigns_15m.yml:8: ${line}`);
  expect(body).toContain('- 23 files in *_15m.yml\n');
  expect(body).toContain('Load: 22 of 31 15m checks scaled; 8 run at 1x; 1 as set by a person\n');
});

test('every review id has its file, with the lines of the seed', async () => {
  const harness = await toolHarness();
  const scaled = await harness.call('scaleConfigs', { load: 2 });
  const text = changesFile(scaled);
  for (const line of [
    'Modified 35 config files for 2x load',
    '- 23 files in *_15m.yml',
    '- 0 files in *_hourly.yml (skipped - uses runtime params)',
    '- 12 files in *_daily.yml',
    `Changes location: ${scaled.structure.location}`,
    'Review the git diff. Reply "approved" to continue, or say what is wrong.',
  ])
    expect(text.split('\n')).toContain(line);
  harness.edit('events/check_events_15m.yml', "'6' hour", "'7' hour");
  const reviewed = await harness.call('reviewConfigs');
  expect(reviewed.structure.changesFile).toContain(reviewed.structure.reviewId);
  expect(changesFile(reviewed)).toContain(
    "INTERVAL '3' hour -> INTERVAL '7' hour (set by a person, instead of INTERVAL '6' hour)",
  );
  const refused = await harness.call('uploadChecks', { reviewId: scaled.structure.reviewId, approved: true });
  expect(refused.structure.changesFile).toContain(refused.structure.reviewId);
  harness.edit('events/check_events_15m.yml', 'expect: 0', 'expect: 9');
  const edited = changesFile(await harness.call('reviewConfigs'));
  expect(edited).toContain('expect: 0 -> expect: 9');
});

test('a link, a deleted file, a pointer and a file that only looks like a check are named by their cause', async () => {
  const harness = await toolHarness();
  const at = (path: string) => join(harness.repo, checksPath, path);
  onMain(harness, () => {
    symlinkSync('check_forms_15m.yml', at('check_linked_15m.yml'));
    harness.write('check-dashes-15M.yml', "where: a > now() - INTERVAL '3' hour\n");
    harness.write(
      'check_pointer_15m.yml',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n',
    );
  });
  harness.git('rm', '-q', join(checksPath, 'check_lists_15m.yml'));
  harness.git('commit', '-qm', 'Drop a check');
  rmSync(at('check_segments_freshness.yml'));
  const { structure, text } = await harness.call('scaleConfigs', { load: 2, overwriteEdits: true });
  const missing = Object.fromEntries(
    structure.coverage.missing.map((one: { cause: string; files: string[] }) => [one.cause, one.files]),
  );
  expect(missing).toMatchObject({
    not_a_file: ['check_linked_15m.yml'],
    name: ['check-dashes-15M.yml'],
    not_uploadable: ['check_pointer_15m.yml'],
  });
  expect(missing.not_on_disk).toContain('check_lists_15m.yml');
  expect(text).toContain('a link or submodule: not read, not uploaded, so never run');
  const sent = await harness.call('uploadChecks', { reviewId: structure.reviewId, approved: true });
  expect(sent.structure.exceptions).toContainEqual({
    cause: 'not_a_file',
    files: ['check_linked_15m.yml'],
    total: 1,
  });
  const keys = harness.keys(`${configs}/15m/2x/`).join();
  for (const name of ['check_linked', 'check-dashes', 'check_pointer', 'check_lists'])
    expect(keys).not.toContain(name);
});

test('the changes file names every check that runs at 1x, however many there are', async () => {
  const harness = await toolHarness();
  const names = Array.from(
    { length: 24 },
    (_, index) => `no_literal_${String(index + 1).padStart(2, '0')}_15m.yml`,
  );
  onMain(harness, () => {
    for (const name of names)
      harness.write(name, 'where: lookback_hours = 3 and status is null\nexpect: 0\n');
    harness.write(
      'only_minutes_15m.yml',
      "checks:\n  - where: created_at >= current_timestamp - INTERVAL '90' minute\n",
    );
  });
  const scaled = await harness.call('scaleConfigs', { load: 2 });
  expect(scaled.structure.summary).toContain('2x: 23 of 56 15m checks scaled; 33 run at 1x.');
  const text = changesFile(scaled);
  for (const name of names) expect(text).toContain(`  ${name}: no interval\n`);
  expect(text).toContain('  only_minutes_15m.yml: another unit\n');
});

test('an interval that only bounds from above reads less, so it carries no load', async () => {
  const harness = await toolHarness();
  onMain(harness, () => harness.edit('check_identity_matches_daily.yml', 'matched_at >=', 'matched_at <'));
  const { structure, text } = await harness.call('scaleConfigs', { load: 8, schedule: 'daily' });
  expect(structure.coverage).toMatchObject({
    checks: 13,
    scaled: 12,
    narrows: ['check_identity_matches_daily.yml'],
    longest: [{ file: 'check_identity_matches_daily.yml', window: '248 days' }],
  });
  expect(structure.summary).toContain(
    '8x: 12 of 13 daily checks scaled (1 of them reads less); 1 runs at 1x.',
  );
  expect(text).toContain(
    'Read less at a higher load (only an upper bound grows): check_identity_matches_daily.yml',
  );
  expect(text).toContain('248 days (check_identity_matches_daily.yml); does the table keep that much?');
});

test('the coverage is that of the bucket: a stale object runs too, until it is removed', async () => {
  const harness = await toolHarness();
  harness.aws.s3.buckets.put(bucketName, `${configs}/15m/2x/check_gone_15m.yml`, Buffer.from('name: gone\n'));
  await openRound(harness, { load: 2, scope: 'schedule' });
  const round = async () => (await harness.ports().sessions.load()).rounds.at(-1);
  expect((await round())?.coverage).toMatchObject({ checks: 32, scaled: 23, unscaledTotal: 9 });
  expect((await round())?.coverage?.unscaled).toContainEqual({
    file: 'check_gone_15m.yml',
    why: 'not in the repository',
  });
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  await harness.call('uploadChecks', { reviewId, removeStale: true });
  // The round has not run yet: it will run what the prefix holds now.
  expect((await round())?.coverage).toMatchObject({ checks: 31, scaled: 23, unscaledTotal: 8 });
});

test('an hourly level is scaled by its DAG run, table metrics are not, and load 1 is exempt', async () => {
  const harness = await toolHarness();
  const hourly = await harness.call('scaleConfigs', { load: 4, schedule: 'hourly' });
  expect(hourly.structure).toMatchObject({ status: 'unchanged', coverage: { checks: 12, scaled: 12 } });
  const sent = await harness.call('uploadChecks', { reviewId: hourly.structure.reviewId });
  expect(sent.structure.coverage).toMatchObject({ checks: 18, scaled: 12, unscaledTotal: 6, kinds: 6 });
  const one = await harness.call('scaleConfigs', { load: 1, schedule: '15m' });
  expect(one.structure.status).not.toBe('needs_decision');
  expect(one.structure.summary).not.toContain('scaled;');
});
