import type { Timing } from './checkTimes.ts';
import { fitLinear, knownStart, type LinearFit, predictSeconds } from './linearFit.ts';
import type { StartUp } from './startUp.ts';

/** How far a check's growth bends up from N, as what its exponent is more than 1, and how well that is known. */
export interface Bend {
  readonly exponent: number;
  readonly deviation: number;
}

/**
 * How far a check bends up from the straight line a + b·N: the share of N·log N (the direction in which N^p leaves N) in the log
 * seconds that the line leaves over. What the start-up a may be is known from the other checks, as if it had been
 * measured once at load 0. Without a start-up it is the slope of log seconds over log load, less 1.
 *
 * @param noise of one measurement, as deviation of log seconds
 * @returns undefined below two loads, and where nothing grows
 */
export function measureBend(
  check: readonly Timing[],
  noise: number,
  startUp: StartUp | undefined,
): Bend | undefined {
  const line = startUp ? fitLinear(check, knownStart(startUp, noise)) : proportionTo(check);
  if (!line || check.every(({ load }) => load === check[0]?.load)) return undefined;
  if (!(line.secondsPerLoad > 0)) return undefined;
  const sums = { uu: 0, uv: 0, ug: 0, uy: 0, vv: 0, vg: 0, vy: 0, gg: 0, gy: 0 };
  for (const { load, seconds } of check) {
    const size = predictSeconds(line, load);
    const weight = 1 / (noise * size);
    const left = Math.log(seconds / size) / noise;
    add(sums, startUp ? weight : 0, weight * load, weight * load * Math.log(load), left);
  }
  if (startUp) {
    const { seconds, spreadSeconds } = startUp;
    add(sums, 1 / spreadSeconds, 0, 0, (seconds - line.fixedSeconds) / spreadSeconds);
  }
  const { size, left } = bentAlone(sums);
  // What rounding leaves of a direction that is all fixed and growing part.
  if (!(size > 1e-9 * sums.gg)) return undefined;
  const deviation = 1 / (Math.sqrt(size) * line.secondsPerLoad);
  return { exponent: (left / Math.sqrt(size)) * deviation, deviation };
}

/** Sums of products over the measurements: u of the fixed part, v of the growing, g of the bent, y of what the line leaves over. */
type Sums = Record<'uu' | 'uv' | 'ug' | 'uy' | 'vv' | 'vg' | 'vy' | 'gg' | 'gy', number>;

function add(sums: Sums, u: number, v: number, g: number, y: number): void {
  sums.uu += u * u;
  sums.uv += u * v;
  sums.ug += u * g;
  sums.uy += u * y;
  sums.vv += v * v;
  sums.vg += v * g;
  sums.vy += v * y;
  sums.gg += g * g;
  sums.gy += g * y;
}

/** The bent direction with all of the fixed and the growing part taken out: its square, and its product with what is left over. */
function bentAlone({ uu, uv, ug, uy, vv, vg, vy, gg, gy }: Sums): { size: number; left: number } {
  const [vu, gu] = uu > 0 ? [uv / uu, ug / uu] : [0, 0];
  const growing = vv - vu * uv;
  const gv = (vg - vu * ug) / growing;
  return {
    size: gg - gu * ug - gv * (vg - vu * ug),
    left: gy - gu * uy - gv * (vy - vu * uy),
  };
}

/** The same in deviations. */
export function bendOf(
  check: readonly Timing[],
  noise: number,
  startUp: StartUp | undefined,
): number | undefined {
  const bend = measureBend(check, noise, startUp);
  return bend && bend.exponent / bend.deviation;
}

function proportionTo(check: readonly Timing[]): LinearFit {
  const logs = check.map(({ load, seconds }) => Math.log(seconds / load));
  return {
    fixedSeconds: 0,
    secondsPerLoad: Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length),
  };
}
