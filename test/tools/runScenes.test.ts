/** Scenes about runs: each asserts what is said against EMR's records, the bucket and the journal. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bucketName } from '../../sandbox/world/environment.ts';
import { runWait } from '../../src/interfaces/cli/wait.ts';
import {
  type Harness,
  openRound,
  prepareWorld,
  reportedLevel,
  reportJson,
  runToEnd,
  type Structure,
  toolHarness,
  uploadLevel,
} from './toolHarness.ts';

prepareWorld();
const look = { waitSeconds: 0 };
const level = (load: number) => ({ load, scope: 'schedule' });
const dagKey = 'dags/datalake/audit_loadtest/yang_audit_load_test.py';

const clusterOf = (harness: Harness, id: string) => {
  const cluster = harness.aws.simulation.clusters.get(id);
  if (cluster === undefined) throw new Error(`no cluster ${id}`);
  return cluster;
};

/** Everything but the bucket, to which EMR delivers logs meanwhile. */
function ours(harness: Harness): unknown {
  const { bucket: _, ...rest } = harness.everything() as { bucket: unknown };
  return rest;
}

/** Ids of a report's steps. */
function stepIds({ directory }: Structure): string[] {
  const { steps } = reportJson({ directory });
  return steps.map(({ id }: { id: string }) => id);
}

async function fail(harness: Harness, clusterId: string): Promise<void> {
  const body = JSON.stringify({ code: 'INSTANCE_FAILURE', message: 'core nodes were lost' });
  const url = `${harness.aws.endpoint}/_sandbox/clusters/${clusterId}/fail`;
  expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
}

/** Time limits end at once, so that a call under permanent throttling takes no real time. */
function endTimeLimits(harness: Harness): void {
  Object.assign(harness.ports().clock, {
    timer(ms: number, due: () => void) {
      // Not the budget of a whole call, which is the longest.
      const pending = setTimeout(due, ms > 45_000 ? ms : 1);
      return () => clearTimeout(pending);
    },
  });
}

test('of two runs that could be the round, the warning claims no number of active steps', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  harness.trigger();
  harness.minutes(2);
  const second = harness.trigger();
  harness.minutes(6);
  const { remarks } = (await harness.call('scaleConfigs', level(4))).structure;
  expect(remarks[0]).toBe(
    `Round 1 (2x 15m) is still running on ${second} (${clusterOf(harness, second).state}); uploads wait until it is done.`,
  );
});

test('two triggers: the user is asked which run counts, and no step is in two reports', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const first = harness.trigger();
  harness.minutes(2);
  const second = harness.trigger();
  harness.minutes(200);
  let asked: Structure[] = [];
  for (const tool of ['pollCluster', 'buildReport', 'markRound']) {
    const given = tool === 'markRound' ? { already: true } : tool === 'pollCluster' ? look : {};
    const before = ours(harness);
    const { structure } = await harness.call(tool, given);
    expect(structure).toMatchObject({ status: 'needs_decision', load: 2, schedule: '15m' });
    const byId = new Map(structure.possibleRuns.map((run: Structure) => [run.clusterId, run]));
    expect([...byId.keys()].sort()).toEqual([first, second].sort());
    expect(byId.get(first)).toMatchObject({ steps: 8, load: 2, schedule: '15m', active: false });
    expect(Date.parse((byId.get(second) as Structure).startedAt)).toBe(clusterOf(harness, second).createdMs);
    expect(ours(harness)).toEqual(before);
    if (tool !== 'markRound') asked = structure.possibleRuns;
  }
  expect(asked.map(({ clusterId }) => clusterId)).toEqual([first, second]);
  // The question about an edit of a round is answered by an edit of that round.
  const edit = { round: 1, already: true, note: 'which' };
  const about = (await harness.call('markRound', edit)).structure;
  expect(about.callAgain.arguments).toEqual({ ...edit, clusterId: first });
  const chosen = (await harness.call('markRound', { clusterId: second })).structure;
  expect(chosen.summary).toContain(`is the run on ${second}`);
  // The other one ran beside it from before its start.
  const polled = (await harness.call('pollCluster', look)).structure;
  expect(polled.otherRuns).toMatchObject([{ clusterId: first, steps: 8 }]);
  expect(polled.warnings.join()).toContain(`The run on ${first} ran at the same time`);
  const beside = (await harness.call('buildReport')).structure.warnings.join();
  expect(beside).toContain(`is not in this report: ${first} (2x 15m`);
  const one = (await harness.call('markRound', { round: 1, clusterId: first })).structure;
  expect(one).toMatchObject({ status: 'moved', round: 1 });
  const two = (await harness.call('markRound', { clusterId: second })).structure;
  expect(two).toMatchObject({ status: 'marked', round: 2 });
  expect((await harness.call('markRound', { clusterId: second })).structure).toMatchObject({
    status: 'noted',
    round: 2,
  });
  const reports = [
    (await harness.call('buildReport', { round: 1 })).structure,
    (await harness.call('buildReport', { round: 2 })).structure,
  ];
  expect(reports.map(({ clusterId }) => clusterId)).toEqual([first, second]);
  const ids = reports.flatMap(stepIds);
  expect(ids).toHaveLength(16);
  expect(new Set(ids).size).toBe(16);
});

