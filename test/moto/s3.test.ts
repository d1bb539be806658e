import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { sandboxClock } from '../../sandbox/clock.ts';
import { type AwsFront, startAwsFront } from '../../sandbox/control/server.ts';
import { createS3, type S3 } from '../../sandbox/s3/s3.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { expectAgreement, type KnownDifference, motoEndpoint, outcome } from './contract.ts';

let front: AwsFront;
let sandbox: S3;
let sides: { sandbox: S3Client; moto: S3Client };
let buckets = 0;

beforeAll(async () => {
  const clock = sandboxClock();
  sandbox = createS3({ clock });
  front = await startAwsFront({ services: [sandbox.service], clock });
  sides = { sandbox: clientOf(front.endpoint), moto: clientOf(motoEndpoint()) };
});
afterAll(() => front.close());

function clientOf(endpoint: string): S3Client {
  const credentials = exampleKey;
  return new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 });
}

type Story = (s3: S3Client, bucket: string) => Promise<unknown>;

/** Both sides play the same story in a new bucket of the same name; the sandbox creates buckets without HTTP. */
function agrees(name: string, story: Story, difference?: KnownDifference): void {
  test(name, async () => {
    buckets += 1;
    const bucket = `contract-${buckets}`;
    sandbox.buckets.create(bucket);
    await sides.moto.send(new CreateBucketCommand({ Bucket: bucket }));
    const [ours, moto] = await Promise.all([sides.sandbox, sides.moto].map((s3) => story(s3, bucket)));
    expectAgreement({ sandbox: ours, moto }, difference);
  });
}

async function fill(s3: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  for (const Key of keys)
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `body of ${Key}` }));
}

const tree = ['a.yml', 'daily/2x/b.yml', 'daily/2x/c.yml', 'daily/4x/b.yml', 'hourly/1x/d.yml', 'z.yml'];

/** Every page of a listing, as the keys and common prefixes on each. */
async function pages(
  s3: S3Client,
  input: ConstructorParameters<typeof ListObjectsV2Command>[0],
): Promise<unknown> {
  const seen: unknown[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ ...input, ContinuationToken: token }));
    const keys = page.Contents?.map(({ Key }) => Key);
    seen.push({ keys, prefixes: page.CommonPrefixes, count: page.KeyCount, truncated: page.IsTruncated });
    token = page.NextContinuationToken;
  } while (token !== undefined && seen.length < 20);
  return seen;
}

