/** What reviewConfigs says. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import type { Review } from '../review/review.ts';
import { ofThisResult, type Yes, yesTo } from '../workflow/approvals.ts';
import type { Wording } from './text.ts';
import { changedLine, loadOutput, result, rowsOf, totalOf } from './tool.ts';

/** The result of reviewConfigs. */
export const reviewConfigsResult = z.object({
  ...result,
  reviewId: z.string(),
  load: loadOutput,
  approved: z.boolean(),
  approvalNeeded: z.boolean(),
  filesChanged: z.int(),
  changedSince: rowsOf(changedLine),
  changedSinceTotal: totalOf,
  fixes: rowsOf(z.string()),
  unexpected: rowsOf(z.object({ file: z.string(), line: z.int(), expected: z.string(), found: z.string() })),
  unexpectedTotal: totalOf,
  changesFile: z.string(),
});

type Result = z.output<typeof reviewConfigsResult>;

export function reviewText(
  review: Review,
  fields: Pick<Result, 'approved' | 'approvalNeeded'> & {
    readonly changedSinceTotal: number;
    readonly unexpectedTotal: number;
  },
  mode: Yes['mode'],
) {
  const { reviewId, target } = review;
  const needed = fields.approvalNeeded ? 'These bytes are not approved yet.' : 'No approval is needed.';
  const approval = fields.approved ? 'The user approved these bytes.' : needed;
  const show =
    fields.changedSinceTotal === 0
      ? 'Ask the user to review the git diff in the target repository.'
      : 'Show the user the lines that changed without approval (changedSince).';
  return {
    summary: `${target.load}x: ${differences(review, fields.unexpectedTotal)}. ${approval}`,
    nextSteps: fields.approvalNeeded
      ? [show, ...yesTo('uploadChecks', { reviewId: ofThisResult }, reviewId, mode)]
      : [`Call uploadChecks with reviewId ${reviewId}.`],
  };
}

/** Before the first level nothing can be approved or uploaded. */
export function withoutLevelText({ changed }: Review) {
  const edited = `${plural(changed.length, 'check file')} ${changed.length === 1 ? 'differs' : 'differ'} from the baseline`;
  return {
    summary: `No load level is on disk: ${changed.length === 0 ? 'every file is at its baseline' : edited}.`,
    nextSteps: [
      changed.length === 0
        ? 'Call scaleConfigs with the load to test.'
        : 'Call scaleConfigs with the load to test; it asks the user about edits that are no load level.',
    ],
  };
}

function differences({ changed, changedOutside, target }: Review, unexpectedLines: number): string {
  const scope = target.scope === 'schedule' ? `${target.schedule} ` : '';
  const outside =
    changedOutside === 0
      ? ''
      : `; changes in ${plural(changedOutside, 'file')} of other schedules are not part of this review`;
  if (changed.length === 0) return `every ${scope}file is at its baseline${outside}`;
  const files = `${plural(changed.length, 'file')} ${changed.length === 1 ? 'differs' : 'differ'} from the baseline`;
  if (unexpectedLines === 0) return `${files}, as expected (baseline × load or a known fix)${outside}`;
  const lines = `${plural(unexpectedLines, 'line')} ${unexpectedLines === 1 ? 'is' : 'are'}`;
  return `${files}, and ${lines} neither baseline × load nor a known fix${outside}`;
}

export const reviewConfigsLines: Wording<Result> = {
  changedSince: (rows, { changedSinceTotal = 0 }) => [
    `Changed without approval (${plural(changedSinceTotal, 'line')}):`,
    ...rows.flatMap((row) => [
      `  ${row.file}:${row.line}`,
      `    - ${row.before.trim()}`,
      `    + ${row.after.trim()}`,
    ]),
  ],
  changedSinceTotal: () => [],
  unexpected: (rows, { unexpectedTotal = 0, changedSince = [] }) => [
    `Neither baseline × load nor a known fix (${plural(unexpectedTotal, 'line')}):`,
    ...rows.map((row) => {
      const isAbove = changedSince.some(
        ({ file, line, before, after }) =>
          file === row.file && line === row.line && before === row.expected && after === row.found,
      );
      const lines = `expected "${row.expected.trim()}", found "${row.found.trim()}"`;
      return `  ${row.file}:${row.line}: ${isAbove ? 'as above' : lines}`;
    }),
  ],
  unexpectedTotal: () => [],
};
