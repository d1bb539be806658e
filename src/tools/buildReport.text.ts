/** What buildReport says, in the structure and in lines. */

import * as z from 'zod';
import { coverageText, rowsReadSchema, shownCoverageSchema } from '../domain/coverage.ts';
import { clean } from '../domain/foreignText.ts';
import {
  formatDuration,
  formatMeasured,
  percent,
  plural,
  takeWithinBudget,
  windowName,
} from '../domain/text.ts';
import { stampAt } from '../domain/time.ts';
import { rowsText } from '../report/evidence/text.ts';
import { kindText } from '../report/failures/logs.ts';
import { scoreText } from '../report/forecast/text.ts';
import { changeText } from '../report/model/findings.ts';
import type { Report, StepFailure } from '../report/model/model.ts';
import { toFitSchema } from '../report/model/toFit.ts';
import { necessaryText, optionText, savingText } from '../report/suggestions/toFitText.ts';
import { shownCoverage } from '../review/levelSummary.ts';
import { type UndecidedRound, undecidedText } from '../workflow/looks.ts';
import { possibleRunFields } from '../workflow/otherRuns.ts';
import { coverageLines, possibleRunLines, rerun, stepsAfterRound, type Wording } from './text.ts';
import { loadOutput, possibleRun, result, scheduleInput } from './tool.ts';

const seconds = z.number().nullable();

const reportFields = z.object({
  directory: z.string(),
  files: z.array(z.string()),
  load: loadOutput,
  schedule: scheduleInput,
  clusterId: z.string(),
  round: z.int().nullable(),
  verdict: z.string(),
  partial: z.boolean(),
  /** Absent where it was not recorded. */
  coverage: shownCoverageSchema.extend({ read: rowsReadSchema.optional() }).optional(),
  steps: z.object({
    total: z.int(),
    successful: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    interrupted: z.int(),
    unfinished: z.int(),
  }),
  time: z.object({
    totalSeconds: seconds,
    windowSeconds: z.number(),
    waitingShare: seconds,
    slots: z.int().nullable(),
  }),
  statistics: z.object({
    averageSeconds: seconds,
    p50Seconds: seconds,
    p95Seconds: seconds,
    p99Seconds: seconds,
    n: z.int(),
    method: z.string(),
  }),
  slowest: z.array(z.object({ name: z.string(), elapsedSeconds: seconds, state: z.string() })),
  failures: z.array(
    z.object({
      cause: z.string(),
      kind: z.string(),
      side: z.string(),
      text: z.string().optional(),
      log: z.string().optional(),
      checks: z.array(z.string()),
      checksTotal: z.int(),
    }),
  ),
  /** Null where the round says nothing about its load. */
  toFit: toFitSchema.nullable(),
  suggestions: z.array(
    z.object({
      title: z.string(),
      measured: z.string(),
      setting: z.string(),
      from: z.string(),
      to: z.string(),
    }),
  ),
  logsPending: z.object({ steps: z.int(), buildAgainAt: z.string() }).optional(),
  earlierForecast: z.string().optional(),
  capacity: z.string().optional(),
  followUp: z.string().optional(),
  warnings: z.array(z.string()),
});

/** The result of buildReport; the fields of the report are absent in a question. */
export const buildReportResult = z.object({
  ...result,
  status: z.enum(['built', 'needs_decision']),
  ...reportFields.partial().shape,
  possibleRuns: z.array(possibleRun).optional(),
});

/** The question which of several runs is the round's. Nothing is written. */
export function undecidedReportOutput(undecided: UndecidedRound): z.input<typeof buildReportResult> {
  const { round, runs } = undecided;
  return {
    summary: `${undecidedText(undecided)} No report was written.`,
    nextSteps: [
      'Ask the user which run counts, then call markRound with its clusterId, and buildReport again.',
      "If several count, call markRound again with each other one's clusterId: each becomes a round.",
    ],
    status: 'needs_decision',
    round: round.round,
    load: round.load,
    schedule: round.schedule,
    possibleRuns: runs.map(possibleRunFields),
  };
}

