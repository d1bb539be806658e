import { expect, test } from 'vitest';
import { bucketName } from '../../sandbox/world/environment.ts';
import { normalise, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const configs = 'checks_load_test/configs';

test('"approved" uploads the reviewed bytes to the prefixes of the seed, with production’s table metrics', async () => {
  const harness = await toolHarness();
  const { reviewId } = (await harness.call('scaleConfigs', { load: '2x' })).structure;
  const { text, structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(normalise(harness, text)).toMatchInlineSnapshot(`
    "Uploaded 12 configs for 2x (0 unchanged) and copied 18 table-metrics objects from production. In the bucket: 6 of 8 15m checks scaled; 2 run at 1x.

    Status: uploaded
    Load: 2
    Uploaded: 12
    Unchanged: 0
    Removed: 0
      - 8 files → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/15m/2x/
      - 2 files → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/2x/
      - 2 files → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/daily/2x/
    Table metrics: 18 copied, 0 unchanged → hourly/1x/, hourly/2x/, hourly/4x/
    1 file (events/check_events_backfill.yml): not named like a 15m, hourly or daily check, so never uploaded.

    → Call uploadDags, so that the DAG reads 2x."
  `);
  expect(structure).toMatchObject({
    status: 'uploaded',
    load: 2,
    uploaded: 12,
    unchanged: 0,
    exceptions: [{ cause: 'no_schedule', files: ['events/check_events_backfill.yml'], total: 1 }],
  });
  expect(structure).toHaveProperty('stale', []);
  const kinds = (schedule: string) => [
    ...new Set(
      harness
        .keys(`${configs}/${schedule}/2x/`)
        .map((key) => /_(15m|15min|freshness|hourly|uniqueness|daily|table_metrics)\.yml$/.exec(key)?.[1]),
    ),
  ];
  expect(kinds('15m').sort()).toEqual(['15m', '15min', 'freshness']);
  expect(kinds('hourly').sort()).toEqual(['hourly', 'table_metrics', 'uniqueness']);
  expect(kinds('daily')).toEqual(['daily']);
  expect(harness.object(`${configs}/15m/2x/events/check_events_15m.yml`)).toBe(
    harness.read('events/check_events_15m.yml'),
  );
});

test('table metrics come only from production, and go to hourly 1x, 2x, 4x and the current level', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 8 });
  const metrics = harness.keys(configs).filter((key) => key.endsWith('_table_metrics.yml'));
  expect([...new Set(metrics.map((key) => key.split('/').slice(0, 4).join('/')))]).toEqual(
    ['1x', '2x', '4x', '8x'].map((load) => `${configs}/hourly/${load}`),
  );
  const copy = `${configs}/hourly/8x/events/check_events_table_metrics.yml`;
  expect(harness.object(copy)).toBe(
    harness.object('checks/configs/prod/hourly/events/check_events_table_metrics.yml'),
  );
  expect(harness.object(copy)).not.toBe(harness.read('events/check_events_table_metrics.yml'));
  expect(metrics.filter((key) => key.includes('/8x/'))).toHaveLength(6);
});

test('a repeated call sends nothing, and later only the changed file is sent', async () => {
  const harness = await toolHarness();
  const reviewId = await uploadLevel(harness, { load: 2 });
  const again = await harness.call('uploadChecks', { reviewId });
  expect(again.structure).toMatchObject({ status: 'unchanged', uploaded: 0, unchanged: 12 });
  expect(again.structure.summary).toMatchInlineSnapshot(
    `"All 12 configs for 2x were already in the bucket; nothing was sent. In the bucket: 6 of 8 15m checks scaled; 2 run at 1x."`,
  );
  const fixed = await harness.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const sent = await harness.call('uploadChecks', { reviewId: fixed.structure.reviewId, approved: true });
  expect(sent.structure).toMatchObject({ status: 'uploaded', uploaded: 1, unchanged: 11 });
});

test('objects of deleted files are listed, and removed only on request', async () => {
  const harness = await toolHarness();
  const reviewId = await uploadLevel(harness, { load: 2 });
  const old = `${configs}/15m/2x/check_gone_15m.yml`;
  const other = `${configs}/15m/4x/check_kept_15m.yml`;
  for (const key of [old, other]) harness.aws.s3.buckets.put(bucketName, key, Buffer.from('old'));
  const { structure } = await harness.call('uploadChecks', { reviewId });
  expect(structure).toMatchObject({ status: 'unchanged', stale: [old], removed: 0 });
  expect(structure.summary).toContain(
    'Still in the bucket, and would also run: 1 stale object of this level.',
  );
  const removed = await harness.call('uploadChecks', { reviewId, removeStale: true });
  expect(removed.structure).toMatchObject({ status: 'uploaded', removed: 1, removedKeys: [old] });
  expect(removed.structure).toHaveProperty('stale', []);
  expect(harness.object(old)).toBeUndefined();
  expect(harness.object(other)).toBe('old');
});

