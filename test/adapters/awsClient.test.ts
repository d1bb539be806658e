import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startAwsFront } from '../../sandbox/control/server.ts';
import { createS3 } from '../../sandbox/s3/s3.ts';
import { createSts } from '../../sandbox/wire/sts.ts';
import { createAccount } from '../../src/adapters/aws/account.ts';
import { createAwsServices } from '../../src/adapters/aws/awsClient.ts';
import { keyId, settings, useEndpoint } from './awsWorld.ts';

const freshKey = 'ASIAFRESHFRESHFRESH1';
let directory: string;
let front: Awaited<ReturnType<typeof startAwsFront>>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'aws-login-'));
  const clock = { nowMs: () => Date.now(), speed: 1 };
  const s3 = createS3({ clock });
  s3.buckets.create(settings.bucket);
  front = await startAwsFront({
    services: [s3.service, createSts()],
    clock,
    refusedKeys: { [keyId]: 'ExpiredToken' },
    secrets: { [freshKey]: { secretAccessKey: 'x', sessionToken: 't' } },
  });
  useEndpoint(front.endpoint);
});
afterEach(async () => {
  await front.close();
  rmSync(directory, { recursive: true, force: true });
});

function useCredentialsFile(text: string | undefined): void {
  const path = join(directory, 'credentials');
  if (text !== undefined) writeFileSync(path, text);
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_SHARED_CREDENTIALS_FILE = path;
}

const file = (key: string) =>
  `[default]\naws_access_key_id = ${key}\naws_secret_access_key = x\naws_session_token = t\n`;
const account = () => createAccount({ aws: createAwsServices(settings, { retryDelayMs: () => 0 }) });

it('after a login that rewrites the credentials file, the same adapter works', async () => {
  useCredentialsFile(file(keyId));
  const person = account();
  const failure = await person.bucketAnswers(settings.bucket).catch((problem) => problem);
  expect(failure).toMatchObject({
    code: 'DENIED',
    message: expect.stringContaining('login has expired'),
    next: expect.stringContaining('s2a-login'),
  });
  expect(failure.text).not.toContain(keyId);
  await expect(person.identity()).rejects.toMatchObject({ code: 'DENIED' });

  useCredentialsFile(file(freshKey));
  await person.bucketAnswers(settings.bucket);
  expect(await person.identity()).toMatchObject({ account: '123456789012' });
});

it('without credentials it names the command to type, and works once they exist', async () => {
  useCredentialsFile(undefined);
  const person = account();
  await expect(person.identity()).rejects.toMatchObject({
    code: 'DENIED',
    message: 'No AWS credentials were found (while reading the AWS identity). Nothing was changed.',
    next: expect.stringContaining('`s2a-login`'),
  });
  useCredentialsFile(file(freshKey));
  expect(await person.identity()).toMatchObject({ account: '123456789012' });
});

const profiles = `[profile vault]
credential_process = sh -c 'echo "vault: token is sealed" >&2; exit 3' hunter2
[profile role]
role_arn = arn:aws:iam::123456789012:role/load-test
source_profile = gone
[profile half]
role_arn = arn:aws:iam::123456789012:role/load-test
[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = engineer
`;

it.each([
  ['nobody', 'CONFIG', /no AWS profile nobody in/, /list-profiles/],
  ['vault', 'DENIED', /credential_process .* failed: vault: token is sealed/, /`s2a-login`/],
  [
    'role',
    'CONFIG',
    /role of the AWS profile role needs the profile gone, which does not exist/,
    /source_profile/,
  ],
  ['half', 'CONFIG', /AWS profile half names no credentials/, /source_profile or credential_source/],
  ['sso', 'DENIED', /SSO login of profile sso/, /`aws sso login --profile sso` .*`s2a-login`/],
])('a login with profile %s is named by its own fault', async (profile, code, says, next) => {
  useCredentialsFile(file(freshKey));
  process.env.AWS_CONFIG_FILE = join(directory, 'config');
  writeFileSync(process.env.AWS_CONFIG_FILE, profiles);
  process.env.AWS_PROFILE = profile;
  const person = account();
  const fault = await person.identity().catch((problem) => problem);
  expect(fault).toMatchObject({
    code,
    message: expect.stringMatching(says),
    next: expect.stringMatching(next),
  });
  expect(fault.text).not.toContain('hunter2');
  // The region needs no login.
  expect(await person.region()).toBe('us-east-1');
});

it('expired keys in the environment need a restart of the server', async () => {
  await expect(account().bucketAnswers(settings.bucket)).rejects.toMatchObject({
    code: 'DENIED',
    next: expect.stringMatching(/`s2a-login`.*then restart the server/),
  });
});

it('the identity says when its credentials end', async () => {
  const expires = '2030-01-01T00:00:00Z';
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: freshKey,
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_SESSION_TOKEN: 't',
  });
  process.env.AWS_CREDENTIAL_EXPIRATION = expires;
  expect(await account().identity()).toMatchObject({ expiresMs: Date.parse(expires) });
});

it('creating the adapters does not load the AWS SDK', async () => {
  // Watching imports would need a loader hook; the import graph shows the same.
  const { build } = await import('esbuild');
  const bundle = await build({
    entryPoints: ['aws/awsClient', 's3/s3', 'emr/emr', 'emr/stepLogs', 'aws/account'].map(
      (name) => `src/adapters/${name}.ts`,
    ),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    metafile: true,
    outdir: directory,
  });
  const imports = Object.values(bundle.metafile.outputs).flatMap((output) => output.imports);
  const sdk = imports.filter(({ path }) => path.startsWith('@aws-sdk/'));
  expect(sdk.length).toBeGreaterThan(0);
  expect(sdk.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
});

it('an AccessDenied names only the action and the resource, as AWS does', async () => {
  const server: Server = createServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end(
      `<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::123456789012:assumed-role/r/u is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::orchestration" because no identity-based policy allows it \u202e${keyId}</Message></Error>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  useEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    await expect(account().bucketAnswers(settings.bucket)).rejects.toMatchObject({
      code: 'DENIED',
      message:
        'AWS denies s3:ListBucket on arn:aws:s3:::orchestration (while listing s3://orchestration). Nothing was changed.',
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
