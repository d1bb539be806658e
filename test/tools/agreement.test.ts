/** showSession, commitResults, git and the bucket say the same of what is committed, in every scene. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import {
  type Harness,
  openRound,
  prepareWorld,
  reportedLevel,
  runToEnd,
  type Structure,
  toolHarness,
  uploadLevel,
} from './toolHarness.ts';

prepareWorld();
const level = (load: number) => ({ load, scope: 'schedule' });

const show = async (harness: Harness): Promise<Structure> => (await harness.call('showSession')).structure;

/** Whether some commit has exactly the bytes that the bucket has at this level. */
function isInGit(harness: Harness, { schedule, load }: Structure): boolean {
  const prefix = `checks_load_test/configs/${schedule}/${load}x/`;
  const objects = harness.keys(prefix).map((key) => [key.slice(prefix.length), harness.object(key)] as const);
  const commits = ['main', ...harness.git('rev-list', 'main..HEAD').split('\n').filter(Boolean)];
  return commits.some((commit) =>
    objects.every(([path, text]) => {
      const at = `${checksPath}/${path}`;
      // Table metrics come from production, whatever the repository has.
      const isTracked =
        !path.endsWith('_table_metrics.yml') && harness.git('ls-tree', '--name-only', commit, at) !== '';
      return !isTracked || harness.git('show', `${commit}:${at}`) === text;
    }),
  );
}

/** Whether HEAD of the reports' repository has this report as it is on disk. */
function isReportInGit(harness: Harness, { report }: Structure): boolean {
  return ['report.md', 'report.json'].every((name) => {
    const path = `reports/${report}/${name}`;
    const isTracked = harness.projectGit('ls-tree', '--name-only', 'HEAD', path) !== '';
    const text = readFileSync(join(harness.project, path), 'utf8');
    return isTracked && harness.projectGit('show', `HEAD:${path}`) === text;
  });
}

/** What showSession says against git and the bucket. Returns it. */
async function agreed(harness: Harness): Promise<Structure> {
  const shown = await show(harness);
  for (const upload of shown.uploaded ?? []) {
    if (upload.committed) expect(isInGit(harness, upload), JSON.stringify(upload)).toBe(true);
    else if (upload.schedule === '15m') expect(isInGit(harness, upload), JSON.stringify(upload)).toBe(false);
  }
  for (const round of shown.rounds ?? [])
    expect(round.committed, JSON.stringify(round)).toBe(
      round.report !== undefined && isReportInGit(harness, round),
    );
  return shown;
}

/** Commits, and checks that the answer is about what showSession said before and says afterwards. */
async function commit(harness: Harness, given: Structure = {}): Promise<Structure> {
  const before = await agreed(harness);
  const { structure } = await harness.call('commitResults', given);
  const after = await agreed(harness);
  const of = ({ rounds = [] }: Structure) => rounds.filter(({ load }: Structure) => load === structure.load);
  expect(of(after).length).toBe(of(before).length);
  if (structure.status !== 'committed' && structure.status !== 'unchanged') {
    expect(after.rounds).toEqual(before.rounds);
    expect(after.uploaded).toEqual(before.uploaded);
    return structure;
  }
  for (const round of of(after)) expect(round.committed).toBe(round.report !== undefined);
  for (const upload of after.uploaded ?? [])
    if (upload.load === structure.load) expect(upload.committed).toBe(true);
  return structure;
}

test('uploaded and never run: both say that nothing is committed, then that the configs are', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, level(2));
  expect(await commit(harness)).toMatchObject({ status: 'needs_decision', load: 2 });
  expect(await commit(harness, { withoutReport: true })).toMatchObject({ status: 'committed', load: 2 });
  expect((await show(harness)).uploaded).toMatchObject([{ load: 2, schedule: '15m', committed: true }]);
});

test('a level with its report, committed twice', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  expect(await commit(harness)).toMatchObject({ status: 'committed', load: 2 });
  expect(await commit(harness)).toMatchObject({ status: 'unchanged', load: 2 });
});

