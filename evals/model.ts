/** Plays scenarios with a model behind a command, each in a sandbox of its own, and judges what it called. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startClient } from '../bench/rawClient.ts';
import { judge, type Made } from './judge.ts';
import { type Answer, filled, playBefore } from './replay.ts';
import { readScenarios, type Scenario } from './scenario.ts';
import { differences, happen, type Place } from './world.ts';

/** Milliseconds that the command has for one turn. */
const turnMs = 10 * 60_000;

/** Exit status: 0 when every scenario went as it should, 1 when one did not, 2 without a command. */
export async function main(names: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const first = environment.EVAL_COMMAND;
  if (first === undefined || first === '') {
    say('skipped: set EVAL_COMMAND to a command that plays a model; see evals/run.mjs.');
    return 2;
  }
  const commands = { first, later: environment.EVAL_CONTINUE ?? `${first} --continue` };
  const scenarios = readScenarios('evals/scenarios').filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  let failed = 0;
  let played = 0;
  for (const scenario of scenarios.flatMap(inEveryWording)) {
    const problems = await play(scenario, commands).catch((error: Error) => [error.message]);
    played += 1;
    if (problems.length > 0) failed += 1;
    say(`${problems.length === 0 ? 'passed' : 'FAILED'} ${scenario.name}`);
    for (const problem of problems) say(`  - ${problem}`);
  }
  say(`\n${played - failed} of ${played} conversations went as they should`);
  return failed === 0 ? 0 : 1;
}

/** The scenario once for each wording of its first turn that has several. */
function inEveryWording(scenario: Scenario): Scenario[] {
  const at = scenario.talk.findIndex((one) => 'person' in one && one.or !== undefined);
  const several = scenario.talk[at];
  if (several === undefined || !('person' in several)) return [scenario];
  return [several.person, ...(several.or ?? [])].map((person) => ({
    ...scenario,
    talk: scenario.talk.with(at, { person }),
  }));
}

async function play(scenario: Scenario, commands: { first: string; later: string }): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'audit-load-test-eval-'));
  const sandbox = spawn(process.execPath, ['dist/main.js', 'sandbox'], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    const place = await placeOf(sandbox);
    const { known, remembered } = await withServer(place, (call) => playBefore(scenario, { ...place, call }));
    const calls = join(folder, 'calls.jsonl');
    const config = writeConfig(folder, calls, place);
    let turn = 0;
    for (const one of scenario.talk) {
      if ('happens' in one) known.clusterId = (await happen(filled(one, known), place)) ?? known.clusterId;
      if (!('person' in one)) continue;
      const person = one.person.replace(/j-X+/, String(known.clusterId));
      const words = turn === 0 ? [...memory(remembered), person].join('\n') : person;
      const command = (turn === 0 ? commands.first : commands.later).replaceAll('{config}', config);
      await run(command, words, folder, { EVAL_SCENARIO: scenario.name, EVAL_TURN: String(turn) });
      turn += 1;
    }
    const made = readCalls(calls);
    for (const { reviewId } of made) if (reviewId !== undefined) known.reviewId = reviewId;
    const session = await withServer(place, (call) => call('showSession', {}));
    return [
      ...judge(scenario, made, known),
      ...(await differences(scenario.after, session.structure, place)),
    ];
  } finally {
    sandbox.stdin?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The conversation so far, for a model that was not there. */
function memory(remembered: readonly string[]): string[] {
  if (remembered.length === 0) return [];
  return ['Earlier in this conversation you called:', ...remembered, 'Now the person says:'];
}

async function placeOf(sandbox: ChildProcess): Promise<Place> {
  if (sandbox.stdout !== null)
    for await (const line of createInterface(sandbox.stdout)) return JSON.parse(line);
  throw new Error('the sandbox did not start: npm run build');
}

/** A short-lived server of our own on the same session, unrecorded. */
async function withServer<T>(
  { env }: Place,
  use: (call: (tool: string, given: Readonly<Record<string, unknown>>) => Promise<Answer>) => Promise<T>,
): Promise<T> {
  const client = await startClient(process.execPath, [resolve('dist/main.js')], env);
  try {
    return await use(async (name, given) => {
      const answer = await client.request('tools/call', { name, arguments: given });
      const [content] = answer.content as { text: string }[];
      return {
        failed: answer.isError === true,
        text: content?.text ?? '',
        structure: (answer.structuredContent ?? {}) as Record<string, unknown>,
      };
    });
  } finally {
    await client.close();
  }
}

/** What a clone holds that a model would read, and the server with the recorder before it. */
function writeConfig(folder: string, calls: string, { env }: Place): string {
  for (const name of ['README.md', 'CLAUDE.md']) cpSync(name, join(folder, name));
  const config = join(folder, 'mcp.json');
  const args = [resolve('evals/recorder.mjs'), calls, resolve('dist/main.js')];
  const server = { command: process.execPath, args, env };
  writeFileSync(config, JSON.stringify({ mcpServers: { 'audit-load-test': server } }));
  return config;
}

function readCalls(file: string): (Made & { readonly reviewId?: string })[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

async function run(
  command: string,
  words: string,
  cwd: string,
  variables: Record<string, string>,
): Promise<void> {
  const child = spawn(command, {
    cwd,
    shell: true,
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'ignore', 'inherit'],
    timeout: turnMs,
  });
  child.stdin.end(words);
  const status = await new Promise((done) => child.once('exit', done));
  if (status !== 0) throw new Error(`the command ended with ${status}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
