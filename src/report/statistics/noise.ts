import type { Timing } from '../steps/checkTimes.ts';
import { median } from './statistics.ts';

/** Presumed of one measurement, as deviation of log seconds (0.10 is about 10%), where no round was repeated. */
export const presumedNoise = 0.1;
/** Presumed of all checks of one round together: a day of slower machines. */
export const roundNoise = 0.03;
const [leastNoise, mostNoise] = [0.03, 0.3];
/** The deviation of a normal variable over its median distance from the middle. */
const deviationsInMad = 1.4826;
/** Repeated rounds are few: their common noise is drawn towards the presumed one as if by so many more. */
const presumedRounds = 2;

/** The noise of one measurement: from rounds that were repeated at a load, by the median so that stragglers do not set it. */
export function stepNoise(checks: readonly (readonly Timing[])[]): number {
  const distances = checks.flatMap((check) =>
    levelsOf(check).flatMap((same) => {
      if (same.length < 2) return [];
      const logs = same.map(({ seconds }) => Math.log(seconds));
      const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
      const widened = Math.sqrt(logs.length / (logs.length - 1));
      return logs.map((log) => Math.abs(log - mean) * widened);
    }),
  );
  const middle = median(distances);
  if (middle === null) return presumedNoise;
  return Math.min(mostNoise, Math.max(leastNoise, deviationsInMad * middle));
}

/** How far whole rounds differ, as deviation of log seconds: measured where rounds were repeated, else presumed. */
export function measuredRoundNoise(checks: readonly (readonly Timing[])[]): number {
  const shifts = new Map<number, number[]>();
  const loads = new Map<number, number>();
  for (const check of checks)
    for (const same of levelsOf(check)) {
      if (same.length < 2) continue;
      const mean = same.reduce((sum, { seconds }) => sum + Math.log(seconds), 0) / same.length;
      for (const { round, load, seconds } of same) {
        loads.set(round, load);
        const shift = Math.log(seconds) - mean;
        const known = shifts.get(round);
        if (known) known.push(shift);
        else shifts.set(round, [shift]);
      }
    }
  const step = stepNoise(checks);
  const degrees = shifts.size - new Set(loads.values()).size;
  let squares = 0;
  for (const logs of shifts.values()) {
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    // The mean over a round's checks also varies by their own noise.
    squares += Math.max(0, mean ** 2 - (step ** 2 / logs.length) * (degrees / shifts.size));
  }
  return Math.sqrt((squares + presumedRounds * roundNoise ** 2) / (degrees + presumedRounds));
}

function levelsOf(check: readonly Timing[]): Timing[][] {
  const levels = new Map<number, Timing[]>();
  for (const timing of check) {
    const same = levels.get(timing.load);
    if (same) same.push(timing);
    else levels.set(timing.load, [timing]);
  }
  return [...levels.values()];
}
