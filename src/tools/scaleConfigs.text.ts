/** What scaleConfigs says in each of its four outcomes. */
import * as z from 'zod';
import { type Coverage, coverageSchema, coverageText } from '../domain/coverage.ts';
import { plural } from '../domain/text.ts';
import { editsText } from '../review/edits.ts';
import type { describeLevel } from '../review/levelSummary.ts';
import type { ReviewTarget } from '../review/review.ts';
import type { ScalePlan } from '../review/scalePlan.ts';
import { ofThisResult, type Yes, yesTo } from '../workflow/approvals.ts';
import { baselineQuestionLines, coverageLines, missingText, type Wording } from './text.ts';
import {
  baselineQuestionFields,
  changedLine,
  givenIn,
  listOf,
  loadOutput,
  result,
  rowsOf,
  scheduleInput,
  totalOf,
} from './tool.ts';

/** The result of scaleConfigs. */
export const scaleConfigsResult = z.object({
  ...result,
  status: z.enum(['scaled', 'unchanged', 'dry_run', 'needs_decision']),
  load: loadOutput,
  schedule: scheduleInput,
  scheduleFrom: z.enum(['given', 'session', 'default']),
  /** Of the bytes on disk after the call; absent in a question about edits. */
  reviewId: z.string().optional(),
  approvalNeeded: z.boolean().optional(),
  filesChanged: z.int(),
  intervalsChanged: z.int(),
  written: z.int(),
  bySchedule: rowsOf(
    z.object({
      schedule: scheduleInput,
      pattern: z.string(),
      files: z.int(),
      changed: z.int(),
      intervals: z.int(),
      note: z.string().optional(),
    }),
  ),
  sample: rowsOf(
    z.object({
      file: z.string(),
      line: z.int(),
      before: z.string(),
      after: z.string(),
      /** Where it is not what was on disk before. */
      baseline: z.string().optional(),
      /** What baseline × load is, where the disk has another interval. */
      scaled: z.string().optional(),
    }),
  ),
  /** Absent in a question that comes before any plan. */
  coverage: coverageSchema.optional(),
  remarks: rowsOf(z.string()),
  notScaled: rowsOf(
    z.object({
      file: z.string(),
      line: z.int(),
      text: z.string(),
      reason: z.string(),
      /** No whole number that fixInterval could change: edited by hand. */
      fixable: z.literal(false).optional(),
    }),
  ),
  notScaledTotal: totalOf,
  edited: rowsOf(z.string()),
  editedTotal: totalOf,
  edits: listOf(z.object({ file: z.string(), line: z.int(), found: z.string(), scaled: z.string() })),
  /** Where known fixes and carried edits differ from baseline × load. */
  fixedLines: listOf(changedLine),
  fixedLinesTotal: totalOf,
  fixesApplied: rowsOf(z.string()),
  fixesNotCarried: rowsOf(z.string()),
  notCarried: listOf(
    z.object({
      file: z.string(),
      line: z.int(),
      unit: z.string(),
      baseline: z.number(),
      scaled: z.number(),
      fixed: z.number(),
      now: z.number(),
    }),
  ),
  changesFile: z.string(),
  location: z.string(),
  backup: z.string().optional(),
  ...baselineQuestionFields,
});

export interface Scaling {
  readonly target: ReviewTarget;
  readonly plan: ScalePlan;
  readonly level: Pick<ReturnType<typeof describeLevel>, 'filesChanged' | 'intervalsChanged'>;
  readonly coverage: Coverage;
  readonly reviewId: string;
  readonly approvalNeeded: boolean;
  /** What the call was given; a repeated call is given the same. */
  readonly given: { readonly dryRun: boolean; readonly keepEdits: boolean; readonly acceptBaseline: boolean };
  /** Uploads wait until that round ends. */
  readonly isRoundRunning: boolean;
  readonly mode: Yes['mode'];
}

function callWith({ target, given }: Scaling, more: Readonly<Record<string, unknown>>) {
  const level = { load: target.load, schedule: target.schedule, scope: target.scope };
  // Recorded already but in a dry run: a later baseline is another question.
  const known = { ...level, ...given, ...level, acceptBaseline: given.dryRun && given.acceptBaseline };
  return { tool: 'scaleConfigs', arguments: givenIn({ ...known, ...more }) };
}

export const bothAnswers =
  'keepEdits and overwriteEdits are opposite answers to one question. Nothing was changed.';

