/** Positions on an axis, in whole pixels: small enough that a library would be longer to explain. */

export interface Scale {
  /** Where a value stands, rounded to a pixel and kept inside the axis. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** `[from, to]` in values onto `[left, right]` in pixels. */
export function linearScale(
  from: number,
  to: number,
  left: number,
  right: number,
  steps: readonly number[],
): Scale {
  const span = to > from ? to - from : 1;
  const step = steps.find((one) => span / one <= 8) ?? span / 8;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return { at: (value) => clamped(left + ((value - from) / span) * (right - left), left, right), ticks };
}

/** The same over the logarithm; values below `from` stand at its place. `from` is above 0. */
export function logScale(
  from: number,
  to: number,
  left: number,
  right: number,
  marks: readonly number[],
): Scale {
  const low = Math.log(from);
  const span = to > from ? Math.log(to) - low : 1;
  return {
    at: (value) =>
      clamped(left + ((Math.log(Math.max(value, from)) - low) / span) * (right - left), left, right),
    ticks: marks.filter((mark) => mark >= from && mark <= to),
  };
}

function clamped(pixel: number, left: number, right: number): number {
  const low = Math.min(left, right);
  const high = Math.max(left, right);
  return Math.round(Math.min(high, Math.max(low, pixel)));
}

/** Round steps of a time axis in seconds: 1 s to 12 h. */
export const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200,
] as const;

/** A mark on a time axis: `30s`, `5m`, `1h 30m`. */
export function timeMark(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10}s`;
  if (seconds < 3600)
    return seconds % 60 === 0 ? `${seconds / 60}m` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  const minutes = Math.round((seconds % 3600) / 60);
  return minutes === 0 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 3600)}h ${minutes}m`;
}
