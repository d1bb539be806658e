/** What scaleConfigs says in each of its four ends. */

import type { ReviewTarget } from '../../checks/review.ts';
import type { ScalePlan } from '../../checks/scalePlan.ts';
import { count } from '../text.ts';
import { type Yes, yesTo } from './approving.ts';

/** Nothing of an hourly test alone is scaled in its files. */
function isByRunTime({ schedule, scope }: ReviewTarget): boolean {
  return schedule === 'hourly' && scope === 'schedule';
}

function argumentsOf({ load, schedule, scope }: ReviewTarget, abandon: boolean) {
  return { load, schedule, scope, ...(abandon ? { abandon } : {}) };
}

interface Facts {
  readonly target: ReviewTarget;
  readonly plan: ScalePlan;
  readonly filesChanged: number;
  readonly intervalsChanged: number;
  readonly approvalNeeded: boolean;
  readonly reviewId: string;
  readonly abandon: boolean;
  /** Another round is under way: nothing is uploaded before its end. */
  readonly roundRuns: boolean;
  readonly mode: Yes['mode'];
}

export function decisionWords({ target, plan, abandon }: Facts) {
  const files = count(plan.edited.length, 'check file');
  return {
    status: 'needs_decision' as const,
    summary: `${files} on disk ${plan.edited.length === 1 ? 'was' : 'were'} edited by somebody since the last scaling. Nothing was written.`,
    nextSteps: [
      'Ask the person: keep the edits, or replace them?',
      'To keep them for the load they were made at: uploadChecks there first, once the person approved them; or the person commits them.',
      `To replace them (a patch is saved first): scaleConfigs with load ${target.load} and overwriteEdits: true.`,
    ],
    callAgain: {
      tool: 'scaleConfigs',
      arguments: { ...argumentsOf(target, abandon), overwriteEdits: true },
    },
  };
}

export function dryRunWords({ target, plan, filesChanged, intervalsChanged, abandon }: Facts) {
  const edits =
    plan.edited.length === 0
      ? ''
      : ` ${count(plan.edited.length, 'edited file')} would be saved as a patch first.`;
  return {
    status: 'dry_run' as const,
    summary: `Dry run for ${target.load}x: ${count(plan.writes.length, 'file')} would be written; ${count(filesChanged, 'file')} with ${count(intervalsChanged, 'interval')} would then differ from the baseline.${edits} Nothing was written.`,
    nextSteps: [`scaleConfigs with load ${target.load} (dryRun left out) writes it.`],
    callAgain: { tool: 'scaleConfigs', arguments: argumentsOf(target, abandon) },
  };
}

export function scaledWords({
  target,
  plan,
  filesChanged,
  intervalsChanged,
  approvalNeeded,
  reviewId,
  roundRuns,
  mode,
}: Facts) {
  const written = plan.writes.length;
  const now =
    filesChanged === 0
      ? `every file${target.scope === 'schedule' ? ` of ${target.schedule}` : ''} under test holds its baseline`
      : `${count(filesChanged, 'file')} with ${count(intervalsChanged, 'interval')} ${filesChanged === 1 ? 'differs' : 'differ'} from the baseline`;
  const what =
    written > 0
      ? `Modified ${count(written, 'config file')} for ${target.load}x load (${target.schedule} under test): ${written === filesChanged ? count(intervalsChanged, 'interval') : now}.`
      : isByRunTime(target)
        ? `Nothing to modify: at ${target.load}x the DAG run itself gives the hourly checks a window of ${count(target.load, 'hour')}, so that ${now}.`
        : `The configs already are at ${target.load}x: ${now}.`;
  return {
    status: written === 0 ? ('unchanged' as const) : ('scaled' as const),
    summary: what,
    nextSteps: [
      ...(roundRuns ? ['Uploads wait: pollCluster until the running round is done.'] : []),
      ...(approvalNeeded
        ? [
            'The person reviews the git diff in the target repository (PyCharm shows it well) and replies "approved" or names what is wrong (fixInterval mends a value).',
            ...yesTo('uploadChecks', { reviewId }, reviewId, mode),
            ...(plan.fixesNotCarried.length === 0
              ? []
              : [
                  'The person says whether the fixes of the last level (notCarried) hold here, too: fixInterval makes a window again; any other edit is the person’s to make, then reviewConfigs.',
                ]),
          ]
        : [`No approval is needed: uploadChecks with reviewId ${reviewId}.`]),
    ].slice(0, 3),
  };
}

