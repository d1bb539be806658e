/**
 * The tools as a client sees them: a real MCP client, the real server and adapters, the embedded AWS and a real git
 * repository. Time stands still until a test advances it or the product waits.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { beforeAll, onTestFinished, vi } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../sandbox/world/embeddedAws.ts';
import { bucketName, serverEnvironment } from '../../sandbox/world/environment.ts';
import { compose } from '../../src/compose.ts';
import { serveMcp } from '../../src/interfaces/mcp/server.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { readSettings } from '../../src/settings.ts';
import { instantClock } from '../adapters/instantClock.ts';
import { type Checks, preparedWorld } from '../preparedWorld.ts';
import { requireResultConventions } from './resultConventions.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads the fields that it names
export type Structure = Record<string, any>;

export interface Answer {
  readonly text: string;
  readonly structure: Structure;
}

export interface HarnessOptions {
  /** Settings that override those of the sandbox. */
  readonly env?: Record<string, string>;
  /** The user's answer in the client; without it the client cannot ask. */
  readonly user?: (question: string) => ElicitResult;
  /** Registers the cleanup; default: at the end of the test. */
  readonly whenDone?: (clear: () => Promise<void>) => void;
}

export interface Harness {
  readonly aws: EmbeddedAws;
  readonly env: Record<string, string>;
  readonly directory: string;
  readonly repo: string;
  readonly project: string;
  readonly ports: () => Ports;
  /** Milliseconds by which this machine's clock is ahead of AWS's. */
  localAheadMs: number;
  /** @throws Error with the tool's text if it fails */
  call(tool: string, given?: Record<string, unknown>): Promise<Answer>;
  /** The text of a failure. @throws Error if the call succeeds */
  refusal(tool: string, given?: Record<string, unknown>): Promise<string>;
  readonly client: () => Client;
  /** Restarts the server on the same session; `env` changes its settings from now on. */
  restart(env?: Record<string, string>): Promise<void>;
  git(...words: string[]): string;
  projectGit(...words: string[]): string;
  /** The text of a check file, by its path under CHECKS_PATH. */
  read(path: string): string;
  write(path: string, text: string): void;
  edit(path: string, from: string, to: string): void;
  object(key: string): string | undefined;
  keys(prefix: string): string[];
  trigger(schedule?: '15m' | 'hourly' | 'daily', conf?: Record<string, unknown>): string;
  minutes(count: number): void;
  fault(fault: Record<string, unknown> | undefined): Promise<void>;
  /** Everything that a refused call must not change. */
  everything(): unknown;
}

const startMs = Date.parse('2025-12-08T20:30:00Z');

let prepared = '';

/** Call at the top of a test file; each test gets a copy of the repositories. */
export function prepareWorld(checks: Checks = 'few'): void {
  beforeAll(async () => {
    prepared = await preparedWorld(checks);
  });
  // This machine's clock stands still with AWS's; timers stay real.
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: startMs }));
}

