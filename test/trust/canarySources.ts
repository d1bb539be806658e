/** The sources of the canary campaign: each plants a secret of every kind where text from outside comes from. */
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { bucketName } from '../../sandbox/world/environment.ts';
import { logLines } from '../report/evidence/logs.ts';
import type { ServerProcess } from '../stdio/builtServer.ts';
import { type Planted, planted } from './canaryKinds.ts';
import { served, stop } from './story.ts';
import type { TrustWorld } from './trustWorld.ts';

/** Marker and secret, a few side by side. */
const textOf = (some: readonly Planted[]) => some.map(({ marker, text }) => `${marker} ${text}`).join(' , ');

/** Parts of at most `size`. */
function inParts<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

function stepsOf({ aws: { simulation } }: TrustWorld) {
  // It plays what is due when somebody asks.
  simulation.advance();
  return [...simulation.clusters.values()].flatMap(({ steps }) => steps);
}

/** Arguments and names of the steps, before the server has seen them. */
export function inSteps(world: TrustWorld) {
  const [args, names] = [planted('args'), planted('name')];
  const steps = stepsOf(world);
  const size = Math.ceil(args.length / steps.length);
  for (const [index, step] of steps.entries()) {
    const { request } = step;
    Object.assign(request, {
      name: `${request.name} ${textOf(inParts(names, size)[index] ?? [])}`,
      args: [
        ...request.args,
        ...(inParts(args, size)[index]?.flatMap(({ marker, text }) => [marker, text]) ?? []),
      ],
    });
  }
  return { 'step arguments': args, 'step names': names };
}

/** Every step fails: EMR says why, and its stderr ends in a traceback. Its event log has an end of its own. */
export function inFailures(world: TrustWorld) {
  const [messages, logs, events] = [planted('emr'), planted('log'), planted('event')];
  const { buckets } = world.aws.s3;
  const steps = stepsOf(world);
  const size = Math.ceil(logs.length / steps.length);
  for (const [index, step] of steps.entries()) {
    step.state = 'FAILED';
    step.failure = { reason: 'Unknown Error.', message: textOf(inParts(messages, size)[index] ?? []) };
    const application = step.applicationId ?? '';
    const log = `INFO Client: Submitted application ${application}\nTraceback (most recent call last):\n  File "audit.py", line 7\nValueError: ${textOf(inParts(logs, size)[index] ?? [])}\n`;
    for (const key of buckets.keys(bucketName, '').filter((one) => one.includes(`/${step.id}/std`)))
      buckets.put(bucketName, key, gzipSync(log));
    const eventLog = withCanaries(application, inParts(events, size)[index] ?? []);
    buckets.put(
      bucketName,
      `checks_load_test/results/spark_events/15m/${application}_1`,
      Buffer.from(eventLog),
    );
  }
  return { 'EMR messages': messages, logs, 'event logs': events };
}

/** A real event log, with secrets in the application's name, in the failure of a job and in that of an executor. */
function withCanaries(application: string, [inName, inJob, inExecutor]: readonly Planted[]): string {
  const lines = logLines('spark-4.0', 'lost_executor').map((line) =>
    line
      .replaceAll(/"App ID":"[^"]*"/g, `"App ID":"${application}"`)
      .replace(/"App Name":"[^"]*"/, () => `"App Name":${JSON.stringify(textOf(inName ? [inName] : []))}`),
  );
  const last = lines.findLast((line) => line.includes('"SparkListenerJobEnd"')) ?? '{}';
  const exception = { Message: textOf(inJob ? [inJob] : []), 'Stack Trace': [] };
  const failed = { ...JSON.parse(last), 'Job Result': { Result: 'JobFailed', Exception: exception } };
  const removed = {
    Event: 'SparkListenerExecutorRemoved',
    Timestamp: failed['Completion Time'],
    'Executor ID': '1',
    'Removed Reason': textOf(inExecutor ? [inExecutor] : []),
  };
  const first = lines.findIndex((line) => line.includes('"SparkListenerJobStart"'));
  return [...lines.slice(0, first), removed, failed, ...lines.slice(first)]
    .map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
    .join('\n');
}

/** Lines that somebody added to a check file, which the review quotes. */
export async function inYaml(world: TrustWorld, server: ServerProcess) {
  const seeds = planted('yaml');
  const path = join(world.env.TARGET_REPO ?? '', checksPath, 'events/check_events_15m.yml');
  const before = readFileSync(path, 'utf8');
  for (const some of inParts(seeds, 4)) {
    writeFileSync(path, `${before}${some.map((one) => `# ${textOf([one])}\n`).join('')}`);
    await server.call('reviewConfigs', {});
  }
  writeFileSync(path, before);
  return { YAML: seeds };
}

/** What the model passes on: the note of a round. */
export async function inArguments(server: ServerProcess) {
  const seeds = planted('note');
  for (const some of inParts(seeds, 3)) {
    const answer = await server.call('markRound', { round: 1, note: textOf(some) });
    if (answer.error !== undefined) throw new Error(answer.error);
  }
  return { arguments: seeds };
}

/** Errors of AWS: a server that refuses every request with a message of its own, a few secrets each. */
export async function inSdkErrors(world: TrustWorld, hooks: readonly string[], servers: ServerProcess[]) {
  const seeds = planted('sdk');
  let some: Planted[] = [];
  const upstream = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: 'OddException', message: textOf(some) }));
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const server = await served(world, hooks, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  servers.push(server);
  for (some of inParts(seeds, 3)) await server.call('pollCluster', { waitSeconds: 0 });
  await stop(server);
  upstream.closeAllConnections();
  upstream.close();
  return { 'SDK errors': seeds };
}

const branchText = (text: string) => text.replace(/[^\w=@+,%.-]/g, '-');

/** What git prints: the name of a branch, and a config file that it cannot read. */
export async function inGit(world: TrustWorld, server: ServerProcess) {
  const all = planted('git');
  // A branch name cannot hold every text.
  const seeds = all.filter(({ text }) => branchText(text) === text);
  const repository = world.env.TARGET_REPO ?? '';
  const head = join(repository, '.git/HEAD');
  const headBefore = readFileSync(head, 'utf8');
  for (const { text, marker } of seeds) {
    writeFileSync(head, `ref: refs/heads/${marker}-${text}\n`);
    await server.call('scaleConfigs', { load: 2 });
  }
  writeFileSync(head, headBefore);
  const config = join(repository, '.git/config');
  const before = readFileSync(config, 'utf8');
  for (const { text, marker } of all)
    appendFileSync(config, `[url "${text.replaceAll('"', '')}"]\n\tbroken ${marker} ${text}\n`);
  await server.call('scaleConfigs', { load: 2 });
  writeFileSync(config, before);
  return { git: seeds, 'git config': all };
}

/** Variables of the process that the server is not told about, and those that it is. */
export function inEnvironment(): { env: Record<string, string>; seeds: Planted[] } {
  const seeds = planted('process');
  const known = ['AIRFLOW_PASSWORD', 'AIRFLOW_TOKEN'].map((name, index) => {
    const secret = `Zkairflow${index}Qv9Xw7Lr5Tn3`;
    return { kind: name, text: secret, secret, marker: name };
  });
  const all = [...seeds, ...known];
  const env = Object.fromEntries([
    ...seeds.map(({ text }, index) => [`CANARY_${index}`, text] as const),
    ...known.map(({ kind, text }) => [kind, text] as const),
  ]);
  return { env: { ...env, AIRFLOW_URL: 'http://127.0.0.1:9', AIRFLOW_USERNAME: 'somebody' }, seeds: all };
}