test('a second run beside a known one is named with its steps, and is in no report until it is marked', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const first = harness.trigger();
  harness.minutes(6);
  await harness.call('pollCluster', look);
  const second = harness.trigger();
  harness.minutes(200);
  const polled = (await harness.call('pollCluster', look)).structure;
  expect(polled).toMatchObject({
    status: 'done',
    clusterId: first,
    otherRuns: [{ clusterId: second, steps: 8 }],
  });
  expect(polled.warnings.join()).toContain(`The run on ${second} ran at the same time`);
  const report = (await harness.call('buildReport')).structure;
  expect(report).toMatchObject({ status: 'built', round: 1, clusterId: first });
  expect(report.warnings.join()).toContain(`is not in this report: ${second} (2x 15m`);
  expect((await harness.call('showSession')).structure.otherRuns).toMatchObject([{ clusterId: second }]);
  expect((await harness.call('markRound', { already: true })).structure).toMatchObject({ round: 2 });
  const other = (await harness.call('buildReport')).structure;
  expect(other).toMatchObject({ round: 2, clusterId: second });
  expect(stepIds(other).filter((id) => stepIds(report).includes(id))).toEqual([]);
  expect((await harness.call('showSession')).structure.otherRuns).toEqual([]);
});

test('triggered before Airflow read the new DAG: the load that ran is said at once, and is in the verdict', async () => {
  const harness = await toolHarness();
  await reportedLevel(harness, level(2));
  const old = harness.object(dagKey) ?? '';
  await openRound(harness, level(4));
  const fresh = harness.object(dagKey) ?? '';
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from(old));
  const clusterId = harness.trigger();
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from(fresh));
  expect(clusterOf(harness, clusterId).name).toContain('_2x_');
  const starting = (await harness.call('pollCluster', look)).structure;
  expect(starting).toMatchObject({ clusterId, round: 2, load: 2 });
  expect(starting.warnings.join()).toContain('Runs at 2x, not at 4x, by the names of its cluster');
  harness.minutes(6);
  const running = (await harness.call('pollCluster', look)).structure;
  expect(running.warnings.join()).toContain('Runs at 2x, not at 4x, by the names of its steps');
  expect(running.nextSteps[0]).toContain('trigger the DAG again for 4x');
  harness.minutes(200);
  expect((await harness.call('pollCluster', look)).structure.warnings.join()).toContain(
    'Runs at 2x, not at 4x',
  );
  const report = (await harness.call('buildReport')).structure;
  expect(report).toMatchObject({ round: 2, load: 2 });
  expect(report.verdict).toContain('It ran at 2x, not at 4x as asked.');
  expect((await harness.call('showSession')).structure.rounds[1]).toMatchObject({ load: 2, markedLoad: 4 });
});

test('a run of the asked load is the round’s, one of another load is another run', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const old = harness.object(dagKey) ?? '';
  harness.minutes(1);
  await openRound(harness, level(4));
  const fresh = harness.object(dagKey) ?? '';
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from(old));
  const wrong = harness.trigger();
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from(fresh));
  const right = harness.trigger();
  harness.minutes(6);
  expect((await harness.call('pollCluster', { ...look, schedule: '15m' })).structure).toMatchObject({
    clusterId: right,
    load: 4,
    otherRuns: [{ clusterId: wrong, load: 2 }],
  });
});

test('a cluster that waits for its first step counts as running', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const reviewId = (await harness.call('reviewConfigs')).structure.reviewId;
  const cluster = clusterOf(harness, harness.trigger());
  await harness.call('pollCluster', look);
  cluster.state = 'WAITING';
  delete cluster.phaseEndsMs;
  const before = harness.everything();
  for (const [tool, given] of [
    ['uploadChecks', { reviewId, approved: true }],
    ['uploadDags', { load: 2 }],
    ['markRound', {}],
  ] as const)
    expect(await harness.refusal(tool, given)).toMatch(
      /^WRONG_STATE: Round 1 \(2x 15m\) is (still )?running on j-\w+ \(WAITING, 0 active steps\)/,
    );
  expect(harness.everything()).toEqual(before);
});

