/** docs/iam-policy.json, judged by an IAM simulator that is not ours, against the requests of whole load tests. */
import { readFileSync } from 'node:fs';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { expect, test } from 'vitest';
import type { LoggedRequest } from '../../sandbox/control/requestLog.ts';
import { evaluatePolicy, type PolicyDocument } from '../../sandbox/wire/iam.ts';
import { accountId } from '../../sandbox/wire/sts.ts';
import { bucketName } from '../../sandbox/world/environment.ts';
import { measured, randomFor, trials } from './campaign.ts';
import { pick } from './oddValues.ts';
import { newStory, served, steps, stop } from './story.ts';
import { startTrustWorld } from './trustWorld.ts';

const policy = JSON.parse(readFileSync('docs/iam-policy.json', 'utf8')) as PolicyDocument;

interface Attempt {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

async function isAllowed({ action, resource, context = {} }: Attempt, statement = policy): Promise<boolean> {
  const response = await runSimulation(
    {
      identityPolicies: [{ name: 'load-test', policy: statement }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      request: {
        action,
        principal: `arn:aws:iam::${accountId}:role/load-test`,
        resource: { resource, accountId },
        contextVariables: { ...context },
      },
    },
    {},
  );
  if (response.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${response.errors.message}`);
  return response.overallResult === 'Allowed';
}

const s3Actions: Readonly<Record<string, string>> = {
  ListObjectsV2: 's3:ListBucket',
  HeadBucket: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  GetObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  CopyObject: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
};

/** What a request on the wire needs. A copy also reads its source, which the log does not have. */
function attemptOf({ service, operation, bucket, key }: LoggedRequest): Attempt | undefined {
  // Whoever has credentials may ask who they are.
  if (service === 'sts') return undefined;
  if (service === 'emr') return { action: `elasticmapreduce:${operation}`, resource: emrResource(operation) };
  const action = s3Actions[operation];
  if (action === undefined) throw new Error(`no action is known for ${operation}`);
  const arn = `arn:aws:s3:::${bucket}`;
  return { action, resource: action === 's3:ListBucket' ? arn : `${arn}/${key}` };
}

/** ListClusters is about the account; the rest is about a cluster. */
function emrResource(operation: string): string {
  return operation === 'ListClusters'
    ? '*'
    : `arn:aws:elasticmapreduce:us-east-1:${accountId}:cluster/j-2AXXXXXXGAPLF`;
}

async function requestsOfALoadTest(): Promise<LoggedRequest[]> {
  const world = await startTrustWorld();
  const story = newStory(world);
  const server = await served(world);
  await server.call('checkSetup');
  for (const step of steps) {
    step.before?.(story);
    const answer = await server.call(step.tool, step.given(story));
    expect(answer.error).toBeUndefined();
    step.acknowledge(story, answer);
  }
  await stop(server);
  const requests = world.aws.front.requests();
  await world.close();
  return requests;
}

async function refused(requests: readonly LoggedRequest[], statement = policy): Promise<string[]> {
  const attempts = new Map(
    requests.flatMap((request) => {
      const attempt = attemptOf(request);
      return attempt === undefined ? [] : [[JSON.stringify(attempt), attempt] as const];
    }),
  );
  const found: string[] = [];
  for (const attempt of attempts.values())
    if (!(await isAllowed(attempt, statement))) found.push(`${attempt.action} on ${attempt.resource}`);
  return found;
}

test('every request of a whole load test is allowed by the policy, and no statement of it is superfluous', async () => {
  const requests = await requestsOfALoadTest();
  expect(await refused(requests)).toEqual([]);
  // A policy without one statement, or with another bucket, is noticed.
  for (const [index, { Effect, Sid }] of policy.Statement.entries()) {
    if (Effect === 'Deny') continue;
    const rest = { ...policy, Statement: policy.Statement.filter((_, other) => other !== index) };
    expect(await refused(requests, rest), `without ${Sid}`).not.toEqual([]);
  }
  measured('IAM policy against the wire', { requests: requests.length });
});

const places = [
  'checks_load_test/configs/15m/2x/a.yml',
  'checks_load_test/configs/a',
  'checks_load_test/configs2/a',
  'checks_load_test/results/a',
  'dags/datalake/audit_loadtest/a.py',
  'dags/datalake/audit_loadtest2/a.py',
  'dags/datalake/other.py',
  'checks/configs/prod/hourly/a.yml',
  'checks/configs/prod/daily/a.yml',
  'a',
  'CHECKS_LOAD_TEST/configs/a',
];
const actions = [
  's3:PutObject',
  's3:DeleteObject',
  's3:GetObject',
  's3:PutObjectAcl',
  's3:PutObjectTagging',
  's3:DeleteObjectVersion',
  's3:AbortMultipartUpload',
  's3:RestoreObject',
  's3:GetObjectAcl',
];
const bucketActions = [
  's3:ListBucket',
  's3:PutBucketPolicy',
  's3:DeleteBucket',
  's3:GetBucketLocation',
  's3:PutBucketAcl',
];

/** What the policy must allow: written down once more, from docs. */
function mayDo(action: string, bucket: string, key: string): boolean {
  if (bucket !== bucketName) return false;
  const writable = /^(checks_load_test\/configs|dags\/datalake\/audit_loadtest)\//.test(key);
  if (action === 's3:GetObject')
    return writable || /^(checks_load_test|checks\/configs\/prod\/hourly)\//.test(key);
  return (action === 's3:PutObject' || action === 's3:DeleteObject') && writable;
}

test('the simulator, the sandbox and the rule agree about attempts anywhere', async () => {
  const random = randomFor('iam');
  const count = trials(400, 10_000);
  const found: string[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const bucket =
      random() < 0.8
        ? bucketName
        : pick(random, [`${bucketName}2`, 'another-bucket', bucketName.slice(0, -1)]);
    const onBucket = random() < 0.2;
    const action = pick(random, onBucket ? bucketActions : actions);
    const key = pick(random, places);
    const resource = `arn:aws:s3:::${bucket}${onBucket ? '' : `/${key}`}`;
    const expected = onBucket
      ? bucket === bucketName && (action === 's3:ListBucket' || action === 's3:GetBucketLocation')
      : mayDo(action, bucket, key);
    const simulated = await isAllowed({ action, resource });
    const here = evaluatePolicy(policy, { action, resource }) === 'allowed';
    if (simulated !== expected || here !== expected)
      found.push(`${action} on ${resource}: expected ${expected}, simulator ${simulated}, sandbox ${here}`);
  }
  measured('IAM policy: attempts', { trials: count, found: found.length });
  expect(found).toEqual([]);
});
