/** What showSession says. */

import * as z from 'zod';
import { forecastScore, reportedFailure } from '../domain/reported.ts';
import { formatDuration, plural } from '../domain/text.ts';
import { isUnused } from '../rounds/choice.ts';
import type { Phase, Round, Session } from '../state/session.ts';
import { type Yes, yesTo } from '../workflow/approvals.ts';
import { otherRunLines, stepAfterCommit, stepsAfterRound, type Wording } from './text.ts';
import { callAgain, listOf, loadOutput, otherRun, result, rowsOf, scheduleInput } from './tool.ts';

const phases = [
  'idle',
  'scaled',
  'approved',
  'checks_uploaded',
  'dag_uploaded',
  'round_open',
  'running',
  'finished',
  'reported',
  'committed',
] as const satisfies readonly Phase[];

/** The result of showSession. */
export const showSessionResult = z.object({
  ...result,
  phase: z.enum(phases),
  schedule: scheduleInput.nullable(),
  disk: z
    .object({ load: loadOutput, reviewId: z.string(), matchesReview: z.boolean(), approved: z.boolean() })
    .nullable(),
  uploaded: rowsOf(
    z.object({
      schedule: scheduleInput,
      load: loadOutput,
      reviewId: z.string(),
      at: z.string(),
      /** Whether its configs are committed; absent where they are not. */
      committed: z.literal(true).optional(),
    }),
  ),
  dag: z.object({ load: loadOutput, configDigest: z.string(), at: z.string() }).nullable(),
  rounds: rowsOf(
    z.object({
      round: z.int(),
      load: loadOutput,
      /** The load that was asked for, if the run carried another. */
      markedLoad: loadOutput.optional(),
      schedule: scheduleInput,
      dagId: z.string().optional(),
      startedAt: z.string(),
      clusterId: z.string().optional(),
      end: z.enum(['done', 'cut_short', 'cluster_failed', 'no_steps', 'abandoned']).optional(),
      clusterFailure: z.string().optional(),
      outcome: z.string().optional(),
      failed: z.int(),
      failures: listOf(reportedFailure),
      report: z.string().optional(),
      forecast: forecastScore.optional(),
      committed: z.boolean(),
      note: z.string().optional(),
    }),
  ),
  otherRuns: rowsOf(otherRun),
  warnings: listOf(z.string()),
  interrupted: z.object({ tool: z.string(), at: z.string() }).optional(),
  callAgain: callAgain.optional(),
});

export function sessionSummary({ level, phase, rounds }: Session): string {
  if (phase === 'idle' && rounds.length === 0) return 'No load test has started.';
  const subject =
    level === undefined ? 'No load level is under test' : `${level.load}x ${level.schedule} is under test`;
  return `${subject}; phase: ${phase.replaceAll('_', ' ')}; ${plural(rounds.length, 'round')} so far.`;
}

/** The check files under review, if they can be read. */
type Disk = { readonly reviewId: string; readonly approved: boolean; readonly mode: Yes['mode'] } | null;

export function sessionNextSteps(session: Session, disk: Disk): string[] {
  const newest = session.interruptions.at(-1);
  if (newest === undefined) return stepsInPhase(session, disk);
  return [
    `${newest.tool} began and did not finish, or still runs in another process: repeat the same call to finish it.`,
  ];
}

const beforeRound: readonly Phase[] = ['scaled', 'approved', 'checks_uploaded', 'dag_uploaded'];

function stepsInPhase({ phase, level, rounds }: Session, disk: Disk): string[] {
  if (disk?.approved === false && beforeRound.includes(phase))
    return [
      'Call reviewConfigs and show the user the changed lines; if it lists none, show the git diff.',
      ...yesTo('uploadChecks', { reviewId: disk.reviewId }, disk.reviewId, disk.mode),
    ];
  const load = level?.load ?? 1;
  const latest = rounds.at(-1);
  switch (phase) {
    case 'idle':
      return [
        'Call checkSetup to check the setup.',
        rounds.length === 0
          ? 'Call scaleConfigs with load 2x to start the first test (15m unless the user names another schedule).'
          : 'Call scaleConfigs with the load that the user names to start the next level.',
      ];
    case 'scaled':
      return ['Call reviewConfigs; the user approves what is under review or names what to fix.'];
    case 'approved':
      return [
        disk === null
          ? 'Call reviewConfigs for the reviewId, then uploadChecks.'
          : `Call uploadChecks with reviewId ${disk.reviewId}: these bytes need no further approval.`,
      ];
    case 'checks_uploaded':
      return [`Call uploadDags with load ${load}.`];
    case 'dag_uploaded':
      return ['Call markRound, then ask the user to trigger the DAG in Airflow.'];
    case 'round_open':
      return rounds.at(-1)?.dagRun === undefined
        ? ['Ask the user to trigger the DAG in Airflow, then call pollCluster.']
        : ['Call pollCluster, or triggerDag again: it finds the run it requested.'];
    case 'running':
      if (latest?.finished === undefined && latest?.clusterEnd !== undefined)
        return [
          'Call markRound, then ask the user to trigger the DAG again: the cluster ended without a step.',
        ];
      return ['Call pollCluster until the round is done, then buildReport.'];
    case 'finished':
      return ['Call buildReport to write the report.'];
    case 'reported':
      return afterReport(rounds.findLast(({ report }) => report !== undefined));
    case 'committed':
      return [stepAfterCommit(rounds.at(-1), rounds.at(-1)?.load ?? load)];
  }
}