test('a wrong cluster id names the round’s own cluster', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const own = await runToEnd(harness);
  for (const tool of ['pollCluster', 'buildReport'])
    expect(await harness.refusal(tool, { clusterId: 'j-0000000000000' })).toBe(
      `NOT_FOUND: EMR knows no cluster j-0000000000000. Round 1 (2x 15m) ended on ${own}. Nothing was changed. Next: call again without clusterId for round 1, whose cluster is ${own}; or check the id in the EMR console, and AWS_PROFILE and AWS_REGION in .env.`,
    );
});

test('nothing triggered yet is a status that comes at once; a run before the mark is offered', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  await runToEnd(harness);
  const early = harness.trigger();
  harness.minutes(1);
  await harness.call('uploadDags', { load: 2 }).catch(() => undefined);
  await harness.ports().sessions.record(() => [
    {
      type: 'roundOpened',
      load: 2,
      schedule: '15m',
      startedAt: new Date(harness.aws.clock.nowMs()).toISOString(),
      clock: { source: 'aws', skewSeconds: 0 },
      by: 'markRound',
    },
  ]);
  const before = harness.aws.clock.nowMs();
  const { structure } = await harness.call('pollCluster');
  expect(harness.aws.clock.nowMs()).toBe(before);
  expect(structure).toMatchObject({ status: 'no_run_yet', round: 2, done: false, pollAfterSeconds: 30 });
  expect(structure.otherRuns).toMatchObject([{ clusterId: early }]);
  expect(structure.nextSteps[0]).toContain(`call markRound with clusterId: ${early}`);
  expect((await harness.call('markRound', { clusterId: early })).structure).toMatchObject({
    status: 'moved',
    round: 2,
  });
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({ round: 2, clusterId: early });
});

test('an interrupted 2x: no failure of the check, said to be undecided, and told by showSession', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const clusterId = harness.trigger();
  harness.minutes(5);
  await fail(harness, clusterId);
  harness.minutes(30);
  await harness.call('pollCluster', look);
  const two = (await harness.call('buildReport')).structure;
  const [round] = (await harness.call('showSession')).structure.rounds;
  expect(round).toMatchObject({
    dagId: 'yang_audit_load_test_15m',
    end: 'cluster_failed',
    clusterFailure: 'INSTANCE_FAILURE',
    outcome: 'not_decided',
    failed: 1,
    committed: false,
  });
  expect(round.failures.map(({ cause }: { cause: string }) => cause)).toContain('Column not found');
  await reportedLevel(harness, level(4));
  const { directory } = (await harness.call('buildReport')).structure;
  const report = reportJson({ directory });
  const interrupted = reportJson(two).steps.flatMap(({ state, check }: { state: string; check: string }) =>
    state === 'INTERRUPTED' ? check : [],
  );
  expect(interrupted.length).toBeGreaterThan(0);
  for (const { alsoFailedAt } of report.failures)
    for (const { check } of alsoFailedAt) expect(interrupted).not.toContain(check);
  const compared = (await harness.call('compareReports', { baseline: '2x', candidate: '4x' })).structure;
  expect(compared.undecided).toEqual(['baseline']);
  expect(compared.summary).toMatch(/^The round of 2x \(.*\) was not decided/);
});

test('a cluster that failed before its first step is not forgotten', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const clusterId = harness.trigger();
  harness.minutes(1);
  await fail(harness, clusterId);
  expect((await harness.call('pollCluster', look)).structure).toMatchObject({
    status: 'ended_without_steps',
  });
  const { rounds, nextSteps } = (await harness.call('showSession')).structure;
  expect(rounds).toMatchObject([{ clusterId, end: 'cluster_failed', clusterFailure: 'INSTANCE_FAILURE' }]);
  expect(nextSteps.join()).not.toContain('pollCluster until the round is done');
});

