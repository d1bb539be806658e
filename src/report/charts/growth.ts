import type { Comparison } from '../comparisonModel.ts';
import { logScale, type Scale, timeMark } from './scale.ts';
import { label, path, picture } from './svg.ts';

const width = 960;
const height = 460;
const left = 70;
const right = 930;
const top = 44;
const bottom = 400;
const dotsDrawn = 2000;
const named = 5;
const marks = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** What the picture says, for somebody who cannot see it. */
export function growthAlt({ checks, baseline, candidate, ratios }: Comparison): string {
  const [worst] = checks;
  const mean =
    ratios.geometricMean === null ? '' : `, ${ratios.geometricMean.toFixed(2)} times as long on average`;
  const most = worst ? `, ${worst.check} grew most (${worst.ratio.toFixed(2)} times)` : '';
  return `${candidate.load}x against ${baseline.load}x: ${checks.length} checks${mean}${most}`;
}

/**
 * Each check's time now over its time before, both logarithmic, with the lines of no change, of growth with the load,
 * and of growth with its square. The checks that grew most are named; one that stands out is a ring, not only a colour.
 */
export function drawGrowth(comparison: Comparison): string {
  const { checks, baseline, candidate } = comparison;
  const alt = growthAlt(comparison);
  const times = checks.flatMap((check) => [check.baselineSeconds, check.candidateSeconds]);
  if (times.length === 0)
    return picture(width, 80, alt, [label(20, 44, 'No check completed in both rounds.')]);
  const from = Math.max(0.1, least(times));
  const to = Math.max(from * 2, -least(times.map((time) => -time)));
  const x = logScale(from, to, left, right, marks);
  const y = logScale(from, to, bottom, top, marks);
  const growth = candidate.load / baseline.load;
  const lines = growth === 1 ? [1] : [1, growth, growth * growth];
  const names = ['no change', `× ${short(growth)} (linear)`, `× ${short(growth * growth)} (quadratic)`];
  return picture(width, height, alt, [
    label(20, 24, alt, 'lt-title'),
    grid(x, y),
    ...lines.map((factor, index) =>
      diagonal(factor, names[index] ?? '', { from, to, x, y, solid: index === 0 }),
    ),
    ...dots(comparison, x, y),
    ...namesOf(comparison, x, y),
    label(right, height - 18, `time at ${baseline.load}x`, 'lt-end lt-soft'),
    label(left + 6, top + 14, `time at ${candidate.load}x`, 'lt-soft'),
  ]);
}

/** The names of the checks that grew most, as far as they do not lie on each other. */
function namesOf({ checks }: Comparison, x: Scale, y: Scale): string[] {
  const taken: number[] = [];
  return checks.slice(0, named).flatMap((check) => {
    const at = x.at(check.baselineSeconds);
    const level = y.at(check.candidateSeconds);
    if (taken.some((other) => Math.abs(other - level) < 14)) return [];
    taken.push(level);
    const end = at > right - 260;
    return label(at + (end ? -9 : 9), level + 4, check.check, end ? 'lt-end' : '');
  });
}

function dots({ checks }: Comparison, x: Scale, y: Scale): string[] {
  const plain = new Set<string>();
  const rings = new Set<string>();
  for (const check of checks.slice(0, dotsDrawn)) {
    const at = `M${x.at(check.baselineSeconds)} ${y.at(check.candidateSeconds)}`;
    if (check.word === 'super-linear (confirmed)' || check.word === 'suspect: repeat the round')
      rings.add(`${at}m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0`);
    plain.add(`${at}m-3 0h6v0`);
  }
  return [path('lt-point', [...plain].join('')), path('lt-cross', [...rings].join(''))];
}

function diagonal(
  factor: number,
  name: string,
  { from, to, x, y, solid }: { from: number; to: number; x: Scale; y: Scale; solid: boolean },
): string {
  const start = Math.max(from, from / factor);
  const end = Math.min(to, to / factor);
  if (end <= start) return '';
  const line = `M${x.at(start)} ${y.at(start * factor)}L${x.at(end)} ${y.at(end * factor)}`;
  return (
    path(solid ? 'lt-window' : 'lt-earlier', line) +
    label(x.at(end) - 6, y.at(end * factor) + 14, name, 'lt-end lt-soft')
  );
}

function grid(x: Scale, y: Scale): string {
  const lines = [
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
