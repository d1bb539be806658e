/**
 * Arguments, messages and YAML files that nobody should send: coded answers, nothing outside, the server stays. `TOOL`
 * limits the arguments to one tool.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { initialize, type Message, type ServerProcess } from '../stdio/builtServer.ts';
import { measured, randomFor, sideBySide, trials } from './campaign.ts';
import { cpuSeconds, peakMegabytes } from './costs.ts';
import { oddArguments, oddFrame } from './oddValues.ts';
import { newStory, served, steps, stop } from './story.ts';
import { filesBelow, startTrustWorld, type TrustWorld } from './trustWorld.ts';

/** Before which step of the story the fuzzing happens: idle, scaled, uploaded, round open, finished, reported. */
const phases = [0, 1, 2, 4, 5, 6];

interface Phase {
  readonly world: TrustWorld;
  readonly outside: Map<string, string>;
}

/** A world at each phase, and what its server must never touch. */
async function worldAt(phase: number): Promise<Phase> {
  const world = await startTrustWorld();
  const story = newStory(world);
  const server = await served(world);
  for (const step of steps.slice(0, phase)) {
    step.before?.(story);
    const answer = await server.call(step.tool, step.given(story));
    if (answer.error !== undefined) throw new Error(`${step.tool}: ${answer.error}`);
    step.acknowledge(story, answer);
  }
  await stop(server);
  world.aws.front.clearRequests();
  return { world, outside: outsideOf(world) };
}

/** The files that no tool may write, whatever it is given. */
function outsideOf({ directory, env }: TrustWorld): Map<string, string> {
  const places = [join(env.TARGET_REPO ?? '', checksPath), env.REPORTS_DIR ?? '', env.STATE_DIR ?? ''];
  const dagFolder = join(env.DAG_FILE ?? '', '..');
  return new Map(
    filesBelow(directory)
      .filter((path) => ![...places, dagFolder].some((place) => path.startsWith(`${place}/`)))
      // The last is the name that the first writer gives the checkout.
      .filter(
        (path) =>
          !/\/\.git\/(objects|logs|index|COMMIT_EDITMSG|refs\/heads|HEAD|ORIG_HEAD|audit-load-test-id$)/.test(
            path,
          ),
      )
      .map((path) => [path, readFileSync(path, 'latin1')]),
  );
}

