/** The world around a conversation: applies its events, and checks its state afterwards, through the sandbox's API. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { Event, Scenario } from './scenario.ts';

export interface Sandbox {
  readonly endpoint: string;
  /** The server's environment variables: where the files, the repositories and the bucket are. */
  readonly env: Readonly<Record<string, string>>;
}

/** Applies an event. Returns the cluster id of a DAG run. */
export async function applyEvent(event: Event, sandbox: Sandbox): Promise<string | undefined> {
  switch (event.happens) {
    case 'dagRun': {
      // A person takes a few seconds.
      await control(sandbox, 'POST', 'advance', { minutes: 0.1 });
      const { schedule, conf = {} } = event;
      const run = await control(sandbox, 'POST', 'dagRuns', {
        dagId: `yang_audit_load_test_${schedule}`,
        conf,
      });
      return (run as { clusterId: string }).clusterId;
    }
    case 'minutesPass':
      await control(sandbox, 'POST', 'advance', { minutes: event.minutes });
      return undefined;
    case 'clusterFails': {
      const reason = { code: 'INSTANCE_FAILURE', message: 'core nodes were lost' };
      await control(sandbox, 'POST', `clusters/${event.clusterId}/fail`, reason);
      return undefined;
    }
    case 'edit': {
      const file = join(event.in === 'checks' ? checksFolder(sandbox) : dagsFolder(sandbox), event.path);
      const text = readFileSync(file, 'utf8');
      if (!text.includes(event.from)) throw new Error(`${event.path} does not contain ${event.from}`);
      writeFileSync(file, text.replace(event.from, event.to));
      return undefined;
    }
    case 'object':
      for (const key of event.key === '$log' ? await failureLogs(sandbox) : [event.key])
        await s3(sandbox).send(
          new PutObjectCommand({
            Bucket: sandbox.env.S3_BUCKET,
            Key: key,
            Body: key.endsWith('.gz') ? gzipSync(event.text) : Buffer.from(event.text),
          }),
        );
      return undefined;
    case 'fault': {
      const { happens: _, ...fault } = event;
      await control(sandbox, 'POST', 'faults', [fault]);
      return undefined;
    }
    case 'faultsEnd':
      await control(sandbox, 'DELETE', 'faults');
      return undefined;
  }
}

/** How the world differs from the scenario, one sentence each. `session` is showSession's result. */
export async function differences(
  after: Scenario['after'],
  session: Readonly<Record<string, unknown>>,
  sandbox: Sandbox,
): Promise<string[]> {
  const problems: string[] = [];
  if (after.session !== undefined && !includes(session, after.session))
    problems.push(`the session is ${JSON.stringify(session)}, not ${JSON.stringify(after.session)}`);
  for (const [prefix, expected] of Object.entries(after.bucket ?? {})) {
    const { length } = await keysUnder(sandbox, prefix);
    const matches = expected === 'some' ? length > 0 : length === (expected === 'none' ? 0 : expected);
    if (!matches) problems.push(`${prefix} has ${length} objects, not ${expected}`);
  }
  for (const { path, has, lacks } of after.checks ?? []) {
    const text = readFileSync(join(checksFolder(sandbox), path), 'utf8');
    if (has !== undefined && !text.includes(has)) problems.push(`${path} does not contain ${has}`);
    if (lacks !== undefined && text.includes(lacks)) problems.push(`${path} contains ${lacks}`);
  }
  if (after.commits !== undefined) {
    const target = commits(sandbox.env.TARGET_REPO, 'main..HEAD');
    const reports = commits(dirname(sandbox.env.REPORTS_DIR ?? ''), 'HEAD') - 1;
    if (target !== after.commits.target || reports !== after.commits.reports)
      problems.push(
        `there are ${target} commits on the test branch and ${reports} of reports, not ${JSON.stringify(after.commits)}`,
      );
  }
  const folders = reportFolders(sandbox);
  if (after.reports !== undefined && folders !== after.reports)
    problems.push(`there are ${folders} reports, not ${after.reports}`);
  return problems;
}

/** Whether `value` has every member of `expected`; arrays are compared from their start. */
export function includes(value: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return value === expected;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(expected).every(([name, one]) =>
    includes((value as Record<string, unknown>)[name], one),
  );
}

const checksFolder = ({ env }: Sandbox) => join(env.TARGET_REPO ?? '', env.CHECKS_PATH ?? '');
const dagsFolder = ({ env }: Sandbox) => dirname(env.DAG_FILE ?? '');

function commits(repository: string | undefined, range: string): number {
  return Number(execFileSync('git', ['rev-list', '--count', range], { cwd: repository, encoding: 'utf8' }));
}

function reportFolders({ env }: Sandbox): number {
  const folder = env.REPORTS_DIR ?? '';
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).filter((name) => /^\d+x_\d{8}_\d{6}$/.test(name)).length;
}

async function failureLogs(sandbox: Sandbox): Promise<string[]> {
  const logs = (await keysUnder(sandbox, '')).filter((key) => /\/stderr\.gz$/.test(key));
  if (logs.length === 0) throw new Error('EMR has not delivered a log yet');
  return logs;
}

async function keysUnder(sandbox: Sandbox, prefix: string): Promise<string[]> {
  const pages = paginateListObjectsV2(
    { client: s3(sandbox) },
    { Bucket: sandbox.env.S3_BUCKET, Prefix: prefix },
  );
  const keys: string[] = [];
  for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = '' }) => Key));
  return keys;
}

async function control(
  { endpoint }: Sandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(`${endpoint}/_sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function s3({ endpoint, env }: Sandbox): S3Client {
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = env;
  return new S3Client({
    endpoint,
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
}
