import { formatMeasured } from '../durations.ts';
import type { Report } from '../model.ts';
import { logScale, type Scale, timeMark } from './scale.ts';
import { label, path, picture } from './svg.ts';

const width = 960;
const height = 320;
const left = 60;
const right = 930;
const top = 44;
const bottom = 270;
const marks = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** What the picture says, for somebody who cannot see it. */
export function distributionAlt({ statistics }: Report): string {
  const { n, p50Seconds, p95Seconds, p99Seconds, maxSeconds } = statistics;
  if (n === 0) return 'Distribution: no completed step';
  return `Distribution of ${n} durations: half within ${formatMeasured(p50Seconds)}, 95% within ${formatMeasured(p95Seconds)}, 99% within ${formatMeasured(p99Seconds)}, longest ${formatMeasured(maxSeconds)}`;
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
  const title = distributionAlt(report);
  const smallest = now[0];
  const largest = now.at(-1);
  if (smallest === undefined || largest === undefined)
    return picture(width, 80, title, [label(20, 44, 'No step completed.')]);
  const from = Math.max(0.1, Math.min(smallest, before[0] ?? smallest));
  const to = Math.max(from * 1.5, largest, before.at(-1) ?? 0);
  const x = logScale(from, to, left, right, marks);
  const { statistics, comparison } = report;
  return picture(width, height, title, [
    label(20, 24, title, 'lt-title'),
    grid(x),
    path('lt-earlier', curve(before, x)),
    path('lt-curve', curve(now, x)),
    mark(x, 'P50', 0.5, statistics.p50Seconds),
    mark(x, 'P95', 0.95, statistics.p95Seconds),
    mark(x, 'P99', 0.99, statistics.p99Seconds),
    label(left, height - 12, `${report.load}x: line`, 'lt-soft'),
    ...(before.length > 0 && comparison
      ? [label(left + 90, height - 12, `${comparison.baseline.load}x: dashed`, 'lt-soft')]
      : []),
  ]);
}

function rising(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function heightOf(share: number): number {
  return Math.round(bottom - share * (bottom - top));
}

/** One point a pixel is enough: 10,000 steps draw as many as there is room for. */
function curve(values: readonly number[], x: Scale): string {
  if (values.length === 0) return '';
  const points: string[] = [];
  for (const [index, value] of values.entries()) {
    const point = `${x.at(value)} ${heightOf(values.length === 1 ? 1 : index / (values.length - 1))}`;
    if (point !== points.at(-1)) points.push(point);
  }
  return `M${points.join('L')}`;
}

function mark(x: Scale, name: string, share: number, seconds: number | null): string {
  if (seconds === null) return '';
  const y = heightOf(share);
  const dot = `<circle class="lt-dot" cx="${x.at(seconds)}" cy="${y}" r="4"/>`;
  const beside = x.at(seconds) > right - 130 ? ([-8, 'lt-end'] as const) : ([8, ''] as const);
  return (
    dot +
    label(
      x.at(seconds) + beside[0],
      y + (share === 0.99 ? -6 : 14),
      `${name} ${formatMeasured(seconds)}`,
      beside[1],
    )
  );
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
