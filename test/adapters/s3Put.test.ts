/**
 * Uploads without the SDK's middleware: the request is the one that the whole client would send, and the whole client
 * takes over where S3 does not take it.
 */
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-s3';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireRequest } from '../../sandbox/service.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import type { HttpRequest, Send } from '../../src/adapters/aws/awsClient.ts';
import {
  createSender,
  fastRequestsAtOnce,
  type ObjectToSend,
  requestsAtOnce,
} from '../../src/adapters/s3/put.ts';
import { sha256 } from '../../src/domain/digest.ts';
import type { LoadTestKey } from '../../src/domain/keys.ts';
import { check, settings, startAwsWorld, tally, watch } from './awsWorld.ts';

let seen: WireRequest[] = [];
let world: Awaited<ReturnType<typeof startAwsWorld>>;
beforeEach(async () => {
  seen = [];
  world = await startAwsWorld({ seen: (request) => void seen.push(request) });
});
afterEach(() => world.close());

const folder = `${settings.configsPrefix}/15m/2x/`;
const put = (name: string, text = name) => ({
  key: `${folder}${name}` as LoadTestKey,
  body: async () => Buffer.from(text),
});
const puts = () => seen.filter(({ method }) => method === 'PUT');
const isFast = ({ headers }: Pick<WireRequest | HttpRequest, 'headers'>) =>
  headers['amz-sdk-request'] === 'attempt=1; max=1';

/** Everything of a request but what differs from one to the next of the same client. */
function lasting({ method, rawPath, rawQuery, headers, body }: WireRequest) {
  const { authorization, 'x-amz-date': _, ...others } = headers;
  const once = ['amz-sdk-invocation-id', 'amz-sdk-request'];
  const kept = Object.entries(others).filter(([name]) => !once.includes(name));
  const signed = /SignedHeaders=([^,]*)/.exec(String(authorization))?.[1];
  return { method, rawPath, rawQuery, headers: Object.fromEntries(kept.sort()), signed, text: String(body) };
}

/** The same object through the whole client. */
async function wholly({ key, body }: ReturnType<typeof put>): Promise<WireRequest> {
  const bytes = await body();
  await world.aws.s3.run({ what: 'sending' }, (client, sdk, send) =>
    createSender().put(
      { client, sdk, send, ...settings, signal: watch().signal },
      { key, bytes, digest: sha256(bytes) },
    ),
  );
  const request = puts().at(-1);
  if (request === undefined || isFast(request)) throw new Error('the client sent nothing');
  return request;
}

const oddNames = [
  "it's (a) *test*!.yml",
  'a b+c%20d.yml',
  'ü/日本/😀.yml',
  '~tilde-_.yml',
  'a=b&c;d,e:f@g$h.yml',
  'quote"<>[]{}|^`#?.yml',
  'empty.json',
  'dag.py',
];

