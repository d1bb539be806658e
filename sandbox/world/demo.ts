/**
 * `npm run demo`: a complete load test on one machine without an account. It shows what the user says, what is called
 * and what comes back, for two load levels from the configs to the commit, against the embedded AWS.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { startWorld, type World } from './world.ts';

export interface DemoOptions {
  /** The server's entry; this Node runs it. */
  readonly serverFile: string;
  readonly dagsFolder: string;
  print(line: string): void;
}

/** Sandbox minutes in a real minute: a round of 14 minutes takes four seconds. */
const speed = 240;

const lookMs = 100;

/** EMR delivers the logs of a failed step within this many minutes. */
const logDeliveryMinutes = 10;

export async function runDemo({ serverFile, dagsFolder, print }: DemoOptions): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'audit-load-test-demo-'));
  const world = await startWorld({ directory, dagsFolder, speed });
  const client = await connect(process.execPath, [serverFile], world.env);
  const story = narrator(client, print);
  try {
    print(
      `A complete load test against an embedded AWS, with simulated seconds: its clock runs ${speed} times as fast as real time.`,
    );
    await story.call('checkSetup', {});

    story.chapter('2x');
    story.user('Read README.md, start 2x load test');
    await story.call('scaleConfigs', { load: '2x' });
    story.user('The config for check_campaigns_15m has wrong interval, should be 1 hour not 2');
    const fixed = await story.call('fixInterval', { check: 'check_campaigns_15m', from: 2, to: 1 });
    story.user('approved');
    await story.call('uploadChecks', { reviewId: fixed.structure.reviewId, approved: true });
    await story.call('uploadDags', {});
    await runRound(story, world);
    story.user('Commit results, start 4x load test');
    await story.call('commitResults', {
      keyFindings: 'check_consent uses a missing column; every other check completed',
    });

    story.chapter('4x');
    const scaled = await story.call('scaleConfigs', { load: '4x' });
    story.user('approved');
    await story.call('uploadChecks', { reviewId: scaled.structure.reviewId, approved: true });
    await story.call('uploadDags', {});
    const report = await runRound(story, world);
    story.user('Compare reports from 2x and 4x load tests');
    await story.call('compareReports', { baseline: '2x', candidate: '4x' });
    story.user('Commit results');
    await story.call('commitResults', {});

    story.chapter('Results');
    const session = await story.call('showSession', {});
    const reports = (session.structure.rounds as { report?: string }[]).flatMap(
      (round) => round.report ?? [],
    );
    print('\nThe reports:');
    for (const name of reports) print(`  ${join(world.env.REPORTS_DIR ?? '', name, 'report.md')}`);
    print(`The commits: git -C ${world.targetRepo} log --stat`);
    print(
      `All files are in ${directory} (newest report: ${relative(directory, String(report.structure.directory))}). Delete it when you are done.`,
    );
  } finally {
    await client.close();
    await world.close();
  }
}

async function runRound(story: Narrator, world: World): Promise<ToolAnswer> {
  story.user('(triggers yang_audit_load_test_15m in Airflow)');
  world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
  // pollCluster waits as long as a real cluster takes to start, which is longer than this whole round.
  while (world.dagRuns.list().at(-1)?.state === 'running') await sleep(lookMs);
  let progress = await story.call('pollCluster', {});
  while (progress.structure.done !== true) progress = await story.call('pollCluster', {});
  world.advance(logDeliveryMinutes);
  story.user('Test is done, generate report');
  return story.call('buildReport', {});
}

export interface Narrator {
  chapter(title: string): void;
  user(text: string): void;
  call(tool: string, input: Record<string, unknown>): Promise<ToolAnswer>;
}

export function narrator(client: DemoClient, print: (line: string) => void): Narrator {
  return {
    chapter: (title) => print(`\n━━━ ${title} ${'━'.repeat(70 - title.length)}`),
    user: (text) => print(`\nyou    ${text}`),
    async call(tool, input) {
      print(`\ncall   ${tool} ${JSON.stringify(input)}`);
      const answer = await client.call(tool, input);
      for (const line of answer.text.split('\n')) print(line === '' ? '' : `       ${line}`);
      return answer;
    },
  };
}

export interface ToolAnswer {
  readonly text: string;
  readonly structure: Record<string, unknown>;
}

interface DemoClient {
  /** Calls a tool. @throws Error with the tool's message when it fails: no call of the demo should */
  call(tool: string, input: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/**
 * A real MCP client of `command args`, started with these variables alone (and what every child process needs).
 * @public test/browser/screenshots.mjs calls it too
 */
export async function connect(
  command: string,
  args: string[],
  env: Readonly<Record<string, string>>,
): Promise<DemoClient> {
  const client = new Client({ name: 'audit-load-test-demo', version: '1' });
  const transport = new StdioClientTransport({ command, args, env: { ...env }, stderr: 'pipe' });
  if (transport.stderr instanceof Readable) showProblems(transport.stderr);
  await client.connect(transport);
  return {
    async call(name, input) {
      const answer = await client.callTool({ name, arguments: input }, undefined, { timeout: 120_000 });
      const [content] = answer.content as { type: string; text?: string }[];
      const text = content?.text ?? '';
      if (answer.isError === true) throw new Error(`${name}: ${text}`);
      return { text, structure: (answer.structuredContent ?? {}) as Record<string, unknown> };
    },
    close: () => client.close(),
  };
}

/** Shows what the server logs, except warnings: a library warns about the Node version. */
function showProblems(stderr: Readable): void {
  createInterface({ input: stderr }).on('line', (line) => {
    if (!line.includes('"level":"warn"')) process.stderr.write(`${line}\n`);
  });
}
