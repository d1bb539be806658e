/** Spark's event logs of a round: was the load real, and why is it slow. The logs are those of test/fixtures/spark. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bucketName } from '../../sandbox/world/environment.ts';
import type { Report } from '../../src/report/model/model.ts';
import { logLines, type Spark } from '../report/evidence/logs.ts';
import {
  type Harness,
  openRound,
  prepareWorld,
  runToEnd,
  type Structure,
  toolHarness,
} from './toolHarness.ts';

prepareWorld();

const folder = 'checks_load_test/results/spark_events/15m/';

async function finishedRound(harness: Harness, load: number): Promise<void> {
  await openRound(harness, { load, scope: 'schedule' });
  await runToEnd(harness);
}

async function built(
  harness: Harness,
): Promise<{ structure: Structure; text: string; report: Report; markdown: string }> {
  const { structure, text } = await harness.call('buildReport');
  const read = (name: string) => readFileSync(join(structure.directory, name), 'utf8');
  return { structure, text, report: JSON.parse(read('report.json')), markdown: read('report.md') };
}

/** The application of a step, as its stderr names it. */
function applicationOf(harness: Harness, stepId: string): string {
  const key = harness.keys('').find((one) => one.endsWith(`/steps/${stepId}/stderr.gz`)) ?? '';
  const bytes = harness.aws.s3.buckets.get(bucketName, key);
  const application = /application_\d+_\d+/.exec(bytes ? gunzipSync(bytes).toString() : '')?.[0];
  if (application === undefined) throw new Error(`${stepId} has no application`);
  return application;
}

/** Gives the step of a check the log of an application of the fixtures. */
function giveLog(
  harness: Harness,
  report: Report,
  check: string,
  fixture: string,
  changed: { spark?: Spark; name?: string } = {},
) {
  const step = report.steps.find((one) => one.check === check);
  if (step === undefined) throw new Error(`no step of ${check}`);
  const application = applicationOf(harness, step.id);
  const lines = logLines(changed.spark ?? 'spark-4.0', fixture).join('\n');
  const text = lines.replaceAll(/"App ID":"[^"]*"/g, `"App ID":"${application}"`);
  harness.aws.s3.buckets.put(bucketName, `${folder}${changed.name ?? `${application}_1`}`, Buffer.from(text));
}

test('two levels with event logs say whether the load was real, and where it was not, why', async () => {
  const harness = await toolHarness();
  await finishedRound(harness, 2);
  const without = await built(harness);
  expect(without.report.eventLogs).toMatchObject({ mode: 'slowest', status: 'no_logs', read: 0 });
  expect(without.structure.coverage.read).toBeUndefined();
  expect(without.report.findings.notMeasured[0]).toBe(
    `Rows read, skew, spill and GC: no Spark event log of this cluster is in the folder (s3://${bucketName}/${folder}).`,
  );

  giveLog(harness, without.report, 'check_events_15m', 'window_2');
  giveLog(harness, without.report, 'check_messages_15m', 'window_2');
  giveLog(harness, without.report, 'check_orders_15m', 'hours_6');
  giveLog(harness, without.report, 'check_inventory_15m', 'whole_table');
  const two = await built(harness);
  expect(two.report.eventLogs).toMatchObject({
    status: 'read',
    read: 4,
    wanted: 8,
    unread: [{ why: 'no_log', steps: 4 }],
    rows: null,
    independent: [{ check: 'check_inventory_15m.yml', reason: 'whole_table' }],
  });
  expect(two.report.steps.find(({ check }) => check === 'check_events_15m')?.evidence).toMatchObject({
    rowsRead: 40_000,
    sparkVersion: '4.0.1',
  });
  expect(two.text).toContain('Rows: 1 check cannot read more at a higher load: the whole table is read');

  await finishedRound(harness, 4);
  const before = await built(harness);
  giveLog(harness, before.report, 'check_events_15m', 'window_4');
  giveLog(harness, before.report, 'check_messages_15m', 'window_4');
  giveLog(harness, before.report, 'check_orders_15m', 'hours_12');
  giveLog(harness, before.report, 'check_inventory_15m', 'whole_table');
  const four = await built(harness);
  expect(four.report.eventLogs?.rows).toMatchObject({ ratio: 1.5, loadBefore: 2 });
  expect(four.structure.coverage.read).toMatchObject({ logs: 4, ratio: 1.5, loadBefore: 2, checks: 4 });
  const load = four.markdown.split('\n').find((line) => line.startsWith('- Rows: '));
  expect(load).toMatchInlineSnapshot(
    `"- Rows: 4x read 1.50× the rows of 2x, for 2.00× the load (median of 4 checks); 1 check read the same at both loads: the whole table is read at every load: no partition can be left out (check_inventory_15m.yml); 1 check read the same at both loads: their partitions or files are coarser than their intervals (orders/check_orders_15m.yml (more from about 9x, if its rows are spread evenly))."`,
  );
  expect(four.markdown).toMatch(/\| Growth \| Rows \|/);
  expect(four.markdown).toMatch(/check\\?_events\\?_15m.*\| 2\.00× \|/);
  // The runtime stays a fact: the verdict is that of the clock.
  expect(four.report.verdict).toEqual(before.report.verdict);
});