describe('listing', () => {
  for (const [name, input] of Object.entries({
    everything: {},
    'under a prefix': { Prefix: 'daily/' },
    'with a delimiter': { Delimiter: '/' },
    'with prefix and delimiter': { Prefix: 'daily/', Delimiter: '/' },
    'two a page': { MaxKeys: 2 },
    'one a page with a delimiter, so that pages end at common prefixes': { MaxKeys: 1, Delimiter: '/' },
    'with a delimiter of several characters': { Delimiter: 'x/' },
    'after a key': { StartAfter: 'daily/2x/c.yml' },
    'after a key that does not exist, under a prefix': { Prefix: 'daily/', StartAfter: 'daily/3' },
    'after the last key': { StartAfter: 'zz' },
    'a prefix that nothing has': { Prefix: 'weekly/' },
    'no key at all': { MaxKeys: 0 },
  }))
    agrees(`shows the same pages: ${name}`, async (s3, bucket) => {
      await fill(s3, bucket, tree);
      return await pages(s3, { Bucket: bucket, ...input });
    });

  agrees('orders keys by their UTF-8 bytes', async (s3, bucket) => {
    await fill(s3, bucket, ['\u{1F600}', '\uFF5E', 'é', 'e', 'E', '~', ' ', 'e/f', 'e-f']);
    return await pages(s3, { Bucket: bucket, MaxKeys: 4 });
  });

  agrees(
    'url-encodes keys and prefixes when asked to',
    async (s3, bucket) => {
      await fill(s3, bucket, ['a b/ü&<>.yml', 'a b/plus+.yml', "a b/quote'(1).yml"]);
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: 'a b/', EncodingType: 'url' }),
      );
      return {
        EncodingType: page.EncodingType,
        Prefix: page.Prefix,
        keys: page.Contents?.map(({ Key }) => Key),
      };
    },
    {
      reason:
        'S3 spells a space as + and ( as %28, as Java does (the API reference gives test_file%283%29.png); moto says %20',
      aws: {
        EncodingType: 'url',
        Prefix: 'a+b/',
        keys: ['a+b/plus%2B.yml', 'a+b/quote%27%281%29.yml', 'a+b/%C3%BC%26%3C%3E.yml'],
      },
    },
  );

  agrees('url-encodes what is not ASCII as moto does, where no space is in it', async (s3, bucket) => {
    await fill(s3, bucket, ['ü&<>.yml', 'plus+.yml', 'under_-.yml']);
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url' }));
    return page.Contents?.map(({ Key }) => Key);
  });

  agrees('escapes keys that contain XML', async (s3, bucket) => {
    await fill(s3, bucket, ['<a>&"b".yml', 'tab\there.yml']);
    return await pages(s3, { Bucket: bucket });
  });

  agrees('gives the size, ETag, time and storage class of each object', async (s3, bucket) => {
    await fill(s3, bucket, ['one.yml']);
    return await outcome(s3.send(new ListObjectsV2Command({ Bucket: bucket }))).then(listingWithoutChecksums);
  });

  const markers = async (s3: S3Client, bucket: string, input: object) => {
    const first = await s3.send(new ListObjectsCommand({ Bucket: bucket, MaxKeys: 2, ...input }));
    const Marker = first.NextMarker ?? first.Contents?.at(-1)?.Key;
    const second = await s3.send(new ListObjectsCommand({ Bucket: bucket, MaxKeys: 2, Marker, ...input }));
    return [first, second].map(({ Contents, CommonPrefixes, IsTruncated }) => ({
      keys: Contents?.map(({ Key }) => Key),
      prefixes: CommonPrefixes?.map(({ Prefix }) => Prefix),
      truncated: IsTruncated,
    }));
  };
  agrees('the first version pages by markers', async (s3, bucket) => {
    await fill(s3, bucket, tree);
    return await markers(s3, bucket, {});
  });
  agrees(
    'the first version pages by common prefixes',
    async (s3, bucket) => {
      await fill(s3, bucket, tree);
      return await markers(s3, bucket, { Delimiter: '/' });
    },
    {
      reason:
        'ListObjects: "all of the keys that roll up into a common prefix count as a single return" against max-keys; moto counts and cuts keys only',
      aws: [
        { keys: ['a.yml'], prefixes: ['daily/'], truncated: true },
        { keys: ['z.yml'], prefixes: ['hourly/'], truncated: false },
      ],
    },
  );

  agrees(
    'refuses a token that it never issued',
    async (s3, bucket) =>
      outcome(s3.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: 'made-up' }))),
    {
      reason:
        'S3 answers 400 InvalidArgument, "The continuation token provided is incorrect"; moto takes it for a key',
      aws: { status: 400, error: 'InvalidArgument' },
    },
  );
  agrees(
    'refuses a negative page size',
    async (s3, bucket) => outcome(s3.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: -1 }))),
    {
      reason:
        'S3 answers 400 InvalidArgument, "Argument maxKeys must be an integer between 0 and 2147483647"; moto fails',
      aws: { status: 400, error: 'InvalidArgument' },
    },
  );
  agrees('refuses a missing bucket', async (s3) =>
    outcome(s3.send(new ListObjectsV2Command({ Bucket: 'nowhere-at-all' }))),
  );
});

describe('buckets', () => {
  agrees('are found by head', async (s3, bucket) => [
    await outcome(s3.send(new HeadBucketCommand({ Bucket: bucket }))),
    await outcome(s3.send(new HeadBucketCommand({ Bucket: 'nowhere-at-all' }))),
  ]);
});

