/** `npm run bench:report`: how large a report's files are, and how long they take, beside their budgets; in docs/measurements/report.md. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { gzipSync } from 'node:zlib';
import type { Step, StepLog } from '../src/ports/aws.ts';
import { assembleReport } from '../src/report/build.ts';
import type { RoundFacts } from '../src/report/model/facts.ts';
import type { Report } from '../src/report/model/model.ts';
import { reportFiles } from '../src/report/render/files.ts';
import { roundFacts, stepsOf } from './campaigns.ts';
import { thousands } from './part.ts';
import { randomFrom } from './random.ts';
import { markdownTable } from './tables.ts';

const slots = 32;
const repeats = 5;

/** Most bytes of a file, at 1,000 and at 10,000 steps. */
const sizeBudgets: readonly { files: RegExp; kilobytes: readonly [number, number] }[] = [
  { files: /\.svg$/, kilobytes: [25, 160] },
  { files: /^report\.md$/, kilobytes: [60, 60] },
  { files: /^report\.html$/, kilobytes: [150, 1500] },
];
/** Most milliseconds for all files, at 10,000 steps. */
const timeBudgets = { 'without forecast': 500, 'with forecast': 2500 };

export function main(): void {
  const sizes: string[][] = [];
  const times: string[][] = [];
  for (const [column, count] of [1000, 10_000].entries()) {
    const earlier = [build(count, 1, []), build(count, 2, [])];
    const rounds = { 'without forecast': [], 'with forecast': earlier };
    for (const kind of ['without forecast', 'with forecast'] as const) {
      const taken = Array.from({ length: repeats + 1 }, () => timed(() => filesOf(count, rounds[kind])));
      const [first = 0, ...rest] = taken;
      const budget = count === 10_000 ? `${timeBudgets[kind]} ms` : '–';
      times.push([
        thousands(count),
        kind,
        `${Math.round(first)} ms`,
        `${Math.round(Math.min(...rest))} ms`,
        budget,
      ]);
    }
    for (const { path, text } of filesOf(count, earlier)) {
      const budget = sizeBudgets.find(({ files }) => files.test(path))?.kilobytes[column];
      sizes.push([
        thousands(count),
        path,
        kilobytes(Buffer.byteLength(text)),
        kilobytes(gzipSync(text).length),
        budget === undefined ? '–' : `${budget} KB`,
      ]);
    }
  }
  const [cpu] = cpus();
  const text = `# The report: time and size

Written by \`npm run bench:report\` with Node ${process.version} on ${cpus().length} × ${cpu?.model ?? 'an unknown processor'}: rounds of 1,000 and 10,000 steps on ${slots} slots, one step in fifty failed and has a log, two earlier levels for the forecast.

## Time

From the steps to the text of every file. *First* is the first call, *Then* the fastest of ${repeats} more calls (other work on the machine only adds time).

${markdownTable(['Steps', 'Report', 'First', 'Then', 'Budget'], times)}

## Size

${markdownTable(['Steps', 'File', 'Size', 'Packed', 'Budget'], sizes)}
`;
  writeFileSync('docs/measurements/report.md', text);
  console.log(text);
}

function filesOf(count: number, earlier: readonly Report[]) {
  return reportFiles(build(count, 4, earlier));
}

function build(count: number, load: number, earlier: readonly Report[]): Report {
  return assembleReport(factsOf(count, load, earlier));
}

function factsOf(count: number, load: number, earlier: readonly Report[]): RoundFacts {
  const random = randomFrom('bench');
  const checks = Array.from({ length: count }, () => ({
    fixed: 10 + 30 * random.next(),
    work: 20 * Math.exp(0.8 * random.normal()),
  }));
  const noise = randomFrom(`bench ${load}`);
  const seconds = checks.map(({ fixed, work }) => (fixed + work * load) * Math.exp(0.1 * noise.normal()));
  const steps = stepsOf(seconds, load, slots).map(
    (step, index): Step =>
      index % 50 === 7 ? { ...step, state: 'FAILED', failure: { reason: 'Unknown Error.' } } : step,
  );
  return roundFacts(load, steps, {
    round: load,
    clusterId: `j-BENCH${load}`,
    clusterConfig: { digest: 'one', stepConcurrencyLevel: slots, releaseLabel: 'emr-7.12.0' },
    startedAtText: `2025-12-07T1${load}:30:00.123456-05:00`,
    failures: new Map(steps.filter(({ failure }) => failure).map(({ id }) => [id, failedLog(id)])),
    version: 'bench',
    earlier,
  });
}

function failedLog(id: string): StepLog {
  const lines = Array.from(
    { length: 200 },
    (_, line) => `25/12/07 20:30:11 INFO TaskSetManager: task ${line}`,
  );
  const cause = 'java.lang.OutOfMemoryError: Java heap space';
  const part = { uri: `s3://logs/steps/${id}/stderr.gz`, text: [...lines, cause].join('\n') };
  return { found: 'log', parts: [{ ...part, cut: false, gzip: true }] };
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
