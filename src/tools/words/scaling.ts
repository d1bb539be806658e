/** What scaleConfigs says in each of its four ends. */

import type { ReviewTarget } from '../../checks/review.ts';
import type { ScalePlan } from '../../checks/scalePlan.ts';
import { count } from './text.ts';

interface Facts {
  readonly target: ReviewTarget;
  readonly plan: ScalePlan;
  readonly filesChanged: number;
  readonly intervalsChanged: number;
  readonly approvalNeeded: boolean;
  readonly reviewId: string;
}

export function decisionWords({ target, plan }: Facts) {
  const files = count(plan.edited.length, 'check file');
  return {
    status: 'needs_decision' as const,
    summary: `${files} on disk ${plan.edited.length === 1 ? 'was' : 'were'} edited by somebody since the last scaling. Nothing was written.`,
    nextSteps: [
      'Ask the person: keep the edits, or replace them?',
      'To keep them: approve them with uploadChecks at the present load first, or commit them.',
      `To replace them (a patch is saved first): scaleConfigs with load ${target.load} and overwriteEdits: true.`,
    ],
    callAgain: {
      tool: 'scaleConfigs',
      arguments: { load: target.load, schedule: target.schedule, scope: target.scope, overwriteEdits: true },
    },
  };
}

export function dryRunWords({ target, plan, filesChanged, intervalsChanged }: Facts) {
  const edits =
    plan.edited.length === 0
      ? ''
      : ` ${count(plan.edited.length, 'edited file')} would be saved as a patch first.`;
  return {
    status: 'dry_run' as const,
    summary: `Dry run for ${target.load}x: ${count(plan.writes.length, 'file')} would be written; ${count(filesChanged, 'file')} with ${count(intervalsChanged, 'interval')} would then differ from the baseline.${edits} Nothing was written.`,
    nextSteps: [`scaleConfigs with load ${target.load} (dryRun left out) writes it.`],
    callAgain: {
      tool: 'scaleConfigs',
      arguments: { load: target.load, schedule: target.schedule, scope: target.scope },
    },
  };
}

export function scaledWords({
  target,
  plan,
  filesChanged,
  intervalsChanged,
  approvalNeeded,
  reviewId,
}: Facts) {
  const written = plan.writes.length;
  const now =
    filesChanged === 0
      ? 'every file under test holds its baseline'
      : `${count(filesChanged, 'file')} with ${count(intervalsChanged, 'interval')} differ from the baseline`;
  const what =
    written === 0
      ? `The configs already are at ${target.load}x: ${now}.`
      : `Modified ${count(written, 'config file')} for ${target.load}x load (${target.schedule} under test): ${now}.`;
  return {
    status: written === 0 ? ('unchanged' as const) : ('scaled' as const),
    summary: what,
    nextSteps: approvalNeeded
      ? [
          'The person reviews the git diff in the target repository (PyCharm shows it well) and replies "approved" or names what is wrong (fixInterval mends a value).',
          `When approved: uploadChecks with reviewId ${reviewId} and approved: true.`,
        ]
      : [`No approval is needed: uploadChecks with reviewId ${reviewId}.`],
  };
}
