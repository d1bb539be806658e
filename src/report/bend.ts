import type { Timing } from './checkTimes.ts';
import { fitLinear, type KnownStart, type LinearFit, predictSeconds } from './linearFit.ts';
import type { StartUp } from './startUp.ts';

/**
 * How far a check bends up from the straight line a + b·N, in deviations: the share of N·log N (the direction in which N^p
 * leaves N) in the log seconds that the line leaves over. What the start-up a may be is known from the other checks, as if
 * it had been measured once at load 0. Without a start-up it is the slope of log seconds over log load against 1.
 *
 * @param noise of one measurement, as deviation of log seconds
 * @returns undefined below two loads
 */
export function bendOf(
  check: readonly Timing[],
  noise: number,
  startUp: StartUp | undefined,
): number | undefined {
  const line = startUp ? fitLinear(check, knownStart(startUp, noise)) : proportionTo(check);
  if (!line || check.every(({ load }) => load === check[0]?.load)) return undefined;
  const rows = check.map(({ load, seconds }) => {
    const size = predictSeconds(line, load);
    return {
      fixed: startUp ? 1 / (noise * size) : 0,
      growing: load / (noise * size),
      bent: (load * Math.log(load)) / (noise * size),
      left: Math.log(seconds / size) / noise,
    };
  });
  if (startUp) {
    const { seconds, spreadSeconds } = startUp;
    const left = (seconds - line.fixedSeconds) / spreadSeconds;
    rows.push({ fixed: 1 / spreadSeconds, growing: 0, bent: 0, left });
  }
  const fixed = rows.map((row) => row.fixed);
  const growing = without(
    rows.map((row) => row.growing),
    fixed,
  );
  const bent = without(
    without(
      rows.map((row) => row.bent),
      fixed,
    ),
    growing,
  );
  const size = Math.sqrt(dot(bent, bent));
  if (!(size > 0)) return undefined;
  return (
    dot(
      bent,
      rows.map((row) => row.left),
    ) / size
  );
}

function knownStart({ seconds, spreadSeconds }: StartUp, noise: number): KnownStart {
  return { seconds, weight: (noise / spreadSeconds) ** 2 };
}

function proportionTo(check: readonly Timing[]): LinearFit {
  const logs = check.map(({ load, seconds }) => Math.log(seconds / load));
  return {
    fixedSeconds: 0,
    secondsPerLoad: Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length),
  };
}

/** What is left of a column when all of another is taken out. */
function without(column: readonly number[], other: readonly number[]): number[] {
  const size = dot(other, other);
  const share = size > 0 ? dot(column, other) / size : 0;
  return column.map((value, row) => value - share * (other[row] ?? 0));
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, row) => sum + value * (other[row] ?? 0), 0);
}
