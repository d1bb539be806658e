/** The process that eventLogs.ts measures: `node bench/run.mjs eventLogsReader <logs>` reads them, and prints what it took. */
import { createAwsServices } from '../src/adapters/aws/awsClient.ts';
import { createEventLogs } from '../src/adapters/eventLogs/eventLogs.ts';
import type { Cluster, Step } from '../src/ports/aws.ts';
import type { EventLogs } from '../src/ports/eventLogs.ts';
import { readRoundEvidence } from '../src/workflow/evidence/round.ts';

export const logsBucket = 'logs';
const createdMs = Date.UTC(2026, 0, 11);
const cluster: Cluster = {
  id: 'j-1',
  name: 'load-test',
  state: 'TERMINATED',
  createdMs,
  logUri: `s3://${logsBucket}/emr/`,
  observedMs: createdMs + 3_600_000,
};

export interface EventLogReading {
  readonly read: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly idleMegabytes: number;
}

export const stepIdOf = (at: number): string => `s-${at}`;

export function applicationOf(at: number): string {
  return `application_${createdMs}_${String(at).padStart(4, '0')}`;
}

export async function main([count]: readonly string[]): Promise<void> {
  const settings = { bucket: 'b', configsPrefix: 'c', dagsPrefix: 'd', awsLoginCommand: 'none' };
  const eventLogs = createEventLogs({ aws: createAwsServices(settings) });
  // Loads the SDK, and warms up what reads a log.
  if ((await readLogs(eventLogs, 1)) !== 1) throw new Error('the first log was not read');
  const idleMegabytes = process.memoryUsage().rss / 1e6;
  const began = performance.now();
  const usedBefore = process.cpuUsage();
  const read = await readLogs(eventLogs, Number(count));
  const { user, system } = process.cpuUsage(usedBefore);
  const reading: EventLogReading = {
    read,
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    idleMegabytes,
  };
  console.log(JSON.stringify(reading));
}

/** How many of the logs were read. */
async function readLogs(eventLogs: EventLogs, count: number): Promise<number> {
  const steps = Array.from(
    { length: count },
    (_, index): Step => ({
      id: stepIdOf(index + 1),
      name: `check_${index + 1}_15m_2x`,
      state: 'COMPLETED',
      arguments: [],
      createdMs,
      startedMs: createdMs,
      endedMs: createdMs + 60_000,
    }),
  );
  const { evidence } = await readRoundEvidence(
    // Without the product's own limit, which would end the measurement.
    { eventLogs, clock: { ...noClock, timer: () => () => undefined } },
    {
      cluster,
      steps,
      load: 2,
      schedule: '15m',
      configsPrefix: 'checks_load_test/configs',
      earlier: [],
      settings: { 'spark.eventLog.dir': `s3://${logsBucket}/spark/` },
      mode: 'all',
    },
    { signal: new AbortController().signal, progress: () => undefined },
  );
  return evidence.size;
}

const noClock = {
  now: () => Promise.reject(new Error('not asked')),
  localMs: () => createdMs,
  sleep: () => Promise.resolve(),
};