describe('an object that is not the first', () => {
  it('is sent as the whole client sends it, to the byte, but for what differs each time', async () => {
    const uploads = [
      put('first.yml'),
      ...oddNames.map((name) => put(name, name === 'empty.json' ? '' : name)),
    ];
    const { retried } = await world.store().upload(uploads, watch());
    expect(retried).toBe(0);
    const sent = puts();
    expect(sent.map(isFast)).toEqual([false, ...oddNames.map(() => true)]);
    for (const upload of uploads) {
      const whole = lasting(await wholly(upload));
      expect(sent.map(lasting)).toContainEqual(whole);
    }
  });

  it('has its own invocation id, as each call of the SDK has', async () => {
    await world.store().upload(
      ['a', 'b', 'c', 'd'].map((name) => put(name)),
      watch(),
    );
    expect(new Set(puts().map(({ headers }) => headers['amz-sdk-invocation-id'])).size).toBe(4);
  });

  it('may have any plain key: S3 accepts its signature and stores it under that name', async () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !/[/\\\p{Cc}\p{Cs}]|%(?:25)*(?:2e|2f|5c|00)|^\.{1,2}$/iu.test(text));
    const names = fc.uniqueArray(
      fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      { minLength: 20, maxLength: 40 },
    );
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(names, async (some) => {
        runs += 1;
        const uploads = some.map((name) => put(`${runs}/${name}`));
        seen = [];
        const { sent, retried } = await world.store('none').upload(uploads, watch());
        expect([sent.length, retried]).toEqual([some.length, 0]);
        expect(puts().filter(isFast)).toHaveLength(some.length - 1);
        for (const { key, body } of uploads)
          expect(world.buckets.get(settings.bucket, key)).toEqual(await body());
      }),
      { numRuns: 12 },
    );
  });

  it('of more than a megabyte is left to the whole client', async () => {
    const large = put('large.yml', 'x'.repeat(1_000_001));
    await world.store().upload([put('first.yml'), large, put('small.yml')], watch());
    const of = (name: string) => puts().find(({ rawPath }) => rawPath.endsWith(name));
    expect(isFast(of('small.yml') as WireRequest)).toBe(true);
    expect(isFast(of('large.yml') as WireRequest)).toBe(false);
  });

  it('is checked like the requests of the client: outside the prefixes it is not sent', async () => {
    const forged = { ...put('x.yml'), key: 'checks/configs/prod/a.yml' as LoadTestKey };
    const upload = world.store().upload([put('first.yml'), forged], watch());
    await expect(upload).rejects.toMatchObject({ code: 'DENIED' });
    expect(puts().map(({ rawPath }) => rawPath)).toEqual([`/${settings.bucket}/${folder}first.yml`]);
  });
});

describe('what S3 does not take is sent by the whole client', () => {
  const uploads = () => Array.from({ length: 30 }, (_, index) => check(`c${index}_15m.yml`, `body ${index}`));
  const seventh = `${folder}c7_15m.yml`;

  it.each([
    'SlowDown',
    'ServiceUnavailable',
    'InternalError',
    'AccessDenied',
    'ExpiredToken',
    'RequestTimeTooSkewed',
    'SignatureDoesNotMatch',
    'PermanentRedirect',
    'PreconditionFailed',
    'ConditionalRequestConflict',
    'BadDigest',
    'RequestTimeout',
    'resetConnection',
    'responseLost',
    'cutBody',
    '200WithError',
  ])('%s, once', async (error) => {
    world.front.faults.add({ service: 's3', operation: 'PutObject', keyPrefix: seventh, error, times: 1 });
    const { sent, retried } = await world.store().upload(uploads(), watch());
    expect([sent.length, retried]).toEqual([30, 1]);
    const requests = world.front.requests().filter(({ operation }) => operation === 'PutObject');
    expect(requests.filter(({ key }) => key === seventh).map(({ fault }) => fault)).toEqual([
      error,
      undefined,
    ]);
    expect(requests).toHaveLength(31);
    for (const { key, body } of uploads())
      expect(world.buckets.get(settings.bucket, key)).toEqual(await body());
    // It is known as any other.
    world.wire();
    expect((await world.store().upload(uploads(), watch())).unchanged).toHaveLength(30);
    expect(tally(world.wire())).toEqual({ ListObjectsV2: 1 });
  });

  it.each([
    ['ExpiredToken', 'DENIED', 1],
    ['RequestTimeTooSkewed', 'DENIED', 1],
    ['AccessDenied', 'DENIED', 1],
    ['PreconditionFailed', 'CONFLICT', 1],
    ['SlowDown', 'UPSTREAM', 5],
  ] as const)('%s that lasts is reported as the whole client reports it', async (error, code, attempts) => {
    world.front.faults.add({ service: 's3', operation: 'PutObject', keyPrefix: seventh, error });
    await expect(world.store().upload(uploads(), watch())).rejects.toMatchObject({ name: 'ToolError', code });
    const failed = world.front.requests().filter(({ fault }) => fault !== undefined);
    expect(failed).toHaveLength(1 + attempts);
  });

  it('with a clock that is three hours slow: the first object teaches the client the time', async () => {
    await world.close();
    world = await startAwsWorld({ startMs: Date.now() + 3 * 3_600_000 });
    const { sent, retried } = await world.store().upload(uploads(), watch());
    expect([sent.length, retried]).toEqual([30, 0]);
  });

  it('and a cancelled call ends without another request', async () => {
    await world.close();
    const abort = new AbortController();
    world = await startAwsWorld({
      seen(request) {
        if (request.method === 'PUT') seen.push(request);
        if (seen.length === 5) abort.abort();
      },
    });
    const upload = world.store().upload(uploads(), { ...watch(), signal: abort.signal });
    await expect(upload).rejects.toMatchObject({ name: 'AbortError' });
    expect(puts().filter((request) => !isFast(request))).toHaveLength(1);
  });
});

