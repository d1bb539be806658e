import { windowName } from '../../../domain/text.ts';
import { forecastSentence } from '../../forecast/text.ts';
import type { Forecast } from '../../model/comparisonModel.ts';
import { linearScale, type Scale, timeMark, timeSteps } from './scale.ts';
import { bar, label, legend, lineItem, path, picture, title } from './svg.ts';

const width = 960;
const height = 400;
const left = 70;
const right = 930;
const top = 84;
const bottom = 346;
const loadSteps = [1, 2, 4, 5, 10, 20, 50, 100, 200, 500] as const;

/** Total runtime over load: what was measured as dots, the forecast as a line with its range, the window as a dashed line. */
export function drawForecast(forecast: Forecast, windowSeconds: number): string {
  const { points, measured, sentence } = forecast;
  const largest = points.at(-1)?.load;
  if (largest === undefined) return picture(width, 80, sentence, [label(20, 44, sentence)]);
  const most = Math.max(...points.map((point) => point.highSeconds), ...measured.map((one) => one.seconds));
  // A window far above everything measured would flatten the curve.
  const until = windowSeconds <= 3 * most ? Math.max(most, windowSeconds) : most;
  const x = linearScale(0, largest, left, right - 24, loadSteps);
  const y = linearScale(0, until * 1.08, bottom, top, timeSteps);
  const along = points.map((point) => `${x.at(point.load)} ${y.at(point.makespanSeconds)}`);
  const over = points.map((point) => `${x.at(point.load)} ${y.at(point.highSeconds)}`);
  const under = points.map((point) => `${x.at(point.load)} ${y.at(point.lowSeconds)}`).reverse();
  const shown = windowSeconds <= until;
  const crossing = shown ? crossingOf(points, windowSeconds) : undefined;
  return picture(width, height, sentence, [
    // What is left out is below in the report; here it would be cut.
    title(forecastSentence(forecast), width),
    legend(
      [
        { word: 'measured', mark: dot },
        lineItem({ word: 'forecast', cssClass: 'lt-curve' }),
        { word: 'range', mark: (atX, atY) => path('lt-area', bar(atX - 10, atY - 5, 20, 10)) },
        ...(crossing === undefined ? [] : [{ word: 'leaves the window', mark: diamondPath }]),
      ],
      46,
    ),
    grid(x, y),
    path('lt-area', `M${[...over, ...under].join('L')}z`),
    path('lt-curve', `M${along.join('L')}`),
    ...(shown ? windowLine(y.at(windowSeconds), `${windowName(windowSeconds)} window`) : []),
    ...measured.map(({ load, seconds }) => dot(x.at(load), y.at(seconds))),
    ...(crossing === undefined ? [] : [diamondPath(x.at(crossing), y.at(windowSeconds))]),
    label(right, height - 12, 'load →', 'lt-end lt-soft'),
    label(left, top - 10, '↑ total runtime', 'lt-soft'),
  ]);
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

function windowLine(y: number, word: string): string[] {
  return [path('lt-window', `M${left} ${y}H${right}`), label(right, y - 6, word, 'lt-name lt-end')];
}

function dot(x: number, y: number): string {
  return `<circle class="lt-dot" cx="${x}" cy="${y}" r="5"/>`;
}

function diamondPath(x: number, y: number): string {
  return path('lt-failed', `M${x} ${y - 7}l7 7l-7 7l-7-7z`);
}

function grid(x: Scale, y: Scale): string {
  const lines = y.ticks.map((tick) => `M${left} ${y.at(tick)}H${right}`);
  return [
    path('lt-grid', lines.join('')),
    ...y.ticks.map((tick) => label(left - 8, y.at(tick) + 4, timeMark(tick), 'lt-end lt-soft')),
    ...x.ticks
      .filter((tick) => tick > 0)
      .map((tick) => label(x.at(tick), bottom + 18, `${tick}x`, 'lt-mid lt-soft')),
  ].join('');
}