export async function toolHarness({
  env: extra = {},
  user,
  whenDone = onTestFinished,
}: HarnessOptions = {}): Promise<Harness> {
  const directory = mkdtempSync(join(tmpdir(), 'tool-harness-'));
  cpSync(prepared, directory, { recursive: true });
  const repo = join(directory, 'k-repo');
  const project = join(directory, 'audit-load-test');
  const aws = await startEmbeddedAws({ speed: 0, startMs, quotaClock: 'off' });
  const dagFile = join(project, 'dags/yang_audit_load_test.py');
  const env = {
    ...serverEnvironment({ endpoint: aws.endpoint, targetRepo: repo, project, dagFile }),
    ...extra,
  };
  const restore = setEnvironment({ ...env, TZ: 'America/New_York', HOME: directory });
  let server = await connect(env, project, aws, user);
  whenDone(async () => {
    await server.close();
    await aws.close();
    restore();
    rmSync(directory, { recursive: true, force: true });
  });

  async function ask(tool: string, given: Record<string, unknown>) {
    vi.setSystemTime(aws.clock.nowMs() + harness.localAheadMs);
    const answer = await server.client.callTool({ name: tool, arguments: given });
    const [content] = answer.content as { text: string }[];
    return {
      failed: answer.isError === true,
      text: content?.text ?? '',
      structure: (answer.structuredContent ?? {}) as Structure,
    };
  }
  const at = (path: string) => join(repo, checksPath, path);
  const git = (cwd: string, words: string[]) =>
    execFileSync('git', words, { cwd, encoding: 'utf8', env: { ...process.env, GIT_CONFIG_NOSYSTEM: '1' } });

  const harness: Harness = {
    aws,
    env,
    directory,
    repo,
    project,
    ports: () => server.ports,
    localAheadMs: 0,
    client: () => server.client,
    async call(tool, given = {}) {
      const { failed, text, structure } = await ask(tool, given);
      if (failed) throw new Error(`${tool}: ${text}`);
      requireResultConventions(tool, structure, text);
      return { text, structure };
    },
    async refusal(tool, given = {}) {
      const { failed, text } = await ask(tool, given);
      if (!failed) throw new Error(`${tool} did not fail: ${text}`);
      return text;
    },
    async restart(changed = {}) {
      await server.close();
      Object.assign(env, changed);
      setEnvironment(env);
      server = await connect(env, project, aws, user);
    },
    git: (...words) => git(repo, words),
    projectGit: (...words) => git(project, words),
    read: (path) => readFileSync(at(path), 'utf8'),
    write: (path, text) => writeFileSync(at(path), text),
    edit(path, from, to) {
      const text = harness.read(path);
      if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
      harness.write(path, text.replace(from, to));
    },
    object: (key) => objectOf(aws, key),
    keys: (prefix) => aws.s3.buckets.keys(bucketName, prefix),
    trigger(schedule = '15m', conf = {}) {
      // The stopped clock would put the run in the same millisecond as the mark.
      aws.advance(0.1);
      return aws.dagRuns.trigger({ dagId: `yang_audit_load_test_${schedule}`, conf }).clusterId;
    },
    minutes: (count) => aws.advance(count),
    async fault(fault) {
      const method = fault === undefined ? 'DELETE' : 'POST';
      const body = fault === undefined ? {} : { body: JSON.stringify([fault]) };
      const answer = await fetch(`${aws.endpoint}/_sandbox/faults`, { method, ...body });
      if (answer.status !== 200) throw new Error(await answer.text());
    },
    everything: () => ({
      files: filesBelow(directory),
      bucket: harness.keys('').map((key) => [key, harness.object(key)]),
      session: sessionEvents(project),
    }),
  };
  return harness;
}

async function connect(
  env: Record<string, string>,
  home: string,
  aws: EmbeddedAws,
  user: HarnessOptions['user'],
) {
  // Waiting for AWS and between two looks takes no real time.
  const waits = { quotaClock: instantClock(), retryDelayMs: () => 0 };
  const composed = compose(readSettings(env, home), waits);
  const ports: Ports = {
    ...composed,
    clock: {
      ...composed.clock,
      async sleep(ms) {
        aws.advance(ms / 60_000);
        vi.setSystemTime(aws.clock.nowMs());
      },
    },
  };
  const client = new Client(
    { name: 'harness', version: '1' },
    { capabilities: user === undefined ? {} : { elicitation: {} } },
  );
  if (user !== undefined) client.setRequestHandler(ElicitRequestSchema, ({ params }) => user(params.message));
  const [here, there] = InMemoryTransport.createLinkedPair();
  serveMcp({ name: 'harness', version: '1', ports: async () => ports, asksEveryTime: 'all' }, there);
  await client.connect(here);
  return { client, ports, close: () => client.close() };
}

/** Sets the process environment, which the AWS SDK reads directly. */
function setEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  for (const [name, value] of Object.entries(env))
    if (value === '') delete process.env[name];
    else process.env[name] = value;
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

function objectOf(aws: EmbeddedAws, key: string): string | undefined {
  return aws.s3.buckets.get(bucketName, key)?.toString('utf8');
}

