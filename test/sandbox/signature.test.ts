/** The sandbox accepts what AWS accepts: signatures by the SDK's own signer, and by the vectors of AWS's documentation. */
import { createHash } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { credentialOf } from '../../sandbox/wire/signature.ts';
import { expectedSignature, signingScope } from '../../sandbox/wire/sigv4.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { errorOf, type RawAnswer, send, startWorld, type World } from './frontFixture.ts';
import { type RawRequest, type Signer, signedHeaders } from './signing.ts';

const s3: Signer = { service: 's3' };
const codeOf = ({ status, body }: RawAnswer) => [status, /<Code>(\w+)/.exec(body)?.[1] ?? ''];

/** Signs one request and sends another: what a client does that signs wrongly. */
async function sendOther(world: World, signed: RawRequest, sent: Partial<RawRequest>, as = s3) {
  const headers = await signedHeaders(world.front.endpoint, signed, as);
  const { method, path, body } = { ...signed, ...sent };
  return send(world, method, path, {
    headers: { ...headers, ...sent.headers },
    ...(body === undefined ? {} : { body }),
  });
}

// "GET Object", "GET Bucket Lifecycle" and "GET Bucket (List Objects)" of "Signature calculations for the authorization
// header" in the S3 API reference.
test.each([
  [
    '/test.txt',
    '',
    { range: 'bytes=0-9' },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  ['/', 'lifecycle', {}, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  ['/', 'max-keys=2&prefix=J', {}, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
])('%s?%s has the signature that the S3 API reference computes', (rawPath, rawQuery, extra, signature) => {
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    ...extra,
    'x-amz-content-sha256': createHash('sha256').digest('hex'),
    'x-amz-date': '20130524T000000Z',
  };
  const scope = `${exampleKey.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${Object.keys(headers).sort().join(';')},Signature=${signature}`;
  const request = {
    method: 'GET',
    rawPath,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: { ...headers, authorization },
    body: Buffer.alloc(0),
  };
  const credential = credentialOf(request);
  if (credential === undefined) throw new Error('not parsed');
  const signing = signingScope(credential, exampleKey.secretAccessKey, headers['x-amz-date']);
  expect(expectedSignature(request, credential, signing)).toBe(signature);
});

const oddKeys = [
  'a b',
  'a+b',
  'a%2Fb',
  'a%b',
  'ä/ö/€/𝒳',
  "!'()*;:@&=$,?#[]",
  'a//b',
  '../a',
  './a',
  '~a_-.b',
  '\u0001\u007f',
  'ünı\u0301',
  '/',
  ' ',
];

test.each(oddKeys)('the key %j is signed by the SDK as the sandbox signs it', async (Key) => {
  const world = await startWorld();
  await world.client().send(new PutObjectCommand({ Bucket: 'load-test', Key, Body: Key }));
  expect(world.s3.buckets.get('load-test', Key)?.toString()).toBe(Key);
  const { Body } = await world.client().send(new GetObjectCommand({ Bucket: 'load-test', Key }));
  expect(await Body?.transformToString()).toBe(Key);
});

test.each([
  ["a'b", "/load-test/a'b"],
  ['a(b)', '/load-test/a(b)'],
  ['a!b', '/load-test/a!b'],
  ['a+b', '/load-test/a+b'],
])('the key %s, sent and signed without percent-encoding, is refused', async (_, path) => {
  const world = await startWorld();
  const answer = await send(world, 'PUT', path, { as: s3, body: 'x' });
  expect(codeOf(answer)).toEqual([403, 'SignatureDoesNotMatch']);
  expect(world.s3.buckets.keys('load-test', '')).toEqual([]);
});

const put: RawRequest = {
  method: 'PUT',
  path: '/load-test/k?x-id=PutObject',
  headers: { 'content-type': 'text/plain' },
  body: 'signed',
};

test.each<[what: string, sent: Partial<RawRequest>, status: number, code: string]>([
  ['another method', { method: 'POST' }, 403, 'SignatureDoesNotMatch'],
  ['another key', { path: '/load-test/other?x-id=PutObject' }, 403, 'SignatureDoesNotMatch'],
  ['another query', { path: '/load-test/k?x-id=Put' }, 403, 'SignatureDoesNotMatch'],
  ['another body', { body: 'not signed' }, 400, 'XAmzContentSHA256Mismatch'],
  ['another signed header', { headers: { 'content-type': 'text/html' } }, 403, 'SignatureDoesNotMatch'],
  ['a header that is not signed', { headers: { 'x-amz-meta-a': 'b' } }, 403, 'AccessDenied'],
])('a request with %s than was signed is refused', async (_, sent, status, code) => {
  const world = await startWorld();
  expect(codeOf(await sendOther(world, put, sent))).toEqual([status, code]);
  expect(world.s3.buckets.keys('load-test', '')).toEqual([]);
});

const temporary = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'temporary', sessionToken: 'token' };

test.each<[what: string, credentials: Signer['credentials'], status: number, code: string]>([
  ['an unknown access key', { ...exampleKey, accessKeyId: 'AKIANOBODY' }, 403, 'InvalidAccessKeyId'],
  ['another secret', { ...exampleKey, secretAccessKey: 'other' }, 403, 'SignatureDoesNotMatch'],
  ['a session token of a key that has none', { ...exampleKey, sessionToken: 'token' }, 400, 'InvalidToken'],
  ['a temporary key without its token', { ...temporary, sessionToken: '' }, 400, 'InvalidToken'],
  ['another session token', { ...temporary, sessionToken: 'other' }, 400, 'InvalidToken'],
  ['a temporary key with its token', temporary, 200, ''],
  [
    'a key of a name that objects inherit',
    { ...exampleKey, accessKeyId: 'toString' },
    403,
    'InvalidAccessKeyId',
  ],
])('%s is answered as S3 does', async (_, credentials, status, code) => {
  const { accessKeyId, ...secret } = temporary;
  const { accessKeyId: example, ...permanent } = exampleKey;
  const world = await startWorld({ secrets: { [example]: permanent, [accessKeyId]: secret } });
  const as = { service: 's3', ...(credentials === undefined ? {} : { credentials }) };
  expect(codeOf(await send(world, 'PUT', '/load-test/k', { as, body: 'x' }))).toEqual([status, code]);
});

test('a date is accepted from fifteen minutes before one of the two clocks until fifteen minutes after the other', async () => {
  const world = await startWorld();
  const at = async (ms: number, service = 's3') =>
    codeOf(await send(world, 'PUT', '/load-test/k', { as: { service, date: new Date(ms) }, body: 'x' }));
  const minute = 60_000;
  const sandboxMs = world.clock.nowMs();
  expect(await at(sandboxMs - 14 * minute)).toEqual([200, '']);
  expect(await at(sandboxMs - 16 * minute)).toEqual([403, 'RequestTimeTooSkewed']);
  expect(await at((sandboxMs + Date.now()) / 2)).toEqual([200, '']);
  expect(await at(Date.now() + 14 * minute)).toEqual([200, '']);
  expect(await at(Date.now() + 16 * minute)).toEqual([403, 'RequestTimeTooSkewed']);
  expect(await at(sandboxMs - 16 * minute, 'sts')).toEqual([403, 'SignatureDoesNotMatch']);
});

test('the day of the scope must be the day of the date', async () => {
  const world = await startWorld();
  const headers = await signedHeaders(world.front.endpoint, put, s3);
  const authorization = String(headers.authorization).replace(/\/\d{8}\//, '/20130524/');
  const answer = await send(world, put.method, put.path, {
    headers: { ...headers, authorization },
    body: 'signed',
  });
  expect(codeOf(answer)).toEqual([403, 'SignatureDoesNotMatch']);
});

test('a body that is signed chunk by chunk is accepted as the S3 API reference signs it, and no other', async () => {
  const endpoint = 'http://s3.amazonaws.com';
  const headers = {
    'content-encoding': 'aws-chunked',
    'content-length': '66824',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'x-amz-decoded-content-length': '66560',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  };
  const date = new Date('2013-05-24T00:00:00Z');
  const signed = await signedHeaders(
    endpoint,
    { method: 'PUT', path: '/examplebucket/chunkObject.txt', headers },
    { ...s3, date },
  );
  expect(signed.authorization).toContain('4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9');
  const world = await startWorld();
  const { verdict } = await chunkedUpload(signed);
  expect(verdict()).toBe(undefined);
  expect(verdict((body) => body.fill('b', 100, 101))).toBe('SignatureDoesNotMatch');
  expect(verdict((body) => body.subarray(0, body.length - 100))).toBe('SignatureDoesNotMatch');
  expect(
    await errorOf(
      world
        .client({ credentials: { ...exampleKey, secretAccessKey: 'x' } })
        .send(new GetObjectCommand({ Bucket: 'load-test', Key: 'k' })),
    ),
  ).toBe('SignatureDoesNotMatch');
});

/** The body of the example: 65,536 and 1,024 times `a`, with the signatures that the reference prints. */
async function chunkedUpload(headers: Record<string, string>) {
  const { signatureError } = await import('../../sandbox/wire/verify.ts');
  const chunk = (sizeBytes: number, signature: string) =>
    `${sizeBytes.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(sizeBytes)}\r\n`;
  const text =
    chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648') +
    chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497') +
    chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9');
  const { accessKeyId, ...secret } = exampleKey;
  return {
    verdict: (change: (body: Buffer) => Buffer = (body) => body) =>
      signatureError(
        {
          method: 'PUT',
          rawPath: '/examplebucket/chunkObject.txt',
          rawQuery: '',
          query: new URLSearchParams(),
          headers,
          body: change(Buffer.from(text)),
        },
        { [accessKeyId]: secret },
        [Date.parse('2013-05-24T00:10:00Z')],
      ),
  };
}
