/** What compareReports says, in the structure and in lines. */

import * as z from 'zod';
import { plural, ratioText } from '../domain/text.ts';
import type { StoredReport } from '../report/choose.ts';
import { checkText, notDecidedText, runtimeChangeText } from '../report/comparison/scalingText.ts';
import { pointText } from '../report/forecast/text.ts';
import {
  type Comparison,
  comparisonSchema,
  type Forecast,
  forecastSchema,
  settingChangeSchema,
} from '../report/model/comparisonModel.ts';
import type { Wording } from './text.ts';
import { listOf, result, rowsOf } from './tool.ts';

/** The result of compareReports. */
export const compareReportsResult = z.object({
  ...result,
  comparable: z.boolean(),
  why: z.string().optional(),
  varies: comparisonSchema.shape.varies,
  baseline: z.string(),
  candidate: z.string(),
  ratios: comparisonSchema.shape.ratios,
  loads: z.object({ baseline: z.int(), candidate: z.int() }),
  worst: rowsOf(comparisonSchema.shape.checks.element.pick({ check: true, ratio: true, word: true })),
  newFailures: rowsOf(z.string()),
  undecided: listOf(z.enum(['baseline', 'candidate'])),
  unshared: z.object({ baseline: listOf(z.string()), candidate: listOf(z.string()) }).optional(),
  runtimes: z.object({ baselineSeconds: z.number().nullable(), candidateSeconds: z.number().nullable() }),
  clusterChanges: listOf(settingChangeSchema),
  forecast: forecastSchema
    .pick({ why: true, levels: true, fitsUpTo: true, breaksBetween: true, sentence: true, points: true })
    .optional(),
  file: z.string(),
  warnings: listOf(z.string()),
});

const worstShown = 5;
const changesShown = 8;

/** The first few of every list; the file has all. */
export function compareReportsOutput(
  baseline: StoredReport,
  candidate: StoredReport,
  comparison: Comparison,
  file: string,
  warnings: readonly string[],
) {
  const { comparable, why, varies, ratios, checks, newFailures, forecast } = comparison;
  const runtimes = {
    baselineSeconds: baseline.report.verdict.runtimeSeconds,
    candidateSeconds: candidate.report.verdict.runtimeSeconds,
  };
  return {
    summary: comparisonSummary(
      comparison,
      { baseline: baseline.report.schedule, candidate: candidate.report.schedule },
      runtimes,
    ),
    nextSteps: comparable
      ? ['Ask the user to read the file and decide: go one level up, or fix something first.']
      : [
          'buildReport of a comparable round (same schedule, same checks, same cluster config) makes a comparison possible.',
        ],
    comparable,
    why,
    varies,
    baseline: baseline.directory,
    candidate: candidate.directory,
    ratios,
    loads: { baseline: comparison.baseline.load, candidate: comparison.candidate.load },
    worst: checks.slice(0, worstShown),
    newFailures: newFailures.slice(0, 10),
    undecided: comparison.undecided,
    ...unsharedOutput(comparison),
    runtimes,
    clusterChanges: comparison.clusterChanges.slice(0, changesShown),
    ...(forecast === null ? {} : { forecast: { ...forecast, points: pointsAbove(forecast) } }),
    file,
    warnings: warnings.slice(0, 5),
  };
}

function unsharedOutput({ unshared: { baseline, candidate } }: Comparison) {
  if (baseline.length + candidate.length === 0) return {};
  return { unshared: { baseline: baseline.slice(0, 10), candidate: candidate.slice(0, 10) } };
}

type Runtimes = z.output<typeof compareReportsResult>['runtimes'];

