import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Allowed, assertAllowed, type OutgoingRequest } from '../../src/adapters/aws/containment.ts';
import type { LoadTestKey } from '../../src/domain/keys.ts';
import { settings, startAwsWorld, watch } from './awsWorld.ts';

const onAws: Allowed = { service: 's3', ...settings };
const onCustom: Allowed = { ...onAws, serviceHost: 'minio.internal' };
const virtual = `${settings.bucket}.s3.eu-west-1.amazonaws.com`;
const pathStyle = 's3.eu-west-1.amazonaws.com';
const inside = '/checks_load_test/configs/15m/2x/a_15m.yml';

function put(hostname: string, path: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { method: 'PUT', hostname, path, query: { 'x-id': 'PutObject' }, headers: {}, ...more };
}
const verdict = (request: OutgoingRequest, allowed = onAws): string => {
  try {
    assertAllowed(request, allowed);
    return 'passes';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('writes that pass', () => {
  it.each([
    [virtual, inside],
    [`${settings.bucket}.s3.amazonaws.com`, inside],
    [`${settings.bucket}.s3.dualstack.us-gov-east-1.amazonaws.com`, inside],
    [pathStyle, `/orchestration${inside}`],
    [virtual, '/dags/datalake/audit_loadtest/cluster_configs/x.json'],
    [virtual, '/checks_load_test/configs/15m/2x/%C3%BC%20b%2Bc.yml'],
  ])('%s%s', (host, path) => {
    expect(verdict(put(host, path))).toBe('passes');
    expect(verdict(put(host, path, { method: 'DELETE', query: { 'x-id': 'DeleteObject' } }))).toBe('passes');
  });

  it('at a custom endpoint, in both address styles', () => {
    expect(verdict(put('minio.internal', `/orchestration${inside}`), onCustom)).toBe('passes');
    expect(verdict(put('orchestration.MINIO.internal', inside), onCustom)).toBe('passes');
  });
});

describe('writes that are refused', () => {
  it.each([
    ['outside the prefixes', virtual, '/checks/configs/prod/hourly/a.yml'],
    ['the prefix itself', virtual, '/checks_load_test/configs'],
    ['the folder itself', virtual, '/checks_load_test/configs/'],
    ['a neighbour of the prefix', virtual, '/checks_load_test/configs2/a.yml'],
    ['another case', virtual, '/Checks_Load_Test/configs/a.yml'],
    ['dots', virtual, '/checks_load_test/configs/../../prod/a.yml'],
    ['a dot', virtual, '/checks_load_test/configs/./a.yml'],
    ['a host that ends as S3 does', `orchestration.xs3.amazonaws.com`, inside],
    ['such a host, by path', 'xs3.amazonaws.com', `/orchestration${inside}`],
    ['a doubly encoded slash', virtual, '/checks_load_test/configs/15m%252F2x/a.yml'],
    ['encoded dots', virtual, '/checks_load_test/configs/%2e%2E/prod/a.yml'],
    ['doubly encoded dots', virtual, '/checks_load_test/configs/%252e%252e/a.yml'],
    ['a double slash', virtual, '/checks_load_test/configs//a.yml'],
    ['a slash in front', virtual, '//checks_load_test/configs/a.yml'],
    ['an encoded slash', virtual, '/checks_load_test/configs/15m%2F2x/a.yml'],
    ['an encoded slash in the prefix', virtual, '/checks_load_test%2Fconfigs/a.yml'],
    ['a backslash', virtual, '/checks_load_test/configs/..\\..\\a.yml'],
    ['an encoded backslash', virtual, '/checks_load_test/configs/%5c..%5ca.yml'],
    ['a NUL', virtual, '/checks_load_test/configs/a%00.yml'],
    ['a broken escape', virtual, '/checks_load_test/configs/%zz.yml'],
    ['a query in the path', virtual, `${inside}?acl`],
    ['a fragment in the path', virtual, `${inside}#x`],
    ['another bucket by host', 'production.s3.eu-west-1.amazonaws.com', inside],
    ['another bucket by path', pathStyle, `/production${inside}`],
    ['another bucket whose key starts with ours', 'production.s3.amazonaws.com', `/orchestration${inside}`],
    ['a bucket whose name ends in ours', `x.${virtual}`, inside],
    ['a bucket that begins with ours', `orchestration.x.s3.amazonaws.com`, inside],
    ['a host that only looks like S3', 'orchestration.s3.amazonaws.com.example.com', inside],
    ['no host', '', inside],
    ['a bucket in another case', pathStyle, `/Orchestration${inside}`],
    ['an encoded bucket', pathStyle, `/%6Frchestration${inside}`],
    ['the bucket itself', pathStyle, '/orchestration'],
  ])('%s', (_why, host, path) => {
    expect(verdict(put(host, path))).toBe('DENIED');
    expect(verdict(put(host, path, { method: 'DELETE' }))).toBe('DENIED');
  });

  it.each([
    ['POST', {}],
    ['PATCH', {}],
    ['put', {}],
    ['OPTIONS', {}],
    ['PUT', { acl: '' }],
    ['PUT', { policy: '' }],
    ['PUT', { partNumber: '1', uploadId: 'x' }],
    ['DELETE', { versionId: '1' }],
    ['DELETE', { tagging: '' }],
    ['PUT', { 'x-id': 'PutObject', acl: '' }],
    ['DELETE', { versionId: '1', 'x-id': 'DeleteObject' }],
  ])('%s with the query %o', (method, query) => {
    expect(verdict(put(virtual, inside, { method, query }))).toBe('DENIED');
  });

  it('with a sentence that names the request, cut', () => {
    const path = `/checks/${'a'.repeat(300)}`;
    expect(() => assertAllowed(put(virtual, path), onAws)).toThrow(
      `A request was blocked: it writes outside the two load-test prefixes; it was not sent (PUT ${path.slice(0, 200)}).`,
    );
  });

  it('everything, when a prefix or the bucket is empty', () => {
    const empty = { ...onAws, configsPrefix: '', dagsPrefix: '' };
    expect(verdict(put(virtual, '/anything'), empty)).toBe('DENIED');
    expect(verdict(put('.s3.amazonaws.com', inside), { ...onAws, bucket: '' })).toBe('DENIED');
  });

  it('any path that leaves the two prefixes in one of the usual interpretations', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '',
      '%2e',
      '%2E%2e',
      '%2f',
      '/',
      '\\',
      '%5C',
      'a',
      'checks_load_test',
      'configs',
      'dags',
      '%00',
      '%25',
      '~',
      ';',
      '+',
      '*',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.boolean(), (pieces, prefixed) => {
        const path = `${prefixed ? '/checks_load_test/configs/' : '/'}${pieces.join('/')}`;
        if (verdict(put(virtual, path)) !== 'passes') return;
        const normal = new URL(`http://h${path}`).pathname;
        const twice = new URL(`http://h/${decodeURIComponent(normal).slice(1)}`).pathname;
        for (const read of [path, normal, twice])
          expect(
            read.startsWith('/checks_load_test/configs/') ||
              read.startsWith('/dags/datalake/audit_loadtest/'),
          ).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

it('reading S3 is allowed anywhere', () => {
  for (const method of ['GET', 'HEAD'])
    expect(
      verdict({
        method,
        hostname: 'production.s3.amazonaws.com',
        path: '/any/thing',
        query: {},
        headers: {},
      }),
    ).toBe('passes');
});

it.each([
  ['ElasticMapReduce.ListSteps', 'passes'],
  ['ElasticMapReduce.DescribeCluster', 'passes'],
  ['ElasticMapReduce.AddJobFlowSteps', 'DENIED'],
  ['ElasticMapReduce.TerminateJobFlows', 'DENIED'],
  ['ElasticMapReduce.RunJobFlow', 'DENIED'],
  ['ElasticMapReduce.ListSteps,ElasticMapReduce.TerminateJobFlows', 'DENIED'],
  ['Other.ListSteps', 'DENIED'],
  ['NotElasticMapReduce.ListSteps', 'DENIED'],
  ['', 'DENIED'],
])('EMR %s %s', (target, expected) => {
  const request = {
    method: 'POST',
    hostname: 'emr.amazonaws.com',
    path: '/',
    query: {},
    headers: { 'x-amz-target': target },
  };
  expect(verdict(request, { ...onAws, service: 'emr' })).toBe(expected);
});

it.each([
  ['Action=GetCallerIdentity&Version=2011-06-15', 'passes'],
  ['Action=AssumeRole&RoleArn=x', 'DENIED'],
  ['Action=GetCallerIdentity&Action=AssumeRole', 'DENIED'],
])('STS %s %s', (body, expected) => {
  const request = { method: 'POST', hostname: 'sts.amazonaws.com', path: '/', query: {}, headers: {}, body };
  expect(verdict(request, { ...onAws, service: 'sts' })).toBe(expected);
});

describe('on the wire', () => {
  let world: Awaited<ReturnType<typeof startAwsWorld>>;
  beforeAll(async () => {
    world = await startAwsWorld();
  });
  afterAll(() => world.close());

  it.each([
    'checks/configs/prod/a.yml',
    'checks_load_test/configs/../../prod/a.yml',
    'checks_load_test/configs//a.yml',
  ])('a key that was forged past the type is stopped: %s', async (forged) => {
    const key = forged as LoadTestKey;
    const upload = world.store().upload([{ key, body: async () => Buffer.from('x') }], watch());
    await expect(upload).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining('it was not sent'),
    });
    await expect(world.store().remove([key], watch())).rejects.toMatchObject({ code: 'DENIED' });
    expect(world.wire().filter((operation) => operation !== 'ListObjectsV2')).toEqual([]);
  });

  it('is the innermost step of each client, and blocks a command that changes EMR', async () => {
    const steps = await world.aws.s3.run({ what: 'looking' }, async (client) =>
      client.middlewareStack.identify(),
    );
    expect(steps.at(-1)).toContain('containment');
    const terminate = world.aws.emr.run({ what: 'ending a cluster' }, (client, sdk) =>
      client.send(new sdk.TerminateJobFlowsCommand({ JobFlowIds: ['j-1'] })),
    );
    await expect(terminate).rejects.toMatchObject({ code: 'DENIED' });
    const role = world.aws.sts.run({ what: 'taking a role' }, (client, sdk) =>
      client.send(
        new sdk.AssumeRoleCommand({ RoleArn: 'arn:aws:iam::123456789012:role/x', RoleSessionName: 'x' }),
      ),
    );
    await expect(role).rejects.toMatchObject({ code: 'DENIED' });
    expect(world.wire()).toEqual([]);
  });
});