describe('objects', () => {
  agrees('come back with their headers and metadata', async (s3, bucket) => {
    const put = await outcome(
      s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: 'daily/2x/ü &<.yml',
          Body: 'checks: []\n',
          ContentType: 'application/yaml',
          CacheControl: 'no-cache',
          ContentDisposition: 'inline',
          ContentEncoding: 'identity',
          ContentLanguage: 'en',
          Metadata: { sha256: 'abc', Review: 'r-1' },
        }),
      ),
    );
    const at = { Bucket: bucket, Key: 'daily/2x/ü &<.yml' };
    return [
      put,
      await outcome(s3.send(new HeadObjectCommand(at))),
      await outcome(s3.send(new GetObjectCommand(at))),
    ].map(withoutEncryption);
  });
  agrees('also when they are empty', async (s3, bucket) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'empty', Body: '' }));
    return withoutEncryption(await outcome(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'empty' }))));
  });
  agrees('give the same errors when they are missing', async (s3, bucket) => [
    await outcome(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'none' }))),
    await outcome(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'none' }))),
    await outcome(s3.send(new GetObjectCommand({ Bucket: 'nowhere-at-all', Key: 'none' }))),
    await outcome(s3.send(new HeadObjectCommand({ Bucket: 'nowhere-at-all', Key: 'none' }))),
    await outcome(s3.send(new PutObjectCommand({ Bucket: 'nowhere-at-all', Key: 'none', Body: 'x' }))),
    await outcome(s3.send(new DeleteObjectCommand({ Bucket: 'nowhere-at-all', Key: 'none' }))),
  ]);
  agrees(
    'a key of more than 1,024 bytes is refused',
    async (s3, bucket) =>
      outcome(s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k'.repeat(1025), Body: 'x' }))),
    {
      reason: 'KeyTooLongError: "The maximum length is 1,024 bytes"; moto takes any',
      aws: { status: 400, error: 'KeyTooLongError' },
    },
  );

  for (const Range of [
    'bytes=0-3',
    'bytes=4-',
    'bytes=-3',
    'bytes=5-999',
    'bytes=4-2',
    'bytes=a-b',
    'bytes=0-1,3-4',
  ])
    agrees(`serve the range ${Range}`, async (s3, bucket) => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: '0123456789' }));
      return withoutEncryption(
        await outcome(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k', Range }))),
      );
    });
  agrees('refuse a range after their end', async (s3, bucket) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: '0123456789' }));
    return await outcome(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k', Range: 'bytes=10-' })));
  });
});

describe('conditions', () => {
  const tag = '"781e5e245d69b566979b86e28d23f2c7"'; // the MD5 of 0123456789
  const past = new Date('2001-01-01T00:00:00Z');
  const future = new Date('2099-01-01T00:00:00Z');
  const conditions = {
    'If-Match that matches': { IfMatch: tag },
    'If-Match that does not': { IfMatch: '"other"' },
    'If-None-Match that matches': { IfNoneMatch: tag },
    'If-None-Match that does not': { IfNoneMatch: '"other"' },
    'If-Modified-Since in the past': { IfModifiedSince: past },
    'If-Modified-Since in the future': { IfModifiedSince: future },
    'If-Unmodified-Since in the past': { IfUnmodifiedSince: past },
    'If-Unmodified-Since in the future': { IfUnmodifiedSince: future },
    'If-None-Match that matches beside If-Modified-Since in the past': {
      IfNoneMatch: tag,
      IfModifiedSince: past,
    },
  };
  const read = (condition: object) => async (s3: S3Client, bucket: string) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: '0123456789' }));
    const at = { Bucket: bucket, Key: 'k', ...condition };
    const answers = [
      await outcome(s3.send(new GetObjectCommand(at))),
      await outcome(s3.send(new HeadObjectCommand(at))),
    ] as { status: number; error?: string }[];
    return answers.map(({ status, error }) => ({ status, error }));
  };
  for (const [name, condition] of Object.entries(conditions)) agrees(`on reads: ${name}`, read(condition));
  agrees(
    'on reads: If-Match that matches beside If-Unmodified-Since that fails',
    read({ IfMatch: tag, IfUnmodifiedSince: past }),
    {
      reason:
        'GetObject: when If-Match is true and If-Unmodified-Since is false, "S3 returns 200 OK and the data requested"; moto fails it',
      aws: [
        { status: 200, error: undefined },
        { status: 200, error: undefined },
      ],
    },
  );

  const put = (Bucket: string, condition: object) =>
    new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ...condition });
  agrees('on writes: only when there is no object yet', async (s3, bucket) => {
    const statuses = [
      await outcome(s3.send(put(bucket, { IfNoneMatch: '*' }))),
      await outcome(s3.send(put(bucket, { IfNoneMatch: '*' }))),
    ];
    return statuses.map(withoutEncryption);
  });
  agrees('on writes: only over what was read', async (s3, bucket) => {
    const missing = await outcome(s3.send(put(bucket, { IfMatch: tag })));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: '0123456789' }));
    const other = await outcome(s3.send(put(bucket, { IfMatch: '"other"' })));
    return [missing, other, withoutEncryption(await outcome(s3.send(put(bucket, { IfMatch: tag }))))];
  });
});

