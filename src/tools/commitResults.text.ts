/** What commitResults says. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import type { Commit } from '../ports/repository.ts';
import type { Round, Session } from '../state/session.ts';
import { stepsToYes, type Yes } from '../workflow/approvals.ts';
import { rerun, stepAfterCommit, type Wording } from './text.ts';
import { callAgain, declined, givenIn, listOf, loadOutput, result } from './tool.ts';

const commit = z.object({ sha: z.string(), files: z.int(), message: z.string() });

/** The result of commitResults. */
export const commitResultsResult = z.object({
  ...result,
  status: z.enum(['committed', 'unchanged', 'awaiting_approval', 'needs_decision']),
  load: loadOutput,
  target: commit.extend({ branch: z.string() }).nullable(),
  reports: commit.nullable(),
  declined,
  warnings: listOf(z.string()),
  callAgain: callAgain.optional(),
});

export function committedText(
  load: number,
  target: Commit | null,
  reports: Commit | null,
  rounds: readonly Round[],
  notRun: readonly string[],
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
    nextSteps: [nextAfter(rounds, notRun, load), 'Nothing was pushed, no hooks ran: the user decides.'],
  };
}

/** A round that ended without a report is reported first; configs that have not run are run first. */
function nextAfter(rounds: readonly Round[], notRun: readonly string[], load: number): string {
  const ended = rounds.findLast((one) => one.finished !== undefined && one.report === undefined);
  if (ended !== undefined)
    return `Round ${ended.round} (${load}x ${ended.schedule}) ended without a report: call buildReport with round ${ended.round}, then commitResults again.`;
  if (notRun.length > 0) return `The ${notRun.join(' and ')} configs have not run yet: ${rerun(load)}`;
  return stepAfterCommit(
    rounds.findLast((one) => one.report !== undefined),
    load,
  );
}

/** What the call was given; a repeated call is given the same. */
interface Given {
  readonly keyFindings?: string | undefined;
  readonly withoutReport: boolean;
}

/** Nothing of the load ever ran: are the configs to be committed alone? */
export function neverRanText(session: Session, { keyFindings }: Pick<Given, 'keyFindings'>, load: number) {
  const other = session.rounds.findLast(
    (one) => one.report !== undefined && !one.committed && !one.abandoned && one.load !== load,
  );
  return {
    status: 'needs_decision' as const,
    load,
    target: null,
    reports: null,
    warnings: [],
    summary: `No run of ${load}x was seen yet, so there are no results to commit. Nothing was committed.`,
    nextSteps: [
      ...(other
        ? [`The results of ${other.load}x are not committed: commitResults with load ${other.load}.`]
        : []),
      `Ask the user: commit the ${load}x configs alone (withoutReport: true), or run ${load}x first?`,
    ],
    callAgain: { tool: 'commitResults', arguments: givenIn({ keyFindings, load, withoutReport: true }) },
  };
}

interface CommitGaps {
  /** No repository for the reports. */
  readonly repository: boolean;
  /** No report of the load. */
  readonly report: boolean;
  /** Schedules that ran before, and whose newest upload has not. */
  readonly notRun: readonly string[];
  /** Committed files that are different on disk. */
  readonly differOnDisk: number;
  /** Files of HEAD that are not the approved bytes. */
  readonly differs: readonly string[];
  /** The user signs commits, and this one could not be signed. */
  readonly unsigned: boolean;
}

export function commitWarnings(load: number, missing: CommitGaps): string[] {
  return [
    ...(missing.differs.length > 0
      ? [
          `HEAD has other bytes than the approved ones in ${plural(missing.differs.length, 'file')} (a filter of the repository changes them): ${missing.differs.slice(0, 5).join(', ')}.`,
        ]
      : []),
    ...(missing.differOnDisk > 0
      ? [
          missing.differOnDisk === 1
            ? `1 file on disk differs from the uploaded ${load}x configs; the uploaded one was committed.`
            : `${missing.differOnDisk} files on disk differ from the uploaded ${load}x configs; the uploaded ones were committed.`,
        ]
      : []),
    ...(missing.unsigned ? ['Unsigned: git could not sign the commit without a prompt.'] : []),
    ...(missing.repository
      ? ['REPORTS_DIR is not in a git repository with a branch, so the reports were not committed.']
      : []),
    ...(missing.report ? [`${load}x has no report yet, so none was committed.`] : []),
    ...missing.notRun.map(
      (schedule) =>
        `The ${schedule} configs were uploaded again after the latest ${load}x run and have not run: no verdict is about them.`,
    ),
  ];
}

export function commitAwaitingText(
  { keyFindings, withoutReport }: Given,
  load: number,
  reviewId: string,
  yes: Yes,
) {
  const steps = stepsToYes('commitResults', givenIn({ load, withoutReport }), reviewId, yes);
  const { tool, arguments: again } = steps.callAgain;
  return {
    status: 'awaiting_approval' as const,
    load,
    target: null,
    reports: null,
    warnings: [],
    ...(yes.declined && { declined: true as const }),
    summary: yes.declined
      ? `Nothing was committed: the client's question about the ${load}x configs (review ${reviewId}) was declined.`
      : `Nothing was committed: the user has not approved the ${load}x configs on disk (review ${reviewId}).`,
    nextSteps: steps.nextSteps,
    callAgain: { tool, arguments: givenIn({ keyFindings, ...again }) },
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
