/** What buildReport says, in the structure and in lines. */

import { clean } from '../domain/foreignText.ts';
import {
  formatDuration,
  formatMeasured,
  percent,
  plural,
  takeWithinBudget,
  windowName,
} from '../domain/text.ts';
import { scoreText } from '../report/forecast/text.ts';
import { changeText } from '../report/model/findings.ts';
import type { Report, StepFailure } from '../report/model/model.ts';
import { whatIfRows } from '../report/suggestions/whatIfTable.ts';
import { stepsAfterRound } from './text.ts';

/** The verdict, and the first few of every list; the files have all of it. */
export function buildReportOutput(report: Report, directory: string, files: string[]) {
  const names = new Map(report.steps.map((step) => [step.id, step]));
  const { averageSeconds, p50Seconds, p95Seconds, p99Seconds, n, method } = report.statistics;
  return {
    summary: [
      report.verdict.sentence,
      ...(report.cluster.failure === undefined ? [] : ['The cluster failed during it (warnings say how).']),
      ...(report.round.partial ? ['This report is provisional: steps were still active.'] : []),
    ].join(' '),
    nextSteps: report.round.partial
      ? ['pollCluster until the round is done, then buildReport again.']
      : [
          'Ask the user to read report.md in that directory and decide.',
          ...stepsAfterRound(report.verdict.outcome, report.load),
        ],
    directory,
    files,
    load: report.load,
    schedule: report.schedule,
    clusterId: report.clusterId,
    round: report.round.number,
    verdict: report.verdict.sentence,
    partial: report.round.partial,
    steps: report.counts,
    time: timeOf(report),
    statistics: { averageSeconds, p50Seconds, p95Seconds, p99Seconds, n, method },
    slowest: report.slowest.slice(0, 5).flatMap((id) => {
      const step = names.get(id);
      return step === undefined
        ? []
        : [{ name: step.name, elapsedSeconds: step.runSeconds, state: step.state }];
    }),
    failures: report.failures.slice(0, 5).map((group) => {
      const steps = group.steps.flatMap((id) => names.get(id) ?? []);
      const proof = steps.map(({ failure }) => proofIn(failure)).find((line) => line !== undefined);
      return {
        cause: group.title,
        class: group.class,
        checks: [...new Set(steps.map(({ check }) => check))].slice(0, 5),
        steps: group.steps.length,
        interrupted: steps.filter(({ state }) => state === 'INTERRUPTED').length,
        ...(proof === undefined ? {} : { proof: clean(proof, 240) }),
      };
    }),
    suggestions: report.suggestions
      .slice(0, 5)
      .map(({ title, measured, setting, from, to }) => ({ title, measured, setting, from, to })),
    ...forecastOutput(report),
    ...(report.followUp === null ? {} : { followUp: report.followUp.sentence }),
    warnings: takeWithinBudget(report.warnings, 1600),
  };
}

/** What an earlier report forecast for this load, and where the schedule stops fitting. */
function forecastOutput({ comparison, round }: Report): { earlierForecast?: string; capacity?: string } {
  const forecast = comparison?.forecast;
  if (!forecast || forecast.why !== undefined) return {};
  const earlierForecast = scoreText(forecast, round.startedAt);
  return { ...(earlierForecast === undefined ? {} : { earlierForecast }), capacity: forecast.sentence };
}

/** The line of the log that proves the cause, else what EMR says. */
function proofIn(failure: StepFailure | undefined): string | undefined {
  const line = failure?.cause?.line ?? failure?.message ?? failure?.reason;
  // The class is enough of an exception's name.
  return line?.replace(/^(?:[\w$]+\.)+(?=\w)/, '');
}

/** Where the round's time went, and what the next larger numbers of slots would have made of it. */
function timeOf(report: Report): Time & { replayed: Time['replayed'][number][] } {
  const { verdict, findings } = report;
  return {
    totalSeconds: verdict.runtimeSeconds,
    windowSeconds: verdict.windowSeconds,
    waitingShare: findings.waitingShare,
    slots: findings.slots.limit,
    replayed: whatIfRows(report)
      .filter(({ slots }) => slots > (findings.slots.limit ?? 0))
      .slice(0, 3)
      .map(({ slots, totalSeconds, room }) => ({
        slots,
        totalSeconds: Math.round(totalSeconds),
        ...(room === undefined || room === 'fits' ? {} : { room }),
      })),
  };
}

type Output = ReturnType<typeof buildReportOutput>;

interface Time {
  readonly totalSeconds: number | null;
  readonly windowSeconds: number;
  readonly waitingShare: number | null;
  readonly slots: number | null;
  readonly replayed: readonly {
    readonly slots: number;
    readonly totalSeconds: number;
    readonly room?: string | undefined;
  }[];
}

interface Failures {
  readonly cause: string;
  readonly class: string;
  readonly checks: readonly string[];
  readonly steps: number;
  readonly interrupted: number;
  readonly proof?: string | undefined;
}

export const buildReportLines = {
  verdict: () => [],
  // Says itself what it is.
  followUp: (sentence: string) => [sentence],
  earlierForecast: (sentence: string) => [sentence],
  // The summary says that a report is provisional.
  partial: () => [],
  time: ({ totalSeconds, windowSeconds, waitingShare, slots, replayed }: Time) => {
    const other = replayed.map((one) => {
      const room = one.room === undefined ? '' : ` (${one.room})`;
      return `${one.slots} → ${formatDuration(one.totalSeconds)}${room}`;
    });
    const parts = [
      `Total ${formatMeasured(totalSeconds)} of the ${windowName(windowSeconds)} window`,
      ...(waitingShare === null ? [] : [`${percent(waitingShare)} of the steps' time waiting`]),
      ...(slots === null ? [] : [plural(slots, 'slot')]),
      ...(other.length === 0 ? [] : [`replayed on ${other.join(', ')}`]),
    ];
    return [`${parts.join('; ')}.`];
  },
  statistics: (s: Output['statistics']) => [
    `Average ${formatMeasured(s.averageSeconds)}, median ${formatMeasured(s.p50Seconds)}, P95 ${formatMeasured(s.p95Seconds)}, P99 ${formatMeasured(s.p99Seconds)} (${plural(s.n, 'completed step')})`,
  ],
  slowest: (rows: Output['slowest']) => [
    'Slowest:',
    ...rows.map(
      (row, index) => `  ${index + 1}. ${row.name}: ${formatMeasured(row.elapsedSeconds)} (${row.state})`,
    ),
  ],
  failures: (rows: readonly Failures[]) => [
    rows.some((row) => row.interrupted > 0) ? 'Failed, or interrupted with the cluster:' : 'Failed:',
    ...rows.flatMap((row) => {
      const more = row.steps - row.checks.length;
      const checks = `${row.checks.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
      const some = row.interrupted > 0 && row.interrupted < row.steps;
      const what = [
        ...(row.class === 'unknown' ? [] : [row.class]),
        plural(row.steps, 'step'),
        ...(some ? [`${row.interrupted} of them interrupted`] : []),
      ];
      return [
        `  - ${checks}: ${row.cause} (${what.join(', ')})`,
        ...(row.proof === undefined ? [] : [`    ${row.proof}`]),
      ];
    }),
  ],
  suggestions: (rows: Output['suggestions']) => [
    'Suggestions:',
    ...rows.flatMap((row, index) => [
      `  ${index + 1}. ${row.title}: ${row.measured}`,
      `     ${changeText(row)}`,
    ]),
  ],
};
