import { formatDuration, windowName } from '../../../domain/text.ts';
import { forecastSentence } from '../../forecast/text.ts';
import type { Forecast } from '../../model/comparisonModel.ts';
import { drawHead, type Form, wide } from './head.ts';
import { linearScale, type Scale, timeMark, timeSteps } from './scale.ts';
import { type Box, bar, type LegendItem, label, lineItem, path, picture, widthOf } from './svg.ts';

const loadSteps = [1, 2, 4, 5, 10, 20, 50, 100, 200, 500] as const;
/** What lies higher than so many windows decides nothing, and would flatten what does. */
const mostWindows = 3;

/** A line over the load: seconds at each load. */
type Line = readonly (readonly [load: number, seconds: number])[];

/** Total runtime over load: what was measured as dots, the forecast as a line with its range, the window as a dashed line. */
export function drawForecast(forecast: Forecast, windowSeconds: number, form: Form = wide): string {
  const { points, measured, sentence } = forecast;
  const { width, isNarrow } = form;
  const largest = points.at(-1)?.load;
  if (largest === undefined) return picture(width, 80, sentence, [label(20, 44, sentence)]);
  const most = Math.max(...points.map((point) => point.highSeconds), ...measured.map((one) => one.seconds));
  // A window far above everything measured would flatten the curve.
  const isWindowShown = windowSeconds <= 3 * most;
  const until = isWindowShown
    ? Math.min(Math.max(most, windowSeconds) * 1.08, mostWindows * windowSeconds)
    : most * 1.08;
  const crossing = isWindowShown ? crossingOf(points, windowSeconds) : undefined;
  const above = drawHead(forecastSentence(forecast), legendItems(crossing !== undefined), form);
  const top = above.bottom + 38;
  const plot = isNarrow
    ? { left: 56, right: width - 10, top, bottom: top + 220 }
    : { left: 70, right: width - 30, top, bottom: top + 262 };
  const x = linearScale(
    0,
    largest,
    plot.left,
    plot.right - (isNarrow ? 12 : 24),
    loadSteps,
    isNarrow ? 6 : 8,
  );
  const y = linearScale(0, until, plot.bottom, plot.top, timeSteps, isNarrow ? 6 : 8);
  const along = (line: Line) => line.map(([load, seconds]) => `${x.at(load)} ${y.at(seconds)}`);
  const lineOf = (of: 'makespanSeconds' | 'lowSeconds' | 'highSeconds') =>
    withCrossing(
      points.map((point) => [point.load, point[of]] as const),
      until,
    );
  const curve = lineOf('makespanSeconds').filter(([, seconds]) => seconds <= until);
  const band = [...along(lineOf('highSeconds')), ...along(lineOf('lowSeconds')).reverse()];
  const isHigh = ({ seconds }: Forecast['measured'][number]) => seconds > until;
  return picture(width, plot.bottom + 54, sentence, [
    ...above.parts,
    ...(isWindowShown ? beyond(y.at(windowSeconds), plot) : []),
    grid(x, y, plot),
    path('lt-band', `M${band.join('L')}z`),
    path('lt-curve', curve.length < 2 ? '' : `M${along(curve).join('L')}`),
    ...(isWindowShown ? windowLine(y.at(windowSeconds), `${windowName(windowSeconds)} window`, plot) : []),
    ...measured.filter((one) => !isHigh(one)).map(({ load, seconds }) => dot(x.at(load), y.at(seconds))),
    ...measured.filter(isHigh).flatMap((one) => outOfSight(x.at(one.load), one, plot)),
    ...(crossing === undefined ? [] : [diamondPath(x.at(crossing), y.at(windowSeconds))]),
    label(plot.right, plot.bottom + 38, 'load →', 'lt-end lt-soft'),
    label(plot.left, top - 10, '↑ total runtime', 'lt-soft'),
  ]);
}

function legendItems(crosses: boolean): LegendItem[] {
  return [
    { word: 'measured', mark: dot },
    lineItem({ word: 'forecast', cssClass: 'lt-curve' }),
    { word: 'range', mark: (x, y) => path('lt-band', bar(x - 10, y - 5, 20, 10)) },
    ...(crosses ? [{ word: 'leaves the window', mark: diamondPath }] : []),
  ];
}

/** The line with a point where it reaches the height of `until`, so that it can be cut there. */
function withCrossing(line: Line, until: number): Line {
  return line.flatMap((point, index) => {
    const before = line[index - 1];
    if (!before || before[1] > until === point[1] > until) return [point];
    const share = (until - before[1]) / (point[1] - before[1]);
    return [[before[0] + share * (point[0] - before[0]), until] as const, point];
  });
}

/** The load at which the line of the forecast reaches the window; undefined where it does not cross it. */
function crossingOf(points: Forecast['points'], windowSeconds: number): number | undefined {
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (!before || before.makespanSeconds > windowSeconds || point.makespanSeconds <= windowSeconds) continue;
    const share = (windowSeconds - before.makespanSeconds) / (point.makespanSeconds - before.makespanSeconds);
    return before.load + share * (point.load - before.load);
  }
  return undefined;
}

function beyond(y: number, { left, right, top }: Box): string[] {
  return y <= top ? [] : [path('lt-beyond', bar(left, top, right - left, y - top))];
}

function windowLine(y: number, word: string, { left, right }: Box): string[] {
  return [path('lt-window', `M${left} ${y}H${right}`), label(right, y + 16, word, 'lt-name lt-end')];
}

function dot(x: number, y: number): string {
  return `<circle class="lt-dot" cx="${x}" cy="${y}" r="5"/>`;
}

/** A measured round above the plot: an arrow at the edge, and its time. */
function outOfSight(
  x: number,
  { load, seconds }: Forecast['measured'][number],
  { right, top }: Box,
): string[] {
  const word = `${load}x ${formatDuration(seconds)}`;
  const isLeft = x + 12 + widthOf(word) > right;
  return [
    path('lt-high', `M${x} ${top + 2}l6 10h-12z`),
    label(isLeft ? x - 10 : x + 10, top + 13, word, isLeft ? 'lt-name lt-end' : 'lt-name'),
  ];
}

function diamondPath(x: number, y: number): string {
  return path('lt-failed', `M${x} ${y - 7}l7 7l-7 7l-7-7z`);
}

function grid(x: Scale, y: Scale, { left, right, bottom }: Box): string {
  const lines = y.ticks.map((tick) => `M${left} ${y.at(tick)}H${right}`);
  return [
    path('lt-grid', lines.join('')),
    ...y.ticks.map((tick) => label(left - 8, y.at(tick) + 4, timeMark(tick), 'lt-end lt-soft')),
    ...x.ticks
      .filter((tick) => tick > 0)
      .map((tick) => label(x.at(tick), bottom + 18, `${tick}x`, 'lt-mid lt-soft')),
  ].join('');
}