function trespasses({ world, outside }: Phase): string[] {
  const written = world.aws.front
    .requests()
    .filter(({ service, method }) => service === 's3' && method !== 'GET' && method !== 'HEAD')
    .filter(({ key = '' }) => !/^(checks_load_test\/configs|dags\/datalake\/audit_loadtest)\//.test(key))
    .map(({ operation, key }) => `${operation} ${key}`);
  const now = outsideOf(world);
  const files = [...new Set([...outside.keys(), ...now.keys()])].filter(
    (path) => outside.get(path) !== now.get(path),
  );
  return [...written, ...files];
}

const coded = /^(BAD_INPUT|WRONG_STATE|NOT_FOUND|DENIED|UPSTREAM|CONFIG|CONFLICT): /;

/** What is wrong with the answer to a call; undefined when nothing is. */
function fault(message: Message): string | undefined {
  if (message.error !== undefined) {
    const text = String(message.error.message);
    return message.error.code === -32602 || message.error.code === -32600
      ? undefined
      : `error ${message.error.code}: ${text}`;
  }
  const { isError, content } = message.result;
  const text = String(content?.[0]?.text ?? '');
  if (isError !== true || coded.test(text)) return undefined;
  return `not a coded failure: ${text.slice(0, 300)}`;
}

async function withinAMinute(answer: Promise<Message>): Promise<Message> {
  const late = new AbortController();
  const { signal } = late;
  const minute = sleep(60_000, undefined, { signal }).then(() => Promise.reject(new Error('no answer')));
  minute.catch(() => undefined);
  return Promise.race([answer, minute]).finally(() => late.abort());
}

async function fuzzTools(
  phase: Phase,
  perTool: number,
  hooks: readonly string[] = [],
): Promise<{ calls: number; found: string[] }> {
  const found: string[] = [];
  let calls = 0;
  let server = await served(phase.world, hooks);
  const { result } = await server.request('tools/list');
  const only = process.env.TOOL;
  for (const { name, inputSchema } of result.tools as Message[]) {
    if (only !== undefined && name !== only) continue;
    const random = randomFor(`fuzz ${name}`, phase.outside.size);
    const sent = new Set<string>();
    for (let draws = 0; sent.size < perTool && draws < 40 * perTool; draws += 1) {
      const given = oddArguments(random, inputSchema);
      const text = String(JSON.stringify(given));
      // The same arguments again say nothing new; some tools have few fields.
      if (sent.has(text)) continue;
      sent.add(text);
      calls += 1;
      try {
        const id = server.send('tools/call', { name, arguments: given });
        const wrong = fault(await withinAMinute(server.answerTo(id)));
        if (wrong !== undefined) found.push(`${name} ${JSON.stringify(given).slice(0, 300)}: ${wrong}`);
      } catch (error) {
        found.push(`${name} ${JSON.stringify(given).slice(0, 300)}: ${String(error).slice(0, 300)}`);
        server = await served(phase.world, hooks);
      }
    }
  }
  await stop(server);
  found.push(...trespasses(phase));
  return { calls, found };
}

let worlds: Phase[] = [];
beforeAll(async () => {
  worlds = [];
  await sideBySide(phases, 3, async (phase) => void worlds.push(await worldAt(phase)));
});
afterAll(() => Promise.all(worlds.map(({ world }) => world.close())));

test('any arguments get an answer or a coded failure, and nothing outside is touched', async () => {
  const perTool = Math.ceil(trials(120, 10_000) / phases.length);
  const startMs = performance.now();
  const found: string[] = [];
  let calls = 0;
  await sideBySide(worlds, 3, async (phase) => {
    const result = await fuzzTools(phase, perTool);
    found.push(...result.found);
    calls += result.calls;
  });
  measured('fuzz: arguments', {
    trials: calls,
    found: found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect(found.slice(0, 20)).toEqual([]);
});

const framesOfOneServer = 10_000;

async function fuzzFrames(world: TrustWorld, count: number, part: number): Promise<string[]> {
  const random = randomFor('frames', part);
  const server: ServerProcess = await served(world);
  const found: string[] = [];
  const asked = new Set<number>();
  for (let sent = 0; sent < count; sent += 1) {
    const id = 1_000_000 + sent;
    asked.add(id);
    server.write(oddFrame(random, id));
    // The server answers pings in between: it neither died nor fell behind.
    if (sent % 500 === 499)
      await server.request('ping').catch((error) => found.push(String(error).slice(0, 300)));
    if (found.length > 0) return found;
  }
  const { result } = await server.request('tools/list');
  if (result.tools.length !== 14) found.push(`lists ${result.tools.length} tools`);
  const answers = server.messages
    .filter(({ id, method }) => method === undefined && asked.has(id))
    .map(({ id }) => id);
  if (new Set(answers).size !== answers.length) found.push('answered a request twice');
  if (answers.length === 0) found.push('answered nothing');
  found.push(...server.strays.map((line) => `no message: ${line.slice(0, 200)}`));
  await stop(server);
  return found;
}

test('any frames leave the server alive', async () => {
  const [phase] = worlds;
  if (phase === undefined) throw new Error('no world');
  const count = trials(10_000, 100_000);
  const startMs = performance.now();
  const found: string[] = [];
  // The test keeps every message of a server.
  for (let sent = 0; sent < count; sent += framesOfOneServer)
    found.push(...(await fuzzFrames(phase.world, Math.min(framesOfOneServer, count - sent), sent)));
  measured('fuzz: frames', {
    trials: count,
    found: found.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect(found).toEqual([]);
});

test('the campaign notices a message that ends the server', async () => {
  const phase = await worldAt(0);
  const { found } = await fuzzTools(phase, 6, ['crash']);
  await phase.world.close();
  expect(found.join('\n')).toMatch(/the server ended/);
});

const bombs: [name: string, text: string][] = [
  // What the call itself takes.
  ['nothing special', 'sql: select 1\n'],
  [
    'aliases of aliases',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(',')}]`)
      .join('\n')}\n`,
  ],
  ['a hundred thousand open brackets', '['.repeat(100_000)],
  [
    'three thousand nested maps',
    Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  ],
  ['a key of a megabyte', `${'k'.repeat(1_000_000)}: v\n`],
  [
    'fifty thousand anchors',
    Array.from({ length: 50_000 }, (_, index) => `k${index}: &a${index} v`).join('\n'),
  ],
  [
    'as many anchors as are read',
    Array.from({ length: 7_000 }, (_, index) => `k${index}: &a${index} v`).join('\n'),
  ],
  [
    'merge keys',
    `base: &b {a: 1}\n${Array.from({ length: 20_000 }, (_, index) => `m${index}: {<<: *b}`).join('\n')}\n`,
  ],
  [
    'an interval in a megabyte of SQL',
    `sql: |\n${"  select 1 where a > now() - interval '1' hour and (((((\n".repeat(20_000)}`,
  ],
  ['comments in SQL without an end', `sql: "${'/* '.repeat(200_000)}"\n`],
  ['quotes in SQL without an end', `sql: "${"'".repeat(400_001)}"\n`],
];

test.each(bombs)('a check file with %s costs little', async (name, text) => {
  const phase = await worldAt(0);
  const { world } = phase;
  const folder = join(world.env.TARGET_REPO ?? '', checksPath, 'events');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'check_bomb_15m.yml'), text);
  world.git('checkout', '--quiet', 'main');
  world.git('add', '--all');
  world.git('commit', '--quiet', '--message', 'A bomb');
  world.git('checkout', '--quiet', '-B', 'audit_checks_load_testing');
  const server = await served(world);
  // The first call also loads the tool.
  await server.call('showSession');
  const before = peakMegabytes(server);
  const cpuBefore = cpuSeconds(server);
  const answer = await server.call('scaleConfigs', { load: 2, dryRun: true });
  const seconds = cpuSeconds(server) - cpuBefore;
  const megabytes = peakMegabytes(server) - before;
  await stop(server);
  await world.close();
  measured(`YAML bomb: ${name}`, {
    cpuSeconds: Number(seconds.toFixed(2)),
    megabytes: Math.round(megabytes),
  });
  expect(answer.error ?? 'BAD_INPUT: ').toMatch(coded);
  // A second on a machine of its own: the clock of a busy one counts caches that others emptied.
  expect(seconds).toBeLessThan(2);
  expect(megabytes).toBeLessThan(100);
});

test('a client that initializes twice is answered', async () => {
  const [phase] = worlds;
  if (phase === undefined) throw new Error('no world');
  const server = await served(phase.world);
  await initialize(server);
  expect((await server.request('tools/list')).result.tools).toHaveLength(14);
  await stop(server);
});