test('a report that was built again with other bytes is not called committed until it is', async () => {
  const harness = await toolHarness();
  const { directory } = await reportedLevel(harness, level(2));
  await commit(harness);
  await reportedLevel(harness, level(4));
  const before = readFileSync(join(directory, 'report.json'), 'utf8');
  await harness.call('buildReport', { round: 1 });
  expect(readFileSync(join(directory, 'report.json'), 'utf8')).not.toBe(before);
  expect((await agreed(harness)).rounds).toMatchObject([{ committed: false }, { committed: false }]);
  expect(await commit(harness, { load: 2 })).toMatchObject({ status: 'committed', target: { files: 6 } });
  expect(await commit(harness)).toMatchObject({ status: 'committed', load: 4 });
});

test('4x on disk and uploaded before 2x was committed: 2x is what ran, so 2x is committed', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  await openRound(harness, level(4));
  const shown = await agreed(harness);
  expect(shown).toMatchObject({ disk: { load: 4 }, rounds: [{ load: 2 }, { load: 4 }] });
  expect(await commit(harness)).toMatchObject({ status: 'committed', load: 2 });
  expect(await commit(harness)).toMatchObject({ status: 'needs_decision', load: 4 });
});

test('a failed cluster stays in both: its end in showSession, its report in the commit', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const clusterId = harness.trigger();
  harness.minutes(5);
  const body = JSON.stringify({ code: 'INSTANCE_FAILURE', message: 'core nodes were lost' });
  await fetch(`${harness.aws.endpoint}/_sandbox/clusters/${clusterId}/fail`, { method: 'POST', body });
  harness.minutes(30);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await harness.call('buildReport');
  const failed = { clusterId, end: 'cluster_failed', clusterFailure: 'INSTANCE_FAILURE' };
  expect((await agreed(harness)).rounds).toMatchObject([{ ...failed, outcome: 'not_decided' }]);
  expect(await commit(harness)).toMatchObject({ status: 'committed', load: 2 });
  await harness.restart();
  expect((await agreed(harness)).rounds).toMatchObject([{ ...failed, committed: true }]);
});

test('a commit that stopped between the repositories is told as interrupted, and finished by the same call', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  const head = harness.projectGit('rev-parse', 'HEAD');
  writeFileSync(join(harness.project, '.git/MERGE_HEAD'), head);
  await harness.refusal('commitResults');
  expect(existsSync(join(harness.repo, '.git/index.lock'))).toBe(false);
  const shown = await show(harness);
  expect(shown).toMatchObject({ interrupted: { tool: 'commitResults' }, rounds: [{ committed: false }] });
  rmSync(join(harness.project, '.git/MERGE_HEAD'));
  const { tool, arguments: given } = shown.callAgain;
  expect(tool).toBe('commitResults');
  await harness.call(tool, given);
  expect((await agreed(harness)).interrupted).toBeUndefined();
});

test('two schedules of one load are committed together, each with its report', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, { load: 2 });
  await harness.call('markRound', { schedule: 'daily' });
  await runToEnd(harness, 'daily');
  await agreed(harness);
  await harness.call('buildReport');
  expect(await commit(harness)).toMatchObject({ status: 'committed', load: 2 });
  expect((await show(harness)).rounds).toMatchObject([
    { schedule: '15m', committed: true },
    { schedule: 'daily', committed: true },
  ]);
});

test('an abandoned round is in neither', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  harness.trigger();
  harness.minutes(4);
  await harness.call('pollCluster', { waitSeconds: 0 });
  await harness.call('scaleConfigs', { ...level(4), abandon: true });
  expect((await agreed(harness)).rounds).toMatchObject([{ end: 'abandoned', committed: false }]);
  expect(await commit(harness, { load: 2 })).toMatchObject({ status: 'needs_decision', reports: null });
});
