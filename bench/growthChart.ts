/** docs/measurements/growth.svg: CPU time and peak memory over the number of files and of steps, all logarithmic. */
import { drawHead, wide } from '../src/report/render/charts/head.ts';
import { logScale, type Scale } from '../src/report/render/charts/scale.ts';
import { bar, label, lineItem, path, picture, thickPath } from '../src/report/render/charts/svg.ts';
import { type GrowthPoint, thousands } from './part.ts';

const decades = [0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
const plotHeight = 200;

interface Line {
  readonly name: string;
  readonly points: readonly GrowthPoint[];
  draw(d: string): string;
  /** The class that fills the line's points. */
  readonly filled: string;
  /** Where the figures stand, below or above the points. */
  readonly textBelow: number;
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
      textBelow: -10,
    },
    {
      name: 'buildReport, by steps',
      points: steps,
      draw: (d) => thickPath('lt-other', d, 2),
      filled: 'lt-other',
      textBelow: 20,
    },
  ];
  const legend = lines.map(({ name, draw }) => ({
    word: name,
    mark: (x: number, y: number) => draw(`M${x - 11} ${y}h22`),
  }));
  const proportional = lineItem({ word: 'ten times the time for ten times as many', cssClass: 'lt-earlier' });
  const head = drawHead('Growth of time and memory', [...legend, proportional], wide);
  const counts = lines.flatMap(({ points }) => points.map(({ count }) => count));
  const x = logScale(Math.min(...counts), Math.max(...counts), 70, wide.width - 60, decades);
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
  const y = logScale(Math.min(...values) / 1.6, Math.max(...values) * 1.6, bottom, top, decades);
  const [left, right] = [70, wide.width - 60];
  const ticks = [
    ...x.ticks.map((tick) => `M${x.at(tick)} ${top}V${bottom}`),
    ...y.ticks.map((tick) => `M${left} ${y.at(tick)}H${right}`),
  ];
  return [
    path('lt-grid', `M${left} ${top}V${bottom}H${right}${ticks.join('')}`),
    label(left, top - 12, `↑ ${title}`, 'lt-soft'),
    ...x.ticks.map((tick) => label(x.at(tick), bottom + 18, thousands(tick), 'lt-mid lt-soft')),
    ...y.ticks.map((tick) => label(left - 8, y.at(tick) + 4, text(tick), 'lt-end lt-soft')),
    label(right, bottom + 36, 'files or steps →', 'lt-end lt-soft'),
    ...lines.flatMap(({ points, draw, filled, textBelow }) => {
      const places = points.map((point) => ({ value: of(point), x: x.at(point.count), y: y.at(of(point)) }));
      return [
        isTime ? proportionalLine(points, of, x, y) : '',
        draw(places.map((place, at) => `${at === 0 ? 'M' : 'L'}${place.x} ${place.y}`).join('')),
        path(filled, places.map((place) => bar(place.x - 4, place.y - 4, 8, 8)).join('')),
        ...places.map((place) => label(place.x, place.y + textBelow, text(place.value), 'lt-mid')),
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
