/** A DAG of the person's own, with plain RunJobFlow JSON, goes through a whole round. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRound, prepareWorld, runToEnd, toolHarness } from './toolHarness.ts';

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
  const { clusterId, steps, verdict } = JSON.parse(
    readFileSync(join(report.directory, 'report.json'), 'utf8'),
  );
  expect(clusterId).toBe(cluster);
  expect(steps).toHaveLength(8);
  expect(
    steps.every((step: { runId?: string; load: number }) => step.runId === undefined && step.load === 2),
  ).toBe(true);
  expect(verdict.outcome).toBe('fits');

  const daily = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_daily.json');
  writeFileSync(daily, `${readFileSync(daily, 'utf8')}\n`);
  expect(await lintAgain()).toEqual([expect.stringMatching(/AuditStep: it is not set/)]);
});
