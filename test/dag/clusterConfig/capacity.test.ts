import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { maxConcurrentSteps, slotUse, stepCapacity } from '../../../src/dag/clusterConfig/capacity.ts';
import { lintClusterConfig } from '../../../src/dag/clusterConfig/files.ts';
import { parseClusterConfig } from '../../../src/dag/clusterConfig/model.ts';
import { flatSettings } from '../../../src/dag/clusterConfig/sparkSubmit.ts';

const shippedJson = (schedule: string) =>
  JSON.parse(readFileSync(`dags/cluster_configs/yang_audit_load_test_cluster_${schedule}.json`, 'utf8'));
const shipped = shippedJson('15m');
const config = parseClusterConfig(shipped);

describe('the capacity of the shipped cluster', () => {
  it('is read from the options of spark-submit and the core nodes', () => {
    expect(stepCapacity(config)).toEqual({
      executors: 2,
      executorMb: 4505,
      driverMb: 2432,
      nodes: [{ type: 'm6i.2xlarge', count: 5, yarnMb: 23_424 }],
    });
    expect(flatSettings(config)).toMatchObject({
      'spark.executor.memory': '4g',
      'spark.executor.instances': '2',
      'spark.driver.memory': '2g',
      'spark.submit.deployMode': 'cluster',
      'spark.dynamicAllocation.enabled': 'false',
    });
  });

  it.each(['15m', 'hourly', 'daily'] as const)(
    'is exceeded where the lint of %s starts to warn',
    (schedule) => {
      const json = shippedJson(schedule);
      const capacity = stepCapacity(parseClusterConfig(json));
      const most = (capacity && maxConcurrentSteps(capacity)) ?? 0;
      const warns = (level: number) =>
        lintClusterConfig({ ...json, StepConcurrencyLevel: level }, { schedule, checks: undefined }).some(
          ({ path, message }) =>
            path === 'StepConcurrencyLevel' && message.includes('the cluster has room for'),
        );
      expect(most).toBeGreaterThanOrEqual(json.StepConcurrencyLevel);
      expect([most, most + 1].map(warns)).toEqual([false, true]);
    },
  );

  it('is given in executor slots, with the missing nodes', () => {
    const capacity = stepCapacity(config);
    expect(capacity && slotUse(9, capacity)).toEqual({ needed: 23, drivers: 5, available: 25, moreNodes: 0 });
    expect(capacity && slotUse(16, capacity)).toEqual({
      needed: 41,
      drivers: 9,
      available: 25,
      moreNodes: 4,
    });
  });

  const dynamic = [
    { Classification: 'spark-defaults', Properties: { 'spark.dynamicAllocation.enabled': 'true' } },
  ];
  it.each<[string, Record<string, unknown>]>([
    ['allocation is dynamic', { Configurations: dynamic }],
    ['the step does not run spark-submit', { AuditStep: { Jar: 's3://b/own.jar', Args: [] } }],
  ])('is unknown when %s', (_, other) => {
    expect(stepCapacity(parseClusterConfig({ ...shipped, ...other }))).toBeUndefined();
  });

  it('omits the nodes when their type is not in the table', () => {
    const unknown = { MasterInstanceType: 'x9.large', SlaveInstanceType: 'x9.large', InstanceCount: 3 };
    const capacity = stepCapacity(parseClusterConfig({ ...shipped, Instances: unknown }));
    expect(capacity).toEqual({ executors: 2, executorMb: 4505, driverMb: 2432 });
    expect(capacity && maxConcurrentSteps(capacity)).toBeUndefined();
  });
});
