/** A part of `npm run bench`: what it gets, and what it hands to the page. */
import { best, leastCpu, type Run } from './measured.ts';

export interface BenchOptions {
  /** Interleaved rounds of everything that has a rival. */
  readonly rounds: number;
  /** Check files, for scaling and uploading. */
  readonly files: number;
  /** The last point of the growth. */
  readonly largeFiles: number;
  readonly steps: number;
  readonly logs: number;
  /** More processes want to run than there are processors: CPU times are compared, and seconds are not judged. */
  readonly isBusy: boolean;
}

/** A measured figure; without `isMet` it has no target, or could not be judged. */
export interface Figure {
  readonly text: string;
  readonly isMet?: boolean | undefined;
  /** A rival is missing. */
  readonly isUnmeasured?: boolean;
}

/** A row of the table of targets. */
export interface Outcome {
  readonly what: string;
  readonly against: string;
  readonly figures: readonly Figure[];
  readonly target: string;
}

export interface GrowthPoint {
  readonly count: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export interface PartResult {
  readonly outcomes: readonly Outcome[];
  /** The part's section, in Markdown. */
  readonly text: string;
  readonly growth?: Readonly<Record<'files' | 'steps', readonly GrowthPoint[]>>;
  /** Names of rivals that could not be had. */
  readonly missing?: readonly string[];
}

/** How many times a rival's time ours is; undefined when one of them did not run. */
export function ratioOf(ours: readonly Run[], theirs: readonly Run[], isBusy: boolean): number | undefined {
  if (ours.length === 0 || theirs.length === 0) return undefined;
  const secondsOf = isBusy ? leastCpu : best;
  return secondsOf(ours) / secondsOf(theirs);
}

export function timesText(ratio: number | undefined): string {
  return ratio === undefined ? '–' : `${ratio.toFixed(ratio < 0.1 ? 3 : 2)} ×`;
}

/** A ratio as a figure, with the most that it may be. */
export function ratioFigure(name: string, ratio: number | undefined, most?: number): Figure {
  if (ratio === undefined) return { text: `${name}: not measured`, isUnmeasured: true };
  return { text: `${timesText(ratio)} ${name}`, isMet: most === undefined ? undefined : ratio <= most };
}

export function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
