import { checkKey, checkName } from './checkKey.ts';
import type { Report } from './model.ts';

/** A round as a comparison sees it. */
export type MeasuredRound = Pick<
  Report,
  'load' | 'schedule' | 'clusterConfig' | 'round' | 'steps' | 'fixedWindows'
>;

/** EMR's stamps are of whole milliseconds: anything shorter is no time, and would make ratios of nothing. */
export const leastSeconds = 0.001;

/**
 * Seconds of each check that completed in a round; a check that ran more than once has its mean. Left out are checks whose
 * window a person fixed: whatever their times are, they are not the load's.
 */
export function checkTimes(round: Pick<Report, 'steps' | 'fixedWindows'>): Map<string, number> {
  const fixed = new Set(round.fixedWindows);
  const all = new Map<string, number[]>();
  for (const step of round.steps) {
    if (step.state !== 'COMPLETED' || step.runSeconds === null || step.runSeconds < leastSeconds) continue;
    if (fixed.has(checkName(step))) continue;
    const key = checkKey(step);
    const times = all.get(key);
    if (times) times.push(step.runSeconds);
    else all.set(key, [step.runSeconds]);
  }
  return new Map(
    [...all].map(([key, times]) => [key, times.reduce((sum, one) => sum + one, 0) / times.length]),
  );
}

/** One measurement of a check: how long it took at a load. */
export interface Timing {
  readonly load: number;
  readonly seconds: number;
  /** Which of the rounds it was taken in. */
  readonly round: number;
}

/** Every measurement of every check over several rounds, in the order of the rounds. */
export function timingsOf(rounds: readonly MeasuredRound[]): Map<string, Timing[]> {
  const timings = new Map<string, Timing[]>();
  for (const [index, round] of rounds.entries())
    for (const [key, seconds] of checkTimes(round)) {
      const timing = { load: round.load, seconds, round: index };
      const known = timings.get(key);
      if (known) known.push(timing);
      else timings.set(key, [timing]);
    }
  return timings;
}