test('two schedules at once: each run has its round, and the session follows the latest', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  const quarter = harness.trigger('15m');
  await harness.call('pollCluster', look);
  await harness.call('markRound', { schedule: 'hourly' });
  const hourly = harness.trigger('hourly');
  harness.minutes(6);
  const polled = [
    (await harness.call('pollCluster', { ...look, schedule: '15m' })).structure,
    (await harness.call('pollCluster', look)).structure,
  ];
  expect(polled).toMatchObject([
    { clusterId: quarter, round: 1 },
    { clusterId: hourly, round: 2 },
  ]);
  expect(polled.map(({ otherRuns }) => otherRuns)).toEqual([[], []]);
  expect((await harness.call('showSession')).structure.schedule).toBe('hourly');
  harness.minutes(200);
  const reports = [];
  for (const round of [1, 2]) reports.push((await harness.call('buildReport', { round })).structure);
  expect(reports.map(({ schedule }) => schedule)).toEqual(['15m', 'hourly']);
  expect(new Set(reports.flatMap(stepIds)).size).toBe(reports.flatMap(stepIds).length);
});

test('two people: somebody else’s active run is told once before anything is changed', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const theirs = harness.trigger();
  // Another checkout on the same account.
  await harness.restart({ STATE_DIR: join(harness.directory, 'theirs') });
  const { reviewId, remarks } = (await harness.call('scaleConfigs', { ...level(4), overwriteEdits: true }))
    .structure;
  expect(remarks.join()).toContain(`${theirs} (2x 15m`);
  expect(remarks).toContain('The DAG in the bucket has LOAD = 2, from no upload of this session.');
  const bucket = harness.keys('').map((key) => [key, harness.object(key)]);
  const asked = (await harness.call('uploadChecks', { reviewId, approved: true })).structure;
  expect(asked.status).toBe('awaiting_approval');
  expect(asked.summary).toContain(theirs);
  expect(harness.keys('').map((key) => [key, harness.object(key)])).toEqual(bucket);
  const sent = (await harness.call('uploadChecks', { reviewId, approved: true })).structure;
  expect(sent.warnings).toContain('The DAG in the bucket has LOAD = 2, from no upload of this session.');
  expect((await harness.call('showSession')).structure.otherRuns).toMatchObject([
    { clusterId: theirs, load: 2 },
  ]);
  const dag = (await harness.call('uploadDags', { load: 4 })).structure;
  expect(dag).toMatchObject({ status: 'needs_overwrite', remoteLoad: 2 });
  expect(harness.object(dagKey)).toContain('\nLOAD = 2\n');
});

test('a run is told once, also when it is no longer among the runs that were seen last', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const early = harness.trigger();
  harness.minutes(5);
  await harness.call('pollCluster', look);
  // Its steps hang.
  for (const step of clusterOf(harness, early).steps)
    if (step.endsMs !== undefined) step.endsMs += 24 * 3_600_000;
  await harness.restart({ STATE_DIR: join(harness.directory, 'theirs') });
  const { reviewId } = (await harness.call('scaleConfigs', { ...level(4), overwriteEdits: true })).structure;
  const upload = async () => (await harness.call('uploadChecks', { reviewId, approved: true })).structure;
  const isTold = (told: Structure) => [told.status, told.summary.includes(early)];
  expect(isTold(await upload())).toEqual(['awaiting_approval', true]);
  expect((await upload()).status).toBe('uploaded');
  harness.minutes(180);
  await harness.call('uploadDags', { load: 4, overwrite: true });
  await runToEnd(harness);
  const session = (await harness.call('showSession')).structure;
  expect(session.otherRuns ?? []).toEqual([]);
  expect(clusterOf(harness, early).steps.some(({ state }) => state === 'RUNNING')).toBe(true);
  expect((await upload()).status).toBe('unchanged');
  const late = harness.trigger();
  const asked = await upload();
  expect(isTold(asked)).toEqual(['awaiting_approval', false]);
  expect(asked.summary).toContain(late);
});

test('a LOAD in the bucket that somebody else wrote is told by the mark', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const text = harness.object(dagKey) ?? '';
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from(text.replace(/^LOAD = 2$/m, 'LOAD = 8')));
  const { structure } = await harness.call('markRound');
  expect(structure.load).toBe(8);
  expect(structure.warnings).toContain(
    'The DAG in the bucket has LOAD = 8, not the 2x that this session uploaded last: somebody else changed it.',
  );
});