export function decisionText(scaling: Scaling) {
  const { target, plan, given } = scaling;
  const again = `scaleConfigs with load ${target.load}${given.dryRun ? ', dryRun: true' : ''}`;
  const { found, question, kept, replaced } = editsText(plan.edited);
  return {
    summary: `${found} Nothing was written.`,
    nextSteps: [
      `Ask the user: ${question}?`,
      `To keep them: ${again} and keepEdits: true. ${kept}`,
      `To ${replaced}: ${again} and overwriteEdits: true.`,
    ],
    callAgain: callWith(scaling, { keepEdits: true }),
  };
}

/** Nothing of the schedule under test carries the load: such a round is no load test. */
export function nothingScaledText(scaling: Scaling) {
  const { target, coverage } = scaling;
  const { load, schedule } = target;
  return {
    summary: `${load}x: ${coverageText(coverage)}, so this is not a load test of ${schedule}.${missingText(coverage)} Nothing was written.`,
    nextSteps: [
      'Show the user why (coverage, and the whole list in changesFile) and ask: fix the files, test another schedule, or go on anyway?',
      `Files are renamed or fixed on the branch of the baseline; then scaleConfigs with load ${load} again.`,
      `To go on anyway: scaleConfigs with load ${load} and acceptUnscaled: true.`,
    ],
    callAgain: callWith(scaling, { acceptUnscaled: true }),
  };
}

export function dryRunText(scaling: Scaling) {
  const { target, plan, level, coverage } = scaling;
  const { edited, writes } = plan;
  const done = scaling.given.keepEdits ? 'kept' : 'saved as a patch first';
  const patch = edited.length === 0 ? '' : ` (edits in ${plural(edited.length, 'file')} ${done})`;
  return {
    summary: `Dry run for ${target.load}x, nothing was written: would write ${plural(writes.length, 'file')}${patch}; ${sizeOf(level)} would then differ from the baseline.${loadSentence(target, coverage)}`,
    nextSteps: [`To write it: scaleConfigs with load ${target.load}, without dryRun.`],
    callAgain: callWith(scaling, { dryRun: false, acceptBaseline: false }),
  };
}

export function scaledText(scaling: Scaling) {
  return {
    summary: `${scalingSummary(scaling)}${loadSentence(scaling.target, scaling.coverage)}`,
    nextSteps: [
      ...(scaling.isRoundRunning
        ? ['Uploads wait for the running round: call pollCluster until it is done.']
        : []),
      ...stepsAfter(scaling),
    ].slice(0, 3),
  };
}

/** ` 2x: 23 of 31 15m checks scaled; 8 run at 1x.` Load 1 is the baseline, and says nothing. */
function loadSentence({ load }: ReviewTarget, coverage: Coverage): string {
  return load === 1 ? '' : ` ${load}x: ${coverageText(coverage)}.${missingText(coverage)}`;
}

function scalingSummary({ target, plan, level }: Scaling): string {
  const { load, schedule } = target;
  const written = plan.writes.length;
  if (written === 0 && isSetByDagRun(target))
    return `Nothing to change on disk at ${load}x: hourly checks get a ${load}-hour window from the DAG run (ts_start, ts_end). On disk, ${stateOnDisk(target, level)}.`;
  if (written === 0) return `The configs are already at ${load}x: ${stateOnDisk(target, level)}.`;
  const detail =
    written === level.filesChanged
      ? plural(level.intervalsChanged, 'interval')
      : `now ${stateOnDisk(target, level)}`;
  return `Modified ${plural(written, 'config file')} for ${load}x load (${schedule} under test): ${detail}.`;
}

/** No file of an hourly test alone is scaled. */
function isSetByDagRun({ schedule, scope }: ReviewTarget): boolean {
  return schedule === 'hourly' && scope === 'schedule';
}

function stateOnDisk({ scope, schedule }: ReviewTarget, level: Scaling['level']): string {
  if (level.filesChanged === 0)
    return `every ${scope === 'schedule' ? `${schedule} ` : ''}file is at its baseline`;
  return `${sizeOf(level)} ${level.filesChanged === 1 ? 'differs' : 'differ'} from the baseline`;
}

function sizeOf({ filesChanged, intervalsChanged }: Scaling['level']): string {
  return `${plural(filesChanged, 'file')} (${plural(intervalsChanged, 'interval')})`;
}

function stepsAfter({ target, plan, approvalNeeded, reviewId, mode }: Scaling): string[] {
  if (!approvalNeeded) return [`No approval is needed: call uploadChecks with reviewId ${reviewId}.`];
  return [
    'Ask the user to review the git diff and reply "approved", or say what is wrong (fixInterval).',
    ...yesTo('uploadChecks', { reviewId: ofThisResult }, reviewId, mode),
    ...(plan.fixesNotCarried.length === 0
      ? []
      : [
          `Ask the user about the intervals set by hand at another load (notCarried): they are at baseline × ${target.load} now. To scale the set values: scaleConfigs with load ${target.load} and fixes: "scale"; to keep them: fixes: "keep". One call answers for all.`,
        ]),
  ];
}

