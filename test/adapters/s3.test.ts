import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/domain/digest.ts';
import { configKey } from '../../src/domain/keys.ts';
import type { Copy } from '../../src/ports/aws.ts';
import { check, dagFile, settings, startAwsWorld, tally, watch } from './awsWorld.ts';

let world: Awaited<ReturnType<typeof startAwsWorld>>;
beforeEach(async () => {
  world = await startAwsWorld();
});
afterEach(() => world.close());

const three = () => [
  check('a_15m.yml', 'a'),
  check('tables/ü b+c_15m.yml', 'b'),
  dagFile('dag.py', 'LOAD = 2'),
];
const textAt = (key: string) => world.buckets.get(settings.bucket, key)?.toString();

describe('upload', () => {
  it('sends bytes to their keys, with their sha256, and reports progress', async () => {
    const eye = watch();
    const delivered = await world.store().upload(three(), eye);
    expect(delivered.unchanged).toEqual([]);
    expect(delivered.sent).toEqual(three().map(({ key }) => key));
    expect(textAt('checks_load_test/configs/15m/2x/tables/ü b+c_15m.yml')).toBe('b');
    expect(eye.said.at(-1)).toBe('3 sent, 0 unchanged');
    const [object] = await world.store('no memory').list('checks_load_test/configs/15m/2x/a');
    expect(object && (await world.store('no memory').digest(object))).toBe(
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    );
  });

  it('the second time lists the folders and sends nothing', async () => {
    await world.store().upload(three(), watch());
    world.wire();
    const delivered = await world.store().upload(three(), watch());
    expect(delivered.unchanged).toHaveLength(3);
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 2 });
  });

  it('without its memory reads the checksums from S3, sends nothing, and remembers them', async () => {
    await world.store().upload(three(), watch());
    rmSync(join(world.directory, 'memory'), { recursive: true });
    world.wire();
    const delivered = await world.store().upload(three(), watch());
    expect(delivered.unchanged).toHaveLength(3);
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 2, HeadObject: 3 });
    await world.store().upload(three(), watch());
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 2 });
  });

  it('treats a damaged memory as empty', async () => {
    await world.store().upload(three(), watch());
    const memory = join(world.directory, 'memory');
    for (const file of readdirSync(memory)) writeFileSync(join(memory, file), '{"version":1,"obj');
    const delivered = await world.store().upload(three(), watch());
    expect(delivered.unchanged).toHaveLength(3);
  });

  it('sends only what differs, even at the same size', async () => {
    await world.store().upload(three(), watch());
    world.wire();
    const delivered = await world.store().upload([check('a_15m.yml', 'A'), ...three().slice(1)], watch());
    expect(delivered.sent).toEqual([check('a_15m.yml', 'A').key]);
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 2, PutObject: 1 });
    expect(textAt('checks_load_test/configs/15m/2x/a_15m.yml')).toBe('A');
  });

  it('notices that somebody overwrote an object, whatever its memory says', async () => {
    await world.store().upload(three(), watch());
    const { key } = check('a_15m.yml', 'a');
    world.buckets.put(settings.bucket, key, Buffer.from('X'));
    const delivered = await world.store().upload(three(), watch());
    expect(delivered.sent).toEqual([key]);
    expect(textAt(key)).toBe('a');
  });

  it('sends no bytes but the reviewed ones', async () => {
    const reviewed = { ...check('a_15m.yml', 'other'), digest: sha256(Buffer.from('a')) };
    await expect(world.store().upload([reviewed], watch())).rejects.toThrow(
      /^The bytes of .*a_15m.yml are no longer the reviewed ones/,
    );
    expect(textAt(reviewed.key)).toBeUndefined();
    const same = { ...check('a_15m.yml', 'a'), digest: reviewed.digest };
    expect((await world.store().upload([same], watch())).sent).toEqual([same.key]);
  });

  it('sends a removed object again', async () => {
    await world.store().upload(three(), watch());
    await world.store('somebody').remove([check('a_15m.yml', '').key], watch());
    expect((await world.store().upload(three(), watch())).sent).toEqual([check('a_15m.yml', '').key]);
  });

  it('does not trust an ETag alone: it checks bytes that were never checked', async () => {
    world.buckets.put(settings.bucket, check('a_15m.yml', 'a').key, Buffer.from('a'));
    const delivered = await world.store().upload([check('a_15m.yml', 'a')], watch());
    expect(delivered.sent).toHaveLength(1);
  });

  it('finds an object on the second page of a listing', async () => {
    for (let index = 0; index < 1100; index += 1)
      world.buckets.put(settings.bucket, check(`c${index}_15m.yml`, '').key, Buffer.from('x'));
    const last = check('z_15m.yml', 'z');
    await world.store().upload([last], watch());
    world.wire();
    expect((await world.store().upload([last], watch())).unchanged).toEqual([last.key]);
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 2 });
    expect(await world.store().list('checks_load_test/')).toHaveLength(1101);
  });

  it('lists pages side by side where it knows the keys, and finds what else is there', async () => {
    const many = Array.from({ length: 2500 }, (_, index) =>
      check(`team_${index % 7}/\u{1F600}c${index}_15m.yml`, 'x'),
    );
    const keys = many.map(({ key }) => key);
    const folder = 'checks_load_test/configs/15m/2x/';
    const foreign = ['team_0/\uFF5E.yml', 'team_3/!.yml', '~.yml', '!.yml'].map((name) => `${folder}${name}`);
    const crowd = Array.from({ length: 1500 }, (_, index) => `${folder}team_5/${index}`);
    for (const key of [...keys, ...foreign, ...crowd])
      world.buckets.put(settings.bucket, key, Buffer.from('x'));
    const sides = await Promise.all([world.store().list(folder, watch(), keys), world.store().list(folder)]);
    expect(sides[0]).toEqual(sides[1]);
    expect(sides[0].map(({ key }) => key)).toEqual(world.buckets.keys(settings.bucket, folder));
    // Just the keys that were expected: no page waits for another.
    const exact = keys.map((key) => key.replace('/2x/', '/4x/'));
    for (const key of exact) world.buckets.put(settings.bucket, key, Buffer.from('x'));
    world.front.clearRequests();
    expect(await world.store().list(folder.replace('/2x/', '/4x/'), watch(), exact)).toHaveLength(2500);
    const queries = world.front.requests().map(({ query = '' }) => query);
    expect(queries.filter((query) => query.includes('start-after='))).toHaveLength(2);
    expect(queries.filter((query) => query.includes('continuation-token='))).toEqual([]);
    expect(await world.store().list('nowhere/', watch(), keys)).toEqual([]);
  });

  it('stops when it is cancelled, and the next call finishes without sending anything twice', async () => {
    const abort = new AbortController();
    const many = Array.from({ length: 200 }, (_, index) => check(`c${index}_15m.yml`, String(index)));
    const eye = { signal: abort.signal, progress: (done: number) => done === 50 && abort.abort() };
    await expect(world.store().upload(many, eye as never)).rejects.toMatchObject({ name: 'AbortError' });
    expect(world.buckets.keys(settings.bucket, '').length).toBeLessThan(200);
    const delivered = await world.store().upload(many, watch());
    expect(delivered.unchanged.length).toBeGreaterThanOrEqual(50);
    expect(delivered.unchanged.length + delivered.sent.length).toBe(200);
    expect(world.buckets.keys(settings.bucket, '')).toHaveLength(200);
  });
});