describe('digests of the bytes', () => {
  const unchecked = (error: string): KnownDifference => ({
    reason:
      'S3 compares the digests it is sent with the bytes ("Checking object integrity"); moto stores what it is sent',
    aws: { status: 400, error },
  });
  const refuses = (name: string, input: object, difference: KnownDifference) =>
    agrees(
      name,
      async (s3, bucket) =>
        outcome(s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: '0123456789', ...input }))),
      difference,
    );
  refuses(
    'a Content-MD5 of other bytes is refused',
    { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' },
    unchecked('BadDigest'),
  );
  refuses('an invalid Content-MD5 is refused', { ContentMD5: 'AAAA' }, unchecked('InvalidDigest'));
  refuses('a CRC32 of other bytes is refused', { ChecksumCRC32: 'AAAAAA==' }, unchecked('BadDigest'));
  refuses(
    'a SHA-256 of other bytes is refused',
    { ChecksumSHA256: Buffer.alloc(32).toString('base64') },
    unchecked('BadDigest'),
  );
  refuses('a CRC32 of the wrong length is refused', { ChecksumCRC32: 'AAAA' }, unchecked('InvalidRequest'));

  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)
    agrees(`${ChecksumAlgorithm} is stored and returned`, async (s3, bucket) => {
      const at = { Bucket: bucket, Key: 'k' };
      const put = await outcome(
        s3.send(new PutObjectCommand({ ...at, Body: '0123456789', ChecksumAlgorithm })),
      );
      const head = await outcome(s3.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' })));
      return [put, head].map((answer) => checksumsOf(answer));
    });
});

