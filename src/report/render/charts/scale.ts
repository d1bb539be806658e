/** Positions on an axis, in whole pixels: small enough that a library would be longer to explain. */

export interface Scale {
  /** Where a value stands, rounded to a pixel and kept inside the axis. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** `[from, to]` in values onto `[left, right]` in pixels, with about `most` ticks, from `steps`. */
export function linearScale(
  from: number,
  to: number,
  left: number,
  right: number,
  steps: readonly number[],
  most = 8,
): Scale {
  const span = to > from ? to - from : 1;
  const step = steps.find((one) => span / one <= most) ?? span / most;
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
  const at = (value: number) =>
    clamped(left + ((Math.log(Math.max(value, from)) - low) / span) * (right - left), left, right);
  const ticks: number[] = [];
  for (const mark of marks) {
    const before = ticks.at(-1);
    const isApart = before === undefined || Math.abs(at(mark) - at(before)) >= tickGap;
    if (mark >= from && mark <= to && isApart) ticks.push(mark);
  }
  return { at, ticks };
}

/** Marks that stand closer would have words upon each other. */
const tickGap = 34;

function clamped(pixel: number, left: number, right: number): number {
  const low = Math.min(left, right);
  const high = Math.max(left, right);
  return Math.round(Math.min(high, Math.max(low, pixel)));
}

/** Round steps of a time axis in seconds: 1 s to 12 h. */
export const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200,
] as const;

/** Round times for an axis of their logarithm: 0.1 s to a day. */
export const timeMarks = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400,
] as const;

/** A mark on a time axis: `30s`, `5m`, `1h 30m`. */
export function timeMark(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10}s`;
  if (seconds < 3600)
    return seconds % 60 === 0 ? `${seconds / 60}m` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  const minutes = Math.round((seconds % 3600) / 60);
  return minutes === 0 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 3600)}h ${minutes}m`;
}

/** Each colour on a light page, and on a dark one. */
const palette = {
  page: ['#fff', '#0d1117'],
  text: ['#24292f', '#e6edf3'],
  soft: ['#57606a', '#9198a1'],
  line: ['#d0d7de', '#30363d'],
  completed: ['#2f6fb3', '#5aa9f0'],
  failed: ['#c2410c', '#ff8a4c'],
  cancelled: ['#8a8f98', '#8b949e'],
  other: ['#6f42c1', '#b392f0'],
  waiting: ['#858d98', '#6a737e'],
} as const;

const shapes = [
  '.lt-text{font:12px system-ui,sans-serif}.lt-end{text-anchor:end}.lt-mid{text-anchor:middle}.lt-title{font-size:14px;font-weight:600}.lt-bold{font-weight:600}',
  '.lt-grid,.lt-cross,.lt-halo,.lt-curve,.lt-earlier,.lt-square,.lt-window,.lt-limit,.lt-ring,.lt-leader,.lt-mark{fill:none}',
  '.lt-cross,.lt-ring{stroke-width:2}.lt-mark{stroke-width:1.5}.lt-beyond{fill-opacity:.08}.lt-halo{stroke-width:5;stroke-linecap:round}.lt-curve,.lt-earlier,.lt-square{stroke-width:2}',
  '.lt-earlier{stroke-dasharray:6 4}.lt-square{stroke-dasharray:2 3}.lt-window{stroke-width:1.5;stroke-dasharray:6 3}.lt-limit{stroke-dasharray:2 2}',
  '.lt-area,.lt-band{fill-opacity:.25}.lt-point{stroke-width:6;stroke-opacity:.6;fill:none}.lt-lane{fill:none}.lt-name{paint-order:stroke;stroke-width:4;stroke-linejoin:round}',
].join('');

/** What the class and the colour of a step's state are called. */
export const stateNames = ['completed', 'failed', 'cancelled', 'other'] as const;

function coloursOf(scheme: 0 | 1): string {
  const of = (name: keyof typeof palette) => palette[name][scheme];
  const states = stateNames.map(
    (state) => `.lt-${state}{fill:${of(state)}}.lt-lane.lt-${state}{fill:none;stroke:${of(state)}}`,
  );
  return [
    `.lt-bg{fill:${of('page')}}.lt-text{fill:${of('text')}}.lt-soft{fill:${of('soft')}}.lt-grid{stroke:${of('line')}}.lt-leader{stroke:${of('soft')}}.lt-waiting{fill:${of('waiting')}}`,
    ...states,
    `.lt-cross,.lt-ring{stroke:${of('failed')}}.lt-halo,.lt-name{stroke:${of('page')}}.lt-window,.lt-limit,.lt-mark{stroke:${of('text')}}.lt-beyond,.lt-wedge{fill:${of('text')}}`,
    `.lt-curve,.lt-point{stroke:${of('completed')}}.lt-high{fill:${of('completed')}}.lt-area,.lt-band{fill:${of('completed')}}.lt-area{stroke:${of('completed')}}.lt-dot{fill:${of('completed')};stroke:${of('page')}}.lt-earlier,.lt-square{stroke:${of('cancelled')}}`,
  ].join('');
}

/**
 * The style that all pictures share. The background is opaque, because a dark page turns a transparent picture
 * unreadable; colours follow the reader's scheme, and no state is shown by colour alone.
 */
export const chartStyle = `${shapes}${coloursOf(0)}@media screen and (prefers-color-scheme:dark){${coloursOf(1)}}`;

/** The same colours as variables of the page: `--completed`, and so on; a state's class sets `--colour`. */
export const pageColours = [
  `:root{${variablesOf(0)}}@media screen and (prefers-color-scheme:dark){:root{${variablesOf(1)}}}`,
  ...stateNames.map((state) => `.${state}{--colour:var(--${state})}`),
].join('');

function variablesOf(scheme: 0 | 1): string {
  return Object.entries(palette)
    .map(([name, colours]) => `--${name}:${colours[scheme]}`)
    .join(';');
}