describe('copy', () => {
  const production = 'production-configs';
  const source = 'checks/configs/prod/hourly/über/a b_table_metrics.yml';

  beforeEach(() => {
    world.buckets.create(production);
    world.buckets.put(production, source, Buffer.from('metrics: 1'), { owner: 'data' });
  });

  async function copies(): Promise<Copy[]> {
    const { bucket, prefix, objects } = await world
      .store()
      .listUri(`s3://${production}/checks/configs/prod/hourly`);
    return objects.flatMap((object) =>
      [1, 2, 4].map((load) => ({
        from: { bucket, object },
        to: configKey(settings, 'hourly', load, object.key.slice(prefix.length).replace(/^\//, '')),
      })),
    );
  }

  it('copies within S3 and records the version it copied', async () => {
    const delivered = await world.store().copy(await copies(), watch());
    expect(delivered.sent).toHaveLength(3);
    expect(textAt('checks_load_test/configs/hourly/4x/über/a b_table_metrics.yml')).toBe('metrics: 1');
    expect(tally(world.wire())).toMatchObject({ CopyObject: 3, HeadObject: 1 });
  });

  it('a second time is unchanged: by the listing with memory, by the metadata without', async () => {
    await world.store().copy(await copies(), watch());
    const again = await copies();
    world.wire();
    expect((await world.store().copy(again, watch())).unchanged).toHaveLength(3);
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 3 });
    expect((await world.store('no memory').copy(again, watch())).unchanged).toHaveLength(3);
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 3, HeadObject: 3 });
  });

  it('copies again when production has changed, even at the same size', async () => {
    await world.store().copy(await copies(), watch());
    world.buckets.put(production, source, Buffer.from('metrics: 2'));
    expect((await world.store().copy(await copies(), watch())).sent).toHaveLength(3);
    expect(textAt('checks_load_test/configs/hourly/1x/über/a b_table_metrics.yml')).toBe('metrics: 2');
  });

  it('copies nothing when production changes between listing and copying', async () => {
    const listed = await copies();
    world.buckets.put(production, source, Buffer.from('metrics: 9'));
    await expect(world.store().copy(listed, watch())).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('None of the 3 objects is known to have arrived.'),
    });
    expect(world.buckets.keys(settings.bucket, 'checks_load_test/')).toEqual([]);
  });
});

it('reads an object, and distinguishes a missing one from a failure', async () => {
  await world.store().upload([check('a_15m.yml', 'a')], watch());
  const { key } = check('a_15m.yml', '');
  expect(Buffer.from((await world.store().read(key)) ?? []).toString()).toBe('a');
  expect(await world.store().read(`${key}.absent`)).toBeUndefined();
});

it('removes objects one by one, never in bulk', async () => {
  await world.store().upload(three(), watch());
  world.wire();
  await world.store().remove(
    three().map(({ key }) => key),
    watch(),
  );
  expect(world.wire()).toEqual(['DeleteObject', 'DeleteObject', 'DeleteObject']);
  expect(world.buckets.keys(settings.bucket, '')).toEqual([]);
});

it('refuses a production source that is not an S3 address', async () => {
  await expect(world.store().listUri('http://elsewhere/x')).rejects.toMatchObject({ code: 'CONFIG' });
});