test('the removal of stale objects is asked for one review, and not carried to another', async () => {
  const harness = await toolHarness();
  const older = (await harness.call('scaleConfigs', { load: 2 })).structure.reviewId;
  const newer = (await harness.call('scaleConfigs', { load: 4 })).structure.reviewId;
  const askedOf = async (reviewId: string) =>
    (await harness.call('uploadChecks', { reviewId, removeStale: true })).structure.callAgain.arguments;
  expect(await askedOf(newer)).toMatchObject({ reviewId: newer, removeStale: true });
  const given = await askedOf(older);
  expect(given).toMatchObject({ reviewId: newer });
  expect(given).not.toHaveProperty('removeStale');
});

test('a stale key that no tool may touch is listed for the user, and blocks nothing', async () => {
  const harness = await toolHarness();
  const reviewId = await uploadLevel(harness, { load: 2 });
  const [plain, odd] = ['aaa.yml', 'a//b.yml'].map((path) => `${configs}/15m/2x/${path}`);
  for (const key of [plain, odd]) harness.aws.s3.buckets.put(bucketName, key ?? '', Buffer.from('old'));
  const { structure } = await harness.call('uploadChecks', { reviewId, removeStale: true });
  expect(structure).toMatchObject({ removed: 1, removedKeys: [plain], stale: [odd] });
  expect(structure.warnings).toEqual([
    '1 object of this level can only be removed by the user, in the S3 console (listed in stale).',
  ]);
  expect((await harness.call('uploadDags')).structure.status).toBe('uploaded');
});

test('a production source without table metrics is warned about, and nothing is removed', async () => {
  const harness = await toolHarness();
  const reviewId = await uploadLevel(harness, { load: 2 });
  const metrics = () =>
    harness.keys(`${configs}/hourly/`).filter((key) => key.endsWith('_table_metrics.yml'));
  const before = metrics();
  expect(before.length).toBeGreaterThan(0);
  await harness.restart({ PROD_HOURLY_CHECKS: `s3://${bucketName}/checks/configs/prod/hourlyy` });
  const { structure } = await harness.call('uploadChecks', { reviewId, removeStale: true });
  expect(structure).toMatchObject({ removed: 0 });
  expect(structure).toHaveProperty('stale', []);
  expect(structure.warnings[0]).toContain('Production has no table metrics under s3://');
  expect(metrics()).toEqual(before);
});

test('nothing is written outside the two load-test prefixes', async () => {
  const harness = await toolHarness();
  await uploadLevel(harness, { load: 2 });
  await harness.call('uploadDags');
  const requests = (await (await fetch(`${harness.aws.endpoint}/_sandbox/requests`)).json()) as {
    method: string;
    service: string;
    key?: string;
  }[];
  const written = requests.filter(
    ({ method, service }) => service === 's3' && !['GET', 'HEAD'].includes(method),
  );
  expect(written.length).toBeGreaterThan(30);
  for (const { key } of written)
    expect(key).toMatch(/^(checks_load_test\/configs|dags\/datalake\/audit_loadtest)\//);
});

test('a failed upload says so, and the same call finishes it', async () => {
  const harness = await toolHarness();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  await harness.fault({
    service: 's3',
    operation: 'PutObject',
    keyPrefix: `${configs}/daily/`,
    error: 'AccessDenied',
  });
  const failure = await harness.refusal('uploadChecks', { reviewId, approved: true });
  expect(failure).toMatch(/^DENIED: /);
  const session = (await harness.call('showSession')).structure;
  expect(session).toMatchObject({
    phase: 'approved',
    interrupted: { tool: 'uploadChecks' },
    callAgain: { tool: 'uploadChecks', arguments: { reviewId, approved: true } },
  });
  expect(session).toHaveProperty('uploaded', []);
  await harness.fault(undefined);
  expect(await harness.refusal('uploadDags')).toMatch(
    /^WRONG_STATE: uploadChecks of 2x began at .* Nothing was uploaded, and LOAD was not changed\. Next: call uploadChecks again with .*reviewId/,
  );
  await harness.restart();
  const { structure } = await harness.call('uploadChecks', { reviewId });
  expect(structure.uploaded + structure.unchanged).toBe(12);
  expect((await harness.call('showSession')).structure).not.toHaveProperty('interrupted');
});

test('an invalid review id is refused before anything is read', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  expect(await harness.refusal('uploadChecks', { reviewId: 'approved' })).toMatchInlineSnapshot(
    `"BAD_INPUT: reviewId must be a review id of 16 hex digits from scaleConfigs or reviewConfigs, not "approved". Nothing was changed. Next: call uploadChecks again; its arguments are reviewId, approved, removeStale."`,
  );
  expect(await harness.refusal('uploadChecks', {})).toMatch(/^BAD_INPUT: reviewId /);
  expect(await harness.refusal('uploadChecks', { reviewID: '0123456789abcdef' })).toContain(
    'did you mean reviewId?',
  );
});