/** The files on disk by path, including git's own but neither its objects nor the session. */
function filesBelow(directory: string, below = ''): Record<string, string> {
  return Object.assign(
    {},
    ...readdirSync(join(directory, below), { withFileTypes: true }).map((entry) => {
      const path = join(below, entry.name);
      if (!entry.isDirectory()) return { [path]: readFileSync(join(directory, path), 'latin1') };
      return /^(objects|\.audit-load-test)$/.test(entry.name) ? {} : filesBelow(directory, path);
    }),
  );
}

/** Every event in the journal except `reviewed`, which records only what was shown. */
function sessionEvents(project: string): unknown[] {
  const journal = join(project, '.audit-load-test/journal');
  let names: string[] = [];
  try {
    names = readdirSync(journal).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.flatMap((name) =>
    (JSON.parse(readFileSync(join(journal, name), 'utf8')) as { events: { type: string }[] }).events.filter(
      (event) => event.type !== 'reviewed',
    ),
  );
}

/** Replaces what differs from run to run: paths and ids. */
export function normalise(harness: Harness, text: string): string {
  return text
    .replaceAll(harness.repo, '<repo>')
    .replaceAll(harness.project, '<project>')
    .replaceAll(harness.directory, '<directory>')
    .replaceAll(/\b[0-9a-f]{40}\b/g, '<sha>')
    .replaceAll(/\breview (?:id )?[0-9a-f]{16}\b/g, 'review <reviewId>')
    .replaceAll(/\b(reviewId|Review id:?) ?[0-9a-f]{16}\b/g, '$1 <reviewId>')
    .replaceAll(/\b[0-9a-f]{16}\.txt/g, '<reviewId>.txt')
    .replaceAll(/\bj-[A-Z0-9]{8,20}\b/g, '<cluster>')
    .replaceAll(/\d{8}T\d{6}_\d{3}-[0-9a-f]{6}\.patch/g, '<backup>.patch');
}

/** Scales, approves and uploads a level. Returns the uploaded review id. */
export async function uploadLevel(harness: Harness, given: Record<string, unknown>): Promise<string> {
  const { reviewId } = (await harness.call('scaleConfigs', given)).structure;
  const { structure } = await harness.call('uploadChecks', { reviewId, approved: true });
  if (structure.status === 'awaiting_approval') throw new Error(`not uploaded: ${structure.summary}`);
  return reviewId;
}

/** Uploads a level and its DAG, which opens a round. */
export async function openRound(harness: Harness, given: Record<string, unknown>): Promise<Structure> {
  await uploadLevel(harness, given);
  return (await harness.call('uploadDags')).structure;
}

/** Triggers the DAG and lets it run to its end. Returns its cluster id. */
export async function runToEnd(
  harness: Harness,
  schedule: '15m' | 'hourly' | 'daily' = '15m',
  conf: Record<string, unknown> = {},
): Promise<string> {
  const cluster = harness.trigger(schedule, conf);
  harness.minutes(200);
  const { structure } = await harness.call('pollCluster', { waitSeconds: 0 });
  if (structure.done !== true) throw new Error(`not done: ${structure.summary}`);
  return cluster;
}

/** Runs a level and builds its report. Returns the result of buildReport. */
export async function reportedLevel(harness: Harness, given: Record<string, unknown>): Promise<Structure> {
  await openRound(harness, given);
  await runToEnd(harness);
  return (await harness.call('buildReport')).structure;
}

/** Commits a change on main and brings the test branch there. */
export function onMain(harness: Harness, change: () => void): void {
  harness.git('checkout', '-q', 'main');
  change();
  harness.git('add', '-A');
  harness.git('commit', '-qm', 'Change checks');
  harness.git('checkout', '-q', 'audit_checks_load_testing');
  harness.git('merge', '-q', '--ff-only', 'main');
}

/** The file that a result names for its whole list of changes. */
export function changesFile({ structure }: { structure: Record<string, string> }): string {
  return readFileSync(structure.changesFile ?? '', 'utf8');
}

/** The report.json that a result of buildReport names. */
export function reportJson({ directory }: Structure) {
  return JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'));
}
