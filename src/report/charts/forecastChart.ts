import type { Forecast } from '../comparisonModel.ts';
import { linearScale, type Scale, timeMark, timeSteps } from './scale.ts';
import { label, path, picture } from './svg.ts';

const width = 960;
const height = 360;
const left = 70;
const right = 930;
const top = 44;
const bottom = 310;
const loadSteps = [1, 2, 4, 5, 10, 20, 50, 100, 200, 500] as const;

/** Total runtime over load: what was measured as dots, the forecast as a line with its band, the window as a dashed line. */
export function drawForecast({ points, measured, sentence }: Forecast, windowSeconds: number): string {
  const largest = points.at(-1)?.load;
  if (largest === undefined) return picture(width, 80, sentence, [label(20, 44, sentence)]);
  const most = Math.max(...points.map((point) => point.highSeconds), ...measured.map((one) => one.seconds));
  // A window far above everything measured would flatten the curve.
  const until = windowSeconds <= 3 * most ? Math.max(most, windowSeconds) : most;
  const x = linearScale(0, largest, left, right, loadSteps);
  const y = linearScale(0, until * 1.05, bottom, top, timeSteps);
  const along = points.map((point) => `${x.at(point.load)} ${y.at(point.makespanSeconds)}`);
  const over = points.map((point) => `${x.at(point.load)} ${y.at(point.highSeconds)}`);
  const under = points.map((point) => `${x.at(point.load)} ${y.at(point.lowSeconds)}`).reverse();
  return picture(width, height, sentence, [
    label(20, 24, sentence, 'lt-title'),
    grid(x, y),
    path('lt-area', `M${[...over, ...under].join('L')}z`),
    path('lt-curve', `M${along.join('L')}`),
    ...(windowSeconds <= until
      ? [
          path('lt-window', `M${left} ${y.at(windowSeconds)}H${right}`),
          label(left + 6, y.at(windowSeconds) - 6, 'window'),
        ]
      : []),
    ...measured.map(
      ({ load, seconds }) => `<circle class="lt-dot" cx="${x.at(load)}" cy="${y.at(seconds)}" r="5"/>`,
    ),
    label(left, height - 8, 'dots: measured; line and band: forecast, 80%', 'lt-soft'),
  ]);
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
