/** The figures of the reader against those of Spark's own history server, on the same logs. */
import { describe, expect, it } from 'vitest';
import { applicationFrom, history, sparks } from './logs.ts';

/** The history server shows the scan of a cached table again in each query that reads it. */
const cached = 'cached';

describe.each(sparks)('%s', (spark) => {
  const applications = history(spark).filter(([name]) => name !== 'codec_snappy');

  it.each(applications)('agrees on the stages of %s', async (name, expected) => {
    const { stages, inputRecords } = await applicationFrom(spark, name);
    const figures = stages.map(({ id, attempt, tasks: _, ...stage }) => ({
      id,
      attempt,
      failedTasks: stage.failedTasks,
      runMs: stage.runMs,
      gcMs: stage.gcMs,
      diskSpillBytes: stage.diskSpillBytes,
    }));
    const others = expected.stages.map(({ tasks: _, inputRecords: __, ...stage }) => stage);
    const byId = (a: { id: number; attempt: number }, b: { id: number; attempt: number }) =>
      a.id - b.id || a.attempt - b.attempt;
    expect(figures.sort(byId)).toEqual(others);
    expect(inputRecords).toBe(expected.stages.reduce((sum, stage) => sum + stage.inputRecords, 0));
  });

  it.each(applications.filter(([name]) => name !== cached))(
    'agrees on the scans of %s',
    async (name, expected) => {
      const { scans } = await applicationFrom(spark, name);
      const deleted = name === 'deletes' ? 4_000 : 0;
      const rows = scans.map((scan) => scan.rows - deleted).filter((one) => one > 0);
      expect(rows.sort((a, b) => a - b)).toEqual(expected.scanRows.filter((one) => one > 0));
    },
  );
});