/**
 * Uploads 600 objects, of which the second fails once. S3 answers no request until all that are sent at once have arrived,
 * first with the one for the object that failed, then again.
 */
async function heldUpload(error: string) {
  await world.close();
  const most = { first: 0, later: 0 };
  const firstWave = gate(fastRequestsAtOnce);
  const laterWave = gate(requestsAtOnce);
  let underWay = 0;
  let ended = 0;
  world = await startAwsWorld({
    async seen(request) {
      if (request.method !== 'PUT') return;
      seen.push(request);
      if (request.rawPath.endsWith('c0_15m.yml')) return;
      underWay += 1;
      const wave = ended < fastRequestsAtOnce && !firstWave.isOpen() ? 'first' : 'later';
      most[wave] = Math.max(most[wave], underWay);
      await (wave === 'first' ? firstWave : laterWave).pass();
      underWay -= 1;
      ended += 1;
    },
  });
  const keyPrefix = `${folder}c1_15m.yml`;
  world.front.faults.add({ service: 's3', operation: 'PutObject', keyPrefix, error, times: 1 });
  const many = Array.from({ length: 600 }, (_, index) => check(`c${index}_15m.yml`, String(index)));
  const { sent, retried } = await world.store().upload(many, watch());
  expect([sent.length, retried]).toEqual([600, 1]);
  return most;
}

/** Opens when `count` are before it, and a request more would have arrived. */
function gate(count: number) {
  let waiting = 0;
  let isOpen = false;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    isOpen: () => isOpen,
    async pass() {
      waiting += 1;
      if (waiting === count) {
        for (let turns = 0; turns < 200; turns += 1) await nextTurn();
        isOpen = true;
        open();
      }
      await opened;
    },
  };
}

describe(`sends ${fastRequestsAtOnce} at once, and ${requestsAtOnce} after the first failure`, () => {
  it('without the middleware where S3 asked to send less', async () => {
    const most = await heldUpload('SlowDown');
    expect(most).toEqual({ first: fastRequestsAtOnce, later: requestsAtOnce });
    expect(puts().filter(isFast)).toHaveLength(598);
  });

  it('by the whole client where S3 refused', async () => {
    const most = await heldUpload('ExpiredToken');
    expect(most).toEqual({ first: fastRequestsAtOnce, later: requestsAtOnce });
    expect(puts().filter(isFast)).toHaveLength(fastRequestsAtOnce - 1);
  });
});

