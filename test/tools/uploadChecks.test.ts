import { expect, test } from 'vitest';
import { bucketName } from '../../src/sandbox/worldEnvironment.ts';
import { normalise, prepareWorld, toolHarness, uploadLevel } from './toolHarness.ts';

prepareWorld();
const configs = 'checks_load_test/configs';

test('"approved" uploads the reviewed bytes to the prefixes of the seed, with production’s table metrics', async () => {
  const bed = await toolHarness();
  const { reviewId } = (await bed.call('scaleConfigs', { load: '2x' })).structure;
  const { text, structure } = await bed.call('uploadChecks', { reviewId, approved: true });
  expect(normalise(bed, text)).toMatchInlineSnapshot(`
    "Uploaded 12 configs for 2x (0 unchanged), and copied 18 table-metrics objects from production.

    Status: uploaded
    Load: 2
    Review id: <reviewId>
    Uploaded: 12
    Unchanged: 0
    Removed: 0
      - 8 files → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/15m/2x/
      - 2 files → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/2x/
      - 2 files → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/daily/2x/
    Table metrics: 18 copied, 0 unchanged
      → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/1x/
      → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/2x/
      → s3://klaviyo-data-platform-orchestration-v1/checks_load_test/configs/hourly/4x/
    Not named like a 15m, hourly or daily check, so never uploaded: events/check_events_backfill.yml

    → uploadDags, so that the DAG reads 2x."
  `);
  expect(structure).toMatchObject({
    status: 'uploaded',
    load: 2,
    uploaded: 12,
    unchanged: 0,
    stale: [],
    unrecognised: ['events/check_events_backfill.yml'],
  });
  const kinds = (schedule: string) => [
    ...new Set(
      bed
        .keys(`${configs}/${schedule}/2x/`)
        .map((key) => /_(15m|15min|freshness|hourly|uniqueness|daily|table_metrics)\.yml$/.exec(key)?.[1]),
    ),
  ];
  expect(kinds('15m').sort()).toEqual(['15m', '15min', 'freshness']);
  expect(kinds('hourly').sort()).toEqual(['hourly', 'table_metrics', 'uniqueness']);
  expect(kinds('daily')).toEqual(['daily']);
  expect(bed.object(`${configs}/15m/2x/events/check_events_15m.yml`)).toBe(
    bed.read('events/check_events_15m.yml'),
  );
});

test('table metrics come from production alone, to hourly 1x, 2x, 4x and the level at hand', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 8 });
  const metrics = bed.keys(configs).filter((key) => key.endsWith('_table_metrics.yml'));
  expect([...new Set(metrics.map((key) => key.split('/').slice(0, 4).join('/')))]).toEqual(
    ['1x', '2x', '4x', '8x'].map((load) => `${configs}/hourly/${load}`),
  );
  const copy = `${configs}/hourly/8x/events/check_events_table_metrics.yml`;
  expect(bed.object(copy)).toBe(
    bed.object('checks/configs/prod/hourly/events/check_events_table_metrics.yml'),
  );
  expect(bed.object(copy)).not.toBe(bed.read('events/check_events_table_metrics.yml'));
  expect(metrics.filter((key) => key.includes('/8x/'))).toHaveLength(6);
});

test('the same call again sends nothing, and a changed file is sent alone', async () => {
  const bed = await toolHarness();
  const reviewId = await uploadLevel(bed, { load: 2 });
  const again = await bed.call('uploadChecks', { reviewId });
  expect(again.structure).toMatchObject({ status: 'unchanged', uploaded: 0, unchanged: 12 });
  expect(again.structure.summary).toMatchInlineSnapshot(
    `"All 12 configs of 2x were in the bucket already; nothing was sent."`,
  );
  const fixed = await bed.call('fixInterval', { check: 'check_events_15m', from: 6, to: 4 });
  const sent = await bed.call('uploadChecks', { reviewId: fixed.structure.reviewId, approved: true });
  expect(sent.structure).toMatchObject({ status: 'uploaded', uploaded: 1, unchanged: 11 });
});

test('objects of files that are gone are named, and removed only when asked', async () => {
  const bed = await toolHarness();
  const reviewId = await uploadLevel(bed, { load: 2 });
  const old = `${configs}/15m/2x/check_gone_15m.yml`;
  const other = `${configs}/15m/4x/check_kept_15m.yml`;
  for (const key of [old, other]) bed.aws.s3.buckets.put(bucketName, key, Buffer.from('old'));
  const { structure } = await bed.call('uploadChecks', { reviewId });
  expect(structure).toMatchObject({ status: 'unchanged', stale: [old], removed: 0 });
  expect(structure.summary).toContain(
    '1 stale object of this level is still in the bucket and would run, too.',
  );
  const removed = await bed.call('uploadChecks', { reviewId, removeStale: true });
  expect(removed.structure).toMatchObject({ status: 'uploaded', stale: [], removed: 1, removedKeys: [old] });
  expect(bed.object(old)).toBeUndefined();
  expect(bed.object(other)).toBe('old');
});

test('a stale key that no tool may touch is named for the person, and holds up nothing', async () => {
  const bed = await toolHarness();
  const reviewId = await uploadLevel(bed, { load: 2 });
  const [plain, odd] = ['aaa.yml', 'a//b.yml'].map((path) => `${configs}/15m/2x/${path}`);
  for (const key of [plain, odd]) bed.aws.s3.buckets.put(bucketName, key ?? '', Buffer.from('old'));
  const { structure } = await bed.call('uploadChecks', { reviewId, removeStale: true });
  expect(structure).toMatchObject({ removed: 1, removedKeys: [plain], stale: [odd] });
  expect(structure.warnings).toEqual([
    '1 object of this level has a key that only the person can remove, in the S3 console (listed under stale).',
  ]);
  expect((await bed.call('uploadDags')).structure.status).toBe('uploaded');
});

