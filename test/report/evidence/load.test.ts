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

describe('a window within a day', () => {
  const hourMs = 3_600_000;
  const noon = Date.UTC(2026, 0, 10, 12);

  async function at(load: number, hours: number, scan: Partial<Evidence['scans'][number]> = {}) {
    const evidence = await evidenceFrom('spark-4.0', 'hours_6');
    const bounds = [{ column: 'ts', side: 'from' as const, atMs: noon - hours * hourMs }];
    const scans = evidence.scans.map((one) => ({ ...one, bounds, ...scan }));
    return { load, evidence: { ...evidence, startedMs: noon, scans } };
  }

  it('reads more from the load whose window begins the day before', async () => {
    // 3 hours at 1x, at noon: 12 hours at 4x begin at midnight, 15 hours at 5x the day before.
    const before = await at(1, 3, { rowsKept: 100 });
    expect(rowGrowth(await at(2, 6, { rowsKept: 200 }), before)).toMatchObject({
      reason: 'coarse_partitions',
      moreFromLoad: 5,
    });
  });

  it('is known by its bounds where the plan does not tell its rows', async () => {
    expect(rowGrowth(await at(2, 6, { rowsKept: null }), await at(1, 3, { rowsKept: null }))).toMatchObject({
      reason: 'coarse_partitions',
    });
  });

  it('is told apart from a table that has no older data', async () => {
    const none = { skippedFiles: 0, rowsKept: 100 };
    expect(rowGrowth(await at(4, 96, none), await at(2, 48, none))).toMatchObject({
      reason: 'no_older_data',
    });
  });
});
