/** docs/measurements/growth.svg: CPU time and peak memory over the number of files and of steps, all logarithmic. */
import { drawHead, wide } from '../src/report/render/charts/head.ts';
import { logScale, type Scale } from '../src/report/render/charts/scale.ts';
import { bar, label, lineItem, path, picture, thickPath } from '../src/report/render/charts/svg.ts';
import { type GrowthPoint, thousands } from './part.ts';

const decades = [10, 100, 1000, 10_000, 100_000, 1_000_000];
const marks = [0.1, 1, 10, 100, 1000].flatMap((decade) => [1, 2, 5].map((digit) => digit * decade));
const plotHeight = 200;
const plotLeft = 70;
const plotRight = wide.width - 20;

interface Line {
  readonly name: string;
  readonly points: readonly GrowthPoint[];
  draw(d: string): string;
  /** The class that fills the line's points. */
  readonly filled: string;
}

interface Quantity {
  readonly title: string;
  of(point: GrowthPoint): number;
  text(value: number): string;
}

const quantities: readonly Quantity[] = [
  {
    title: 'CPU time',
    of: ({ cpuSeconds }) => cpuSeconds,
    text: (value) => `${Number(value.toPrecision(2))} s`,
  },
  {
    title: 'peak memory',
    of: ({ peakMegabytes }) => peakMegabytes,
    text: (value) => `${value.toFixed(0)} MB`,
  },
];

export function growthAlt(files: readonly GrowthPoint[], steps: readonly GrowthPoint[]): string {
  const lastOf = (points: readonly GrowthPoint[], unit: string) => {
    const last = points.at(-1);
    return (
      last &&
      `${thousands(last.count)} ${unit}: ${quantities.map(({ of, text }) => text(of(last))).join(', ')}`
    );
  };
  return ['Growth', lastOf(files, 'files'), lastOf(steps, 'steps')]
    .filter((text) => text !== undefined)
    .join('; ');
}

export function drawGrowthChart(files: readonly GrowthPoint[], steps: readonly GrowthPoint[]): string {
  const lines: readonly Line[] = [
    {
      name: 'scaleConfigs, by files',
      points: files,
      draw: (d) => path('lt-curve', d),
      filled: 'lt-completed',
    },
    {
      name: 'buildReport, by steps',
      points: steps,
      draw: (d) => thickPath('lt-other', d, 2),
      filled: 'lt-other',
    },
  ];
  const legend = lines.map(({ name, draw }) => ({
    word: name,
    mark: (x: number, y: number) => draw(`M${x - 11} ${y}h22`),
  }));
  const proportional = lineItem({ word: 'ten times the time for ten times as many', cssClass: 'lt-earlier' });
  const head = drawHead('Growth of time and memory', [...legend, proportional], wide);
  const counts = lines.flatMap(({ points }) => points.map(({ count }) => count));
  const x = logScale(Math.min(...counts) / 1.4, Math.max(...counts) * 1.4, plotLeft, plotRight, decades);
  const parts = quantities.flatMap((quantity, index) => {
    const top = head.bottom + 46 + index * (plotHeight + 76);
    return drawPlot(quantity, lines, x, top, index === 0);
  });
  const height = head.bottom + 46 + quantities.length * (plotHeight + 76) - 16;
  return picture(wide.width, height, growthAlt(files, steps), [...head.parts, ...parts]);
}

function drawPlot(
  { title, of, text }: Quantity,
  lines: readonly Line[],
  x: Scale,
  top: number,
  isTime: boolean,
): string[] {
  const bottom = top + plotHeight;
  const values = lines.flatMap(({ points }) => points.map(of));
  const y = logScale(Math.min(...values) / 2.2, Math.max(...values) * 1.6, bottom, top, marks);
  const ticks = [
    ...x.ticks.map((tick) => `M${x.at(tick)} ${top}V${bottom}`),
    ...y.ticks.map((tick) => `M${plotLeft} ${y.at(tick)}H${plotRight}`),
  ];
  return [
    path('lt-grid', `M${plotLeft} ${top}V${bottom}H${plotRight}${ticks.join('')}`),
    label(plotLeft, top - 12, `↑ ${title}`, 'lt-soft'),
    ...x.ticks.map((tick) => label(x.at(tick), bottom + 18, thousands(tick), 'lt-mid lt-soft')),
    ...y.ticks.map((tick) => label(plotLeft - 8, y.at(tick) + 4, text(tick), 'lt-end lt-soft')),
    label(plotRight, bottom + 36, 'files or steps →', 'lt-end lt-soft'),
    ...lines.flatMap(({ points, draw, filled }) => {
      const others = lines.flatMap((line) => (line.points === points ? [] : line.points));
      const places = points.map((point) => ({ x: x.at(point.count), y: y.at(of(point)) }));
      return [
        isTime ? proportionalLine(points, of, x, y) : '',
        draw(places.map((place, at) => `${at === 0 ? 'M' : 'L'}${place.x} ${place.y}`).join('')),
        path(filled, places.map((place) => bar(place.x - 4, place.y - 4, 8, 8)).join('')),
        ...points.map((point, at) => {
          const isUpper = others.every((other) => other.count !== point.count || of(other) <= of(point));
          const place = places[at] ?? { x: 0, y: 0 };
          return label(place.x, place.y + (isUpper ? -10 : 20), text(of(point)), 'lt-mid lt-name');
        }),
      ];
    }),
  ];
}

/** Through the last point, back to the one before it. */
function proportionalLine(points: readonly GrowthPoint[], of: Quantity['of'], x: Scale, y: Scale): string {
  const [before, last] = [points.at(-2), points.at(-1)];
  if (before === undefined || last === undefined) return '';
  const start = (of(last) * before.count) / last.count;
  return path('lt-earlier', `M${x.at(before.count)} ${y.at(start)}L${x.at(last.count)} ${y.at(of(last))}`);
}