type Result = z.output<typeof scaleConfigsResult>;

/** The summary already has these numbers when this call wrote every file that differs from the baseline. */
function unlessInSummary(title: string) {
  return (total: number, { status, written, filesChanged }: Result) =>
    status === 'needs_decision' || (status === 'scaled' && written === filesChanged)
      ? []
      : [`${title}: ${total}`];
}

/** Paths that the rows about single lines do not show. */
function notIn(rows: readonly { readonly file: string }[], paths: readonly string[]): string[] {
  const shown = new Set(rows.map(({ file }) => file));
  return paths.filter((path) => !shown.has(path));
}

/** The fields of the result that a reviewer reads line by line. */
export const scaleConfigsLines: Wording<Result> = {
  scheduleFrom: () => [],
  load: (load, { status }) => (status === 'needs_decision' ? [`Load: ${load}`] : []),
  schedule: (schedule, { status }) => (status === 'scaled' ? [] : [`Schedule: ${schedule}`]),
  filesChanged: unlessInSummary('Files changed'),
  intervalsChanged: unlessInSummary('Intervals changed'),
  written: unlessInSummary('Written'),
  bySchedule: (rows) =>
    rows.map((row) => {
      const note = row.note === undefined ? '' : ` (${row.note})`;
      return `  - ${row.changed} of ${plural(row.files, 'file')} in ${row.pattern}, ${plural(row.intervals, 'interval')}${note}`;
    }),
  // In a question about edits nothing is decided yet.
  coverage: (coverage, { load, status, edited = [] }) =>
    coverage === undefined || (status === 'needs_decision' && edited.length > 0)
      ? []
      : coverageLines(coverage, load),
  sample: (rows) => [
    'Sample:',
    ...rows.map((row) => {
      // In a repeated call the file on disk is already scaled, so show the change from the baseline.
      const { baseline = row.before } = row;
      const before = row.before === row.after ? baseline : row.before;
      const notes = [
        ...(before === baseline ? [] : [`baseline ${baseline}`]),
        ...(row.scaled === undefined ? [] : [`set by a person, instead of ${row.scaled}`]),
      ];
      const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
      return `  ${row.file}:${row.line}: ${before} → ${row.after}${note}`;
    }),
  ],
  notScaled: (rows, { notScaledTotal }) => [
    `Intervals left unscaled in these files (${notScaledTotal}):`,
    ...rows.map(({ file, line, text, reason, fixable = true }) => {
      return `  ${file}:${line}: ${text} (${reason}${fixable ? '' : '; edited by hand only'})`;
    }),
  ],
  notScaledTotal: () => [],
  edited: (paths, { edits = [] }) => notIn(edits, paths).map((path) => `Also edited: ${path}`),
  editedTotal: (total, { status, backup }) => {
    const done = backup === undefined ? 'Edited files kept' : 'Edited files replaced';
    const isDone = status === 'scaled' || status === 'unchanged';
    return total === 0 ? [] : [`${isDone ? done : 'Edited files'}: ${total}`];
  },
  edits: (rows) => rows.map((row) => `  ${row.file}:${row.line}: ${row.scaled.trim()} → ${row.found.trim()}`),
  fixedLines: (rows, { fixedLinesTotal = 0, load }) => [
    `Known fixes and carried edits, instead of baseline × ${load} (${plural(fixedLinesTotal, 'line')}):`,
    ...rows.map((row) => `  ${row.file}:${row.line}: ${row.before.trim()} → ${row.after.trim()}`),
  ],
  fixedLinesTotal: () => [],
  ...baselineQuestionLines,
  fixesNotCarried: (paths, { notCarried = [] }) => {
    const others = notIn(notCarried, paths).join(', ');
    return others === '' ? [] : [`Edits of other loads, not part of this one: ${others}`];
  },
  notCarried: (rows, { load }) => [
    'Intervals set by hand at another load, here at baseline × load:',
    ...rows.map(({ file, line, baseline, unit, scaled, fixed, now }) => {
      const values = `baseline ${plural(baseline, unit)}, scaled to ${scaled}, fixed to ${fixed}`;
      return `  ${file}:${line}: ${values}; at ${load}x now ${now}`;
    }),
  ],
};