/** The verdict, and the first few of every list; the files have all of it. */
export function buildReportOutput(report: Report, directory: string, files: string[]) {
  const names = new Map(report.steps.map((step) => [step.id, step]));
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
          ...(report.round.partOf
            ? [`A whole round decides: ${rerun(report.load)}`]
            : stepsAfterRound(report.verdict.outcome, report.load)),
        ],
    status: 'built' as const,
    directory,
    files,
    load: report.load,
    schedule: report.schedule,
    clusterId: report.clusterId,
    round: report.round.number,
    verdict: report.verdict.sentence,
    partial: report.round.partial,
    ...(report.coverage && {
      coverage: { ...shownCoverage(report.coverage), longest: [], read: rowsOutput(report) },
    }),
    steps: report.counts,
    time: timeOf(report),
    statistics: report.statistics,
    slowest: report.slowest.slice(0, 5).flatMap((id) => {
      const step = names.get(id);
      return step === undefined
        ? []
        : [{ name: step.name, elapsedSeconds: step.runSeconds, state: step.state }];
    }),
    failures: report.failures.slice(0, 5).map((group) => {
      const steps = group.steps.flatMap((id) => names.get(id) ?? []);
      const proven = steps.find(({ failure }) => proofIn(failure) !== undefined)?.failure;
      const text = group.reason ?? proofIn(proven);
      const checks = [...new Set(steps.map(({ check }) => check))];
      return {
        cause: group.title,
        kind: group.kind,
        side: group.side,
        text: text && clean(text, 240),
        log: proven?.logUri,
        checks: checks.slice(0, 5),
        checksTotal: checks.length,
      };
    }),
    logsPending: pendingOutput(report),
    toFit: toFitOutput(report),
    suggestions: report.suggestions.slice(0, 5),
    ...forecastOutput(report),
    followUp: report.followUp?.sentence,
    warnings: takeWithinBudget(report.warnings, 1600),
  };
}

function rowsOutput({ eventLogs, load }: Report) {
  if (eventLogs?.status !== 'read' || eventLogs.read === 0) return undefined;
  const { rows, read } = eventLogs;
  const text = rowsText(eventLogs, load);
  return {
    logs: read,
    ratio: rows?.ratio ?? null,
    loadBefore: rows?.loadBefore ?? null,
    checks: rows?.checks.length ?? 0,
    ...(text !== undefined && { text: clean(text, 600) }),
  };
}

/** What an earlier report forecast for this load, and where the schedule stops fitting. */
function forecastOutput({ comparison, round }: Report): { earlierForecast?: string; capacity?: string } {
  const forecast = comparison?.forecast;
  if (!forecast || forecast.why !== undefined) return {};
  const earlierForecast = scoreText(forecast, round.startedAt);
  return { ...(earlierForecast === undefined ? {} : { earlierForecast }), capacity: forecast.sentence };
}

/** With the round's own offset. */
function pendingOutput({ logsPending, round }: Report) {
  if (logsPending === null) return undefined;
  const { steps, buildAgainAt } = logsPending;
  return { steps, buildAgainAt: stampAt(Date.parse(buildAgainAt), round.utcOffsetMinutes) };
}

/** The line of the log that proves the cause, else what EMR says. */
function proofIn(failure: StepFailure | undefined): string | undefined {
  const line = failure?.cause?.line ?? failure?.message ?? failure?.reason;
  // The class is enough of an exception's name.
  return line?.replace(/^(?:[\w$]+\.)+(?=\w)/, '');
}

/** The first rows of what it takes to fit; report.json has all. */
function toFitOutput({ toFit }: Report): Report['toFit'] {
  return (
    toFit && {
      ...toFit,
      necessary: takeWithinBudget(toFit.necessary, 1200),
      options: toFit.options.slice(0, 4).map(({ parts: _, ...option }) => option),
    }
  );
}

/** Where the round's time went. */
function timeOf(report: Report): z.input<typeof buildReportResult>['time'] {
  const { verdict, findings } = report;
  return {
    totalSeconds: verdict.runtimeSeconds,
    windowSeconds: verdict.windowSeconds,
    waitingShare: findings.waitingShare,
    slots: findings.slots.limit,
  };
}

