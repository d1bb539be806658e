import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { credentialOf, serviceNameOf } from '../../sandbox/wire/signature.ts';
import { exampleKey } from '../../sandbox/wire/verify.ts';
import { send, startWorld } from './frontFixture.ts';

test('a request goes to the service that it is signed for', async () => {
  const world = await startWorld();
  await send(world, 'GET', '/load-test', { as: { service: 's3' } });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  await send(world, 'POST', '/', {
    as: { service: 'sts' },
    headers: { ...form },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
  });
  await send(world, 'POST', '/', { headers: form, body: 'Action=GetCallerIdentity' });
  const seen = world.front
    .requests()
    .map(({ service, operation, status }) => `${service} ${operation} ${status}`);
  expect(seen).toEqual(['s3 ListObjects 200', 'sts GetCallerIdentity 200', 'sts GetCallerIdentity 403']);
});

test('an unsigned request goes to EMR by its target header, otherwise to S3', () => {
  const request = {
    method: 'GET',
    rawPath: '/',
    query: new URLSearchParams(),
    rawQuery: '',
    headers: {},
    body: Buffer.alloc(0),
  };
  expect(serviceNameOf({ ...request, headers: { 'x-amz-target': 'ElasticMapReduce.ListSteps' } })).toBe(
    'emr',
  );
  expect(serviceNameOf(request)).toBe('s3');
});

test('the credential is read from the Authorization header, even with slashes in the access key id', () => {
  const scope = 'AKIA/with/slashes/20251208/eu-west-1/s3/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=abc`;
  const request = {
    method: 'GET',
    rawPath: '/',
    query: new URLSearchParams(),
    rawQuery: '',
    headers: { authorization },
    body: Buffer.alloc(0),
  };
  expect(credentialOf(request)).toEqual({
    accessKeyId: 'AKIA/with/slashes',
    day: '20251208',
    region: 'eu-west-1',
    signingName: 's3',
    signedHeaders: ['host', 'x-amz-date'],
    signature: 'abc',
  });
});

test('a request for a service that the sandbox does not have is refused', async () => {
  const world = await startWorld();
  expect((await send(world, 'POST', '/', { as: { service: 'glue' } })).status).toBe(501);
  expect(world.front.requests()).toEqual([]);
});

test('every answer has request ids and the date of the sandbox, in whole seconds', async () => {
  const world = await startWorld();
  const first = await send(world, 'GET', '/load-test', { as: { service: 's3' } });
  expect(first.headers.date).toBe('Mon, 08 Dec 2025 15:30:00 GMT');
  expect(first.headers['x-amz-request-id']).toMatch(/./);
  world.clock.advance(3_600_000);
  const second = await send(world, 'POST', '/', {
    as: { service: 'sts' },
    body: 'Action=GetCallerIdentity',
  });
  expect(second.headers.date).toBe('Mon, 08 Dec 2025 16:30:00 GMT');
  expect(second.headers['x-amzn-requestid']).toMatch(/./);
});

test('the log shows every request on the wire with its decoded key, in order of arrival', async () => {
  const world = await startWorld();
  const s3 = world.client();
  await s3.send(new PutObjectCommand({ Bucket: 'load-test', Key: 'daily/2x/ü 1.yml', Body: 'x' }));
  world.clock.advance(1000);
  await s3.send(new GetObjectCommand({ Bucket: 'load-test', Key: 'none' })).catch(() => undefined);
  const log = JSON.parse((await send(world, 'GET', '/_sandbox/requests')).body);
  expect(log).toEqual([
    {
      service: 's3',
      operation: 'PutObject',
      method: 'PUT',
      path: '/load-test/daily/2x/%C3%BC%201.yml',
      query: 'x-id=PutObject',
      bucket: 'load-test',
      key: 'daily/2x/ü 1.yml',
      status: 200,
      at: '2025-12-08T15:30:00.500Z',
    },
    {
      service: 's3',
      operation: 'GetObject',
      method: 'GET',
      path: '/load-test/none',
      query: 'x-id=GetObject',
      bucket: 'load-test',
      key: 'none',
      status: 404,
      at: '2025-12-08T15:30:01.500Z',
    },
  ]);
  await send(world, 'DELETE', '/_sandbox/requests');
  expect(world.front.requests()).toEqual([]);
});

test('a part of the sandbox can add its own control path', async () => {
  const world = await startWorld({ control: { 'POST /_sandbox/dagRuns': (body) => ({ got: body }) } });
  const answer = await send(world, 'POST', '/_sandbox/dagRuns', { body: '{"dagId":"d"}' });
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { got: { dagId: 'd' } }]);
  expect((await send(world, 'POST', '/_sandbox/dagRuns', { body: '{' })).status).toBe(400);
  const lost = await send(world, 'GET', '/_sandbox/dagRuns');
  expect(lost.status).toBe(404);
  expect(lost.body).toContain('POST /_sandbox/dagRuns');
});

test('an expired access key gets the error of each service', async () => {
  const world = await startWorld({
    refusedKeys: { AKIAOLD: 'ExpiredToken', AKIANONE: 'InvalidAccessKeyId' },
  });
  const s3 = await send(world, 'GET', '/', {
    as: { service: 's3', credentials: { ...exampleKey, accessKeyId: 'AKIAOLD' } },
  });
  expect([s3.status, s3.body]).toEqual([400, expect.stringContaining('<Code>ExpiredToken</Code>')]);
  const sts = await send(world, 'POST', '/', {
    as: { service: 'sts', credentials: { ...exampleKey, accessKeyId: 'AKIANONE' } },
  });
  expect([sts.status, sts.body]).toEqual([403, expect.stringContaining('<Code>InvalidClientTokenId</Code>')]);
  const unsigned = await send(world, 'GET', '/load-test');
  expect([unsigned.status, unsigned.body]).toEqual([
    403,
    expect.stringContaining('<Code>AccessDenied</Code>'),
  ]);
});
