/** The traps of Spark's event logs, on logs that PySpark 3.5 and 4.0 wrote: test/spark/make_logs.py says what is in each. */
import { describe, expect, it, test } from 'vitest';
import { createApplicationReader } from '../../../src/report/evidence/application.ts';
import { designed, evidenceFrom, logLines, sparks } from './logs.ts';

describe.each(sparks)('%s', (spark) => {
  const byDesign = designed(spark).filter(([name]) => name !== 'codec_snappy');

  it.each(byDesign.filter(([, { rows }]) => rows !== undefined))(
    'counts the rows that %s reads',
    async (name, { rows }) => {
      expect((await evidenceFrom(spark, name)).rowsRead).toBe(rows);
    },
  );

  it('takes rows from the scans, and from task records where no query has the scan', async () => {
    expect((await evidenceFrom(spark, 'window_2')).rowsFrom).toBe('scans');
    expect((await evidenceFrom(spark, 'through_rdd')).rowsFrom).toBe('records');
  });

  it('counts a cached table once, however often it is read', async () => {
    const { scans } = await evidenceFrom(spark, 'cached');
    expect(scans.map(({ rows }) => rows)).toEqual([40_000]);
  });

  it('leaves out scans that adaptive execution planned and never ran', async () => {
    const planned =
      logLines(spark, 'reused_exchange')
        .join('\n')
        .match(/"nodeName":"BatchScan /g)?.length ?? 0;
    expect(planned).toBeGreaterThan(2);
    expect((await evidenceFrom(spark, 'reused_exchange')).scans.map(({ rows }) => rows)).toEqual([40_000]);
    expect((await evidenceFrom(spark, 'self_join')).scans.map(({ rows }) => rows)).toEqual([40_000, 40_000]);
  });

  it('counts the rows that merge-on-read deletes take away: they were read', async () => {
    const { rowsRead, scans } = await evidenceFrom(spark, 'deletes');
    expect([rowsRead, scans[0]?.rowsKept]).toEqual([40_000, 40_000]);
    expect(logLines(spark, 'deletes').join('\n')).toMatch(
      /"number of row deletes applied","Update":"4000"|"Update":"2000"/,
    );
  });

  it('knows the rows behind the window where the filter names the time alone', async () => {
    const kept = async (name: string) =>
      (await evidenceFrom(spark, name)).scans.map(({ rowsKept }) => rowsKept);
    expect(await kept('hours_6')).toEqual([5_000]);
    expect(await kept('hours_12')).toEqual([10_000]);
    // Day-aligned: Iceberg drops the predicate, and every row of the day is kept.
    expect(await kept('window_2')).toEqual([40_000]);
    // The filter also has the check's own condition: its rows are the violations.
    expect(await kept('fused_filter')).toEqual([null]);
  });

  it('says which files a scan left out, and from when it reads', async () => {
    const [scan] = (await evidenceFrom(spark, 'window_2')).scans;
    expect(scan).toMatchObject({
      table: 'local.db.events',
      key: 'local.db.events [ts IS NOT NULL, ts >= ?]',
      files: 2,
      skippedFiles: 8,
      bounds: [{ column: 'ts', side: 'from', atMs: Date.UTC(2026, 0, 9) }],
    });
    expect((await evidenceFrom(spark, 'window_4')).scans[0]?.key).toBe(scan?.key);
    expect((await evidenceFrom(spark, 'older_than_2')).scans[0]?.bounds).toEqual([
      { column: 'ts', side: 'until', atMs: Date.UTC(2026, 0, 9) },
    ]);
  });

  it('tells an answer out of metadata from files that statistics left out', async () => {
    const metadata = await evidenceFrom(spark, 'metadata_only');
    expect([metadata.rowsFrom, metadata.scans, metadata.queriesWithoutScan]).toEqual(['none', [], 1]);
    const pruned = await evidenceFrom(spark, 'pruned');
    expect([pruned.rowsFrom, pruned.scans[0]?.files, pruned.queriesWithoutScan]).toEqual(['none', 0, 0]);
  });

  it('marks a scan below a LIMIT', async () => {
    const { scans, rowsRead } = await evidenceFrom(spark, 'limited');
    expect(scans[0]?.limited).toBe(true);
    expect(rowsRead).toBeLessThan(160_000);
    expect((await evidenceFrom(spark, 'window_2')).scans[0]?.limited).toBe(false);
  });

  it('reads a table that is not Iceberg’s', async () => {
    const [scan] = (await evidenceFrom(spark, 'parquet_files')).scans;
    expect([scan?.table, scan?.rows, scan?.files]).toEqual(['parquet', 40_000, 2]);
    expect(scan?.filters).toContain('day');
  });

  it('calls a failure what the jobs say, not the exit code', async () => {
    const { outcome, failure, rowsFrom } = await evidenceFrom(spark, 'failed_job');
    expect([outcome, rowsFrom]).toEqual(['failed', 'records']);
    expect(failure).toContain('Job aborted due to stage failure');
    const end = logLines(spark, 'failed_job').at(-1) ?? '';
    expect(end).toContain('SparkListenerApplicationEnd');
    if (spark === 'spark-4.0') expect(end).toContain('"ExitCode":0');
  });

  it('calls failures that Spark recovered from no failure of the application', async () => {
    expect(await evidenceFrom(spark, 'retried')).toMatchObject({ outcome: 'succeeded', failedTasks: 3 });
    const lost = await evidenceFrom(spark, 'lost_executor');
    expect(lost.outcome).toBe('succeeded');
    expect(lost.failedTasks).toBeGreaterThan(0);
  });

  it('calls skew only what is also skewed in records', async () => {
    const skewed = await evidenceFrom(spark, 'skewed');
    expect(skewed.bottleneck?.kind).toBe('skew');
    expect(skewed.skew?.records).toBeGreaterThan(100);
    const tiny = await evidenceFrom(spark, 'tiny_tasks');
    expect(tiny.skew?.records).toBeLessThan(2);
    expect(tiny.bottleneck?.kind).not.toBe('skew');
  });

  it.each([
    ['one_partition', 'one_task'],
    ['spilled', 'spill'],
    ['python_udf', 'python'],
    ['driver_bound', 'driver_only'],
  ])('names the bottleneck of %s', async (name, kind) => {
    const { bottleneck } = await evidenceFrom(spark, name);
    expect(bottleneck?.kind).toBe(kind);
    expect(bottleneck?.share).toBeGreaterThanOrEqual(0.2);
  });

  it('never uses more cores than there are', async () => {
    const { cores, coresUsed } = await evidenceFrom(spark, 'tiny_tasks');
    expect(cores).toBe(2);
    expect(coresUsed).toBeLessThanOrEqual(2);
  });

  it('counts what was spilled to disk, which is less than what left the memory', async () => {
    const { spillBytes } = await evidenceFrom(spark, 'spilled');
    const tasks = logLines(spark, 'spilled').filter((line) => line.includes('SparkListenerTaskEnd'));
    const fromMemory = tasks.reduce(
      (sum, line) => sum + Number(/"Memory Bytes Spilled":(\d+)/.exec(line)?.[1]),
      0,
    );
    expect(spillBytes).toBeGreaterThan(0);
    expect(spillBytes).toBeLessThan(fromMemory);
  });

  it('keeps the name that Spark redacts elsewhere, and shows nothing of the environment but known settings', async () => {
    const lines = logLines(spark, 'check_token_refresh_15m').join('\n');
    expect(lines).toContain('"App Name":"check_token_refresh_15m_2x"');
    expect(logLines(spark, 'environment').join('\n')).toContain('do-not-show-this-note');
    const shown = JSON.stringify(await evidenceFrom(spark, 'environment'));
    expect(shown).not.toMatch(/do-not-show|java|\/tmp|warehouse/);
  });
});

test('a task that never ends keeps the application busy: its driver died of it, and was not idle', () => {
  const reader = createApplicationReader();
  for (const line of logLines('spark-4.0', 'window_2'))
    if (!line.includes('"Event":"SparkListenerTaskEnd"')) reader.add(line);
  const { driverOnlyMs, wallMs, tasks } = reader.result();
  expect(tasks.stillRunning).toBeGreaterThan(0);
  expect(driverOnlyMs.between + driverOnlyMs.after).toBe(0);
  expect(driverOnlyMs.before).toBeLessThan(wallMs);
});

describe('the versions differ', () => {
  it('in a bad cast: Spark 4 fails the check that 3.5 passes', async () => {
    expect(await evidenceFrom('spark-3.5', 'bad_cast')).toMatchObject({
      outcome: 'succeeded',
      sparkVersion: '3.5.6',
    });
    expect(await evidenceFrom('spark-4.0', 'bad_cast')).toMatchObject({
      outcome: 'failed',
      sparkVersion: '4.0.1',
      failure: expect.stringContaining('CAST_INVALID_INPUT'),
    });
  });

  it('in a query that does not compile: 3.5 writes nothing of it', async () => {
    expect((await evidenceFrom('spark-3.5', 'no_such_column')).outcome).toBe('succeeded');
    expect(await evidenceFrom('spark-4.0', 'no_such_column')).toMatchObject({
      outcome: 'failed',
      bottleneck: null,
      failure: expect.stringContaining('UNRESOLVED_COLUMN'),
    });
  });

  it('in Python: 3.5 does not time it, so its share is a limit', async () => {
    expect((await evidenceFrom('spark-3.5', 'python_udf')).bottleneck?.atMost).toBe(true);
    expect((await evidenceFrom('spark-4.0', 'python_udf')).bottleneck?.atMost).toBe(false);
  });
});
