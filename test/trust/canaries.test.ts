/**
 * Secrets of many kinds, put into every source, and looked for in everything that the server says or writes. A marker
 * beside each shows that the text around the secret did arrive.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ServerProcess } from '../stdio/builtServer.ts';
import { measured } from './campaign.ts';
import { kinds, type Planted } from './canaryKinds.ts';
import {
  inArguments,
  inEnvironment,
  inFailures,
  inGit,
  inSdkErrors,
  inSteps,
  inYaml,
} from './canarySources.ts';
import { newStory, type Story, served, steps, stop } from './story.ts';
import { filesBelow, startTrustWorld, type TrustWorld } from './trustWorld.ts';

/** Everything that servers say and write, by sink. */
function sinksOf(world: TrustWorld, servers: readonly ServerProcess[]): Map<string, string> {
  const { REPORTS_DIR = '', STATE_DIR = '', TARGET_REPO = '' } = world.env;
  const log = (cwd: string, ...options: string[]) =>
    execFileSync('git', ['log', '--all', '--format=%B', ...options], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
  const files = [...filesBelow(REPORTS_DIR), ...filesBelow(STATE_DIR)].map(
    (path) => [path.slice(world.directory.length + 1), readFileSync(path, 'utf8')] as const,
  );
  return new Map([
    ['results', servers.map(({ messages }) => JSON.stringify(messages)).join('\n')],
    ['stderr', servers.flatMap(({ log: lines }) => lines).join('\n')],
    ['commit messages', log(TARGET_REPO) + log(join(REPORTS_DIR, '..'))],
    ['commits of reports', log(join(REPORTS_DIR, '..'), '-p')],
    ...files,
  ]);
}

/** What must be among the sinks, and not empty. */
const required = [
  /^results$/,
  /^commit messages$/,
  /^commits of reports$/,
  /report\.md$/,
  /report\.html$/,
  /report\.json$/,
  /reports\/README\.md$/,
  /journal\//,
];

/**
 * Copies of the user's own text, which stay on the user's machine: SECURITY.md names both. An edit that is replaced is
 * saved as it was.
 */
const copies: Readonly<Record<string, RegExp>> = {
  'step arguments': /\/clusters\//,
  'step names': /\/clusters\//,
  YAML: /\/(?:objects|backups)\//,
};

async function playUntil(story: Story, server: ServerProcess, from: number, to: number): Promise<void> {
  for (const step of steps.slice(from, to)) {
    if (step.tool !== 'pollCluster') step.before?.(story);
    const answer = await server.call(step.tool, step.given(story));
    if (answer.error !== undefined) throw new Error(`${step.tool}: ${answer.error}`);
    step.acknowledge(story, answer);
  }
}

interface Outcome {
  /** Where secrets are seen. */
  readonly found: readonly string[];
  readonly seeds: number;
  /** By source, how many texts were seen with their secret masked. */
  readonly arrived: Readonly<Record<string, number>>;
  readonly sinks: ReadonlyMap<string, string>;
}

async function campaign(hooks: readonly string[] = []): Promise<Outcome> {
  const world = await startTrustWorld();
  const story = newStory(world);
  const { env, seeds: ofEnvironment } = inEnvironment();
  const servers = [await served(world, hooks, env)];
  const [server] = servers as [ServerProcess];
  await playUntil(story, server, 0, 3);
  steps.find(({ tool }) => tool === 'pollCluster')?.before?.(story);
  const sources: Record<string, Planted[]> = { environment: ofEnvironment, ...inSteps(world) };
  Object.assign(sources, inFailures(world));
  await playUntil(story, server, 3, 4);
  Object.assign(sources, await inArguments(server));
  await playUntil(story, server, 4, 5);
  Object.assign(sources, await inYaml(world, server));
  Object.assign(sources, await inGit(world, server));
  Object.assign(sources, await inSdkErrors(world, hooks, servers));
  await server.call('triggerDag', { approved: true });
  await server.call('checkSetup');
  const [first, second] = sources.arguments ?? [];
  const keyFindings = `${first?.marker} ${first?.text} ${second?.marker} ${second?.text}`;
  const committed = await server.call('commitResults', { keyFindings });
  if (committed.error !== undefined) throw new Error(committed.error);
  await server.call('showSession');
  await stop(server);
  const sinks = sinksOf(world, servers);
  await world.close();
  const found = Object.entries(sources).flatMap(([source, seeds]) =>
    seeds.flatMap(({ kind, secret }) =>
      [...sinks].flatMap(([sink, text]) =>
        text.includes(secret) && copies[source]?.test(sink) !== true
          ? [`${source}: ${kind} is in ${sink}`]
          : [],
      ),
    ),
  );
  const everything = [...sinks.values()].join('\n');
  const arrived = Object.fromEntries(
    Object.entries(sources).map(([source, seeds]) => [
      source,
      seeds.filter(({ marker }) => everything.includes(marker)).length,
    ]),
  );
  return { found, arrived, sinks, seeds: Object.values(sources).flat().length };
}

test('no secret of any kind reaches a result, a report, the journal, a commit or the log', async () => {
  const startMs = performance.now();
  const { found, arrived, seeds, sinks } = await campaign();
  measured('canaries', {
    kinds: kinds.length,
    sources: Object.keys(arrived).length,
    seeds,
    sinks: sinks.size,
    arrived: Object.values(arrived).reduce((sum, one) => sum + one, 0),
    found: found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect([...new Set(found)]).toEqual([]);
  for (const sink of required)
    expect(
      [...sinks].some(([name, text]) => sink.test(name) && text !== ''),
      String(sink),
    ).toBe(true);
  // Nothing of the environment is shown; the rest did arrive.
  const { environment, 'git config': config, ...shown } = arrived;
  expect(config).toBeGreaterThan(0);
  process.stdout.write(`arrived: ${JSON.stringify(arrived)}\n`);
  expect(Object.entries(shown).filter(([, texts]) => texts < kinds.length / 3)).toEqual([]);
});

test('the campaign notices a masker that masks nothing', async () => {
  const { found } = await campaign(['noMask']);
  const sources = new Set(found.map((sentence) => sentence.split(':')[0]));
  expect(sources).toEqual(
    new Set([
      'step names',
      'EMR messages',
      'logs',
      'event logs',
      'arguments',
      'YAML',
      'git',
      'git config',
      'SDK errors',
    ]),
  );
});
