import { formatMeasured, plural } from '../../../domain/text.ts';
import type { Report } from '../../model/model.ts';
import { percentile } from '../../statistics/statistics.ts';
import { type Curve, type Mark, placedMarks } from './curves.ts';
import { drawHead, type Form, wide } from './head.ts';
import { logScale, type Scale, timeMark, timeMarks, timeSteps } from './scale.ts';
import { type Box, label, lineItem, path, picture, widthOf } from './svg.ts';

const percentiles = [0.5, 0.95, 0.99] as const;

/** What the picture says, for somebody who cannot see it. */
export function distributionAlt({ statistics }: Report): string {
  const { n, p50Seconds, p95Seconds, p99Seconds, maxSeconds } = statistics;
  if (n === 0) return 'Distribution: no completed step';
  return `Distribution of ${plural(n, 'duration')}: half within ${formatMeasured(p50Seconds)}, 95% within ${formatMeasured(p95Seconds)}, 99% within ${formatMeasured(p99Seconds)}, longest ${formatMeasured(maxSeconds)}`;
}

/**
 * The share of completed steps that were done within a time, over the logarithm of the time; each duration stands at
 * (k-1)/(n-1), so that the percentiles of the report lie on the curve. The level before is grey and dashed.
 */
export function drawDistribution(report: Report, form: Form = wide): string {
  const { width } = form;
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
  const { statistics, comparison } = report;
  const curves = [
    { word: `${report.load}x`, cssClass: 'lt-curve' },
    ...(before.length > 0 && comparison
      ? [{ word: `${comparison.baseline.load}x, the round before`, cssClass: 'lt-earlier' }]
      : []),
  ];
  const above = drawHead(alt, curves.map(lineItem), form);
  const plot = plotBelow(above.bottom, form);
  const { left, right, top, bottom } = plot;
  const from = Math.max(0.1, Math.min(smallest, before[0] ?? smallest)) / 1.15;
  // Right of the longest there is room for the words of a percentile.
  const room = (right - left) / (right - left - (form.isNarrow ? 92 : 120));
  const to = Math.max(from * 1.7, from * (largest / from) ** room, (before.at(-1) ?? 0) * 1.15);
  const x = logScale(from, to, left, right, marksWithin(from, to));
  const axisName = form.isNarrow ? '↑ share of steps' : '↑ share of steps that took no longer';
  const nowCurve = curve(now, x, plot);
  const earlierCurve = curve(before, x, plot);
  return picture(width, bottom + 54, alt, [
    ...above.parts,
    grid(x, plot),
    path('lt-earlier', lineOf(earlierCurve)),
    path('lt-curve', lineOf(nowCurve)),
    ...placedMarks(marksOf(now, statistics, x, plot), [nowCurve, earlierCurve], {
      frame: { left: left + 2, right, top: top - 30, bottom: bottom - 2 },
      taken: [{ left, right: left + widthOf(axisName), top: top - 24, bottom: top - 4 }],
    }),
    label(right, bottom + 38, 'time that a step ran →', 'lt-end lt-soft'),
    label(left, top - 10, axisName, 'lt-soft'),
  ]);
}

function plotBelow(y: number, { width, isNarrow }: Form): Box {
  const top = y + 38;
  return { left: isNarrow ? 44 : 60, right: width - (isNarrow ? 10 : 30), top, bottom: top + 222 };
}

/** The round times, or even steps where a short axis has too few of them to be read. */
function marksWithin(from: number, to: number): readonly number[] {
  const step = timeSteps.find((one) => (to - from) / one <= 6);
  if (step === undefined || timeMarks.filter((mark) => mark >= from && mark <= to).length >= 3)
    return timeMarks;
  const first = Math.ceil(from / step);
  return Array.from({ length: 7 }, (_, index) => (first + index) * step);
}

function rising(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function heightOf(share: number, { top, bottom }: Box): number {
  return Math.round(bottom - share * (bottom - top));
}

/**
 * One point a pixel is enough: 10,000 steps draw as many as there is room for. The percentiles are points of their own,
 * because between two durations a straight line over seconds is not straight over their logarithm.
 */
function curve(values: readonly number[], x: Scale, plot: Box): Curve {
  const [only] = values;
  if (only === undefined) return [];
  if (values.length === 1)
    return [
      [x.at(only), plot.bottom],
      [x.at(only), plot.top],
    ];
  const ranks = values.map((_, index) => index / (values.length - 1));
  const shares = [...ranks, ...percentiles].sort((a, b) => a - b);
  const points = shares.map(
    (share) => [x.at(percentile(values, share) ?? only), heightOf(share, plot)] as const,
  );
  // Of three points on one row or one column the middle one says nothing.
  return points.filter(([atX, y], index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (!before || !after) return true;
    return !((before[0] === atX && after[0] === atX) || (before[1] === y && after[1] === y));
  });
}

function lineOf(points: Curve): string {
  return points.length === 0 ? '' : `M${points.map((point) => point.join(' ')).join('L')}`;
}

/** One duration is every percentile: three marks would only repeat it. */
function marksOf(now: readonly number[], statistics: Report['statistics'], x: Scale, plot: Box): Mark[] {
  const { p50Seconds, p95Seconds, p99Seconds } = statistics;
  const named = [
    ['P50', 0.5, p50Seconds],
    ['P95', 0.95, p95Seconds],
    ['P99', 0.99, p99Seconds],
  ] as const;
  return (now.length === 1 ? [['all', 0.5, p50Seconds] as const] : named).flatMap(([name, share, seconds]) =>
    seconds === null
      ? []
      : [{ x: x.at(seconds), y: heightOf(share, plot), text: `${name} ${formatMeasured(seconds)}` }],
  );
}

function grid(x: Scale, plot: Box): string {
  const { left, right, top, bottom } = plot;
  const shares = [0, 0.25, 0.5, 0.75, 1];
  const lines = shares.map((share) => `M${left} ${heightOf(share, plot)}H${right}`);
  const columns = x.ticks.map((tick) => `M${x.at(tick)} ${top}V${bottom}`);
  return [
    path('lt-grid', [...lines, ...columns].join('')),
    ...shares.map((share) => label(left - 8, heightOf(share, plot) + 4, `${share * 100}%`, 'lt-end lt-soft')),
    ...x.ticks.map((tick) => label(x.at(tick), bottom + 18, timeMark(tick), 'lt-mid lt-soft')),
  ].join('');
}
