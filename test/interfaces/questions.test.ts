/** The other calls that only a person may let through, each with every kind of answer that is no yes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

describe('uploadDags over a DAG folder of somebody else', () => {
  beforeAll(() => world().s3.buckets.put(world().env.S3_BUCKET ?? '', dagKey, Buffer.from('LOAD = 3\n')));

  test.each(notYes)('with a client that %s overwrites nothing', async (_, person, era) => {
    const before = written();
    expect(await call(await connect(ports, person, era), 'uploadDags')).toMatchObject({
      status: 'needs_overwrite',
      callAgain: { tool: 'uploadDags', arguments: { load: 2, overwrite: true } },
    });
    expect(written()).toEqual(before);
  });

  test('overwrites it after an explicit yes to a question that names the file and the load', async () => {
    const questions: string[] = [];
    expect(await call(await connect(ports, saysYes(questions), '2026-07-28'), 'uploadDags')).toMatchObject({
      status: 'uploaded',
    });
    expect(questions.join().replace(/[0-9a-f]{12}/, '<digest>')).toMatchInlineSnapshot(`
      "Overwrite the DAG folder s3://klaviyo-data-platform-orchestration-v1/dags/datalake/audit_loadtest/?
      Not from this session's last upload: yang_audit_load_test.py.
      LOAD in the bucket: 3 → 2.
      Contents: <digest>."
    `);
  });
});

describe('triggerDag', () => {
  test.each(notYes)('with a client that %s triggers nothing', async (_, person, era) => {
    const airflow = await airflowStandIn(world());
    const client = await connect(() => ports(airflow.env), person, era);
    expect(await call(client, 'triggerDag')).toMatchObject({
      status: 'awaiting_approval',
      callAgain: { tool: 'triggerDag', arguments: { schedule: '15m', approved: true } },
    });
    expect(airflow.runs).toEqual([]);
  });

  test('asks with the schedule, the load, and whether a cluster is created', async () => {
    const airflow = await airflowStandIn(world());
    const questions: string[] = [];
    const declines = async (question: string) => {
      questions.push(question);
      return { action: 'decline' as const };
    };
    expect(await call(await connect(() => ports(airflow.env), declines), 'triggerDag')).toMatchObject({
      declined: true,
      summary:
        "Nothing was triggered: the client's question about yang_audit_load_test_15m (2x) was declined.",
    });
    expect(questions.join()).toMatchInlineSnapshot(`
      "Trigger yang_audit_load_test_15m in Airflow now?
      It runs only the 15m checks, at 2x, as round 1.
      It creates a new EMR cluster, which costs money until the run ends."
    `);
  });
});

describe('commitResults', () => {
  test('does not ask about bytes that were approved and uploaded', async () => {
    const client = await connect(ports, () => Promise.reject(new Error('was asked')));
    expect(await call(client, 'commitResults', { withoutReport: true })).toMatchObject({
      status: 'committed',
      load: 2,
    });
  });

  describe('for uploaded bytes without an approval in the journal', () => {
    beforeAll(async () => {
      const client = await connect(ports);
      const { reviewId } = await call(client, 'scaleConfigs', { load: 5 });
      const { sessions } = await ports();
      await sessions.record(() => [
        { type: 'checksUploaded', load: 5, schedules: ['15m'], reviewId: String(reviewId), files: 1 },
      ]);
    });

    const given = { load: 5, withoutReport: true, keyFindings: 'never ran' };

    test.each(notYes)('with a client that %s commits nothing', async (_, person, era) => {
      expect(await call(await connect(ports, person, era), 'commitResults', given)).toMatchObject({
        status: 'awaiting_approval',
        target: null,
        reports: null,
        callAgain: { tool: 'commitResults', arguments: { ...given, approved: true } },
      });
    });

    test('commits after an explicit yes to a question that names the branch, the files and the reports', async () => {
      const questions: string[] = [];
      const client = await connect(ports, saysYes(questions));
      expect(await call(client, 'commitResults', { load: 5, withoutReport: true })).toMatchObject({
        status: 'committed',
      });
      expect(questions.join().replace(/review \w{16}/, 'review <id>')).toMatchInlineSnapshot(`
        "Commit the results of 5x? Nothing is pushed.
        Configs: 35 files on branch audit_checks_load_testing (review <id>, not approved yet).
        Reports: none for 5x yet.
        With an interval that could not be scaled: check_subscriptions_daily.yml. Not valid YAML, so not scaled: flows/check_flow_sends_15m.yml."
      `);
    });
  });
});

describe('uploadChecks', () => {
  test('asks with what changed of each schedule, where it goes, and the exceptions', async () => {
    const questions: string[] = [];
    const client = await connect(ports, async (question) => {
      questions.push(question);
      return { action: 'decline' };
    });
    await call(client, 'scaleConfigs', { load: 3 });
    const odd = join(world().targetRepo, world().env.CHECKS_PATH ?? '', 'check_inventory_15m.yml');
    writeFileSync(odd, `${readFileSync(odd, 'utf8')}# looked at\n`);
    const { reviewId } = await call(client, 'reviewConfigs');
    expect(await call(client, 'uploadChecks', { reviewId })).toMatchObject({ status: 'awaiting_approval' });
    expect(questions.join().replace(String(reviewId), '<id>')).toMatchInlineSnapshot(`
      "Approve the 3x configs for upload (review <id>)?
      15m: 23 of 31 files changed (26 intervals); hourly: 0 of 12 files changed; daily: 12 of 13 files changed (13 intervals).
      Load: 23 of 31 15m checks scaled; 8 run at 1x.
      Destination: s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/{15m,hourly,daily}/3x/.
      Neither baseline × load nor a known fix: check_inventory_15m.yml. With an interval that could not be scaled: check_subscriptions_daily.yml. Not valid YAML, so not scaled: flows/check_flow_sends_15m.yml.
      check_inventory_15m.yml:9:  -> # looked at"
    `);
  });

  test('names four of many exceptions and counts the rest, known fixes apart; 1x has no load', async () => {
    const questions: string[] = [];
    const client = await connect(ports, async (question) => {
      questions.push(question);
      return { action: 'decline' };
    });
    const folder = join(world().targetRepo, world().env.CHECKS_PATH ?? '');
    await call(client, 'scaleConfigs', { load: 6, overwriteEdits: true });
    await call(client, 'fixInterval', { check: 'check_events_15m', from: 18, to: 12 });
    const edited = readdirSync(folder)
      .filter((name) => /^check_.*_15m\.yml$/.test(name))
      .slice(0, 6);
    for (const name of edited.slice(0, 4))
      writeFileSync(join(folder, name), `${readFileSync(join(folder, name), 'utf8')}# looked at\n`);
    const four = await call(client, 'reviewConfigs');
    await call(client, 'uploadChecks', { reviewId: four.reviewId });
    for (const name of edited.slice(4))
      writeFileSync(join(folder, name), `${readFileSync(join(folder, name), 'utf8')}# looked at\n`);
    const six = await call(client, 'reviewConfigs');
    await call(client, 'uploadChecks', { reviewId: six.reviewId });
    const firstFour = edited.slice(0, 4).join(', ');
    expect(questions[0]).toContain(`Neither baseline × load nor a known fix: ${firstFour}.`);
    expect(questions[0]).toContain('Known fix instead of baseline × load: events/check_events_15m.yml.');
    expect(questions[1]).toContain(`Neither baseline × load nor a known fix: ${firstFour}, and 2 more.`);
    await call(client, 'scaleConfigs', { load: 1, overwriteEdits: true });
    const file = join(folder, edited[0] ?? '');
    writeFileSync(file, `${readFileSync(file, 'utf8')}# looked at\n`);
    const one = await call(client, 'reviewConfigs');
    await call(client, 'uploadChecks', { reviewId: one.reviewId });
    expect(questions[2]).toContain('/1x/.');
    expect(questions[2]).not.toMatch(/^Load: /m);
  });
});
