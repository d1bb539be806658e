import { formatMeasured } from '../durations.ts';
import type { Report } from '../model.ts';
import { percentile } from '../statistics.ts';
import { counted } from '../words.ts';
import { legend } from './legend.ts';
import { logScale, type Scale, timeMark } from './scale.ts';
import { label, path, picture, title } from './svg.ts';

const width = 960;
const height = 360;
const left = 60;
const right = 930;
const top = 84;
const bottom = 306;
const marks = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400,
];
const percentiles = [0.5, 0.95, 0.99] as const;

/** What the picture says, for somebody who cannot see it. */
export function distributionAlt({ statistics }: Report): string {
  const { n, p50Seconds, p95Seconds, p99Seconds, maxSeconds } = statistics;
  if (n === 0) return 'Distribution: no completed step';
  return `Distribution of ${counted(n, 'duration')}: half within ${formatMeasured(p50Seconds)}, 95% within ${formatMeasured(p95Seconds)}, 99% within ${formatMeasured(p99Seconds)}, longest ${formatMeasured(maxSeconds)}`;
}

/**
 * The share of completed steps that were done within a time, over the logarithm of the time; each duration stands at
 * (k-1)/(n-1), so that the percentiles of the report lie on the curve. The level before is grey and dashed.
 */
export function drawDistribution(report: Report): string {
  const now = rising(
    report.steps.flatMap((step) =>
      step.state === 'COMPLETED' && step.runSeconds !== null ? step.runSeconds : [],
    ),
  );
  const before = rising(report.comparison?.checks.map((check) => check.baselineSeconds) ?? []);
  const alt = distributionAlt(report);
  const smallest = now[0];
  const largest = now.at(-1);
  if (smallest === undefined || largest === undefined)
    return picture(width, 80, alt, [label(20, 44, 'No step completed.')]);
  const from = Math.max(0.1, Math.min(smallest, before[0] ?? smallest)) / 1.15;
  const to = Math.max(from * 1.5, largest, before.at(-1) ?? 0) * 1.15;
  const x = logScale(from, to, left, right, marks);
  const { statistics, comparison } = report;
  const curves = [
    { word: `${report.load}x`, cssClass: 'lt-curve' },
    ...(before.length > 0 && comparison
      ? [{ word: `${comparison.baseline.load}x, the round before`, cssClass: 'lt-earlier' }]
      : []),
  ];
  return picture(width, height, alt, [
    title(alt, width),
    legend(
      curves.map(({ word, cssClass }) => ({
        word,
        mark: (atX, y) => path(cssClass, `M${atX - 11} ${y}h22`),
      })),
      46,
    ),
    grid(x),
    path('lt-earlier', curve(before, x)),
    path('lt-curve', curve(now, x)),
    // One duration is every percentile: three marks would only repeat it.
    ...(now.length === 1
      ? [mark(x, 'all', 0.5, largest)]
      : [
          mark(x, 'P50', 0.5, statistics.p50Seconds),
          mark(x, 'P95', 0.95, statistics.p95Seconds),
          mark(x, 'P99', 0.99, statistics.p99Seconds),
        ]),
    label(right, height - 16, 'time that a step ran →', 'lt-end lt-soft'),
    label(left, top - 10, '↑ share of steps that took no longer', 'lt-soft'),
  ]);
}

function rising(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function heightOf(share: number): number {
  return Math.round(bottom - share * (bottom - top));
}

/**
 * One point a pixel is enough: 10,000 steps draw as many as there is room for. The percentiles are points of their own,
 * because between two durations a straight line in seconds is none over their logarithm.
 */
function curve(values: readonly number[], x: Scale): string {
  const [only] = values;
  if (only === undefined) return '';
  if (values.length === 1) return `M${x.at(only)} ${bottom}V${top}`;
  const ranks = values.map((_, index) => index / (values.length - 1));
  const shares = [...ranks, ...percentiles].sort((a, b) => a - b);
  const points = shares.map((share) => [x.at(percentile(values, share) ?? only), heightOf(share)] as const);
  // Of three points on one row or one column the middle one says nothing.
  const needed = points.filter(([atX, y], index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (!before || !after) return true;
    return !((before[0] === atX && after[0] === atX) || (before[1] === y && after[1] === y));
  });
  return `M${needed.map((point) => point.join(' ')).join('L')}`;
}

function mark(x: Scale, name: string, share: number, seconds: number | null): string {
  if (seconds === null) return '';
  const y = heightOf(share);
  const at = x.at(seconds);
  const dot = `<circle class="lt-dot" cx="${at}" cy="${y}" r="4.5"/>`;
  const text = `${name} ${formatMeasured(seconds)}`;
  // P99 stands above the curve and the others below it, so that near neighbours do not lie on each other.
  return share === 0.99
    ? dot + label(Math.min(at, right - 40), y - 8, text, 'lt-name lt-mid')
    : dot +
        (at > right - 130
          ? label(at - 9, y + 16, text, 'lt-name lt-end')
          : label(at + 9, y + 16, text, 'lt-name'));
}

function grid(x: Scale): string {
  const shares = [0, 0.25, 0.5, 0.75, 1];
  const lines = shares.map((share) => `M${left} ${heightOf(share)}H${right}`);
  const columns = x.ticks.map((tick) => `M${x.at(tick)} ${top}V${bottom}`);
  return [
    path('lt-grid', [...lines, ...columns].join('')),
    ...shares.map((share) => label(left - 8, heightOf(share) + 4, `${share * 100}%`, 'lt-end lt-soft')),
    ...x.ticks.map((tick) => label(x.at(tick), bottom + 18, timeMark(tick), 'lt-mid lt-soft')),
  ].join('');
}
