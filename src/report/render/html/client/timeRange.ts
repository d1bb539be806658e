/** The part of the round that the timeline shows, in seconds since its beginning. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** No closer than a second across the whole timeline. */
const shortestSeconds = 1;

/** `factor` below 1 comes closer; the moment `at` stays where it is. */
export function zoomed(range: TimeRange, factor: number, at: number, whole: TimeRange): TimeRange {
  const length = Math.min(whole.to - whole.from, Math.max(shortestSeconds, (range.to - range.from) * factor));
  const share = (at - range.from) / (range.to - range.from);
  return inside(at - share * length, length, whole);
}

/** By a share of what is shown: 0.5 is half a screen later. */
export function panned(range: TimeRange, share: number, whole: TimeRange): TimeRange {
  const length = range.to - range.from;
  return inside(range.from + share * length, length, whole);
}

/** The same zoom, moved only as far as it takes to see the moment. */
export function showing(range: TimeRange, at: number, whole: TimeRange): TimeRange {
  if (at >= range.from && at <= range.to) return range;
  const length = range.to - range.from;
  return inside(at - length / 2, length, whole);
}

function inside(from: number, length: number, whole: TimeRange): TimeRange {
  const start = Math.min(Math.max(from, whole.from), Math.max(whole.from, whole.to - length));
  return { from: start, to: start + length };
}