test('a production source without table metrics is warned about, and takes none away', async () => {
  const bed = await toolHarness();
  const reviewId = await uploadLevel(bed, { load: 2 });
  const metrics = () => bed.keys(`${configs}/hourly/`).filter((key) => key.endsWith('_table_metrics.yml'));
  const before = metrics();
  expect(before.length).toBeGreaterThan(0);
  await bed.restart({ PROD_HOURLY_CHECKS: `s3://${bucketName}/checks/configs/prod/hourlyy` });
  const { structure } = await bed.call('uploadChecks', { reviewId, removeStale: true });
  expect(structure).toMatchObject({ removed: 0, stale: [] });
  expect(structure.warnings[0]).toContain('Production holds no table metrics under s3://');
  expect(metrics()).toEqual(before);
});

test('nothing is written outside the two load-test prefixes', async () => {
  const bed = await toolHarness();
  await uploadLevel(bed, { load: 2 });
  await bed.call('uploadDags');
  const requests = (await (await fetch(`${bed.aws.endpoint}/_sandbox/requests`)).json()) as {
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

test('an upload that breaks off says so, and the same call finishes it', async () => {
  const bed = await toolHarness();
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  await bed.fault({
    service: 's3',
    operation: 'PutObject',
    keyPrefix: `${configs}/daily/`,
    error: 'AccessDenied',
  });
  const failure = await bed.refusal('uploadChecks', { reviewId, approved: true });
  expect(failure).toMatch(/^DENIED: /);
  expect((await bed.call('showSession')).structure).toMatchObject({
    phase: 'approved',
    uploaded: [],
    interrupted: { tool: 'uploadChecks' },
    callAgain: { tool: 'uploadChecks', arguments: { reviewId, approved: true } },
  });
  await bed.fault(undefined);
  expect(await bed.refusal('uploadDags')).toMatch(
    /^WRONG_STATE: uploadChecks of 2x began at .* Nothing was uploaded, and LOAD was not changed\. Next: call uploadChecks again with .*reviewId/,
  );
  await bed.restart();
  const { structure } = await bed.call('uploadChecks', { reviewId });
  expect(structure.uploaded + structure.unchanged).toBe(12);
  expect((await bed.call('showSession')).structure).not.toHaveProperty('interrupted');
});

test('a wrong review id is refused before anything is looked at', async () => {
  const bed = await toolHarness();
  await bed.call('scaleConfigs', { load: 2 });
  expect(await bed.refusal('uploadChecks', { reviewId: 'approved' })).toMatchInlineSnapshot(
    `"BAD_INPUT: reviewId must be a review id of 16 hex digits from scaleConfigs or reviewConfigs, not "approved". Nothing was changed. Next: call uploadChecks again; its arguments are reviewId, approved, removeStale."`,
  );
  expect(await bed.refusal('uploadChecks', {})).toMatch(/^BAD_INPUT: reviewId /);
  expect(await bed.refusal('uploadChecks', { reviewID: '0123456789abcdef' })).toContain(
    'did you mean reviewId?',
  );
});

test('without a load level there is nothing to upload', async () => {
  const bed = await toolHarness();
  expect(await bed.refusal('uploadChecks', { reviewId: '0123456789abcdef' })).toMatch(
    /^WRONG_STATE: No load level/,
  );
});

test('what was sent before a later failure is told, and production is read before anything is sent', async () => {
  const bed = await toolHarness();
  const { reviewId } = (await bed.call('scaleConfigs', { load: 2 })).structure;
  await bed.fault({ service: 's3', operation: 'ListObjectsV2', error: 'AccessDenied' });
  expect(await bed.refusal('uploadChecks', { reviewId, approved: true })).toMatch(/Nothing was changed\./);
  expect(bed.keys(configs)).toEqual([]);
  await bed.fault(undefined);
  await bed.fault({ service: 's3', operation: 'CopyObject', error: 'AccessDenied' });
  const failure = await bed.refusal('uploadChecks', { reviewId, approved: true });
  expect(failure).toMatch(/^DENIED: .* 12 objects had been sent before; the same call goes on from there\./);
  expect(failure).not.toContain('Nothing was changed');
});

test('a key of production that cannot be one of ours is left out of the copies', async () => {
  const bed = await toolHarness();
  bed.aws.s3.buckets.put(bucketName, 'checks/configs/prod/hourly//x_table_metrics.yml', Buffer.from('a: 1'));
  await uploadLevel(bed, { load: 2 });
  expect(bed.keys(configs).filter((key) => key.includes('x_table_metrics'))).toEqual([]);
});

test('a file whose name holds what is not seen is named among the unrecognised, and stays where it is', async () => {
  const bed = await toolHarness();
  bed.write('events/line\nend_15m.yml', 'name: x\n');
  bed.write('events/check_\u202egnp_15m.yml', 'name: x\n');
  await bed.call('scaleConfigs', { load: 2 });
  const { reviewId } = (await bed.call('reviewConfigs')).structure;
  const { structure } = await bed.call('uploadChecks', { reviewId, approved: true });
  expect(structure.unrecognised).toContain('events/line\\u000aend_15m.yml');
  expect(structure.unrecognised).toContain('events/check_\\u202egnp_15m.yml');
  expect(structure.uploaded).toBe(12);
});
