/** What buildReport says, in the structure and in lines. */

import * as z from 'zod';
import { coverageText, rowsReadSchema, shownCoverageSchema } from '../domain/coverage.ts';
import { formatMeasured, percent, plural, takeWithinBudget, windowName } from '../domain/text.ts';
import { kindText } from '../report/failures/logs.ts';
import { changeText } from '../report/model/findings.ts';
import { countsSchema, type Report } from '../report/model/model.ts';
import { shownToFitSchema } from '../report/model/toFit.ts';
import {
  failureRows,
  forecastOutput,
  pendingOutput,
  rowsOutput,
  slowestRows,
  timeOf,
} from '../report/resultFields.ts';
import { statusWord } from '../report/steps/checkTimes.ts';
import { shownToFit, toFitLines } from '../report/toFit/text.ts';
import { failedGates, type Gate, gates } from '../report/verdict/gate.ts';
import { shownCoverage } from '../review/levelSummary.ts';
import { type StillUp, type UndecidedRound, undecidedText } from '../workflow/looks.ts';
import { possibleRunFields } from '../workflow/otherRuns.ts';
import {
  coverageLines,
  possibleRunLines,
  rerun,
  stepsAfterRound,
  stillUpLines,
  type Wording,
} from './text.ts';
import { listOf, loadOutput, possibleRun, result, scheduleInput, stillUp } from './tool.ts';

const seconds = z.number().nullable();

const reportFields = z.object({
  /** `4x 15m: `, then the outcome. */
  verdict: z.string(),
  directory: z.string(),
  files: z.array(z.string()),
  load: loadOutput,
  schedule: scheduleInput,
  clusterId: z.string(),
  round: z.int().nullable(),
  /** True in a provisional report; absent otherwise. */
  partial: z.literal(true).optional(),
  /** Of the gates that were asked for, those that it fails; the shell then exits with status 3. */
  failedOn: z.array(z.enum(gates)).optional(),
  /** Absent where it was not recorded. */
  coverage: shownCoverageSchema.extend({ read: rowsReadSchema.optional() }).optional(),
  steps: countsSchema,
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
  slowest: listOf(z.object({ name: z.string(), elapsedSeconds: seconds, state: z.string() })),
  failures: listOf(
    z.object({
      cause: z.string(),
      kind: z.string(),
      side: z.string(),
      text: z.string().optional(),
      log: z.string().optional(),
      checks: z.array(z.string()),
      checksTotal: z.int(),
      /** Whether it is the load: what the same checks did at lower loads. */
      atOtherLoads: z.string().optional(),
    }),
  ),
  /** Null where the round says nothing about its load. */
  toFit: shownToFitSchema.nullable(),
  suggestions: listOf(
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
  stillUp: stillUp.optional(),
  warnings: listOf(z.string()),
});

/** The result of buildReport; the fields of the report are absent in a question. */
export const buildReportResult = z.object({
  ...result,
  status: z.enum(['built', 'needs_decision']),
  ...reportFields.partial().shape,
  possibleRuns: listOf(possibleRun),
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

function keptText(path: string): string {
  return `The old page had text that no build is known to have written; it is kept as ${path}.`;
}

/** What a build wrote, the old pages that it kept, and what was asked of it. */
interface Built {
  readonly directory: string;
  readonly files: string[];
  readonly kept: readonly string[];
  readonly failOn: readonly Gate[];
  readonly stillUp: StillUp | undefined;
}

/** The verdict, and the first few of every list; the files have all of it. */
export function buildReportOutput(
  report: Report,
  { directory, files, kept, failOn, stillUp }: Built,
): z.input<typeof buildReportResult> {
  return {
    summary: [
      `Wrote the report of ${report.round.number === null ? report.clusterId : `round ${report.round.number}`} (${report.load}x ${report.schedule}).`,
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
    verdict: report.verdict.sentence,
    directory,
    files,
    load: report.load,
    schedule: report.schedule,
    clusterId: report.clusterId,
    round: report.round.number,
    ...(report.round.partial && { partial: true as const }),
    ...(failOn.length > 0 && { failedOn: failedGates(report, failOn) }),
    ...(report.coverage && {
      coverage: { ...shownCoverage(report.coverage), unscaled: [], longest: [], read: rowsOutput(report) },
    }),
    steps: report.counts,
    time: timeOf(report),
    statistics: report.statistics,
    slowest: slowestRows(report),
    failures: failureRows(report),
    logsPending: pendingOutput(report),
    toFit: report.toFit && shownToFit(report.toFit),
    suggestions: report.suggestions.slice(0, 5),
    ...forecastOutput(report),
    followUp: report.followUp?.sentence,
    stillUp,
    warnings: [...kept.map(keptText), ...takeWithinBudget(report.warnings, 1600)],
  };
}

const noRowsText = (logs: number) =>
  `${plural(logs, 'Spark event log')} read; no lower load to compare the rows with.`;

export const buildReportLines: Wording<z.output<typeof buildReportResult>> = {
  // The first line after the summary.
  verdict: (sentence) => [sentence],
  coverage: (coverage, { load }) =>
    load === undefined || load === 1
      ? []
      : [
          `Load: ${coverageText(coverage)}`,
          ...coverageLines(coverage, load),
          ...(coverage.read ? [`Rows: ${coverage.read.text ?? noRowsText(coverage.read.logs)}`] : []),
        ],
  failedOn: (failed) => [`Fails the gate: ${failed.join(', ')}`],
  // The first thing to read.
  status: () => [],
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
      (row, index) =>
        `  ${index + 1}. ${row.name}: ${formatMeasured(row.elapsedSeconds)} (${statusWord(row.state)})`,
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
        ...(row.atOtherLoads === undefined ? [] : [`    ${row.atOtherLoads}`]),
      ];
    }),
  ],
  logsPending: ({ steps, buildAgainAt }) => [
    `The logs of ${plural(steps, 'failed step')} were not delivered yet: call buildReport again after ${buildAgainAt}.`,
  ],
  toFit: (toFit, { time }) => (toFit === null ? [] : toFitLines(toFit, time?.windowSeconds ?? 0)),
  stillUp: stillUpLines,
  suggestions: (rows) => [
    'Suggestions:',
    ...rows.flatMap((row, index) => [
      `  ${index + 1}. ${row.title}: ${row.measured}`,
      `     ${changeText(row)}`,
    ]),
  ],
};
