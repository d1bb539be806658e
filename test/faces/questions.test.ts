/** The other calls that only a person may let through, each with every kind of answer that is no yes. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { airflowStandIn } from '../tools/airflowStandIn.ts';
import { call, connect, notYes, saysYes } from './people.ts';
import { useWorld } from './useWorld.ts';

const { ports, world } = useWorld();
const dagKey = 'dags/datalake/audit_loadtest/yang_audit_load_test.py';

beforeAll(async () => {
  const client = await connect(ports);
  const { reviewId } = await call(client, 'scaleConfigs', { load: 2 });
  await call(client, 'uploadChecks', { reviewId, approved: true });
});

/** Everything that a question must leave as it is, but for the requests that read. */
const written = () => {
  const { s3, env } = world();
  const bucket = env.S3_BUCKET ?? '';
  return [
    readFileSync(env.DAG_FILE ?? '', 'utf8'),
    s3.buckets.keys(bucket, '').map((key) => [key, s3.buckets.get(bucket, key)?.toString('hex')]),
  ];
};

describe('uploadDags, where somebody else’s folder lies', () => {
  beforeAll(() => world().s3.buckets.put(world().env.S3_BUCKET ?? '', dagKey, Buffer.from('LOAD = 3\n')));

  test.each(notYes)('with a client that %s overwrites nothing', async (_, person) => {
    const before = written();
    expect(await call(await connect(ports, person), 'uploadDags')).toMatchObject({
      status: 'needs_overwrite',
      callAgain: { tool: 'uploadDags', arguments: { load: 2, overwrite: true } },
    });
    expect(written()).toEqual(before);
  });

  test('overwrites it after a clear yes to a question that names the file and the load', async () => {
    const questions: string[] = [];
    expect(await call(await connect(ports, saysYes(questions)), 'uploadDags')).toMatchObject({
      status: 'uploaded',
    });
    expect(questions).toEqual([expect.stringMatching(/yang_audit_load_test\.py\).*LOAD = 2\?$/)]);
  });
});

describe('triggerDag', () => {
  test.each(notYes)('with a client that %s triggers nothing', async (_, person) => {
    const airflow = await airflowStandIn(world());
    const client = await connect(() => ports(airflow.env), person);
    expect(await call(client, 'triggerDag')).toMatchObject({
      status: 'awaiting_approval',
      callAgain: { tool: 'triggerDag', arguments: { schedule: '15m', approved: true } },
    });
    expect(airflow.runs).toEqual([]);
  });
});

describe('commitResults', () => {
  test('asks nobody about bytes that were approved and uploaded', async () => {
    const client = await connect(ports, () => Promise.reject(new Error('was asked')));
    expect(await call(client, 'commitResults')).toMatchObject({ status: 'committed', load: 2 });
  });

  describe('of bytes that are in the bucket, while the journal knows of no yes', () => {
    beforeAll(async () => {
      const client = await connect(ports);
      const { reviewId } = await call(client, 'scaleConfigs', { load: 5 });
      const { sessions } = await ports();
      await sessions.record(() => [
        { type: 'checksUploaded', load: 5, schedules: ['15m'], reviewId: String(reviewId), files: 1 },
      ]);
    });

    test.each(notYes)('with a client that %s commits nothing', async (_, person) => {
      expect(await call(await connect(ports, person), 'commitResults', { load: 5 })).toMatchObject({
        status: 'awaiting_approval',
        target: null,
        reports: null,
        callAgain: { tool: 'commitResults', arguments: { load: 5, approved: true } },
      });
    });

    test('commits after a clear yes to the question that an upload would ask', async () => {
      const questions: string[] = [];
      const client = await connect(ports, saysYes(questions));
      expect(await call(client, 'commitResults', { load: 5 })).toMatchObject({ status: 'committed' });
      expect(questions).toEqual([expect.stringMatching(/^Approve the 5x configs for upload\?/)]);
    });
  });
});
