/**
 * `npm run bench`: every row of the table of targets beside its rivals, in one run; writes docs/measurements/speed.md
 * and growth.svg. A shortened run writes only into the folder of `--out`. What is measured so far is in a temporary folder.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureEventLogs } from './eventLogs.ts';
import { measureFelt } from './felt.ts';
import { measureGrowth } from './growth.ts';
import { drawGrowthChart } from './growthChart.ts';
import type { BenchOptions, PartResult } from './part.ts';
import { measureReports } from './round.ts';
import { measureScaling } from './scale.ts';
import { type MeasuredPart, speedPage } from './speedPage.ts';
import { measureStartup } from './startup.ts';
import { measureSuites } from './suites.ts';
import { measureTokens } from './tokens.ts';
import { measureUploads } from './upload.ts';

const full = { rounds: 5, files: 10_000, large: 100_000, steps: 10_000, logs: 1000 };

const parts: Readonly<
  Record<
    string,
    { title: string; measure(options: BenchOptions, dist: readonly string[]): Promise<PartResult> }
  >
> = {
  felt: { title: 'Response times', measure: measureFelt },
  startup: { title: 'Start-up', measure: measureStartup },
  scale: { title: 'Scaling the configs', measure: measureScaling },
  growth: { title: 'Growth', measure: measureGrowth },
  upload: { title: 'Uploading the configs', measure: measureUploads },
  round: { title: 'Reading and reporting a round', measure: measureReports },
  eventLogs: { title: 'Event logs', measure: measureEventLogs },
  tokens: { title: 'Tokens that a model reads', measure: measureTokens },
  suites: { title: 'Tests and demo', measure: measureSuites },
};

export async function main(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const sizes = { rounds: text, files: text, large: text, steps: text, logs: text };
  const options = { ...sizes, only: text, out: text, dist: { ...text, multiple: true } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const names = values.only?.split(',') ?? Object.keys(parts);
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined)
    throw new Error(`no part "${unknown}"; there are ${Object.keys(parts).join(', ')}`);
  const isWhole = Object.keys({ ...sizes, only: 1 }).every((name) => !(name in values));
  const numberOf = (name: keyof typeof full) => Number(values[name] ?? full[name]);
  const load = loadavg()[0] ?? 0;
  const bench: BenchOptions = {
    rounds: numberOf('rounds'),
    files: numberOf('files'),
    largeFiles: numberOf('large'),
    steps: numberOf('steps'),
    logs: numberOf('logs'),
    isBusy: load > cpus().length,
  };
  const began = performance.now();
  const measured: MeasuredPart[] = [];
  const partial = mkdtempSync(join(tmpdir(), 'audit-load-test-speed-'));
  console.error(`What is measured so far: ${partial}`);
  let page = '';
  for (const [at, name] of names.entries()) {
    measured.push(await measurePart(name, bench, values.dist ?? []));
    const minutes = (performance.now() - began) / 60_000;
    const left = names.slice(at + 1).map((other) => parts[other]?.title ?? other);
    page = speedPage(measured, { date: new Date(), load, minutes, isBusy: bench.isBusy, isWhole, left });
    // A run that is ended early has measured something.
    writePage(partial, page, measured);
  }
  console.log(page);
  const folder = values.out ?? (isWhole ? 'docs/measurements' : undefined);
  if (folder !== undefined) writePage(folder, page, measured);
  if (measured.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
}

function writePage(folder: string, page: string, measured: readonly MeasuredPart[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'speed.md'), page);
  const [files, steps] = (['files', 'steps'] as const).map((unit) =>
    measured.flatMap(({ result }) => result?.growth?.[unit] ?? []),
  );
  if (files?.length && steps?.length)
    writeFileSync(join(folder, 'growth.svg'), drawGrowthChart(files, steps));
}

/** One part that fails does not take the others with it: the page says what failed. */
async function measurePart(
  name: string,
  options: BenchOptions,
  dist: readonly string[],
): Promise<MeasuredPart> {
  const { title = name, measure } = parts[name] ?? {};
  const load = loadavg()[0] ?? 0;
  const began = performance.now();
  console.error(`${name} …`);
  try {
    if (measure === undefined) throw new Error(`no part "${name}"`);
    const result = await measure(options, dist);
    return { title, load, result };
  } catch (error) {
    console.error(error);
    return { title, load, failure: String(error) };
  } finally {
    console.error(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
}
