import { describe, expect, it } from 'vitest';
import { loadIndependent, rowGrowth } from '../../../src/report/evidence/load.ts';
import type { Evidence } from '../../../src/report/model/evidence.ts';
import { evidenceFrom, type Spark, sparks } from './logs.ts';

async function growth(spark: Spark, [name, load]: [string, number], [before, loadBefore]: [string, number]) {
  return rowGrowth(
    { load, evidence: await evidenceFrom(spark, name) },
    { load: loadBefore, evidence: await evidenceFrom(spark, before) },
  );
}

describe.each(sparks)('rows at a load against rows at the load before, in %s', (spark) => {
  it('grow as the load where the window is in whole partitions', async () => {
    expect(await growth(spark, ['window_2', 2], ['window_1', 1])).toEqual({
      rows: 40_000,
      rowsBefore: 20_000,
      loadBefore: 1,
      ratio: 2,
      growth: 'as_load',
    });
    expect(await growth(spark, ['window_4', 4], ['window_1', 1])).toMatchObject({
      ratio: 4,
      growth: 'as_load',
    });
  });

  it.each([
    ['the window grows within a day', ['hours_12', 4], ['hours_6', 2], 'same', 'coarse_partitions'],
    ['no partition can be left out', ['whole_table', 4], ['whole_table', 2], 'same', 'whole_table'],
    ['older rows are read', ['older_than_4', 4], ['older_than_2', 2], 'shrank', 'upper_bound_only'],
    [
      'the metadata has the answer',
      ['metadata_only', 4],
      ['metadata_only', 2],
      'nothing_read',
      'metadata_only',
    ],
    ['statistics leave out every file', ['pruned', 4], ['pruned', 2], 'nothing_read', 'pruned'],
    ['a LIMIT ends the scan', ['limited', 4], ['limited', 2], 'same', 'limit'],
  ] as const)('do not grow where %s', async (_, now, before, expected, reason) => {
    expect(await growth(spark, [...now], [...before])).toMatchObject({ growth: expected, reason });
  });

  it('are not compared for an application that failed, or a log that is not whole', async () => {
    expect(await growth(spark, ['failed_job', 4], ['window_2', 2])).toBeUndefined();
    expect(await growth(spark, ['window_4', 4], ['killed', 2])).toBeUndefined();
    expect(await growth(spark, ['window_4', 2], ['window_2', 2])).toBeUndefined();
  });

  it('can be known from one run to have nothing to do with the load', async () => {
    const known = async (name: string) => loadIndependent(await evidenceFrom(spark, name));
    expect(await known('whole_table')).toBe('whole_table');
    expect(await known('older_than_2')).toBe('upper_bound_only');
    expect(await known('metadata_only')).toBe('metadata_only');
    expect(await known('pruned')).toBe('pruned');
    expect(await known('limited')).toBe('limit');
    expect(await known('window_2')).toBeUndefined();
    expect(await known('hours_6')).toBeUndefined();
  });
});

describe('a window within files that are read whole', () => {
  const hourMs = 3_600_000;
  const noon = Date.UTC(2026, 0, 10, 12);

  /** Half a day of 10,000 rows, of which the window keeps those of its hours. */
  async function at(load: number, hours: number, scan: Partial<Evidence['scans'][number]> = {}) {
    const evidence = await evidenceFrom('spark-4.0', 'hours_6');
    const bounds = [{ column: 'ts', side: 'from' as const, atMs: noon - hours * hourMs }];
    const figures = { rows: 10_000, rowsKept: (10_000 * hours) / 12, bounds, ...scan };
    const scans = evidence.scans.map((one) => ({ ...one, ...figures }));
    return { load, evidence: { ...evidence, rowsRead: figures.rows, startedMs: noon, scans } };
  }

  it('reads more from the load whose window is longer than the files cover', async () => {
    // 3 hours at 1x, at noon: 12 hours at 4x begin at midnight, 15 hours at 5x the day before.
    expect(rowGrowth(await at(2, 6), await at(1, 3))).toMatchObject({
      growth: 'same',
      reason: 'coarse_partitions',
      moreFromLoad: 5,
    });
    // In the fixtures 3 hours a load, at midnight: 24 hours are the whole day at 8x.
    const day = { load: 4, evidence: await evidenceFrom('spark-3.5', 'hours_12') };
    const before = { load: 2, evidence: await evidenceFrom('spark-3.5', 'hours_6') };
    expect(rowGrowth(day, before)?.moreFromLoad).toBe(9);
  });

  it('selects as many files where the plan does not count its rows, and nobody knows from when it reads more', async () => {
    const growth = rowGrowth(await at(2, 6, { rowsKept: null }), await at(1, 3, { rowsKept: null }));
    expect(growth).toMatchObject({ reason: 'same_files' });
    expect(growth).not.toHaveProperty('moreFromLoad');
    const other = await at(2, 6, { rowsKept: null, files: 7 });
    expect(rowGrowth(other, await at(1, 3, { rowsKept: null }))?.reason).toBe('unknown');
  });

  it('is not confused with a table that has no older data', async () => {
    const none = { skippedFiles: 0, rowsKept: 10_000 };
    expect(rowGrowth(await at(4, 96, none), await at(2, 48, none))).toMatchObject({
      reason: 'no_older_data',
    });
    // Without the rows within the window, one large file looks the same.
    const unknown = { skippedFiles: 0, rowsKept: null, files: 3 };
    expect(rowGrowth(await at(4, 96, unknown), await at(2, 48, unknown))?.reason).toBe('same_files');
  });
});

describe('a check with two scans', () => {
  const dimension = {
    table: 'lake.dimension',
    filters: '',
    key: 'lake.dimension []',
    rows: 200_000,
    rowsKept: 200_000,
    files: 4,
    skippedFiles: 0,
    limited: false,
    bounds: [],
  };

  async function at(load: number, name: string) {
    const evidence = await evidenceFrom('spark-4.0', name);
    const scans = [...evidence.scans, dimension];
    return { load, evidence: { ...evidence, rowsRead: evidence.rowsRead + dimension.rows, scans } };
  }

  it('reads less than its load says where one scan does not grow, and that scan is named', async () => {
    expect(rowGrowth(await at(4, 'window_4'), await at(2, 'window_2'))).toMatchObject({
      growth: 'less',
      reason: 'whole_table',
      table: 'lake.dimension',
    });
  });

  it('has to do with the load as long as one scan has', async () => {
    expect(loadIndependent((await at(2, 'window_2')).evidence)).toBeUndefined();
    expect(loadIndependent((await at(2, 'whole_table')).evidence)).toBe('whole_table');
  });
});
