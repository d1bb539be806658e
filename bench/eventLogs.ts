/** Reads the event logs of a large round from an S3 that is 25 ms away; the reader is a process of its own. */
import { gzipSync } from 'node:zlib';
import { startEmbeddedAws } from '../sandbox/world/embeddedAws.ts';
import { serverEnvironment } from '../sandbox/world/environment.ts';
import { logLines } from '../test/report/evidence/logs.ts';
import { applicationOf, type EventLogReading, logsBucket, stepIdOf } from './eventLogsReader.ts';
import { measured, median, type Run } from './measured.ts';
import { type BenchOptions, type PartResult, thousands } from './part.ts';
import { markdownTable } from './tables.ts';

const awayMs = 25;
const mostSeconds = 60;
const mostMegabytes = 64;

export async function measureEventLogs({ rounds, logs, isBusy }: BenchOptions): Promise<PartResult> {
  const aws = await startEmbeddedAws({ speed: 1 });
  aws.s3.buckets.create(logsBucket);
  const body = logOf300Kb();
  for (let at = 1; at <= logs; at += 1) {
    const application = applicationOf(at);
    const stderr = `INFO YarnClientImpl: Submitted application ${application}\n`;
    aws.s3.buckets.put(logsBucket, `emr/j-1/steps/${stepIdOf(at)}/stderr.gz`, gzipSync(stderr));
    const log = body.replaceAll(/"App ID":"[^"]*"/g, `"App ID":"${application}"`);
    aws.s3.buckets.put(logsBucket, `spark/${application}_1`, Buffer.from(log));
  }
  aws.front.faults.add({ service: 's3', delayMs: awayMs });
  const runs: (EventLogReading & Pick<Run, 'peakMegabytes'>)[] = [];
  try {
    const project = process.cwd();
    const env = serverEnvironment({ endpoint: aws.endpoint, targetRepo: project, project });
    const times = Math.min(rounds, 3);
    for (let run = 0; run < times; run += 1) {
      const command = [process.execPath, 'bench/run.mjs', 'eventLogsReader', String(logs)];
      const { out, peakMegabytes } = await measured(command, { cwd: project, env });
      runs.push({ ...(JSON.parse(out) as EventLogReading), peakMegabytes });
    }
  } finally {
    await aws.close();
  }
  const seconds = median(runs.map((run) => run.seconds));
  const megabytes = Math.max(...runs.map((run) => run.peakMegabytes - run.idleMegabytes));
  return {
    outcomes: [
      {
        what: `event logs of ${thousands(logs)} steps, ${Math.round(body.length / 1000)} KB each, ${awayMs} ms away`,
        against: '–',
        figures: [
          { text: `${seconds.toFixed(1)} s`, isMet: isBusy ? undefined : seconds < mostSeconds },
          { text: `${megabytes.toFixed(0)} MB above idle`, isMet: megabytes <= mostMegabytes },
        ],
        target: `under ${mostSeconds} s, ${mostMegabytes} MB above idle`,
      },
    ],
    text: `The product's reader in a process of its own, with ${awayMs} ms before every response of the embedded S3. *Idle* is the process after it has read one log, so that what is above does not depend on the code that has to be loaded; seconds and CPU are counted from then on as well. buildReport stops reading after 30 s and says so; this benchmark reads to the end.

${markdownTable(
  ['Run', 'Logs read', 'Seconds', 'CPU', 'Idle', 'Peak'],
  runs.map((run, index) => [
    String(index + 1),
    `${thousands(run.read)} of ${thousands(logs)}`,
    `${run.seconds.toFixed(1)} s`,
    `${run.cpuSeconds.toFixed(1)} s`,
    `${run.idleMegabytes.toFixed(0)} MB`,
    `${run.peakMegabytes.toFixed(0)} MB`,
  ]),
)}`,
  };
}

/** A real log, made as long as that of a check with two or three queries. */
function logOf300Kb(): string {
  const lines = logLines('spark-4.0', 'environment');
  const start = lines.slice(0, -1).join('\n');
  const update = lines.find((line) => line.includes('SQLAdaptiveExecutionUpdate')) ?? '';
  const times = Math.ceil((300_000 - start.length) / update.length);
  return `${start}\n${`${update}\n`.repeat(times)}${lines.at(-1)}`;
}
