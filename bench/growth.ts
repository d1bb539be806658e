/** scaleConfigs from 100 to 100,000 files: time and memory of each size. The steps of the chart come from round.ts. */
import { leastCpu, median, peakOf, type Run } from './measured.ts';
import { type BenchOptions, type GrowthPoint, type PartResult, thousands } from './part.ts';
import { scalingTree } from './scale.ts';
import { markdownTable } from './tables.ts';

/** Linear is: ten times the files take at most this many times the CPU time. */
const mostPerTen = 11;
const mostMegabytes = 350;

/** Up to the largest, by tens. */
export function sizesUpTo(largest: number): number[] {
  const sizes: number[] = [];
  for (let size = largest; size >= 100; size /= 10) sizes.unshift(Math.round(size));
  return sizes;
}

export async function measureGrowth({ rounds, largeFiles }: BenchOptions): Promise<PartResult> {
  const points: GrowthPoint[] = [];
  const rows: string[][] = [];
  const failures: string[] = [];
  for (const size of sizesUpTo(largeFiles)) {
    // The largest takes half a minute a run.
    const times = size > 10_000 ? Math.min(rounds, 2) : rounds;
    const runs = await runsOf(size, times).catch((error: Error) => error);
    if (runs instanceof Error) {
      failures.push(`${thousands(size)} files: ${runs.message.slice(-300).replaceAll(/\s+/g, ' ')}`);
      continue;
    }
    const point = pointOf(size, runs);
    points.push(point);
    rows.push([
      thousands(size),
      String(times),
      `${median(runs.map(({ wallSeconds }) => wallSeconds)).toFixed(2)} s`,
      `${point.cpuSeconds.toFixed(2)} s`,
      `${((1000 * point.cpuSeconds) / size).toFixed(2)} ms`,
      `${point.peakMegabytes.toFixed(0)} MB`,
    ]);
  }
  const [last, before] = [points.at(-1), points.at(-2)];
  const factor = before && last && last.cpuSeconds / before.cpuSeconds;
  return {
    outcomes: [
      {
        what: `scaleConfigs, ${thousands(largeFiles)} files`,
        against: 'linear',
        figures: [
          ...failures.map((text) => ({ text, isMet: false })),
          ...(factor === undefined
            ? []
            : [{ text: `${factor.toFixed(1)} × the CPU of a tenth`, isMet: factor <= mostPerTen }]),
          ...(last === undefined
            ? []
            : [
                {
                  text: `${last.cpuSeconds.toFixed(1)} s CPU, ${last.peakMegabytes.toFixed(0)} MB`,
                  isMet: last.peakMegabytes <= mostMegabytes,
                },
              ]),
        ],
        target: `linear (at most ${mostPerTen} × the CPU for ten times the files); at most ${mostMegabytes} MB`,
      },
    ],
    growth: { files: points, steps: [] },
    text: `scaleConfigs 2x as a command, in a repository of each size. *CPU* is the lowest of the runs, *Memory* the highest; growth compares the CPU time of the two largest sizes.

${markdownTable(['Files', 'Runs', 'Median', 'CPU', 'CPU per file', 'Memory'], rows)}`,
  };
}

/** A point of the chart from the runs of one size. */
export function pointOf(count: number, runs: readonly Run[]): GrowthPoint {
  return { count, cpuSeconds: leastCpu(runs), peakMegabytes: peakOf(runs) };
}

async function runsOf(size: number, times: number): Promise<Run[]> {
  const { close, reset, scale } = await scalingTree(size);
  const runs: Run[] = [];
  try {
    for (let run = 0; run < times; run += 1) {
      reset();
      runs.push(await scale('2x'));
    }
    return runs;
  } finally {
    await close();
  }
}