describe('the address is the one that the SDK finds', () => {
  const arn = 'arn:aws:s3:eu-west-1:123456789012:accesspoint/checks';
  const none = {};
  beforeEach(() => {
    delete process.env.AWS_ENDPOINT_URL;
  });

  it.each([
    ['orchestration', none, 'https://orchestration.s3.eu-west-1.amazonaws.com/'],
    ['orchestration', { region: 'us-gov-east-1' }, 'https://orchestration.s3.us-gov-east-1.amazonaws.com/'],
    ['orchestration', { region: 'cn-north-1' }, 'https://orchestration.s3.cn-north-1.amazonaws.com.cn/'],
    [
      'orchestration',
      { useDualstackEndpoint: true },
      'https://orchestration.s3.dualstack.eu-west-1.amazonaws.com/',
    ],
    [
      'orchestration',
      { region: 'us-east-1', useFipsEndpoint: true },
      'https://orchestration.s3-fips.us-east-1.amazonaws.com/',
    ],
    ['orchestration', { useAccelerateEndpoint: true }, 'https://orchestration.s3-accelerate.amazonaws.com/'],
    ['orchestration', { forcePathStyle: true }, 'https://s3.eu-west-1.amazonaws.com/orchestration/'],
    ['with.dots', none, 'https://s3.eu-west-1.amazonaws.com/with.dots/'],
    [arn, none, 'https://checks-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/'],
    ['orchestration', { endpoint: 'http://minio:9000/s3' }, 'http://orchestration.minio:9000/s3/'],
    [
      'orchestration',
      { endpoint: 'http://127.0.0.1:9000/s3', forcePathStyle: true },
      'http://127.0.0.1:9000/s3/orchestration/',
    ],
  ])('%s with %o: %s', async (bucket, options, address) => {
    const { requests, sender } = recordingSender(bucket, options);
    for (const name of oddNames) await sender.put(object(name));
    const prefix = `${folder}`;
    expect(
      requests.map(
        ({ protocol, hostname, port, path }) => `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`,
      ),
    ).toEqual(oddNames.map((name) => `${address}${prefix}${rfc3986(name)}`));
    expect(requests.map(isFast)).toEqual(oddNames.map((_, index) => index > 0));
    expect(sender.count.retried).toBe(0);
  });

  it('an S3 Express bucket has another way of signing: always by the whole client', async () => {
    const { requests, sender } = recordingSender('checks--euw1-az1--x-s3', none);
    for (const name of oddNames) await sender.put(object(name));
    expect(requests.filter(({ method }) => method === 'PUT').map(isFast)).toEqual(oddNames.map(() => false));
  });

  const object = (name: string) => ({
    key: `${folder}${name}` as LoadTestKey,
    bytes: Buffer.from(name),
    digest: sha256(name),
  });
  const rfc3986 = (name: string) =>
    [...Buffer.from(name)]
      .map((byte) => String.fromCharCode(byte))
      .map((one) =>
        /[\w.~/-]/.test(one) ? one : `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
      )
      .join('');

  /** A client whose requests are answered here: no address on AWS is called. */
  function recordingSender(bucket: string, options: Partial<S3ClientConfig>) {
    const requests: HttpRequest[] = [];
    const client = new S3Client({
      region: 'eu-west-1',
      credentials: exampleKey,
      ...options,
      requestHandler: {
        async handle(request: HttpRequest) {
          requests.push(request);
          const headers = { etag: '"e"', 'content-type': 'application/xml' };
          return {
            response: { statusCode: 200, headers, body: Readable.from(sessionOf(request)) },
          };
        },
      },
    });
    const { signal } = watch();
    const send: Send = (request) => client.config.requestHandler.handle(request);
    const { put, count } = createSender();
    const writer = { client, sdk, send, bucket, signal };
    return { requests, sender: { count, put: (one: ObjectToSend) => put(writer, one) } };
  }

  /** S3 Express hands out credentials for a session first. */
  function sessionOf({ method }: HttpRequest): Buffer[] {
    if (method === 'PUT') return [];
    const { accessKeyId, secretAccessKey } = exampleKey;
    const fields = `<SessionToken>t</SessionToken><SecretAccessKey>${secretAccessKey}</SecretAccessKey><AccessKeyId>${accessKeyId}</AccessKeyId><Expiration>2099-01-01T00:00:00Z</Expiration>`;
    return [Buffer.from(`<CreateSessionResult><Credentials>${fields}</Credentials></CreateSessionResult>`)];
  }
});
