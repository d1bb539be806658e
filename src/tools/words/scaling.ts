/** What scaleConfigs says in each of its four ends. */

import type { ReviewTarget } from '../../checks/review.ts';
import type { ScalePlan } from '../../checks/scalePlan.ts';
import { type Yes, yesTo } from './approving.ts';
import { count } from './text.ts';

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
    nextSteps: approvalNeeded
      ? [
          'The person reviews the git diff in the target repository (PyCharm shows it well) and replies "approved" or names what is wrong (fixInterval mends a value).',
          ...yesTo('uploadChecks', { reviewId }, reviewId, mode),
          ...(plan.fixesNotCarried.length === 0
            ? []
            : [
                'The person says whether the fixes of the last level (fixesNotCarried) hold here, too: fixInterval makes them again.',
              ]),
        ].slice(0, 3)
      : [`No approval is needed: uploadChecks with reviewId ${reviewId}.`],
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
}

/** The fields of the result that a reviewer reads line by line. */
export const scalingLines = {
  // The summary names the schedule.
  scheduleFrom: () => [],
  bySchedule: (rows: Lines['bySchedule']) =>
    rows.map((row) => {
      const note = row.note === undefined ? '' : ` (${row.note})`;
      return `  - ${row.changed} of ${count(row.files, 'file')} in ${row.pattern}, ${count(row.intervals, 'interval')}${note}`;
    }),
  sample: (rows: Lines['sample']) => [
    'Sample:',
    ...rows.map((row) => {
      const baseline = row.before === row.baseline ? '' : ` (baseline ${row.baseline})`;
      return `  ${row.file}:${row.line}: ${row.before} → ${row.after}${baseline}`;
    }),
  ],
  notScaled: (rows: Lines['notScaled'], { notScaledTotal }: Lines) => [
    `Not scaled (${notScaledTotal} in all):`,
    ...rows.map((row) => `  ${row.file}:${row.line}: ${row.text} (${row.reason})`),
  ],
  editedTotal: (total: number) => (total === 0 ? [] : [`Edited files: ${total}`]),
  notScaledTotal: (total: number) => (total === 0 ? ['Not scaled: nothing was left out.'] : []),
};