function afterReport(round: Round | undefined): string[] {
  return [
    'Ask the user to read the report and decide.',
    ...stepsAfterRound(round?.report?.outcome, round?.load ?? 1),
  ];
}

export function omittedRounds(shown: number, total: number): string[] {
  return shown < total ? [`Only the latest ${shown} of ${total} rounds are shown.`] : [];
}

/** `paths`: the files of the session that were skipped. */
export function damageWarnings(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  return [
    ...paths
      .slice(0, 3)
      .map((path) => `This session file cannot be read, or follows one that cannot: ${path}.`),
    ...(paths.length <= 3
      ? []
      : [`The same applies to ${plural(paths.length - 3, 'more file')}, up to ${paths.at(-1)}.`]),
    'What those files recorded is unknown: compare the uploads and rounds shown here with what you remember. The session continues without them; move them out of that folder to clear this warning.',
  ];
}

type Result = z.output<typeof showSessionResult>;

export const showSessionLines: Wording<Result> = {
  schedule: (schedule) => (schedule === null ? [] : [`Schedule: ${schedule}`]),
  disk: (disk) => (disk === null ? [] : [diskLine(disk)]),
  uploaded: (rows) => ['Uploaded:', ...uploadLines(rows)],
  dag: (dag) =>
    dag === null ? [] : [`DAG: LOAD ${dag.load}, cluster config ${dag.configDigest}, uploaded ${dag.at}`],
  rounds: (rows) => [
    'Rounds:',
    ...rows.flatMap((row) => [
      roundLine(row, isUnused({ ...row, finished: row.end === 'done' || row.end === 'cut_short' }, rows)),
      ...failureLines(row),
      ...forecastLines(row),
    ]),
  ],
  otherRuns: otherRunLines,
};

function diskLine({ load, reviewId, matchesReview, approved }: NonNullable<Result['disk']>): string {
  const approval = approved ? 'approved' : 'not approved yet';
  const change = matchesReview ? 'unchanged since it was last shown' : 'changed since it was last shown';
  return `On disk: ${load}x, review ${reviewId}, ${approval}, ${change}`;
}

/** One line per level; schedules uploaded by one call are listed together. */
function uploadLines(rows: NonNullable<Result['uploaded']>): string[] {
  const levels = [...new Set(rows.map(({ load }) => load))];
  return levels.map((level) => {
    const ofLevel = rows.filter(({ load }) => load === level);
    const calls = [...new Set(ofLevel.map(uploadText))];
    const parts = calls.map((call) => {
      const together = ofLevel.filter((row) => call === uploadText(row));
      return `${together.map(({ schedule }) => schedule).join(', ')} ${call}`;
    });
    return `  - ${level}x to ${parts.join('; ')}`;
  });
}

function uploadText({ reviewId, at, committed }: NonNullable<Result['uploaded']>[number]): string {
  return `(review ${reviewId}, ${at}${committed ? ', configs committed' : ''})`;
}

type RoundRow = NonNullable<Result['rounds']>[number];

function roundLine(row: RoundRow, unused: boolean): string {
  const parts = unused ? ['marked, but no run was seen'] : [row.clusterId ?? 'no cluster yet', endText(row)];
  const more = [
    ...(row.report === undefined ? [] : [reportText(row)]),
    ...(row.committed ? ['committed'] : []),
  ];
  const asked = row.markedLoad === undefined ? '' : ` (marked as ${row.markedLoad}x)`;
  const dag = row.dagId === undefined ? '' : ` of ${row.dagId}`;
  const note = row.note === undefined ? '' : ` (${row.note})`;
  return `  ${row.round}. ${row.load}x ${row.schedule}${asked}${dag} since ${row.startedAt}: ${[...parts, ...more].join(', ')}${note}`;
}

function endText({ end, clusterFailure, failed, report }: RoundRow): string {
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  switch (end) {
    case 'done':
      return `finished${failures}${report === undefined ? ', no report yet' : ''}`;
    case 'cut_short':
      return `ended before all of its steps ran${failures}`;
    case 'cluster_failed':
      return `the cluster failed (${clusterFailure})${failures}`;
    case 'no_steps':
      return 'the cluster ended without a step';
    case 'abandoned':
      return 'abandoned, not seen to finish';
    case undefined:
      return 'not known to have finished';
  }
}

/** The outcome is data: the directory has the verdict. */
function reportText({ report, outcome }: RoundRow): string {
  if (outcome === 'fits_just') return `${report} (just fits)`;
  return `${report}${outcome === undefined ? '' : ` (${outcome.replaceAll('_', ' ')})`}`;
}

function failureLines({ failures = [] }: RoundRow): string[] {
  return failures.map(
    ({ cause, steps, checks }) => `     - ${cause}: ${checks.join(', ')} (${plural(steps, 'step')})`,
  );
}

function forecastLines({ forecast }: RoundRow): string[] {
  if (forecast === undefined) return [];
  const [expected, low, high, took] = [
    forecast.forecastSeconds,
    forecast.lowSeconds,
    forecast.highSeconds,
    forecast.measuredSeconds,
  ].map(formatDuration);
  return [`     - forecast ${expected} (${low} to ${high}), took ${took}`];
}
