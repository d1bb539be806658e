/** Response times of a running server with 60 and with 300 checks, also while a round runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeClusterCommand, EMRClient, ListStepsCommand } from '@aws-sdk/client-emr';
import { exampleKey } from '../sandbox/wire/verify.ts';
import { startWorld, type World } from '../sandbox/world/world.ts';
import { manyChecks } from './manyChecks.ts';
import { median } from './measured.ts';
import type { BenchOptions, Figure, PartResult } from './part.ts';
import { type RawClient, startClient } from './rawClient.ts';
import { markdownTable } from './tables.ts';

const sizes = [60, 300];
const mostMs = 500;
const mostFirstUploadMs = 1000;
/** One look at EMR may precede a warning or a refusal. */
const mostDuringRoundMs = 1000;

/** The calls in their order, with the most that each may take. */
const calls = {
  scaleConfigs: mostMs,
  reviewConfigs: mostMs,
  'uploadChecks, first': mostFirstUploadMs,
  'uploadChecks, unchanged': mostMs,
  showSession: mostMs,
  'scaleConfigs during a round': mostDuringRoundMs,
  'buildReport, refused': mostDuringRoundMs,
} as const;
type Call = keyof typeof calls;
const names = Object.keys(calls) as Call[];

type Times = Readonly<Record<Call, number[]>>;

export async function measureFelt({ rounds, isBusy }: BenchOptions): Promise<PartResult> {
  const measuredSizes: { size: number; times: Times }[] = [];
  for (const size of sizes) measuredSizes.push({ size, times: await timesOf(size, rounds) });
  const figures = measuredSizes.map(({ size, times }): Figure => {
    const late = names.filter((name) => median(times[name]) > calls[name]);
    const most = (some: readonly Call[]) =>
      `${Math.max(...some.map((name) => Math.round(median(times[name]))))} ms`;
    return {
      text: `${size} checks: at most ${most(names.slice(0, 5))}, during a round ${most(names.slice(5))}`,
      isMet: isBusy ? undefined : late.length === 0,
    };
  });
  const row = (name: Call) => [
    name,
    ...measuredSizes.flatMap(({ times }) => [
      `${Math.round(median(times[name]))} ms`,
      `${Math.round(Math.max(...times[name]))} ms`,
    ]),
    `${calls[name]} ms`,
  ];
  return {
    outcomes: [
      {
        what: `response times at ${sizes.join(' and ')} checks, server running`,
        against: '–',
        figures,
        target: 'at most 0.5 s a call; 1 s for the first upload and while EMR’s quota is used up',
      },
    ],
    text: `One server over stdio, called by one client: the median and the largest of ${rounds} rounds, each at another load. In the last two rows a round is running, and EMR's request quotas for DescribeCluster and ListSteps are used up before the call.

${markdownTable(['Call', ...sizes.flatMap((size) => [`${size} checks`, 'largest']), 'Limit'], names.map(row))}`,
  };
}

async function timesOf(size: number, rounds: number): Promise<Times> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-felt-'));
  const world = await startWorld({ directory, dagsFolder: 'dags', speed: 1 });
  const targetRepo = join(directory, 'many');
  await manyChecks(targetRepo, size);
  const env = { ...world.env, TARGET_REPO: targetRepo };
  const client = await startClient(process.execPath, ['dist/main.js'], env);
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Times;
  try {
    for (let round = 0; round < rounds; round += 1) await levelOf(client, times, 2 + round);
    await roundRunning(client, world, times, rounds);
    return times;
  } finally {
    await client.close();
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function levelOf(client: RawClient, times: Times, load: number): Promise<void> {
  const { reviewId } = await timed(client, times.scaleConfigs, 'scaleConfigs', {
    load,
    schedule: '15m',
    scope: 'schedule',
  });
  await timed(client, times.reviewConfigs, 'reviewConfigs', {});
  const upload = { reviewId, approved: true };
  await timed(client, times['uploadChecks, first'], 'uploadChecks', upload);
  await timed(client, times['uploadChecks, unchanged'], 'uploadChecks', upload);
  await timed(client, times.showSession, 'showSession', {});
}

async function roundRunning(client: RawClient, world: World, times: Times, rounds: number): Promise<void> {
  await timed(client, [], 'uploadDags', {});
  const { clusterId } = world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
  world.advance(10);
  await timed(client, [], 'pollCluster', { waitSeconds: 0 });
  for (let round = 0; round < rounds; round += 1) {
    await useUpQuotas(world, clusterId);
    await timed(client, times['scaleConfigs during a round'], 'scaleConfigs', { load: 20 + round }, true);
    await useUpQuotas(world, clusterId);
    await timed(client, times['buildReport, refused'], 'buildReport', {}, true);
  }
}

/** Calls a tool, and keeps how long it took. @throws Error with its text where it may not be refused */
async function timed(
  client: RawClient,
  into: number[],
  name: string,
  given: Record<string, unknown>,
  mayBeRefused = false,
): Promise<Record<string, unknown>> {
  const began = performance.now();
  const answer = await client.request('tools/call', { name, arguments: given });
  into.push(performance.now() - began);
  if (answer.isError === true && !mayBeRefused) throw new Error(`${name}: ${JSON.stringify(answer.content)}`);
  return (answer.structuredContent ?? {}) as Record<string, unknown>;
}

/** As other programs of the same account do: asks until EMR refuses. */
async function useUpQuotas({ endpoint }: World, clusterId: string): Promise<void> {
  const emr = new EMRClient({ endpoint, region: 'us-east-1', credentials: exampleKey, maxAttempts: 1 });
  const untilThrottled = async (ask: () => Promise<unknown>) => {
    for (;;) {
      const error = await ask().then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      if (error === undefined) continue;
      if (!/throttl/i.test(error.name)) throw error;
      return;
    }
  };
  await untilThrottled(() => emr.send(new ListStepsCommand({ ClusterId: clusterId })));
  await untilThrottled(() => emr.send(new DescribeClusterCommand({ ClusterId: clusterId })));
  emr.destroy();
}
