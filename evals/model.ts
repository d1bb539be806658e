/** Plays scenarios with a model behind a command, each in its own sandbox, and checks its calls. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startClient } from '../bench/rawClient.ts';
import { judge, type MadeCall } from './judge.ts';
import { type Answer, playBefore, withKnownIds } from './replay.ts';
import { readScenarios, type Scenario } from './scenario.ts';
import { applyEvent, differences, type Sandbox } from './world.ts';

/** Time limit of the command for one turn. */
const turnTimeoutMs = 10 * 60_000;

/** Exit status: 0 when every scenario passed, 1 when one failed, 2 without a command. */
export async function main(names: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const first = environment.EVAL_COMMAND;
  if (first === undefined || first === '') {
    print('skipped: set EVAL_COMMAND to a command that runs a model; see evals/run.mjs.');
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
    print(`${problems.length === 0 ? 'passed' : 'FAILED'} ${scenario.name}`);
    for (const problem of problems) print(`  - ${problem}`);
  }
  print(`\n${played - failed} of ${played} conversations passed`);
  return failed === 0 ? 0 : 1;
}

/** The scenario once per wording of the first turn that has several. */
function inEveryWording(scenario: Scenario): Scenario[] {
  const at = scenario.talk.findIndex((one) => 'person' in one && one.or !== undefined);
  const turn = scenario.talk[at];
  if (turn === undefined || !('person' in turn)) return [scenario];
  return [turn.person, ...(turn.or ?? [])].map((person) => ({
    ...scenario,
    talk: scenario.talk.with(at, { person }),
  }));
}

async function play(scenario: Scenario, commands: { first: string; later: string }): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'audit-load-test-eval-'));
  const sandboxProcess = spawn(process.execPath, ['dist/main.js', 'sandbox'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  try {
    const sandbox = await sandboxOf(sandboxProcess);
    const { known, remembered } = await withServer(sandbox, (call) =>
      playBefore(scenario, { ...sandbox, call }),
    );
    const calls = join(folder, 'calls.jsonl');
    const config = writeConfig(folder, calls, sandbox);
    let turn = 0;
    for (const one of scenario.talk) {
      if ('happens' in one)
        known.clusterId = (await applyEvent(withKnownIds(one, known), sandbox)) ?? known.clusterId;
      if (!('person' in one)) continue;
      const person = one.person.replace(/j-X+/, String(known.clusterId));
      const prompt = turn === 0 ? [...memory(remembered), person].join('\n') : person;
      const command = (turn === 0 ? commands.first : commands.later).replaceAll('{config}', config);
      await run(command, prompt, folder, { EVAL_SCENARIO: scenario.name, EVAL_TURN: String(turn) });
      turn += 1;
    }
    const made = readCalls(calls);
    for (const { reviewId } of made) if (reviewId !== undefined) known.reviewId = reviewId;
    const session = await withServer(sandbox, (call) => call('showSession', {}));
    return [
      ...judge(scenario, made, known),
      ...(await differences(scenario.after, session.structure, sandbox)),
    ];
  } finally {
    sandboxProcess.stdin?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The conversation so far, for a model without this history. */
function memory(remembered: readonly string[]): string[] {
  if (remembered.length === 0) return [];
  return ['Earlier in this conversation you called:', ...remembered, 'Now the person says:'];
}

async function sandboxOf(sandboxProcess: ChildProcess): Promise<Sandbox> {
  if (sandboxProcess.stdout !== null)
    for await (const line of createInterface(sandboxProcess.stdout)) return JSON.parse(line);
  throw new Error('the sandbox did not start: npm run build');
}

/** A short-lived, unrecorded server on the same session. */
async function withServer<T>(
  { env }: Sandbox,
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

/** Copies the files of a clone that a model reads, and configures the server behind the recorder. */
function writeConfig(folder: string, calls: string, { env }: Sandbox): string {
  for (const name of ['README.md', 'CLAUDE.md']) cpSync(name, join(folder, name));
  const config = join(folder, 'mcp.json');
  const args = [resolve('evals/recorder.mjs'), calls, resolve('dist/main.js')];
  const server = { command: process.execPath, args, env };
  writeFileSync(config, JSON.stringify({ mcpServers: { 'audit-load-test': server } }));
  return config;
}

function readCalls(file: string): (MadeCall & { readonly reviewId?: string })[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

async function run(
  command: string,
  prompt: string,
  cwd: string,
  variables: Record<string, string>,
): Promise<void> {
  const child = spawn(command, {
    cwd,
    shell: true,
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'ignore', 'inherit'],
    timeout: turnTimeoutMs,
  });
  child.stdin.end(prompt);
  const status = await new Promise((done) => child.once('exit', done));
  if (status !== 0) throw new Error(`the command exited with ${status}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
