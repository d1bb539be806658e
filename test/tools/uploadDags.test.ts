import { EventEmitter } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Interface } from 'node:readline/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bucketName } from '../../sandbox/world/environment.ts';
import { approve } from '../../src/interfaces/cli/approve.ts';
import { runTool } from '../../src/interfaces/cli/cli.ts';
import {
  type Harness,
  normalise,
  openRound,
  prepareWorld,
  runToEnd,
  toolHarness,
  uploadLevel,
} from './toolHarness.ts';

prepareWorld();
const folder = 'dags/datalake/audit_loadtest';
const dagKey = `${folder}/yang_audit_load_test.py`;
const loadIn = (text: string | undefined) => /^LOAD = (\d+)/m.exec(text ?? '')?.[1];
const dagOf = (harness: Harness) => readFileSync(harness.env.DAG_FILE ?? '', 'utf8');
const inDag = (harness: Harness, change: (dag: string) => string) =>
  writeFileSync(harness.env.DAG_FILE ?? '', change(dagOf(harness)));

test('a first upload sends the DAG with its LOAD and the three cluster configs, and opens a round', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: '2x' });
  const { text, structure } = await harness.call('uploadDags');
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Uploaded 4 files with LOAD = 2 and opened round 1. Airflow shows it after 30 s to 6 min.

    Status: uploaded
    Load: 2
    LOAD in the DAG file before: 2
    The bucket had no DAG yet.
      - new: dags/datalake/audit_loadtest/yang_audit_load_test.py
      - new: dags/datalake/audit_loadtest/cluster_configs/yang_audit_load_test_cluster_15m.json
      - new: dags/datalake/audit_loadtest/cluster_configs/yang_audit_load_test_cluster_hourly.json
      - new: dags/datalake/audit_loadtest/cluster_configs/yang_audit_load_test_cluster_daily.json
    DAG ids:
      - yang_audit_load_test_15m
      - yang_audit_load_test_hourly
      - yang_audit_load_test_daily
    Round: 1

    → Ask the user to trigger yang_audit_load_test_15m in Airflow, but only when its tag there is load_2x.
    → Then call pollCluster until the round is done."
  `);
  expect(structure).toMatchObject({
    status: 'uploaded',
    load: 2,
    previousLoad: 2,
    remoteLoad: null,
    round: 1,
  });
  expect(loadIn(harness.object(dagKey))).toBe('2');
  expect(harness.keys(`${folder}/cluster_configs`)).toHaveLength(3);
});

test('one level up, LOAD is rewritten on disk and in the bucket, and listed in the changes', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  await uploadLevel(harness, { load: 4 });
  const before = dagOf(harness);
  const { text, structure } = await harness.call('uploadDags');
  expect(structure).toMatchObject({ status: 'uploaded', load: 4, previousLoad: 2, remoteLoad: 2, round: 2 });
  expect(structure.changes).toEqual([{ file: 'yang_audit_load_test.py', path: 'LOAD', from: '2', to: '4' }]);
  expect(text).toContain('yang_audit_load_test.py LOAD: 2 → 4');
  expect(dagOf(harness)).toBe(before.replace(/^LOAD = 2/m, 'LOAD = 4'));
  expect(harness.object(dagKey)).toBe(dagOf(harness));
});

test('a repeated call sends nothing and opens no second round', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const { structure } = await harness.call('uploadDags');
  expect(structure).toMatchObject({ status: 'unchanged', load: 2, remoteLoad: 2 });
  expect(structure).not.toHaveProperty('round');
  expect([structure.summary, ...structure.nextSteps]).toMatchInlineSnapshot(`
    [
      "The bucket already has this DAG with LOAD = 2 and these cluster configs; nothing was sent. Round 1 is open and waits for its run.",
      "Ask the user to trigger yang_audit_load_test_15m in Airflow, but only when its tag there is load_2x.",
      "Then call pollCluster until the round is done.",
    ]
  `);
  expect((await harness.call('showSession')).structure.rounds).toHaveLength(1);
});

test('a placeholder instead of the audit runner is warned about', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  const file = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('audit-runner/', 'PATH_OF_YOUR_AUDIT_RUNNER/'));
  expect((await harness.call('uploadDags')).structure.warnings.join()).toMatch(
    /Cluster config 15m: AuditStep\.Args: .*PATH_OF_YOUR_AUDIT_RUNNER, so every step would fail/,
  );
});

test('"Performance is slow, I’ll update cluster config and rerun 2x": the changed setting is listed, and a round opens', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  const file = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  const { StepConcurrencyLevel } = config;
  writeFileSync(file, JSON.stringify({ ...config, StepConcurrencyLevel: StepConcurrencyLevel + 4 }, null, 2));
  const { structure } = await harness.call('uploadDags');
  expect(structure).toMatchObject({ status: 'uploaded', round: 2 });
  expect(structure.changes).toEqual([
    {
      file: 'cluster_configs/yang_audit_load_test_cluster_15m.json',
      path: 'StepConcurrencyLevel',
      from: String(StepConcurrencyLevel),
      to: String(StepConcurrencyLevel + 4),
    },
  ]);
});

test('without load, it is the last uploaded one of the session’s schedule, else LOAD stays', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  await uploadLevel(harness, { load: 8, schedule: 'daily', scope: 'schedule' });
  expect((await harness.call('uploadDags')).structure.load).toBe(8);
  const fresh = await toolHarness();
  const key = 'checks_load_test/configs/15m/2x/check_by_hand_15m.yml';
  fresh.aws.s3.buckets.put(bucketName, key, Buffer.from('name: by hand\n'));
  expect((await fresh.call('uploadDags')).structure).toMatchObject({ status: 'uploaded', load: 2 });
});

test('somebody else’s folder is not overwritten without the user’s agreement', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 4 });
  const theirs = dagOf(harness).replace('LOAD = 2', 'LOAD = 2  # theirs');
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from(theirs));
  const before = harness.everything();
  const { structure } = await harness.call('uploadDags', { load: 4 });
  expect(harness.everything()).toEqual(before);
  expect(structure).toMatchObject({ status: 'needs_overwrite', load: 4, remoteLoad: 2 });
  expect([structure.summary, ...structure.nextSteps]).toMatchInlineSnapshot(`
    [
      "The DAG folder exists in the bucket, with 1 file that this session did not upload last. Nothing was uploaded, and LOAD was not changed.",
      "Ask the user: overwrite the folder?",
      "If yes: uploadDags with load 4 and overwrite: true.",
    ]
  `);
  expect(structure.changes.map((change: { path: string }) => change.path)).toEqual(['LOAD', 'other lines']);
  expect((await harness.call('uploadDags', { load: 4, overwrite: false })).structure.status).toBe(
    'needs_overwrite',
  );
  const { tool, arguments: given } = structure.callAgain;
  expect((await harness.call(tool, given)).structure.status).toBe('uploaded');
  expect(harness.object(dagKey)).toBe(dagOf(harness));
});

test('with APPROVAL=terminal no client can overwrite it: the user types it', async () => {
  const asked: string[] = [];
  const harness = await toolHarness({
    env: { APPROVAL: 'terminal' },
    user: (question) => {
      asked.push(question);
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  const { reviewId } = (await harness.call('scaleConfigs', { load: 4 })).structure;
  await approve(reviewId, harness.ports(), typing('yes'));
  await harness.call('uploadChecks', { reviewId });
  const theirs = dagOf(harness).replace('LOAD = 2', 'LOAD = 2  # theirs');
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from(theirs));
  for (const given of [{}, { overwrite: true }]) {
    const { structure } = await harness.call('uploadDags', given);
    expect(structure.status).toBe('needs_overwrite');
    expect(structure.callAgain).toBeUndefined();
    expect(structure.nextSteps[1]).toBe(
      'If yes, the user runs in a terminal: audit-load-test uploadDags --load 4 --overwrite',
    );
  }
  expect(asked).toEqual([]);
  const shell = { out: () => {}, err: () => {}, signal: new AbortController().signal };
  const words = ['--load', '4', '--overwrite'];
  const typed = (word?: string) =>
    runTool('uploadDags', words, async () => harness.ports(), {
      ...shell,
      ...(word === undefined ? {} : { terminal: () => typing(word) }),
    });
  expect(await typed()).toBe(1);
  expect(await typed('no')).toBe(1);
  expect(harness.object(dagKey)).toBe(theirs);
  expect(await typed('yes')).toBe(0);
  expect(harness.object(dagKey)).toBe(dagOf(harness));
});

/** A terminal where somebody types one word. */
function typing(word: string): Interface {
  return Object.assign(new EventEmitter(), { question: async () => word, close: () => undefined }) as never;
}

test('it is overwritten when the user agrees through the client', async () => {
  const asked: string[] = [];
  const harness = await toolHarness({
    user: (question) => {
      asked.push(question);
      return { action: 'accept', content: { decision: 'approve' } };
    },
  });
  await uploadLevel(harness, { load: 2 });
  harness.aws.s3.buckets.put(bucketName, dagKey, Buffer.from('LOAD = 3\n'));
  expect((await harness.call('uploadDags')).structure.status).toBe('uploaded');
  expect(asked.map((question) => question.replace(/[0-9a-f]{12}/, '<digest>'))).toMatchInlineSnapshot(`
    [
      "Overwrite the DAG folder s3://klaviyo-data-platform-orchestration-v1/dags/datalake/audit_loadtest/?
    Not from this session's last upload: yang_audit_load_test.py.
    LOAD in the bucket: 3 → 2.
    Contents: <digest>.",
    ]
  `);
});

test('our own last upload is overwritten without a question, and other objects stay untouched', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  harness.aws.s3.buckets.put(bucketName, `${folder}/notes.txt`, Buffer.from('mine'));
  await uploadLevel(harness, { load: 4 });
  const { structure } = await harness.call('uploadDags');
  expect(structure.status).toBe('uploaded');
  expect(structure.warnings).toEqual([
    `Left untouched in the DAG folder: 1 other object (${folder}/notes.txt).`,
  ]);
  expect(harness.object(`${folder}/notes.txt`)).toBe('mine');
});

test('missing checks of a schedule that is not under test are only warned about', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 4, schedule: 'hourly' });
  const { structure } = await harness.call('uploadDags');
  expect(structure.status).toBe('uploaded');
  expect(structure.warnings).toEqual([
    'The bucket has no 4x checks for 15m: do not trigger its DAG at this load.',
    'The bucket has no 4x checks for daily: do not trigger its DAG at this load.',
  ]);
});

test('an upload that was interrupted after its last byte opens its round when it is called again', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 4, scope: 'schedule' });
  await harness.fault({
    service: 's3',
    operation: 'PutObject',
    keyPrefix: `${folder}/cluster_configs/`,
    error: 'AccessDenied',
  });
  expect(await harness.refusal('uploadDags')).toMatch(/^DENIED: /);
  const { structure } = await harness.call('showSession');
  expect(structure).toMatchObject({ interrupted: { tool: 'uploadDags' } });
  expect(structure).toHaveProperty('rounds', []);
  await harness.fault(undefined);
  // The bytes arrived; what was lost is the record of it.
  for (const schedule of ['15m', 'hourly', 'daily']) {
    const name = `cluster_configs/yang_audit_load_test_cluster_${schedule}.json`;
    harness.aws.s3.buckets.put(
      bucketName,
      `${folder}/${name}`,
      readFileSync(join(harness.project, 'dags', name)),
    );
  }
  await harness.restart();
  // Another tool that began and ended meanwhile does not settle it.
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  expect((await harness.call('uploadChecks', { reviewId })).structure.status).toBe('unchanged');
  expect((await harness.call('uploadDags')).structure).toMatchObject({
    status: 'uploaded',
    load: 4,
    round: 1,
  });
  const after = (await harness.call('showSession')).structure;
  expect(after.rounds).toHaveLength(1);
  expect(after).not.toHaveProperty('interrupted');
});

test.each([
  ['uploadDags', {}],
  ['uploadChecks', { reviewId: '' }],
])('%s refuses while a round’s steps are active, or AWS cannot say', async (tool, given) => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2, scope: 'schedule' });
  harness.trigger();
  harness.minutes(6);
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2, scope: 'schedule' })).structure;
  const call = () => harness.refusal(tool, 'reviewId' in given ? { reviewId } : given);
  const before = harness.everything();
  expect(await call()).toMatch(
    /^WRONG_STATE: Round 1 \(2x 15m\) is still running on j-\w+ \(RUNNING, \d+ active steps\); one level runs at a time\. Nothing was uploaded or triggered\. Next: call pollCluster/,
  );
  await harness.fault({ service: 'emr', error: 'AccessDenied' });
  expect(await call()).toMatch(/^DENIED: /);
  await harness.fault(undefined);
  expect(harness.everything()).toEqual(before);
  await harness.call('scaleConfigs', { load: 2, scope: 'schedule', abandon: true });
  expect((await harness.call(tool, 'reviewId' in given ? { reviewId } : given)).structure.status).toBe(
    'unchanged',
  );
});

// A refused call changes nothing, so these share one world.
let shared: Harness;
let own: string;
beforeAll(async () => {
  shared = await toolHarness({ whenDone: afterAll });
  await uploadLevel(shared, { load: 2, scope: 'schedule' });
  own = dagOf(shared);
});
const refused: [
  what: string,
  spoil: (dag: string) => string,
  given: Record<string, unknown>,
  says: RegExp,
][] = [
  [
    'a load whose checks are not in the bucket',
    (dag) => dag,
    { load: 8 },
    /^WRONG_STATE: There are no 8x checks for 15m in s3:\/\/.*\/15m\/8x\/, .*LOAD was not changed\. Next: call scaleConfigs with load 8/,
  ],
  [
    'a DAG with two LOADs',
    (dag) => `${dag}\nLOAD = 3\n`,
    {},
    /^CONFIG: yang_audit_load_test\.py sets LOAD 2 times/,
  ],
  [
    'a LOAD of 0',
    (dag) => dag.replace(/^LOAD = 2/m, 'LOAD = 0'),
    {},
    /sets LOAD to 0, which is not from 1 to 1000/,
  ],
  [
    'a DAG that reads other configs than were uploaded',
    (dag) => dag.replace('checks_load_test/configs', 'elsewhere/configs'),
    {},
    /^CONFIG: The DAG has CONFIGS_PREFIX = "elsewhere\/configs"/,
  ],
  ['a load of zero', (dag) => dag, { load: 0 }, /^BAD_INPUT: load .*whole number from 1 to 1000/],
  ['a misspelt argument', (dag) => dag, { overwite: true }, /did you mean overwrite\?/],
];
test.each(refused)('%s is refused, and nothing is changed', async (_what, spoil, given, says) => {
  inDag(shared, () => spoil(own));
  const before = shared.everything();
  expect(await shared.refusal('uploadDags', given)).toMatch(says);
  expect(shared.everything()).toEqual(before);
});

test('table metrics do not count as checks: hourly at a level that was never uploaded is refused', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2, schedule: 'hourly' });
  expect(harness.keys('checks_load_test/configs/hourly/4x/')).toHaveLength(6);
  expect(await harness.refusal('uploadDags', { load: 4 })).toMatch(
    /^WRONG_STATE: There are no 4x checks for hourly/,
  );
});

test('a cluster config that is missing or not a JSON object is refused before anything is sent', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  const file = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_daily.json');
  writeFileSync(file, '[]');
  expect(await harness.refusal('uploadDags')).toMatch(
    /^CONFIG: The cluster configs would not run: daily: it is not a JSON object.*Nothing was uploaded\./,
  );
  await harness.restart({ DAG_FILE: join(harness.project, 'dags/no_such_dag.py') });
  expect(await harness.refusal('uploadDags')).toMatch(/^CONFIG: no_such_dag\.py is missing beside DAG_FILE/);
  expect(harness.keys(folder)).toEqual([]);
});

test('without load, the last uploaded one is refused while another level waits on disk', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  await runToEnd(harness);
  await harness.call('scaleConfigs', { load: 4 });
  expect(await harness.refusal('uploadDags')).toMatchInlineSnapshot(
    `"WRONG_STATE: 4x is on disk but its checks were not uploaded; this DAG would read 2x. Nothing was uploaded, and LOAD was not changed. Next: call uploadChecks to test 4x, or uploadDags with load: 2 for another round of 2x."`,
  );
  expect((await harness.call('uploadDags', { load: 2 })).structure).toMatchObject({ load: 2 });
});

test('an edit on disk that was not uploaded is warned about before a rerun', async () => {
  const harness = await toolHarness();
  await openRound(harness, { load: 2 });
  await runToEnd(harness);
  harness.edit('events/check_events_15m.yml', "'6' hour", "'7' hour");
  const { warnings } = (await harness.call('uploadDags')).structure;
  expect(warnings[0]).toBe(
    "The 2x files on disk differ from the uploaded ones, and the next run reads the uploaded ones. To run the files on disk: reviewConfigs, the user's approval, then uploadChecks.",
  );
  harness.edit('events/check_events_15m.yml', "'7' hour", "'6' hour");
  expect((await harness.call('uploadDags')).structure.warnings ?? []).not.toContain(warnings[0]);
});

test('a config that names the reference runner has it uploaded with what keeps Airflow from parsing it', async () => {
  const harness = await toolHarness();
  const config = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
  const place = `s3://${harness.env.S3_BUCKET}/${harness.env.DAGS_PREFIX}/audit_runner/audit_runner.py`;
  const text = readFileSync(config, 'utf8').replace(/s3:\/\/[^"]*audit_runner\.py/, place);
  writeFileSync(config, text);
  await openRound(harness, { load: 2, scope: 'schedule' });
  const below = (name: string) => harness.object(`${harness.env.DAGS_PREFIX}/${name}`);
  expect(below('audit_runner/audit_runner.py')).toContain('def run_check(');
  expect(below('.airflowignore')).toContain('audit_runner/');

  await runToEnd(harness);
  const { text: report } = await harness.call('buildReport');
  expect(report).toMatch(/\d+ steps ran the reference runner \(audit_runner\/audit_runner\.py\)/);

  rmSync(join(harness.project, 'dags/.airflowignore'));
  expect(await harness.refusal('uploadDags')).toMatch(
    /^CONFIG: \.airflowignore is missing .* Nothing was uploaded\..*name another runner/s,
  );
  // Somebody who keeps a copy elsewhere uploads it himself.
  writeFileSync(config, text.replace(place, 's3://other/audit_runner/audit_runner.py'));
  const { structure } = await harness.call('uploadDags');
  expect(structure.files.map(({ key }: { key: string }) => key).join()).not.toContain('audit_runner');
});
