/** A DAG of the person's own, with plain RunJobFlow JSON, goes through a whole round. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRound, prepareWorld, reportJson, runToEnd, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();

/** Thirty lines: it finds its bucket in a variable, and makes its steps itself, without a run id. */
const ownDag = `import json
from datetime import datetime
from pathlib import Path

from airflow.models import Variable
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator, EmrCreateJobFlowOperator
from airflow.sdk import dag

LOAD = 2


def own_steps(schedule):
    bucket = Variable.get("audit_bucket")
    keys = S3Hook().list_keys(bucket, f"checks_load_test/configs/{schedule}/{LOAD}x/")
    names = [f"{Path(key).stem}_{LOAD}x" for key in keys]
    submit = ["spark-submit", "--deploy-mode", "cluster", "s3://audit-runner/own.py"]
    return [
        {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": [*submit, name]}}
        for name in names
    ]


for schedule in ("15m", "hourly", "daily"):
    @dag(dag_id=f"yang_audit_load_test_{schedule}", schedule=None, start_date=datetime(2025, 1, 1))
    def audit_round(name=schedule):
        config = json.loads((Path(__file__).parent / f"cluster_configs/yang_audit_load_test_cluster_{name}.json").read_text())
        cluster = EmrCreateJobFlowOperator(task_id="cluster", job_flow_overrides=config)
        EmrAddStepsOperator(task_id="steps", job_flow_id=cluster.output, steps=own_steps(name))
    audit_round()
`;

test('a DAG of thirty lines with plain RunJobFlow JSON goes through a whole round', async () => {
  const harness = await toolHarness();
  writeFileSync(harness.env.DAG_FILE ?? '', ownDag);
  for (const schedule of ['15m', 'hourly', 'daily']) {
    const name = `yang_audit_load_test_cluster_${schedule}.json`;
    const file = join(harness.project, 'dags/cluster_configs', name);
    const { AuditStep: _, ...plain } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(plain));
  }
  expect((await harness.call('checkSetup')).structure).toMatchObject({ ok: true });

  const uploaded = await openRound(harness, { load: 2, scope: 'schedule' });
  expect(uploaded).toMatchObject({ status: 'uploaded', load: 2, round: 1 });
  expect(uploaded.warnings.filter((one: string) => one.startsWith('Cluster config'))).toEqual([
    expect.stringMatching(
      /^Cluster config 15m, hourly, daily: AuditStep: it is not set, and the DAG does not/,
    ),
  ]);

  // A warning about the same bytes is not repeated; about other bytes it is.
  const lintAgain = async () =>
    (await harness.call('uploadDags')).structure.warnings.filter((one: string) =>
      one.startsWith('Cluster config'),
    );
  expect(await lintAgain()).toEqual([]);

  const cluster = await runToEnd(harness);
  const report = (await harness.call('buildReport')).structure;
  expect(report).toMatchObject({ load: 2, schedule: '15m' });
  const { clusterId, steps, verdict } = reportJson(report);
  expect(clusterId).toBe(cluster);
  expect(steps).toHaveLength(8);
  expect(
    steps.every((step: { runId?: string; load: number }) => step.runId === undefined && step.load === 2),
  ).toBe(true);
  expect(verdict.outcome).toBe('fits');

  const daily = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_daily.json');
  const before = readFileSync(daily, 'utf8');
  writeFileSync(daily, `${before}\n`);
  expect(await lintAgain()).toEqual([expect.stringMatching(/AuditStep: it is not set/)]);
  // Bytes that were there before are known, although others were between.
  writeFileSync(daily, before);
  expect(await lintAgain()).toEqual([]);
});

/** It gets its load from the trigger form and makes its cluster itself. */
const bareDag = ownDag
  .replace('LOAD = 2\n', 'CLUSTER = {"Name": "audits", "Instances": {}}\n')
  .replace('def own_steps(schedule):', 'def own_steps(schedule, load="{{ params.load }}"):')
  .replaceAll('{LOAD}', '{load}')
  .replace(/^ +config = .*$/m, '        config = CLUSTER');

test('a DAG without LOAD and without our cluster configs is taken as it is, with one warning, and its steps decide', async () => {
  expect(bareDag).not.toMatch(/LOAD|cluster_configs/);
  const harness = await toolHarness();
  writeFileSync(harness.env.DAG_FILE ?? '', bareDag);
  rmSync(join(harness.project, 'dags/cluster_configs'), { recursive: true });
  const setup = (await harness.call('checkSetup')).structure;
  expect(setup).toMatchObject({ ok: true });
  expect(setup.checks).toContainEqual({
    name: 'DAG file',
    ok: true,
    detail: 'no LOAD',
  });

  expect(await harness.refusal('uploadDags')).toBe(
    'WRONG_STATE: The DAG sets no LOAD, and no level is uploaded, so it is unknown which load is meant. Nothing was uploaded. Next: call scaleConfigs and uploadChecks first, or uploadDags with a load.',
  );
  await uploadLevel(harness, { load: 2, scope: 'schedule' });
  const { structure: uploaded, text } = await harness.call('uploadDags');
  expect(uploaded).toMatchObject({ status: 'uploaded', load: 2, previousLoad: null, round: 1 });
  expect(uploaded.summary).toMatch(/^Uploaded 1 file for 2x and opened round 1\./);
  expect(uploaded.warnings.filter((one: string) => one.startsWith('The DAG'))).toEqual([
    'The DAG sets no LOAD and has no cluster config of its name for 15m, hourly, daily: what it would run was not checked. Its steps decide, by names such as check_a_15m_2x.',
  ]);
  expect(text).toContain('\nThe DAG file sets no LOAD.\n');
  expect(readFileSync(harness.env.DAG_FILE ?? '', 'utf8')).toBe(bareDag);

  // Somebody else's cluster is not taken for the round's, and the load of the steps decides.
  expect((await harness.call('pollCluster', { waitSeconds: 0 })).structure.summary).toContain(
    'no cluster with its steps was created since it started',
  );
  const marked = (await harness.call('markRound')).structure;
  expect(marked).toMatchObject({ round: 1, load: 2 });
  expect(marked.warnings.join()).toContain('sets no LOAD: taken to run 2x, as uploaded last');
  const cluster = await runToEnd(harness, '15m', { load: 2 });
  const report = (await harness.call('buildReport')).structure;
  expect(report).toMatchObject({ load: 2, schedule: '15m' });
  const { clusterId, steps, verdict } = reportJson(report);
  expect([clusterId, steps.length, verdict.outcome]).toEqual([cluster, 8, 'fits']);
});

test('a cluster config that the DAG reads is required, and one that it does not read is not', async () => {
  const harness = await toolHarness();
  rmSync(join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_daily.json'));
  expect(await harness.refusal('uploadDags')).toMatch(
    /^CONFIG: cluster_configs\/yang_audit_load_test_cluster_daily\.json is missing beside DAG_FILE/,
  );
  const fifteen = 'cluster_configs/yang_audit_load_test_cluster_15m.json';
  writeFileSync(harness.env.DAG_FILE ?? '', ownDag.replace(/cluster_configs\/yang_[^"]*\.json/, fifteen));
  const { structure } = await harness.call('checkSetup');
  expect(structure.checks).toContainEqual(
    expect.objectContaining({ name: 'cluster configs', ok: true, detail: expect.stringMatching(/^2 files/) }),
  );
});