/** The runtime's change first, then the checks, the failures and the forecast; our own words and numbers. */
function comparisonSummary(
  comparison: Comparison,
  schedules: { readonly baseline: string; readonly candidate: string },
  runtimes: Runtimes,
): string {
  const { baseline, candidate, forecast, newFailures } = comparison;
  const runtime = schedules.baseline === schedules.candidate ? runtimeSummary(comparison, runtimes) : '';
  const first = comparison.undecided.map((which) => `${notDecidedText(comparison, which)}; `).join('');
  const bases = comparison.baselinesDiffer
    ? 'The two rounds were scaled from different baseline commits; '
    : '';
  const pair = `${first}${bases}${candidate.load}x against ${baseline.load}x (${schedules.candidate})`;
  if (!comparison.comparable) {
    const why = comparison.why === undefined ? '' : `, because ${comparison.why}`;
    return `${pair}: ${runtime === '' ? '' : `${runtime}; `}not comparable${why}.`;
  }
  const failed = newFailures.length === 0 ? '' : `; ${plural(newFailures.length, 'check')} failed only now`;
  return [
    `${pair}: ${runtime === '' ? '' : `${runtime}; `}${checksSummary(comparison)}${failed}.`,
    ...(forecast === null ? [] : [forecast.sentence]),
  ].join(' ');
}

/** Settings other than the slots come from the user's files, so only their number is given. */
function runtimeSummary({ clusterChanges, ...comparison }: Comparison, runtimes: Runtimes): string {
  const { baselineSeconds, candidateSeconds } = runtimes;
  if (baselineSeconds === null || candidateSeconds === null) return '';
  const slots = clusterChanges.find(({ setting }) => setting === 'StepConcurrencyLevel');
  const others = clusterChanges.length - (slots === undefined ? 0 : 1);
  const changes = [
    ...(slots === undefined ? [] : [`StepConcurrencyLevel ${slots.from} → ${slots.to}`]),
    ...(others === 0
      ? []
      : [`${plural(others, slots ? 'other setting' : 'setting')} of the cluster changed`]),
  ];
  const change = runtimeChangeText(comparison, baselineSeconds, candidateSeconds);
  return `runtime ${change}${changes.length === 0 ? '' : ` with ${changes.join(' and ')}`}`;
}

function checksSummary({ ratios, unscaled, varies }: Comparison): string {
  const { n, geometricMean, low, high } = ratios;
  if (geometricMean === null || low === null || high === null) return 'no check completed in both rounds';
  const numbers = `${ratioText(low)} to ${ratioText(high)}, ${plural(n, 'check')}`;
  if (varies !== 'load' && low <= 1 && high >= 1) return `single checks take as long as before (${numbers})`;
  return `a ${unscaled === null ? '' : 'scaled '}check takes ${ratioText(geometricMean)} the time (${numbers})`;
}

/** The forecast above the largest load that ran: the next load, half as much again, and twice as much. */
function pointsAbove({ points, levels }: Forecast): Forecast['points'] {
  const largest = Math.max(...levels);
  const loads = [largest + 1, Math.round(1.5 * largest), 2 * largest];
  return points.filter(({ load }) => loads.includes(load));
}

export const compareReportsLines: Wording<z.output<typeof compareReportsResult>> = {
  comparable: () => [],
  why: () => [],
  varies: (varies) => [`Varies: ${varies === 'both' ? 'load and cluster' : varies}`],
  // The summary gives the ratios, the runtimes and the forecast's sentence.
  ratios: () => [],
  loads: () => [],
  runtimes: () => [],
  // The summary begins with it.
  undecided: () => [],
  unshared: ({ baseline = [], candidate = [] }) => [
    ...(baseline.length === 0 ? [] : [`Only in the earlier round: ${baseline.join(', ')}`]),
    ...(candidate.length === 0 ? [] : [`Only in the later round: ${candidate.join(', ')}`]),
  ],
  worst: (rows, { loads, varies }) => [
    loads.candidate < loads.baseline ? 'Shrank most:' : 'Grew most:',
    ...rows.map((row) => `  - ${row.check}: ${checkText(row, varies, loads)}`),
  ],
  clusterChanges: (rows) => [
    'Changed on the cluster:',
    ...rows.map((row) => `  - ${row.setting}: ${row.from} → ${row.to}`),
  ],
  forecast: ({ points }) => (points.length === 0 ? [] : [`Forecast: ${points.map(pointText).join('; ')}`]),
};
