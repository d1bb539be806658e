import { ListObjectsV2Command, type ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumOf } from '../../../sandbox/s3/checksums.ts';
import { compareKeys, listPage, type Position, positionOf, tokenOf } from '../../../sandbox/s3/listing.ts';
import { createBucket } from '../../../sandbox/s3/store.ts';
import { errorOf, send, startWorld } from '../frontFixture.ts';

const object = {
  body: Buffer.of(),
  etag: '',
  modifiedMs: 0,
  headers: {},
  encryption: 'AES256',
  checksum: checksumOf('CRC64NVME', Buffer.of()),
} as const;

/** Keys that share prefixes often, with characters from both sides of the surrogates. */
const key = fc.string({
  unit: fc.constantFrom('a', 'b', '/', 'é', '\uFF5E', '\u{1F600}'),
  minLength: 1,
  maxLength: 6,
});

test('keys are ordered as their UTF-8 bytes are', () => {
  fc.assert(
    fc.property(key, key, (left, right) => {
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
  );
});

test('the keys of a bucket are those put and not deleted since, in order, however changes and listings alternate', () => {
  const change = fc.record({ put: fc.boolean(), key, list: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const bucket = createBucket('load-test', 'us-east-1');
      const model = new Set<string>();
      for (const { put, key: changed, list } of changes) {
        if (put) bucket.put(changed, object);
        else bucket.delete(changed);
        if (put) model.add(changed);
        else model.delete(changed);
        if (list) bucket.keys();
      }
      expect(bucket.keys()).toEqual([...model].sort(compareKeys));
    }),
  );
});

test('pages of any size, one after the other, are the whole listing', () => {
  const query = fc.record({
    prefix: fc.constantFrom('', 'a', 'a/'),
    delimiter: fc.constantFrom('', '/', 'b/'),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 30 }),
      query,
      fc.integer({ min: 1, max: 5 }),
      (keys, asked, limit) => {
        const sorted = keys.sort(compareKeys);
        const matching = sorted.filter((one) => one.startsWith(asked.prefix));
        const rolled = matching.map((one) => {
          const cut = asked.delimiter === '' ? -1 : one.indexOf(asked.delimiter, asked.prefix.length);
          return cut === -1 ? one : one.slice(0, cut + asked.delimiter.length);
        });
        const seen: string[] = [];
        let after: Position | undefined;
        do {
          const page = listPage(sorted, { ...asked, after, limit });
          expect(page.keys.length + page.commonPrefixes.length).toBeLessThanOrEqual(limit);
          seen.push(...[...page.keys, ...page.commonPrefixes].sort(compareKeys));
          after = page.next && positionOf(tokenOf(page.next));
        } while (after !== undefined);
        expect(seen).toEqual([...new Set(rolled)]);
      },
    ),
  );
});

test('a hundred thousand keys, put in any order, come in a hundred pages of one and the same sorted list', () => {
  const bucket = createBucket('load-test', 'us-east-1');
  const name = (number: number) => `k/${String(number).padStart(6, '0')}`;
  for (let number = 0; number < 100_000; number += 1) bucket.put(name((number * 7919) % 100_000), object);
  const sorted = bucket.keys();
  const firsts: (string | undefined)[] = [];
  let after: Position | undefined;
  do {
    expect(bucket.keys()).toBe(sorted);
    const page = listPage(bucket.keys(), { prefix: 'k/', delimiter: '', after, limit: 1000 });
    expect(page.keys).toHaveLength(1000);
    firsts.push(page.keys[0]);
    after = page.next;
  } while (after !== undefined);
  expect(firsts).toEqual(Array.from({ length: 100 }, (_, page) => name(page * 1000)));
});

test('a page never has more than a thousand keys, whatever max-keys says', async () => {
  const world = await startWorld();
  for (let index = 0; index < 1001; index += 1) world.s3.buckets.put('load-test', `k${index}`, Buffer.of());
  const page = await world.client().send(new ListObjectsV2Command({ Bucket: 'load-test', MaxKeys: 5000 }));
  expect([page.KeyCount, page.MaxKeys, page.IsTruncated]).toEqual([1000, 1000, true]);
});

test('a listing continues after the last key of a page even when that key is deleted in between', async () => {
  const world = await startWorld();
  for (const name of ['a', 'b', 'c']) world.s3.buckets.put('load-test', name, Buffer.of());
  const list = (input: Partial<ListObjectsV2CommandInput>) =>
    world.client().send(new ListObjectsV2Command({ Bucket: 'load-test', MaxKeys: 1, ...input }));
  const { NextContinuationToken } = await list({});
  await send(world, 'DELETE', '/load-test/a', { as: { service: 's3' } });
  expect((await list({ ContinuationToken: NextContinuationToken })).Contents?.[0]?.Key).toBe('b');
});

test('control characters are valid XML only in a url-encoded listing', async () => {
  const world = await startWorld();
  world.s3.buckets.put('load-test', 'bell\u0007 & <é>', Buffer.of());
  const plain = await send(world, 'GET', '/load-test?list-type=2', { as: { service: 's3' } });
  expect(plain.body).toContain('<Key>bell&#x7; &amp; &lt;é&gt;</Key>');
  const encoded = await send(world, 'GET', '/load-test?list-type=2&encoding-type=url', {
    as: { service: 's3' },
  });
  expect(encoded.body).toContain('<Key>bell%07+%26+%3C%C3%A9%3E</Key>');
});

test.each([
  'max-keys=-1',
  'max-keys=many',
  'max-keys=2147483648',
  'encoding-type=base64',
  'continuation-token=x',
])('a listing with %s is refused as an invalid argument', async (query) => {
  const world = await startWorld();
  const { status, body } = await send(world, 'GET', `/load-test?list-type=2&${query}`, {
    as: { service: 's3' },
  });
  expect([status, body]).toEqual([400, expect.stringContaining('<Code>InvalidArgument</Code>')]);
});

test('a listing of a missing bucket is refused', async () => {
  const world = await startWorld();
  expect(await errorOf(world.client().send(new ListObjectsV2Command({ Bucket: 'nowhere' })))).toBe(
    'NoSuchBucket',
  );
});
