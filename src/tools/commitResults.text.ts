/** What commitResults says. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import type { Commit } from '../ports/repository.ts';
import type { Round } from '../state/session.ts';
import { stepsToYes, type Yes } from '../workflow/approvals.ts';
import { stepAfterCommit, type Wording } from './text.ts';
import { callAgain, loadOutput, result } from './tool.ts';

const commit = z.object({ sha: z.string(), files: z.int(), message: z.string() });

/** The result of commitResults. */
export const commitResultsResult = z.object({
  ...result,
  status: z.enum(['committed', 'unchanged', 'awaiting_approval']),
  load: loadOutput,
  target: commit.extend({ branch: z.string() }).nullable(),
  reports: commit.nullable(),
  warnings: z.array(z.string()),
  callAgain: callAgain.optional(),
});

export function committedText(
  load: number,
  target: Commit | null,
  reports: Commit | null,
  newest: Round | undefined,
) {
  const parts = [
    ...(target?.created
      ? [`${plural(target.files.length, 'config file')} to the target repository (${target.sha.slice(0, 8)})`]
      : []),
    ...(reports?.created
      ? [
          `${plural(reports.files.length, 'report, DAG and cluster config file')} (${reports.sha.slice(0, 8)})`,
        ]
      : []),
  ];
  const isNew = parts.length > 0;
  return {
    status: isNew ? ('committed' as const) : ('unchanged' as const),
    summary: isNew
      ? `Committed ${parts.join(' and ')} for ${load}x.`
      : `All results of ${load}x are already committed.`,
    nextSteps: [
      stepAfterCommit(newest, load),
      'Nothing was pushed, and no git hooks ran; the user decides when to push.',
    ],
  };
}

interface CommitGaps {
  /** No configs of the load under review on disk. */
  readonly configs: boolean;
  /** No repository for the reports. */
  readonly repository: boolean;
  /** No report of the load. */
  readonly report: boolean;
  /** Schedules with a report whose configs are outside the scope on disk. */
  readonly schedules: readonly string[];
}

export function commitWarnings(load: number, missing: CommitGaps): string[] {
  return [
    ...(missing.configs
      ? ['The configs on disk belong to another level or to none, so only the reports were committed.']
      : []),
    ...(missing.repository
      ? ['REPORTS_DIR is not in a git repository with a branch, so the reports were not committed.']
      : []),
    ...(missing.report ? [`${load}x has no report yet, so none was committed.`] : []),
    ...missing.schedules.map(
      (schedule) =>
        `The ${schedule} configs are outside the scope on disk and were not committed. To commit them, call scaleConfigs with schedule ${schedule}, then commitResults.`,
    ),
  ];
}

export function commitAwaitingText(load: number, reviewId: string, mode: Yes['mode']) {
  return {
    status: 'awaiting_approval' as const,
    load,
    target: null,
    reports: null,
    warnings: [],
    summary: `Nothing was committed: the user has not approved the ${load}x configs on disk (review ${reviewId}).`,
    ...stepsToYes('commitResults', { load }, reviewId, { mode, needed: true }),
  };
}

export const commitResultsLines: Wording<z.output<typeof commitResultsResult>> = {
  target: (target) =>
    target === null ? [] : [`Target: ${commitText(target)} on ${target.branch}: ${target.message}`],
  reports: (reports) => (reports === null ? [] : [`Reports: ${commitText(reports)}: ${reports.message}`]),
};

function commitText({ sha, files }: z.output<typeof commit>): string {
  return `${plural(files, 'file')}, ${sha.slice(0, 8)}`;
}