test('without a load level there is nothing to upload', async () => {
  const harness = await toolHarness();
  expect(await harness.refusal('uploadChecks', { reviewId: '0123456789abcdef' })).toMatch(
    /^WRONG_STATE: This session has no load level/,
  );
});

test('a later failure says what was sent before, and production is read before anything is sent', async () => {
  const harness = await toolHarness();
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  await harness.fault({ service: 's3', operation: 'ListObjectsV2', error: 'AccessDenied' });
  expect(await harness.refusal('uploadChecks', { reviewId, approved: true })).toMatch(
    /Nothing was changed\./,
  );
  expect(harness.keys(configs)).toEqual([]);
  await harness.fault(undefined);
  await harness.fault({ service: 's3', operation: 'CopyObject', error: 'AccessDenied' });
  const failure = await harness.refusal('uploadChecks', { reviewId, approved: true });
  expect(failure).toMatch(
    /^DENIED: .* 12 objects had already been sent; the same call continues from there\./,
  );
  expect(failure).not.toContain('Nothing was changed');
});

test('a production key that cannot be a load-test key is named and not copied', async () => {
  const harness = await toolHarness();
  harness.aws.s3.buckets.put(
    bucketName,
    'checks/configs/prod/hourly//x_table_metrics.yml',
    Buffer.from('a: 1'),
  );
  harness.aws.s3.buckets.put(
    bucketName,
    'checks/configs/prod/hourly/a%2Fx_table_metrics.yml',
    Buffer.from('a: 1'),
  );
  const { reviewId } = (await harness.call('scaleConfigs', { load: 2 })).structure;
  const { structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(harness.keys(configs).filter((key) => key.includes('x_table_metrics'))).toEqual([]);
  expect(structure.exceptions).toContainEqual({
    cause: 'not_uploadable',
    files: ['//x_table_metrics.yml', '/a%2Fx_table_metrics.yml'].map(
      (path) => `s3://${bucketName}/checks/configs/prod/hourly${path}`,
    ),
    total: 2,
  });
});

test('a file name with invisible characters is listed as not uploadable and not uploaded', async () => {
  const harness = await toolHarness();
  harness.write('events/line\nend_15m.yml', 'name: x\n');
  harness.write('events/check_\u202egnp_15m.yml', 'name: x\n');
  await harness.call('scaleConfigs', { load: 2 });
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  const { structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  const odd = structure.exceptions.find(({ cause }: { cause: string }) => cause === 'not_uploadable');
  expect(odd.files).toContain('events/line\\u000aend_15m.yml');
  expect(odd.files).toContain('events/check_\\u202egnp_15m.yml');
  expect(structure.uploaded).toBe(12);
});

test('an object that S3 did not take at first is sent again, and the result says so', async () => {
  const harness = await toolHarness();
  const { reviewId } = (await harness.call('scaleConfigs', { load: '2x' })).structure;
  harness.aws.front.faults.add({
    service: 's3',
    operation: 'PutObject',
    keyPrefix: `${configs}/15m/2x/events/check_events_15m.yml`,
    error: 'SlowDown',
    times: 1,
  });
  const { text, structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  expect(structure).toMatchObject({ status: 'uploaded', uploaded: 12, retried: 1 });
  expect(text).toContain('from production. 1 object needed a second request. In the bucket:');
  const dags = await harness.call('uploadDags', {});
  expect(dags.structure).toMatchObject({ status: 'uploaded', retried: 0 });
  expect(dags.text).not.toContain('second request');
});

test('a repeated call lists each prefix once: nothing was sent since', async () => {
  const harness = await toolHarness();
  const reviewId = await uploadLevel(harness, { load: 2, schedule: 'hourly' });
  const listings = () =>
    harness.aws.front.requests().filter(({ operation }) => operation === 'ListObjectsV2').length;
  harness.aws.front.clearRequests();
  expect((await harness.call('uploadChecks', { reviewId })).structure).toMatchObject({ status: 'unchanged' });
  // hourly/2x for the configs, production, and the three prefixes of the copies.
  expect(listings()).toBe(1 + 1 + 3);
  // What somebody else put there before the call is seen.
  harness.aws.s3.buckets.put(bucketName, `${configs}/hourly/2x/foreign_hourly.yml`, Buffer.from('x: 1'));
  const after = await harness.call('uploadChecks', { reviewId });
  expect(after.structure).toMatchObject({
    status: 'unchanged',
    stale: [`${configs}/hourly/2x/foreign_hourly.yml`],
  });
});
