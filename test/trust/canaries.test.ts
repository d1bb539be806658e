/**
 * Secrets of many kinds, put into every source, and looked for in everything that the server says or writes. A marker
 * beside each shows that the text around the secret did arrive.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { bucketName } from '../../sandbox/world/environment.ts';
import type { ServerProcess } from '../stdio/builtServer.ts';
import { measured } from './campaign.ts';
import { newStory, type Story, served, steps, stop } from './story.ts';
import { filesBelow, startTrustWorld, type TrustWorld } from './trustWorld.ts';

/** A text with a secret in it: the canary is what nobody may see. */
const kinds: readonly (readonly [name: string, text: (canary: string) => string])[] = [
  ['--password value', (canary) => `--password ${canary}`],
  ['--token=value', (canary) => `--token=${canary}`],
  ['-p value', (canary) => `mysql -p ${canary}`],
  ['token: value', (canary) => `token: ${canary}`],
  ['passcode=value', (canary) => `passcode=${canary}`],
  ['password = "value"', (canary) => `password = "${canary}"`],
  ['secret in JSON', (canary) => `{"clientSecret": "${canary}"}`],
  ['aws_secret_access_key value', (canary) => `aws_secret_access_key ${canary}`],
  ['fs.s3a.secret.key=value', (canary) => `fs.s3a.secret.key=${canary}`],
  ['api_key=value', (canary) => `api_key=${canary}`],
  ['credential: value', (canary) => `credential: ${canary}`],
  ['JDBC URL', (canary) => `jdbc:postgresql://db/x?user=u&password=${canary}`],
  ['URL with a password', (canary) => `https://somebody:${canary}@example.com/x`],
  ['Authorization header', (canary) => `Authorization: Bearer ${canary}`],
  ['cookie', (canary) => `Set-Cookie: session=${canary}`],
  ['presigned URL', (canary) => `https://b.s3.amazonaws.com/k?X-Amz-Signature=${canary}`],
  [
    'Databricks token',
    (canary) =>
      `dapi${canary
        .toLowerCase()
        .replace(/[^0-9a-f]/g, '0')
        .padEnd(32, 'a')}`,
  ],
  ['Google API key', (canary) => `AIza${canary.padEnd(35, 'x')}`],
  ['Stripe key', (canary) => `sk_live_${canary.padEnd(24, 'x')}`],
  ['GitHub token', (canary) => `ghp_${canary.padEnd(36, 'x')}`],
  ['Slack token', (canary) => `xoxb-123456789012-${canary}`],
  [
    'AWS key id',
    (canary) =>
      `AKIA${canary
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, 'X')
        .padEnd(16, 'X')}`,
  ],
  ['JSON web token', (canary) => `eyJhbGciOiJIUzI1NiJ9.${canary.padEnd(20, 'x')}.abcdefgh`],
  ['private key', (canary) => `-----BEGIN PRIVATE KEY-----${canary}-----END PRIVATE KEY-----`],
];

/** What must not be seen of a text: the secret part of it. */
function secretOf(text: string, canary: string): string {
  return text.includes(canary) ? canary : (/(?:dapi|AKIA)\w+/.exec(text)?.[0] ?? canary);
}

interface Planted {
  readonly kind: string;
  readonly text: string;
  readonly secret: string;
  readonly marker: string;
}

function planted(source: string): Planted[] {
  return kinds.map(([kind, text], index) => {
    const canary = `Zk${source}${index}Qv9Xw7Lr5Tn3`;
    const whole = text(canary);
    return { kind, text: whole, secret: secretOf(whole, canary), marker: `marker${source}${index}end` };
  });
}

