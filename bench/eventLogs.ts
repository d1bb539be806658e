/** `npm run bench:eventLogs`: reads a thousand event logs of 300 KB from an S3 that is 25 ms away (`--logs`, `--away`). */
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createEventLogs } from '../src/adapters/eventLogs/eventLogs.ts';
import type { Cluster, Step } from '../src/ports/aws.ts';
import { readRoundEvidence } from '../src/workflow/evidence/round.ts';
import { startAwsWorld, watch } from '../test/adapters/awsWorld.ts';
import { logLines } from '../test/report/evidence/logs.ts';
import { machineText } from './measured.ts';
import { numberOf } from './options.ts';

const createdMs = Date.UTC(2026, 0, 11);
const cluster: Cluster = {
  id: 'j-1',
  name: 'load-test',
  state: 'TERMINATED',
  createdMs,
  logUri: 's3://logs/emr/',
  observedMs: createdMs + 3_600_000,
};

export async function main(args: readonly string[]): Promise<void> {
  const count = numberOf(args, '--logs', 1000);
  const awayMs = numberOf(args, '--away', 25);
  const world = await startAwsWorld({ startMs: createdMs + 3_600_000 });
  world.buckets.create('logs');
  const body = logOf300Kb();
  const steps: Step[] = [];
  for (let at = 1; at <= count; at += 1) {
    const application = `application_${createdMs}_${String(at).padStart(4, '0')}`;
    const id = `s-${at}`;
    world.buckets.put(
      'logs',
      `emr/j-1/steps/${id}/stderr.gz`,
      gzipSync(`INFO YarnClientImpl: Submitted application ${application}\n`),
    );
    const log = body.replaceAll(/"App ID":"[^"]*"/g, `"App ID":"${application}"`);
    world.buckets.put('logs', `spark/${application}_1`, Buffer.from(log));
    const times = { createdMs, startedMs: createdMs, endedMs: createdMs + 60_000 };
    steps.push({ id, name: `check_${at}_15m_2x`, state: 'COMPLETED', arguments: [], ...times });
  }
  const own = createEventLogs(world);
  const eventLogs = {
    ...own,
    applicationOf: (...given: Parameters<typeof own.applicationOf>) =>
      sleep(awayMs).then(() => own.applicationOf(...given)),
    read: (...given: Parameters<typeof own.read>) => sleep(awayMs).then(() => own.read(...given)),
  };
  const began = performance.now();
  const usedBefore = process.cpuUsage();
  const { evidence, unread } = await readRoundEvidence(
    // Without the product's own limit, which would end the measurement.
    { eventLogs, clock: { ...noClock, timer: () => () => undefined } },
    {
      cluster,
      steps,
      load: 2,
      schedule: '15m',
      configsPrefix: 'checks_load_test/configs',
      earlier: [],
      settings: { 'spark.eventLog.dir': 's3://logs/spark/' },
      mode: 'all',
    },
    watch(),
  );
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(usedBefore);
  const cpuSeconds = (used.user + used.system) / 1e6;
  console.log(
    `${evidence.size} of ${count} event logs of ${Math.round(body.length / 1000)} KB, ${awayMs} ms away, in ${seconds.toFixed(1)} s, of which ${cpuSeconds.toFixed(1)} s of CPU with the embedded S3 (${unread.size} not read); ${machineText()}`,
  );
  await world.close();
}

const noClock = {
  now: () => Promise.reject(new Error('not asked')),
  localMs: () => createdMs,
  sleep: () => Promise.resolve(),
};

/** A real log, made as long as that of a check with two or three queries. */
function logOf300Kb(): string {
  const lines = logLines('spark-4.0', 'environment');
  const start = lines.slice(0, -1).join('\n');
  const update = lines.find((line) => line.includes('SQLAdaptiveExecutionUpdate')) ?? '';
  const times = Math.ceil((300_000 - start.length) / update.length);
  return `${start}\n${`${update}\n`.repeat(times)}${lines.at(-1)}`;
}
