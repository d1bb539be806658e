/**
 * The fault matrix: each fault meets every tool once, in a whole load test through the real server. The outcome of each
 * cell is declared in faultMatrix.txt. What a failure says is compared with the wire log and the disk; every call ends
 * in time; the same call succeeds once the fault is over.
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Message, ServerProcess } from '../stdio/builtServer.ts';
import { airflowStandIn } from '../tools/airflowStandIn.ts';
import { measured, sideBySide } from './campaign.ts';
import { type FaultScene, scenes } from './faultScenes.ts';
import { served, stop } from './story.ts';
import { filesBelow, startTrustWorld, type TrustWorld } from './trustWorld.ts';

/** The longest that a call may take, besides the user's own time, and what a busy machine adds. */
const longestCallMs = 50_000 + 10_000;

interface Call {
  readonly tool: string;
  given(memory: Memory): object;
  /** What happens outside before the call. */
  before?(world: TrustWorld): void;
}

interface Memory {
  reviewId: string;
}

function run({ aws }: TrustWorld): void {
  aws.advance(0.1);
  aws.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
  aws.advance(600);
}

/** A comparison needs two reports: the second is a copy, a second older. */
function copyReport({ env }: TrustWorld): void {
  const folder = env.REPORTS_DIR ?? '';
  const name = readdirSync(folder).find((one) => /^2x_\d{8}_\d{6}$/.test(one)) ?? '';
  const earlier = name.replace(/\d{6}$/, (time) => String(Number(time) ^ 1).padStart(6, '0'));
  cpSync(join(folder, name), join(folder, earlier), { recursive: true });
}

const level = (load: number): Call[] => [
  { tool: 'scaleConfigs', given: () => ({ load }) },
  { tool: 'uploadChecks', given: ({ reviewId }) => ({ reviewId, approved: true }) },
  { tool: 'uploadDags', given: () => ({}) },
];

/** A whole load test with every tool. */
const calls: Call[] = [
  { tool: 'checkSetup', given: () => ({}) },
  ...level(2).slice(0, 1),
  { tool: 'fixInterval', given: () => ({ check: 'check_events_15m', from: 6, to: 4 }) },
  { tool: 'reviewConfigs', given: () => ({}) },
  ...level(2).slice(1),
  { tool: 'pollCluster', given: () => ({ waitSeconds: 0 }), before: run },
  { tool: 'buildReport', given: () => ({}) },
  {
    tool: 'compareReports',
    given: () => ({ baseline: '2x', candidate: '2x' }),
    before: copyReport,
  },
  { tool: 'commitResults', given: () => ({}) },
  { tool: 'markRound', given: () => ({}) },
  { tool: 'triggerDag', given: () => ({ approved: true }) },
  { tool: 'showSession', given: () => ({}) },
  { tool: 'revertConfigs', given: () => ({ to: 'baseline' }) },
];
const tools = calls.map(({ tool }) => tool);

const tableFile = join(import.meta.dirname, 'faultMatrix.txt');