/** Everything that a server says and writes, by sink. */
function sinksOf(world: TrustWorld, servers: readonly ServerProcess[]): Map<string, string> {
  const { REPORTS_DIR = '', STATE_DIR = '' } = world.env;
  const log = (cwd: string) =>
    execFileSync('git', ['log', '--all', '--format=%B', '-p'], { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const messagesOf = (cwd: string) =>
    execFileSync('git', ['log', '--all', '--format=%B'], { cwd, encoding: 'utf8' });
  const files = [...filesBelow(REPORTS_DIR), ...filesBelow(STATE_DIR)].map(
    (path) => [path.slice(world.directory.length + 1), readFileSync(path, 'utf8')] as const,
  );
  return new Map([
    ['results', servers.map(({ messages }) => JSON.stringify(messages)).join('\n')],
    ['stderr', servers.flatMap(({ log: lines }) => lines).join('\n')],
    ['commit messages', messagesOf(world.env.TARGET_REPO ?? '')],
    ['commits of reports', log(join(REPORTS_DIR, '..'))],
    ...files,
  ]);
}

/** Where secrets are seen. */
function leaks(source: string, seeds: readonly Planted[], sinks: ReadonlyMap<string, string>): string[] {
  return seeds.flatMap(({ kind, secret }) =>
    [...sinks].flatMap(([sink, text]) => (text.includes(secret) ? [`${source}: ${kind} is in ${sink}`] : [])),
  );
}

async function playUntil(story: Story, server: ServerProcess, from: number, to: number): Promise<void> {
  for (const step of steps.slice(from, to)) {
    step.before?.(story);
    const answer = await server.call(step.tool, step.given(story));
    if (answer.error !== undefined) throw new Error(`${step.tool}: ${answer.error}`);
    step.acknowledge(story, answer);
  }
}

/** The logs of failed steps: each kind becomes the last line of a Python traceback. */
async function fromLogs(world: TrustWorld, server: ServerProcess) {
  const seeds = planted('log');
  const { buckets } = world.aws.s3;
  const found: string[] = [];
  let arrived = 0;
  // A few at a time: each build asks EMR, which allows few calls.
  for (let from = 0; from < seeds.length; from += 4) {
    const some = seeds.slice(from, from + 4);
    const lines = some.map(({ marker, text }) => `${marker} ${text}`);
    const log = `Traceback (most recent call last):\n  File "audit.py", line 7\nValueError: ${lines.join('\n')}\n`;
    for (const key of buckets.keys(bucketName, '').filter((one) => /stderr\.gz$|stdout\.gz$/.test(one)))
      buckets.put(bucketName, key, gzipSync(log));
    const answer = await server.call('buildReport', {});
    if (answer.error !== undefined) throw new Error(answer.error);
    // The next build replaces these files.
    const sinks = new Map(
      filesBelow(world.env.REPORTS_DIR ?? '').map(
        (path) => [basename(path), readFileSync(path, 'utf8')] as const,
      ),
    );
    sinks.set('results', JSON.stringify(answer));
    const seen = [...sinks.values()];
    arrived += some.filter(({ marker }) => seen.some((text) => text.includes(marker))).length;
    found.push(...leaks('logs', some, sinks));
  }
  return { found, arrived, seeds: seeds.length };
}

/** A comment in a check file, and an edited line that the review quotes. */
async function fromYaml(world: TrustWorld, server: ServerProcess) {
  const seeds = planted('yaml');
  const path = join(world.env.TARGET_REPO ?? '', checksPath, 'events/check_events_15m.yml');
  const before = readFileSync(path, 'utf8');
  let arrived = 0;
  for (const { text, marker } of seeds) {
    writeFileSync(path, `${before}# ${marker} ${text}\n`);
    const answer = await server.call('reviewConfigs', {});
    if (JSON.stringify(answer).includes(marker)) arrived += 1;
  }
  writeFileSync(path, before);
  const sinks = sinksOf(world, [server]);
  // The user's own file is the source, and its copies in backups and diffs are the user's.
  const found = leaks(
    'YAML',
    seeds,
    new Map(
      [...sinks].filter(([sink]) => /^(results|stderr|commit)/.test(sink) || /report|journal/.test(sink)),
    ),
  );
  return { found, arrived, seeds: seeds.length };
}

/** Errors of AWS: a server that refuses every request with a message of its own, a few secrets each. */
async function fromSdkErrors(world: TrustWorld) {
  const seeds = planted('sdk');
  let some: Planted[] = [];
  const upstream = createServer((_request, response) => {
    const message = some.map(({ marker, text }) => `${marker} ${text}`).join(' , ');
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: 'OddException', message }));
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const server = await served(world, [], { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  let arrived = 0;
  for (let from = 0; from < seeds.length; from += 3) {
    some = seeds.slice(from, from + 3);
    const answer = JSON.stringify(await server.call('pollCluster', { waitSeconds: 0 }));
    arrived += some.filter(({ marker }) => answer.includes(marker)).length;
  }
  await stop(server);
  upstream.closeAllConnections();
  upstream.close();
  return { found: leaks('SDK errors', seeds, sinksOf(world, [server])), arrived, seeds: seeds.length };
}

const branchText = (text: string) => text.replace(/[^\w=@+,%.-]/g, '-');

/** What git prints: a config file that it cannot read, quoted line by line, and the name of a branch. */
async function fromGit(world: TrustWorld, server: ServerProcess) {
  const seeds = planted('git');
  const repository = world.env.TARGET_REPO ?? '';
  const config = join(repository, '.git/config');
  const before = readFileSync(config, 'utf8');
  const head = join(repository, '.git/HEAD');
  const headBefore = readFileSync(head, 'utf8');
  let arrived = 0;
  for (const { text, marker } of seeds) {
    const branch = `${marker}-${branchText(text)}`;
    writeFileSync(head, `ref: refs/heads/${branch}\n`);
    const answer = await server.call('scaleConfigs', { load: 2 });
    if (JSON.stringify(answer).includes(marker)) arrived += 1;
    writeFileSync(head, headBefore);
    appendFileSync(config, `[url "${text.replaceAll('"', '')}"]\n\tbroken ${marker} ${text}\n`);
    await server.call('scaleConfigs', { load: 2 });
    writeFileSync(config, before);
  }
  const sinks = sinksOf(world, [server]);
  // A branch name cannot hold every text: the others came through the config file, of which git quotes nothing.
  const single = seeds.filter(({ text }) => branchText(text) === text);
  return { found: leaks('git', single, sinks), arrived, seeds: single.length };
}

/** The settings: what the server itself was given. */
const settings = {
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AIRFLOW_PASSWORD: 'ZkairflowpasswordQv9Xw7',
  AIRFLOW_TOKEN: 'ZkairflowtokenQv9Xw7',
};

async function campaign(hooks: readonly string[] = []) {
  const world = await startTrustWorld();
  const story = newStory(world);
  const env = {
    AIRFLOW_URL: 'http://127.0.0.1:9',
    AIRFLOW_USERNAME: 'somebody',
    AIRFLOW_PASSWORD: settings.AIRFLOW_PASSWORD,
  };
  const server = await served(world, hooks, env);
  await playUntil(story, server, 0, 5);
  const sources = [
    await fromLogs(world, server),
    await fromYaml(world, server),
    await fromGit(world, server),
    await fromSdkErrors(world),
  ];
  await server.call('triggerDag', { approved: true });
  await server.call('checkSetup');
  await server.call('commitResults');
  const own = Object.entries(settings).map(([kind, secret]) => ({
    kind,
    text: secret,
    secret,
    marker: kind,
  }));
  const sinks = sinksOf(world, [server]);
  sources.push({ found: leaks('environment', own, sinks), arrived: own.length, seeds: own.length });
  // The commit of the reports has what the logs left there.
  sources.push({ found: leaks('logs, committed', planted('log'), sinks), arrived: 0, seeds: 0 });
  await stop(server);
  await world.close();
  return { found: sources.flatMap(({ found }) => found), sources, sinks: sinks.size };
}

test('no secret of any kind reaches a result, a report, the journal, a commit or the log', async () => {
  const startMs = performance.now();
  const { found, sources, sinks } = await campaign();
  const seeds = sources.reduce((sum, one) => sum + one.seeds, 0);
  const arrived = sources.reduce((sum, one) => sum + one.arrived, 0);
  measured('canaries', {
    kinds: kinds.length,
    seeds,
    sinks,
    arrived,
    found: found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect([...new Set(found)]).toEqual([]);
  // The texts did arrive in every source: logs, YAML, git, the SDK.
  expect(sources.slice(0, 4).map((source) => source.arrived > 0)).toEqual([true, true, true, true]);
});

test('the campaign notices a masker that masks nothing', async () => {
  const { found } = await campaign(['noMask']);
  expect(found.length).toBeGreaterThan(kinds.length);
});
