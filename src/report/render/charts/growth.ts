import { plural, ratioText } from '../../../domain/text.ts';
import type { Comparison } from '../../model/comparisonModel.ts';
import { placedNames } from './curves.ts';
import { drawHead, type Form, wide } from './head.ts';
import { logScale, type Scale, timeMark, timeMarks } from './scale.ts';
import { type Box, cross, type LegendItem, label, lineItem, path, picture, ring } from './svg.ts';

const dotsDrawn = 2000;

/** What the picture says, for somebody who cannot see it. */
export function growthAlt(comparison: Comparison): string {
  const [worst] = comparison.checks;
  const most =
    worst && worst.ratio >= 1.1 ? `, ${worst.check} grew most (${ratioText(worst.ratio)} the time)` : '';
  return `${headOf(comparison)}${most}`;
}

function headOf({ checks, unscaled, baseline, candidate, ratios, newFailures }: Comparison): string {
  const which = unscaled === null ? '' : ` (the ${ratios.n} scaled)`;
  const mean =
    ratios.geometricMean === null ? '' : `, ${ratioText(ratios.geometricMean)} the time on average${which}`;
  const failures = newFailures.length === 0 ? '' : `, ${plural(newFailures.length, 'new failure')}`;
  return `${candidate.load}x against ${baseline.load}x: ${plural(checks.length, 'check')}${mean}${failures}`;
}

/**
 * Each check's time now over its time before, both logarithmic, with the lines of no change, of growth with the load,
 * and of growth with its square. A check that grows faster than the load has a ring, and those that grew most of them a name. One
 * that failed only now has no time to place it by: it is a cross above the plot.
 */
export function drawGrowth(comparison: Comparison, form: Form = wide): string {
  const { baseline, candidate, newFailures } = comparison;
  const { width, isNarrow } = form;
  const checks = [
    ...comparison.checks.filter(standsOut),
    ...comparison.checks.filter((one) => !standsOut(one)),
  ];
  const alt = growthAlt(comparison);
  const times = checks.flatMap((check) => [check.baselineSeconds, check.candidateSeconds]);
  if (times.length === 0)
    return picture(width, 80, alt, [label(20, 44, 'No check completed in both rounds.')]);
  const lines = growthLines(candidate.load / baseline.load);
  const failed: LegendItem = {
    word: `failed only now: ${newFailures.join(', ')}`,
    mark: (x, y) => path('lt-cross', cross(x, y)),
  };
  const ringed = checks.some(standsOut) ? [ringItem] : [];
  const above = drawHead(
    headOf(comparison),
    [...lines.map(lineItem), checkItem, ...ringed, ...(newFailures.length === 0 ? [] : [failed])],
    form,
  );
  const top = above.bottom + 38;
  const plot = isNarrow
    ? { left: 46, right: width - 10, top, bottom: top + 304 }
    : { left: 70, right: width - 30, top, bottom: top + 320 };
  const from = Math.max(0.1, least(times)) / 1.25;
  const to = Math.max(from * 2, -least(times.map((time) => -time))) * 1.25;
  const x = logScale(from, to, plot.left, plot.right, timeMarks);
  const y = logScale(from, to, plot.bottom, plot.top, timeMarks);
  const drawnChecks = checks.slice(0, dotsDrawn);
  return picture(width, plot.bottom + 56, alt, [
    ...above.parts,
    grid(x, y, plot),
    ...lines.map(({ cssClass, factor }) => path(cssClass, diagonal(factor, from, to, x, y))),
    ...dots(drawnChecks, x, y, isNarrow ? 2 : 1),
    ...placedNames(
      drawnChecks.map((one) => ({
        name: one.check,
        isNamed: standsOut(one),
        x: x.at(one.baselineSeconds),
        y: y.at(one.candidateSeconds),
      })),
      plot,
    ),
    label(plot.right, plot.bottom + 38, `time at ${baseline.load}x →`, 'lt-end lt-soft'),
    label(plot.left, top - 10, `↑ time at ${candidate.load}x`, 'lt-soft'),
  ]);
}

function standsOut({ word }: Comparison['checks'][number]): boolean {
  return word !== undefined && word !== 'constant';
}

interface Line {
  readonly word: string;
  readonly cssClass: string;
  readonly factor: number;
}

function growthLines(growth: number): Line[] {
  const unchanged = { word: 'no change', cssClass: 'lt-window', factor: 1 };
  if (growth === 1) return [unchanged];
  return [
    unchanged,
    { word: `× ${short(growth)} (linear)`, cssClass: 'lt-earlier', factor: growth },
    { word: `× ${short(growth * growth)} (quadratic)`, cssClass: 'lt-square', factor: growth * growth },
  ];
}

const checkItem: LegendItem = { word: 'a check', mark: (x, y) => path('lt-point', point(x, y)) };
const ringItem: LegendItem = {
  word: 'grows faster than the load',
  mark: (x, y) => path('lt-point', point(x, y)) + path('lt-ring', ring(x, y)),
};

function point(x: number, y: number): string {
  return `M${x - 3} ${y}h6`;
}

/** In steps of some pixels, because on a phone points that stand closer are one. */
function dots(checks: Comparison['checks'], x: Scale, y: Scale, pixels: number): string[] {
  const stepped = (value: number) => pixels * Math.round(value / pixels);
  const points = new Set<string>();
  const rings = new Set<string>();
  for (const check of checks) {
    const at = [stepped(x.at(check.baselineSeconds)), stepped(y.at(check.candidateSeconds))] as const;
    if (standsOut(check)) rings.add(ring(...at));
    points.add(point(...at));
  }
  return [path('lt-point', [...points].join('')), path('lt-ring', [...rings].join(''))];
}

function diagonal(factor: number, from: number, to: number, x: Scale, y: Scale): string {
  const start = Math.max(from, from / factor);
  const end = Math.min(to, to / factor);
  return end <= start ? '' : `M${x.at(start)} ${y.at(start * factor)}L${x.at(end)} ${y.at(end * factor)}`;
}

function grid(x: Scale, y: Scale, { left, right, top, bottom }: Box): string {
  const lines = [
    `M${left} ${top}V${bottom}H${right}`,
    ...x.ticks.map((tick) => `M${x.at(tick)} ${top}V${bottom}`),
    ...y.ticks.map((tick) => `M${left} ${y.at(tick)}H${right}`),
  ];
  return [
    path('lt-grid', lines.join('')),
    ...x.ticks.map((tick) => label(x.at(tick), bottom + 18, timeMark(tick), 'lt-mid lt-soft')),
    ...y.ticks.map((tick) => label(left - 8, y.at(tick) + 4, timeMark(tick), 'lt-end lt-soft')),
  ].join('');
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

function short(factor: number): string {
  return String(Math.round(factor * 100) / 100);
}