interface Lines {
  readonly bySchedule: readonly {
    readonly pattern: string;
    readonly files: number;
    readonly changed: number;
    readonly intervals: number;
    readonly note?: string | undefined;
  }[];
  readonly sample: readonly {
    readonly file: string;
    readonly line: number;
    readonly baseline: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly notScaled: readonly {
    readonly file: string;
    readonly line: number;
    readonly text: string;
    readonly reason: string;
  }[];
  readonly notScaledTotal: number;
  readonly status: string;
  readonly summary: string;
  readonly load: number;
  readonly written: number;
  readonly filesChanged: number;
  readonly edits: readonly {
    readonly file: string;
    readonly line: number;
    readonly found: string;
    readonly scaled: string;
  }[];
  readonly fixesNotCarried: readonly string[];
  readonly notCarried: readonly {
    readonly file: string;
    readonly line: number;
    readonly unit: string;
    readonly baseline: number;
    readonly scaled: number;
    readonly fixed: number;
    readonly now: number;
  }[];
}

/** The summary says it where every file that differs was written by this call. */
function unlessSaid(title: string) {
  return (total: number, { status, written, filesChanged }: Lines) =>
    status === 'needs_decision' || (status === 'scaled' && written === filesChanged)
      ? []
      : [`${title}: ${total}`];
}

/** The fields of the result that a reviewer reads line by line. */
export const scalingLines = {
  // The summary names the schedule.
  scheduleFrom: () => [],
  load: (load: number, { summary }: Lines) => (summary.includes(`${load}x`) ? [] : [`Load: ${load}`]),
  schedule: (schedule: string, { summary }: Lines) =>
    summary.includes(`${schedule} under test`) ? [] : [`Schedule: ${schedule}`],
  filesChanged: unlessSaid('Files changed'),
  intervalsChanged: unlessSaid('Intervals changed'),
  written: unlessSaid('Written'),
  bySchedule: (rows: Lines['bySchedule']) =>
    rows.map((row) => {
      const note = row.note === undefined ? '' : ` (${row.note})`;
      return `  - ${row.changed} of ${count(row.files, 'file')} in ${row.pattern}, ${count(row.intervals, 'interval')}${note}`;
    }),
  sample: (rows: Lines['sample']) => [
    'Sample:',
    ...rows.map((row) => {
      // Called again, the disk holds the load already.
      const before = row.before === row.after ? row.baseline : row.before;
      const baseline = before === row.baseline ? '' : ` (baseline ${row.baseline})`;
      return `  ${row.file}:${row.line}: ${before} → ${row.after}${baseline}`;
    }),
  ],
  notScaled: (rows: Lines['notScaled'], { notScaledTotal }: Lines) => [
    `Windows in these files that are left as they are (${notScaledTotal}):`,
    ...rows.map((row) => `  ${row.file}:${row.line}: ${row.text} (${row.reason})`),
  ],
  edited: (paths: readonly string[], { edits }: Lines) => {
    const listed = new Set(edits.map(({ file }) => file));
    const others = paths.filter((path) => !listed.has(path));
    return others.length === 0 ? [] : [`Edited, too: ${others.join(', ')}`];
  },
  editedTotal: (total: number, { status }: Lines) =>
    total === 0
      ? []
      : [`${status === 'scaled' ? 'Edited files that were replaced' : 'Edited files'}: ${total}`],
  edits: (rows: Lines['edits']) =>
    rows.map((row) => `  ${row.file}:${row.line}: ${row.found.trim()} → ${row.scaled.trim()}`),
  fixesNotCarried: (paths: readonly string[], { notCarried }: Lines) => {
    const told = new Set(notCarried.map(({ file }) => file));
    const others = paths.filter((path) => !told.has(path));
    return others.length === 0 ? [] : [`Edits of the last level that are not carried: ${others.join(', ')}`];
  },
  notCarried: (rows: Lines['notCarried'], { load }: Lines) => [
    'Fixes of the last level that are not carried:',
    ...rows.map(
      (row) =>
        `  ${row.file}:${row.line}: baseline ${count(row.baseline, row.unit)}, scaled ${row.scaled}, fixed to ${row.fixed}; at ${load}x now ${row.now}`,
    ),
  ],
  notScaledTotal: (total: number, { status, bySchedule }: Lines) =>
    total === 0 && status !== 'needs_decision' && bySchedule.some(({ intervals }) => intervals > 0)
      ? ['Every window in these files was scaled.']
      : [],
};