test('the slowest steps get a cause, and the suggestion names it', async () => {
  const harness = await toolHarness();
  await finishedRound(harness, 2);
  const { report } = await built(harness);
  giveLog(harness, report, 'check_events_15m', 'skewed');
  giveLog(harness, report, 'check_messages_15m', 'window_2', { spark: 'spark-3.5' });
  const { markdown, structure } = await built(harness);
  expect(markdown).toContain('Why, by their Spark event logs:');
  expect(markdown).toMatch(
    /- check\\?_events\\?_15m\\?_2x: 80,000 rows; the longest task of a stage ran \d+ times/,
  );
  expect(structure.suggestions[1].setting).toBe('the query of check_events_15m (the skewed key)');
  expect(structure.suggestions[1].measured).toContain('by its event log the longest task of a stage ran');
});

test('a log that cannot be read costs the report nothing but itself', async () => {
  const harness = await toolHarness();
  await finishedRound(harness, 2);
  const { report } = await built(harness);
  giveLog(harness, report, 'check_events_15m', 'window_2');
  giveLog(harness, report, 'check_messages_15m', 'window_2');
  const [first, second, third] = ['check_orders_15m', 'check_inventory_15m', 'check_consent_15m'].map(
    (check) => applicationOf(harness, report.steps.find((one) => one.check === check)?.id ?? ''),
  );
  const put = (name: string, bytes: Buffer) =>
    harness.aws.s3.buckets.put(bucketName, `${folder}${name}`, bytes);
  put(`${first}_1.snappy`, Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 1, 2]));
  put(`${second}_1`, Buffer.from('not an event\n'));
  put(`${third}_1`, Buffer.from(logLines('spark-4.0', 'window_2').join('\n')));
  const { report: rebuilt, markdown } = await built(harness);
  expect(rebuilt.eventLogs?.read).toBe(2);
  expect(rebuilt.eventLogs?.unread).toEqual(
    expect.arrayContaining([
      { why: 'codec', steps: 1 },
      { why: 'no_event_log', steps: 1 },
      { why: 'other_application', steps: 1 },
    ]),
  );
  expect(markdown).toContain('1 step: packed by snappy or lzf; plain, gzip, zstd and lz4 are read');

  await harness.fault({ service: 's3', operation: 'ListObjectsV2', error: 'AccessDenied', times: 100 });
  expect((await built(harness)).report.eventLogs?.status).toBe('denied');
});

