/** The process that eventLogs.ts measures: `node bench/run.mjs eventLogsReader <logs>` reads them, and prints what it took. */
import { createAwsServices } from '../src/adapters/aws/awsClient.ts';
import { createEventLogs } from '../src/adapters/eventLogs/eventLogs.ts';
import type { Cluster, Step } from '../src/ports/aws.ts';
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
  readonly peakMegabytes: number;
}

export const stepIdOf = (at: number): string => `s-${at}`;

export function applicationOf(at: number): string {
  return `application_${createdMs}_${String(at).padStart(4, '0')}`;
}

export async function main([count]: readonly string[]): Promise<void> {
  const steps = Array.from(
    { length: Number(count) },
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
  const settings = { bucket: 'b', configsPrefix: 'c', dagsPrefix: 'd', awsLoginCommand: 'none' };
  const aws = createAwsServices(settings);
  await aws.s3.region();
  const idleMegabytes = process.memoryUsage().rss / 1e6;
  const began = performance.now();
  const usedBefore = process.cpuUsage();
  const { evidence } = await readRoundEvidence(
    // Without the product's own limit, which would end the measurement.
    { eventLogs: createEventLogs({ aws }), clock: { ...noClock, timer: () => () => undefined } },
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
  const { user, system } = process.cpuUsage(usedBefore);
  const reading: EventLogReading = {
    read: evidence.size,
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    idleMegabytes,
    peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
  };
  console.log(JSON.stringify(reading));
}

const noClock = {
  now: () => Promise.reject(new Error('not asked')),
  localMs: () => createdMs,
  sleep: () => Promise.resolve(),
};