const noRowsText = (logs: number) =>
  `${plural(logs, 'Spark event log')} read; no lower load to compare the rows with.`;

export const buildReportLines: Wording<z.output<typeof buildReportResult>> = {
  verdict: () => [],
  coverage: (coverage, { load }) =>
    load === undefined || load === 1
      ? []
      : [
          `Load: ${coverageText(coverage)}`,
          ...coverageLines(coverage, load),
          ...(coverage.read ? [`Rows: ${coverage.read.text ?? noRowsText(coverage.read.logs)}`] : []),
        ],
  possibleRuns: possibleRunLines,
  // Says itself what it is.
  followUp: (sentence) => [sentence],
  earlierForecast: (sentence) => [sentence],
  // The summary says that a report is provisional.
  partial: () => [],
  time: ({ totalSeconds, windowSeconds, waitingShare, slots }) => {
    const parts = [
      `Total ${formatMeasured(totalSeconds)} of the ${windowName(windowSeconds)} window`,
      ...(waitingShare === null ? [] : [`${percent(waitingShare)} of the steps' time waiting`]),
      ...(slots === null ? [] : [plural(slots, 'slot')]),
    ];
    return [`${parts.join('; ')}.`];
  },
  statistics: (s) => [
    `Average ${formatMeasured(s.averageSeconds)}, median ${formatMeasured(s.p50Seconds)}, P95 ${formatMeasured(s.p95Seconds)}, P99 ${formatMeasured(s.p99Seconds)} (${plural(s.n, 'completed step')})`,
  ],
  slowest: (rows) => [
    'Slowest:',
    ...rows.map(
      (row, index) => `  ${index + 1}. ${row.name}: ${formatMeasured(row.elapsedSeconds)} (${row.state})`,
    ),
  ],
  failures: (rows) => [
    'Did not complete:',
    ...rows.flatMap((row) => {
      const more = row.checksTotal - row.checks.length;
      const checks = `${row.checks.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
      return [
        `  - ${checks}: ${row.cause}${kindText(row)}`,
        ...(row.text === undefined ? [] : [`    ${row.text}`]),
        ...(row.log === undefined ? [] : [`    in ${row.log}`]),
      ];
    }),
  ],
  logsPending: ({ steps, buildAgainAt }) => [
    `The logs of ${plural(steps, 'failed step')} were not delivered yet: call buildReport again after ${buildAgainAt}.`,
  ],
  toFit: (toFit, { time }) => toFitLines(toFit, time?.windowSeconds ?? 0),
  suggestions: (rows) => [
    'Suggestions:',
    ...rows.flatMap((row, index) => [
      `  ${index + 1}. ${row.title}: ${row.measured}`,
      `     ${changeText(row)}`,
    ]),
  ],
};

/** The cheapest that is enough first. */
function toFitLines(toFit: Report['toFit'], windowSeconds: number): string[] {
  if (toFit === null) return [];
  const { necessary, options, why } = toFit;
  const rows = options.map((one) => {
    const word = one.fits ? 'fits' : 'does not fit';
    const cost = one.usdPerDay === undefined ? '' : `, ${one.usdPerDay.toFixed(2)} USD a day`;
    return `  - ${optionText(one, necessary.length)}: ${formatDuration(one.runtimeSeconds)}, ${word}${cost}`;
  });
  const checks = necessary.map(
    ({ check, seconds, targetSeconds }) =>
      `  - ${check}: ${formatDuration(seconds)}, to at most ${formatDuration(targetSeconds)}`,
  );
  const lines = [
    necessaryText(toFit, windowSeconds),
    ...checks,
    ...(rows.length === 0 ? [] : ['What it takes to fit, by replay:', ...rows]),
    toFit.saving && savingText(toFit),
    why === undefined ? undefined : `Nothing was replayed: ${why}.`,
  ];
  return lines.filter((line) => line !== undefined);
}