describe('copies', () => {
  const copy = (Bucket: string, input: object) =>
    new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from%20%C3%BC.yml`, ...input });
  const source = async (s3: S3Client, bucket: string) =>
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: 'from ü.yml',
        Body: '0123456789',
        ContentType: 'text/yaml',
        Metadata: { a: '1' },
      }),
    );
  const headOf = async (s3: S3Client, bucket: string) =>
    withoutEncryption(await outcome(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'to' }))));

  agrees('keep the metadata', async (s3, bucket) => {
    await source(s3, bucket);
    const answer = (await s3.send(copy(bucket, {}))).CopyObjectResult;
    return [answer?.ETag, answer?.LastModified instanceof Date, await headOf(s3, bucket)];
  });
  agrees('replace it on request', async (s3, bucket) => {
    await source(s3, bucket);
    await s3.send(
      copy(bucket, { MetadataDirective: 'REPLACE', Metadata: { b: '2' }, ContentType: 'text/plain' }),
    );
    return await headOf(s3, bucket);
  });
  const copied = (input: object) => async (s3: S3Client, bucket: string) => {
    await source(s3, bucket);
    const { status, error } = (await outcome(s3.send(copy(bucket, input)))) as {
      status: number;
      error?: string;
    };
    return { status, error };
  };
  const tag = '"781e5e245d69b566979b86e28d23f2c7"'; // the MD5 of 0123456789
  agrees('copy the version that is asked for', copied({ CopySourceIfMatch: tag }));
  agrees('copy nothing but another version', copied({ CopySourceIfNoneMatch: tag }));
  for (const [name, input] of Object.entries({
    'no other version': { CopySourceIfMatch: '"other"' },
    'nothing that changed since': { CopySourceIfUnmodifiedSince: new Date('2001-01-01T00:00:00Z') },
  }))
    agrees(`copy ${name}`, copied(input), {
      reason:
        'CopyObject: a condition on the source that does not hold is 412 Precondition Failed; moto copies anyway',
      aws: { status: 412, error: 'PreconditionFailed' },
    });
  agrees('give the same errors when the source is missing', async (s3, bucket) => [
    await outcome(s3.send(copy(bucket, {}))),
    await outcome(s3.send(copy(bucket, { CopySource: 'nowhere-at-all/key' }))),
  ]);
  agrees('onto themselves need a change', async (s3, bucket) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'to', Body: '0123456789' }));
    return await outcome(s3.send(copy(bucket, { CopySource: `${bucket}/to` })));
  });
});

describe('deleting', () => {
  agrees('what is not there succeeds', async (s3, bucket) =>
    outcome(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'none' }))),
  );
  agrees('many at once', async (s3, bucket) => {
    await fill(s3, bucket, ['a&b', 'c d', 'e']);
    const Objects = [{ Key: 'a&b' }, { Key: 'c d' }, { Key: 'none' }];
    const answer = await outcome(s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } })));
    return [answer, await pages(s3, { Bucket: bucket })];
  });
  agrees(
    'many at once, quietly',
    async (s3, bucket) => {
      await fill(s3, bucket, ['a', 'b']);
      const Delete = { Objects: [{ Key: 'a' }], Quiet: true };
      return await outcome(s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete })));
    },
    {
      reason:
        'DeleteObjects: "in quiet mode the response includes only keys where the delete encountered an error"; moto lists all keys',
      aws: { status: 200, answer: {} },
    },
  );
  agrees(
    'more than 1,000 at once is refused',
    async (s3, bucket) => {
      const Objects = Array.from({ length: 1001 }, (_, index) => ({ Key: `k${index}` }));
      return await outcome(s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } })));
    },
    {
      reason:
        'DeleteObjects: the request contains at most 1,000 keys, more is MalformedXML; moto has no limit',
      aws: { status: 400, error: 'MalformedXML' },
    },
  );
});

describe('uploads in parts', () => {
  const at = (Bucket: string) => ({ Bucket, Key: 'big' });
  const begin = async (s3: S3Client, bucket: string) =>
    (await s3.send(new CreateMultipartUploadCommand({ ...at(bucket), Metadata: { a: '1' } }))).UploadId;
  const large = Buffer.alloc(5 * 1024 * 1024, 'x');

  agrees('join into one object with a tag of its own kind', async (s3, bucket) => {
    const UploadId = await begin(s3, bucket);
    const one = await s3.send(new UploadPartCommand({ ...at(bucket), UploadId, PartNumber: 1, Body: large }));
    const two = await s3.send(new UploadPartCommand({ ...at(bucket), UploadId, PartNumber: 2, Body: 'end' }));
    const Parts = [one, two].map(({ ETag }, index) => ({ ETag, PartNumber: index + 1 }));
    const done = await s3.send(
      new CompleteMultipartUploadCommand({ ...at(bucket), UploadId, MultipartUpload: { Parts } }),
    );
    const head = await s3.send(new HeadObjectCommand(at(bucket)));
    return [Parts, done.ETag, done.Bucket, done.Key, head.ContentLength, head.ETag, head.Metadata];
  });
  agrees('copy a range of another object as a part', async (s3, bucket) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'from', Body: '0123456789' }));
    const UploadId = await begin(s3, bucket);
    const source = { CopySource: `${bucket}/from`, CopySourceRange: 'bytes=2-5' };
    const part = await s3.send(
      new UploadPartCopyCommand({ ...at(bucket), UploadId, PartNumber: 1, ...source }),
    );
    const Parts = [{ ETag: part.CopyPartResult?.ETag, PartNumber: 1 }];
    await s3.send(
      new CompleteMultipartUploadCommand({ ...at(bucket), UploadId, MultipartUpload: { Parts } }),
    );
    return await (await s3.send(new GetObjectCommand(at(bucket)))).Body?.transformToString();
  });
  const complete = (s3: S3Client, bucket: string, UploadId: string | undefined, Parts: object[]) =>
    outcome(
      s3.send(new CompleteMultipartUploadCommand({ ...at(bucket), UploadId, MultipartUpload: { Parts } })),
    );
  agrees('are gone once they are aborted', async (s3, bucket) => {
    const UploadId = await begin(s3, bucket);
    const abort = () => outcome(s3.send(new AbortMultipartUploadCommand({ ...at(bucket), UploadId })));
    return [await abort(), await abort()];
  });
  const send = async (
    s3: S3Client,
    bucket: string,
    UploadId: string | undefined,
    bodies: (string | Buffer)[],
  ) => {
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await s3.send(new UploadPartCommand({ ...at(bucket), UploadId, PartNumber, Body }));
      parts.push({ PartNumber, ETag });
    }
    return parts;
  };
  agrees('refuse small parts and parts that were never sent', async (s3, bucket) => {
    const UploadId = await begin(s3, bucket);
    const parts = await send(s3, bucket, UploadId, ['small', 'small too']);
    return [
      await complete(s3, bucket, UploadId, parts),
      await complete(s3, bucket, UploadId, [{ PartNumber: 1, ETag: '"0123456789abcdef0123456789abcdef"' }]),
      await complete(s3, bucket, UploadId, [{ PartNumber: 3, ETag: parts[0]?.ETag }]),
    ];
  });
  agrees(
    'refuse parts out of order',
    async (s3, bucket) => {
      const UploadId = await begin(s3, bucket);
      const parts = await send(s3, bucket, UploadId, [large, large]);
      return await complete(s3, bucket, UploadId, parts.toReversed());
    },
    {
      reason:
        'CompleteMultipartUpload: "the parts list must be specified in order by part number"; moto sorts it',
      aws: { status: 400, error: 'InvalidPartOrder' },
    },
  );
  agrees(
    'refuse an upload that was never begun',
    async (s3, bucket) =>
      complete(s3, bucket, 'made-up', [{ PartNumber: 1, ETag: '"0123456789abcdef0123456789abcdef"' }]),
    {
      reason: 'CompleteMultipartUpload: 404 NoSuchUpload; moto fails with a 500',
      aws: { status: 404, error: 'NoSuchUpload' },
    },
  );
});

/** moto keeps no checksum that nobody asked for and does not say how an object is encrypted; S3 does both by default. */
function withoutEncryption(answer: unknown): unknown {
  const { answer: fields, ...rest } = answer as { answer?: Record<string, unknown> };
  if (fields === undefined) return rest;
  const { ServerSideEncryption: _, ChecksumType: __, ...others } = fields;
  return { ...rest, answer: others };
}

function listingWithoutChecksums(answer: unknown): unknown {
  const { answer: listing, ...rest } = answer as { answer: { Contents?: Record<string, unknown>[] } };
  const Contents = listing.Contents?.map(({ ChecksumAlgorithm: _, ChecksumType: __, ...others }) => others);
  return { ...rest, answer: { ...listing, Contents } };
}

function checksumsOf(answer: unknown): unknown {
  const { answer: fields = {} } = answer as { answer?: Record<string, unknown> };
  return Object.entries(fields).filter(([name]) => /^Checksum(?!Type)/.test(name));
}
