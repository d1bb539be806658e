/** The faults of the matrix: each begins before a call and is over after it. */
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrustWorld } from './trustWorld.ts';

export interface FaultScene {
  readonly name: string;
  /** Returns what ends it. */
  begin(world: TrustWorld): Promise<() => Promise<void>>;
  /** Settings of the server while it lasts. */
  readonly env?: Readonly<Record<string, string>>;
  /** The scene itself changes the disk or HEAD. */
  readonly hidesDisk?: boolean;
}

interface Injected {
  readonly service: 's3' | 'emr' | 'sts';
  readonly operation?: string;
  readonly error: string;
  readonly times?: number;
  readonly delayMs?: number;
}

function aws(name: string, ...faults: readonly Injected[]): FaultScene {
  return {
    name,
    async begin({ aws: { front } }) {
      front.faults.add(faults);
      return async () => front.faults.clear();
    },
  };
}

/** The same fault in every service that can have it. */
function everywhere(name: string, error: string, times?: number): FaultScene {
  const injected = { error, ...(times === undefined ? {} : { times }) };
  return aws(
    name,
    { service: 's3', ...injected },
    { service: 'emr', ...injected },
    { service: 'sts', ...injected },
  );
}

function settings(name: string, env: Readonly<Record<string, string>>): FaultScene {
  return { name, env, begin: async () => async () => undefined };
}

function git(name: string, begin: (world: TrustWorld) => () => void): FaultScene {
  return {
    name,
    hidesDisk: true,
    async begin(world) {
      const over = begin(world);
      return async () => over();
    },
  };
}

const repository = ({ env }: TrustWorld) => env.TARGET_REPO ?? '';

/** A lock file of git that some process left an hour ago. */
function lockFile(name: string): FaultScene {
  return git(`git ${name}`, (world) => {
    const path = join(repository(world), '.git', name);
    writeFileSync(path, '');
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(path, hourAgo, hourAgo);
    return () => rmSync(path, { force: true });
  });
}

/** A file or folder in .git that says that an operation is unfinished. */
function unfinished(name: string, marker: string): FaultScene {
  return git(`git in the middle of a ${name}`, (world) => {
    const path = join(repository(world), '.git', marker);
    if (marker.includes('-')) mkdirSync(path);
    else writeFileSync(path, `${world.git('rev-parse', 'HEAD')}`);
    return () => rmSync(path, { recursive: true, force: true });
  });
}

export const scenes: readonly FaultScene[] = [
  everywhere('throttled once', 'SlowDown', 1),
  everywhere('throttled for ever', 'SlowDown'),
  everywhere('500 once', 'InternalError', 1),
  everywhere('500 for ever', 'InternalError'),
  everywhere('unavailable for ever', 'ServiceUnavailable'),
  everywhere('denied', 'AccessDenied'),
  everywhere('token expired', 'ExpiredToken'),
  everywhere('key unknown', 'InvalidAccessKeyId'),
  everywhere('signature refused', 'SignatureDoesNotMatch'),
  everywhere('clock skewed', 'RequestTimeTooSkewed'),
  everywhere('connection reset once', 'resetConnection', 1),
  everywhere('connection reset for ever', 'resetConnection'),
  everywhere('body cut once', 'cutBody', 1),
  everywhere('body cut for ever', 'cutBody'),
  everywhere('answer lost once', 'responseLost', 1),
  everywhere('answer lost for ever', 'responseLost'),
  aws('S3 no bucket', { service: 's3', error: 'NoSuchBucket' }),
  aws('S3 wrong region', { service: 's3', error: 'PermanentRedirect' }),
  aws('S3 412 on writes', { service: 's3', operation: 'PutObject', error: 'PreconditionFailed' }),
  aws('S3 409 once', {
    service: 's3',
    operation: 'PutObject',
    error: 'ConditionalRequestConflict',
    times: 1,
  }),
  aws('S3 409 for ever', { service: 's3', operation: 'PutObject', error: 'ConditionalRequestConflict' }),
  aws('S3 bad digest', { service: 's3', operation: 'PutObject', error: 'BadDigest' }),
  aws('S3 200 with an error', { service: 's3', operation: 'CopyObject', error: '200WithError' }),
  aws('S3 listing throttled', { service: 's3', operation: 'ListObjectsV2', error: 'SlowDown' }),
  aws(
    'S3 PutObject denied after the first',
    { service: 's3', operation: 'PutObject', error: 'slowBody', times: 1, delayMs: 1 },
    { service: 's3', operation: 'PutObject', error: 'AccessDenied' },
  ),
  aws('EMR throttled for ever', { service: 'emr', error: 'ThrottlingException' }),
  aws('EMR denied', { service: 'emr', error: 'AccessDenied' }),
  aws('EMR cluster unknown', {
    service: 'emr',
    operation: 'DescribeCluster',
    error: 'InvalidRequestException',
  }),
  aws('EMR steps denied', { service: 'emr', operation: 'ListSteps', error: 'AccessDenied' }),
  settings('endpoint refuses', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
  settings('endpoint has no name', { AWS_ENDPOINT_URL: 'http://nowhere.invalid' }),
  settings('no credentials', { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }),
  settings('no region', { AWS_REGION: '' }),
  settings('no such bucket', { S3_BUCKET: 'no-such-bucket' }),
  lockFile('index.lock'),
  lockFile('HEAD.lock'),
  unfinished('merge', 'MERGE_HEAD'),
  unfinished('rebase', 'rebase-merge'),
  git('git on another branch', (world) => {
    world.git('symbolic-ref', 'HEAD', 'refs/heads/main');
    return () => world.git('symbolic-ref', 'HEAD', 'refs/heads/audit_checks_load_testing');
  }),
  git('git detached', (world) => {
    world.git('update-ref', '--no-deref', 'HEAD', 'HEAD');
    const head = world.git('rev-parse', 'HEAD').trim();
    writeFileSync(join(repository(world), '.git/HEAD'), `${head}\n`);
    return () => world.git('symbolic-ref', 'HEAD', 'refs/heads/audit_checks_load_testing');
  }),
  git('git without an identity', (world) => {
    const name = world.git('config', 'user.name').trim();
    const email = world.git('config', 'user.email').trim();
    world.git('config', '--unset', 'user.name');
    world.git('config', '--unset', 'user.email');
    return () => {
      world.git('config', 'user.name', name);
      world.git('config', 'user.email', email);
    };
  }),
];
