import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseClusterConfig } from '../../../src/dag/clusterConfig/model.ts';
import { flatSettings } from '../../../src/dag/clusterConfig/sparkSubmit.ts';
import { assembleReport } from '../../../src/report/build.ts';
import { memorySize } from '../../../src/report/suggestions/failures.ts';
import { evenRound, factsOf, stepOf } from '../rounds.ts';

const overhead = 'spark.executor.memoryOverhead';

describe('the memory that a suggestion doubles', () => {
  it.each<[string, string, Record<string, string>, string | undefined, string | undefined]>([
    [
      "Spark's share of the heap",
      overhead,
      { 'spark.executor.memory': '4g' },
      "409 MiB (10% of 4096 MiB, Spark's default)",
      '818 MiB',
    ],
    ["Spark's least", overhead, { 'spark.executor.memory': '2g' }, "384 MiB (Spark's least)", '768 MiB'],
    [
      'the share that is set',
      overhead,
      { 'spark.executor.memory': '4g', 'spark.executor.memoryOverheadFactor': '0.2' },
      '819 MiB (20% of 4096 MiB, the factor that is set)',
      '1638 MiB',
    ],
    ['the overhead that is set', overhead, { [overhead]: '1g' }, '1g', '2048 MiB'],
    ['the heap of the driver', 'spark.driver.memory', { 'spark.driver.memory': '2g' }, '2g', '4096 MiB'],
    ['nothing, where the heap is not set', overhead, {}, undefined, undefined],
    ['nothing, where it is no memory', 'spark.sql.shuffle.partitions', {}, undefined, undefined],
  ])('is %s', (_, setting, settings, text, doubledText) => {
    expect(memorySize(setting, settings)).toEqual(text === undefined ? undefined : { text, doubledText });
  });

  it('is known of a container that YARN killed on the shipped cluster', () => {
    const file = 'dags/cluster_configs/yang_audit_load_test_cluster_15m.json';
    const settings = flatSettings(parseClusterConfig(JSON.parse(readFileSync(file, 'utf8'))));
    const failed = stepOf('check_mem_15m', { started: 0, ended: 60, state: 'FAILED' });
    const text = 'Container killed by YARN for exceeding physical memory limits. 5.5 GB of 5.5 GB used.';
    const parts = [{ uri: 's3://logs/stderr.gz', text, cut: false, gzip: true }];
    const { suggestions } = assembleReport(
      factsOf([failed, ...evenRound(10, 4, () => 40)], {
        clusterConfig: { stepConcurrencyLevel: 8, settings },
        failures: new Map([[failed.id, { found: 'log', parts }]]),
      }),
    );
    expect(suggestions[0]).toMatchObject({
      setting: overhead,
      from: "409 MiB (10% of 4096 MiB, Spark's default)",
      to: '818 MiB',
    });
  });
});