test('under permanent throttling a mark is stamped first, and says what it could not look at', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  await runToEnd(harness);
  endTimeLimits(harness);
  await harness.fault({ service: 'emr', error: 'ThrottlingException' });
  const { structure } = await harness.call('markRound');
  expect(structure).toMatchObject({ status: 'marked', round: 2 });
  expect(Date.parse(structure.startedAt)).toBe(harness.aws.clock.nowMs());
  expect(structure.warnings.join()).toMatch(/This could not be looked at: whether a round is running/);
  expect(await harness.refusal('markRound', { clusterId: 'j-2ABCDEFG12345' })).toMatch(/^UPSTREAM: /);
  // The retries end, or the time limit does.
  expect(await harness.refusal('pollCluster', look)).toMatch(
    /^UPSTREAM: AWS (did not answer in time|throttled the requests)/,
  );
  expect(await harness.refusal('buildReport')).toMatch(
    /^UPSTREAM: AWS (did not tell the steps in time|throttled the requests)/,
  );
  const scaled = (await harness.call('scaleConfigs', level(4))).structure;
  expect(scaled.remarks.join()).toContain('This could not be looked at: whether a round is running');
});

test('before the first round, an upload under permanent throttling goes on and says what it could not look at', async () => {
  const harness = await toolHarness();
  endTimeLimits(harness);
  await harness.fault({ service: 'emr', error: 'ThrottlingException' });
  const { structure: setup } = await harness.call('checkSetup');
  expect(setup.checks).toContainEqual(
    expect.objectContaining({ name: 'EMR', ok: false, detail: 'EMR did not answer within 15 s.' }),
  );
  const { structure: scaled } = await harness.call('scaleConfigs', level(2));
  const { structure } = await harness.call('uploadChecks', { reviewId: scaled.reviewId, approved: true });
  expect(structure.status).toBe('uploaded');
  expect(structure.warnings.join()).toMatch(/could not be looked at: whether somebody else's run is active/);
});

test('a cluster that stays up is told with its idle time, its cost and its end, and the end comes true', async () => {
  const prices = join(import.meta.dirname, '../../docs/prices.example.json');
  const harness = await toolHarness({ env: { PRICE_TABLE: prices } });
  await openRound(harness, level(2));
  const clusterId = harness.trigger('15m', { keep_cluster: true });
  harness.minutes(60);
  const { stillUp } = (await harness.call('pollCluster', look)).structure;
  expect(stillUp).toMatchObject({ clusterId, usdPerHour: expect.any(Number) });
  const ended = Math.max(...clusterOf(harness, clusterId).steps.map(({ endedMs }) => endedMs ?? 0));
  expect(stillUp.idleSeconds).toBe(Math.round((harness.aws.clock.nowMs() - ended) / 1000));
  expect(Date.parse(stillUp.endsAt)).toBe(ended + 3600_000);
  expect((await harness.call('buildReport')).structure.stillUp).toEqual(stillUp);
  harness.minutes((Date.parse(stillUp.endsAt) - harness.aws.clock.nowMs()) / 60_000 + 2);
  expect((await harness.call('buildReport')).structure.stillUp).toBeUndefined();
  expect(clusterOf(harness, clusterId).state).toBe('TERMINATED');
});

test('a round whose window has passed is told while it runs', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(16));
  harness.trigger();
  harness.minutes(22);
  const { structure } = await harness.call('pollCluster', look);
  expect(structure.done).toBe(false);
  expect(structure.elapsedSeconds).toBeGreaterThan(900);
  expect(structure.warnings.join()).toContain('The 15-minute window has passed with');
});

test('wait blocks until the round is done, and its exit status is the outcome', async () => {
  const harness = await toolHarness();
  await openRound(harness, level(2));
  const lines: string[] = [];
  const shell = {
    out: (text: string) => void lines.push(text),
    err: (text: string) => void lines.push(text),
    signal: new AbortController().signal,
  };
  const time = {
    now: () => harness.aws.clock.nowMs(),
    pause: async (ms: number) => void harness.aws.advance(ms / 60_000),
  };
  const wait = (...args: string[]) => runWait(args, async () => harness.ports(), shell, time);
  harness.trigger();
  expect(await wait('--schedule', '15m')).toBe(3);
  expect(lines.at(-1)).toContain('is done: 8 steps in');
  expect(lines.at(-1)).toContain('1 failed');
  expect(await wait('--schedule', 'weekly')).toBe(2);
  expect(await wait('--schedule', 'daily')).toBe(1);
  expect(lines.at(-1)).toMatch(/^NOT_FOUND: No round is known for daily/);
});

test('an edit of checks does not hide whose campaign a round is of', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, level(2));
  await harness.call('uploadDags');
  const base = harness.git('merge-base', 'HEAD', 'main').trim();
  const [round] = (await harness.ports().sessions.load()).rounds;
  expect(round?.baseCommit).toBe(base);
});