/** Fault -> tool -> the declared outcome: `ok`, `not ok` of checkSetup, `asks`, or the code of the failure. */
function declaredTable(): Map<string, Map<string, string>> {
  const [head = '', ...rows] = readFileSync(tableFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const columns = cellsOf(head).slice(1);
  return new Map(
    rows.map((row) => {
      const [fault = '', ...cells] = cellsOf(row);
      return [fault, new Map(columns.map((tool, index) => [tool, cells[index] ?? '']))];
    }),
  );
}

const cellsOf = (row: string) => row.split('|').map((cell) => cell.trim());

interface Cell {
  readonly outcome: string;
  readonly found: readonly string[];
  readonly seconds: number;
}

/** `asks`: a question to the user, and nothing was done. */
function outcomeOf({ error, status, ok }: Message): string {
  if (error !== undefined) return String(error).split(':')[0] ?? '';
  return /^(awaiting|needs)_/.test(status ?? '') ? 'asks' : ok === false ? 'not ok' : 'ok';
}

/** Everything that a failure can say it did not change. */
function stateOf(world: TrustWorld) {
  const kept = [...filesBelow(world.directory)].filter(
    (path) => !path.includes('/.audit-load-test/') && !path.includes('/.git/'),
  );
  return {
    files: new Map(kept.map((path) => [path, readFileSync(path, 'latin1')])),
    head: world.git('rev-parse', '-q', '--verify', 'HEAD').trim(),
  };
}

/** Claims of a failure against what was seen on the wire and on the disk. */
function lies(text: string, world: TrustWorld, before: ReturnType<typeof stateOf>): string[] {
  const after = stateOf(world);
  const written = world.aws.front
    .requests()
    .filter(
      ({ method, status, fault }) =>
        method !== 'GET' &&
        method !== 'HEAD' &&
        (status === 200 || status === 204 || fault === 'responseLost'),
    )
    .filter(({ service }) => service === 's3')
    .map(({ operation, key }) => `${operation} ${key}`);
  const files = [...new Set([...before.files.keys(), ...after.files.keys()])].filter(
    (path) => before.files.get(path) !== after.files.get(path),
  );
  const found: string[] = [];
  const claims = (pattern: RegExp, false_: boolean, what: string) => {
    if (pattern.test(text) && false_) found.push(`says "${pattern.exec(text)?.[0]}", but ${what}`);
  };
  claims(/Nothing was changed/, files.length > 0 || written.length > 0, [...files, ...written].join(', '));
  claims(/Nothing was uploaded/, written.length > 0, written.join(', '));
  claims(/Nothing was written/, files.length > 0, files.join(', '));
  claims(/Nothing was committed/, before.head !== after.head, 'there is a commit');
  return found;
}

/** One fault in a whole load test. */
async function faultedStory(scene: FaultScene, hooks: readonly string[] = []): Promise<Map<string, Cell>> {
  const world = await startTrustWorld();
  const airflow = await airflowStandIn(world.aws);
  const env = { ...airflow.env };
  let server = await served(world, hooks, env);
  const memory: Memory = { reviewId: '' };
  const cells = new Map<string, Cell>();
  try {
    for (const call of calls) {
      call.before?.(world);
      const given = call.given(memory);
      const found: string[] = [];
      world.aws.front.clearRequests();
      const before = stateOf(world);
      const over = await scene.begin(world);
      if (scene.env !== undefined) server = await restarted(server, world, hooks, { ...env, ...scene.env });
      const startMs = performance.now();
      const answer = await inTime(server, call.tool, given);
      const seconds = (performance.now() - startMs) / 1000;
      const text = String(answer.error ?? '');
      if (answer.error !== undefined && scene.hidesDisk !== true) found.push(...lies(text, world, before));
      if (/^INTERNAL/.test(text)) found.push(`is a bug: ${text}`);
      if (answer.error !== undefined && !/ Next: /.test(text)) found.push(`has no next step: ${text}`);
      await over();
      if (scene.env !== undefined) server = await restarted(server, world, hooks, env);
      const again = await inTime(server, call.tool, given);
      if (again.error !== undefined) found.push(`the same call afterwards: ${again.error}`);
      const reviewId = again.reviewId ?? answer.reviewId;
      if (/^(scaleConfigs|fixInterval|reviewConfigs)$/.test(call.tool) && reviewId)
        memory.reviewId = reviewId;
      cells.set(call.tool, { outcome: outcomeOf(answer), found, seconds });
    }
  } finally {
    await stop(server);
    await airflow.close();
    await world.close();
  }
  return cells;
}

async function restarted(
  server: ServerProcess,
  world: TrustWorld,
  hooks: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  await stop(server);
  return served(world, hooks, env);
}

async function inTime(server: ServerProcess, tool: string, given: object): Promise<Message> {
  const timeout = new AbortController();
  const late = sleep(longestCallMs, undefined, { signal: timeout.signal }).then(
    () => ({ error: `LATE: no answer within ${longestCallMs / 1000} s` }),
    () => ({}),
  );
  const answer = await Promise.race([server.call(tool, given), late]);
  timeout.abort();
  return answer;
}

test('every fault has its declared outcome at every tool', async () => {
  const declared =
    process.env.WRITE_MATRIX === '1' ? new Map<string, Map<string, string>>() : declaredTable();
  const startMs = performance.now();
  const actual = new Map<string, Map<string, Cell>>();
  const broken: string[] = [];
  await sideBySide(scenes, 16, async (scene) => {
    try {
      actual.set(scene.name, await faultedStory(scene));
    } catch (error) {
      broken.push(`${scene.name}: ${error}`);
    }
  });
  const cells = [...actual].flatMap(([fault, row]) =>
    [...row].map(([tool, cell]) => ({ fault, tool, cell })),
  );
  const found = cells.flatMap(({ fault, tool, cell }) => {
    const expected = declared.get(fault)?.get(tool);
    const other =
      declared.size > 0 && expected !== cell.outcome ? [`is ${cell.outcome}, declared ${expected}`] : [];
    return [...other, ...cell.found].map((sentence) => `${fault} × ${tool}: ${sentence}`);
  });
  measured('fault matrix', {
    cells: cells.length,
    found: found.length,
    slowestCallSeconds: Number(Math.max(...cells.map(({ cell }) => cell.seconds)).toFixed(1)),
    seconds: Math.round((performance.now() - startMs) / 1000),
  });
  expect([...broken, ...found]).toEqual([]);
  if (process.env.WRITE_MATRIX === '1') return writeTable(actual);
  expect([...declared.keys()].toSorted()).toEqual(scenes.map(({ name }) => name).toSorted());
});

/** For a new fault: writes what happened, for a person to judge. */
function writeTable(actual: Map<string, Map<string, Cell>>): void {
  const width = Math.max(...scenes.map(({ name }) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell, index) => cell.padEnd(tools[index]?.length ?? 0))]
      .join(' | ')
      .trimEnd();
  const rows = scenes.map(({ name }) =>
    line(
      name,
      tools.map((tool) => actual.get(name)?.get(tool)?.outcome ?? '?'),
    ),
  );
  writeFileSync(tableFile, `${[line('fault', tools), ...rows].join('\n')}\n`);
}

test('the campaign notices a failure that says nothing was changed although something was', async () => {
  const scene = scenes.find(({ name }) => name === 'S3 PutObject denied after the first');
  if (scene === undefined) throw new Error('no such scene');
  const cells = await faultedStory(scene, ['falseClaim']);
  expect([...cells.values()].flatMap(({ found }) => found).join('\n')).toMatch(/says "Nothing was/);
});