test('without a stderr, a log is found by the step’s name and time', async () => {
  const harness = await toolHarness();
  await finishedRound(harness, 2);
  const { report } = await built(harness);
  const step = report.steps.find(({ check }) => check === 'check_events_15m');
  const key = harness.keys('').find((one) => one.endsWith(`/steps/${step?.id}/stderr.gz`)) ?? '';
  const application = applicationOf(harness, step?.id ?? '');
  harness.aws.s3.buckets.put(bucketName, key, gzipSync('INFO nothing\n'));
  const startedMs = Date.parse(step?.startedAt ?? '') + 20_000;
  const text = logLines('spark-4.0', 'window_2')
    .join('\n')
    .replaceAll(/"App ID":"[^"]*"/g, `"App ID":"${application}"`)
    .replace(/"App Name":"[^"]*"/, '"App Name":"check_events_15m_2x"')
    .replace(/("SparkListenerApplicationStart".*?"Timestamp":)\d+/, `$1${startedMs}`);
  harness.aws.s3.buckets.put(bucketName, `${folder}${application}_1.lz4`, Buffer.from(text));
  const { report: rebuilt } = await built(harness);
  expect(rebuilt.steps.find(({ id }) => id === step?.id)?.evidence?.name).toBe('check_events_15m_2x');
});

test('EVENT_LOGS=off reads none, and says so', async () => {
  const harness = await toolHarness({ env: { EVENT_LOGS: 'off' } });
  await finishedRound(harness, 2);
  const { report, markdown } = await built(harness);
  expect(report.eventLogs).toMatchObject({ mode: 'off', status: 'off' });
  expect(markdown).toContain('Rows read, skew, spill and GC: EVENT_LOGS is off.');
});

describe('the folder in the cluster config', () => {
  /** Rewrites spark.eventLog.dir of the 15m config before the round; undefined takes the setting away. */
  function setFolder(harness: Harness, place: string | undefined): void {
    const file = join(harness.project, 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json');
    const text = readFileSync(file, 'utf8');
    const setting = /,\s*"spark\.eventLog\.dir": "[^"]*"/;
    if (!setting.test(text)) throw new Error('the config has no spark.eventLog.dir');
    const changed = place === undefined ? '' : `, "spark.eventLog.dir": "${place}"`;
    writeFileSync(file, text.replace(setting, changed));
  }

  test.each([
    ['that is not there', undefined, 'no_folder', 'the cluster config sets no spark.eventLog.dir.'],
    ['on HDFS', 'hdfs:///var/log/spark/apps', 'not_on_s3', 'spark.eventLog.dir is not on S3.'],
    [
      'in a bucket that does not exist',
      's3://nobodys-bucket/events/',
      'no_bucket',
      'the bucket of that folder does not exist, or AWS refuses its name or region (s3://nobodys-bucket/events/).',
    ],
  ])('%s is said, and the report has all the rest', async (_, place, status, sentence) => {
    const harness = await toolHarness();
    setFolder(harness, place);
    await finishedRound(harness, 2);
    const { report } = await built(harness);
    expect(report.eventLogs?.status).toBe(status);
    expect(report.findings.notMeasured[0]).toBe(`Rows read, skew, spill and GC: ${sentence}`);
    expect(report.counts.total).toBeGreaterThan(0);
  });

  test('in another bucket is read, and a log that may not be read is said', async () => {
    const harness = await toolHarness();
    harness.aws.s3.buckets.create('spark-logs');
    setFolder(harness, 's3a://spark-logs/events');
    await finishedRound(harness, 2);
    const { report } = await built(harness);
    const step = report.steps.find(({ check }) => check === 'check_events_15m');
    const application = applicationOf(harness, step?.id ?? '');
    const text = logLines('spark-3.5', 'window_2')
      .join('\n')
      .replaceAll(/"App ID":"[^"]*"/g, `"App ID":"${application}"`);
    harness.aws.s3.buckets.put('spark-logs', `events/${application}_1`, Buffer.from(text));
    expect((await built(harness)).report.eventLogs).toMatchObject({ status: 'read', read: 1 });

    await harness.fault({
      service: 's3',
      operation: 'GetObject',
      error: 'AccessDenied',
      keyPrefix: `events/${application}_1`,
      times: 100,
    });
    const denied = await built(harness);
    expect(denied.report.eventLogs).toMatchObject({ read: 0 });
    expect(denied.report.eventLogs?.unread).toContainEqual({ why: 'denied', steps: 1 });
    expect(denied.markdown).toContain('1 step: may not be read');
  });
});
