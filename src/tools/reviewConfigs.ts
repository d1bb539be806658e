import * as z from 'zod';
import { fitting } from '../checks/fitting.ts';
import type { Review } from '../checks/review.ts';
import { changedSinceApproval, fileChanges, keepReview, readReview } from '../facts/checks.ts';
import type { Ports } from '../ports.ts';
import { count, textOf } from './text.ts';
import { defineTool, loadOutput, result } from './tool.ts';
import { yesTo } from './words/approving.ts';

export const reviewConfigs = defineTool({
  name: 'reviewConfigs',
  title: 'Show what is under review',
  description:
    'Says what the check files on disk amount to now: the reviewId that an upload must name, whether the person approved it, what changed on disk since the last approval, and every line that is neither baseline × load nor a known fix. Call it after the person edited files or reported a problem.',
  effect: 'read',
  idempotent: true,
  openWorld: false,
  input: z.strictObject({}),
  output: z.object({
    ...result,
    reviewId: z.string(),
    load: loadOutput,
    approved: z.boolean(),
    approvalNeeded: z.boolean(),
    filesChanged: z.int(),
    changedSince: z.array(
      z.object({ file: z.string(), line: z.int(), before: z.string(), after: z.string() }),
    ),
    changedSinceTotal: z.int(),
    fixes: z.array(z.string()),
    unexpected: z.array(
      z.object({ file: z.string(), line: z.int(), expected: z.string(), found: z.string() }),
    ),
    unexpectedTotal: z.int(),
  }),
  async run(_, ports: Pick<Ports, 'target' | 'sessions' | 'blobs' | 'settings'>, call) {
    const { session, review } = await readReview(ports, { forWriting: false }, call);
    const { reviewId, target } = review;
    const approved = session.approved.has(reviewId);
    const approvalNeeded = review.approvalNeeded && !approved;
    const changedSince = approved ? [] : await changedSinceApproval(ports, session, review);
    const manifest = await keepReview(ports, review);
    await ports.sessions.record(() => [{ type: 'reviewed', reviewId, manifest }]);

    const unexpected = review.unexpected.flatMap((one) =>
      fileChanges(one.path, one.bytes, one.file.disk).map(({ file, line, before, after }) => ({
        file,
        line,
        expected: before,
        found: after,
      })),
    );
    const nextSteps = approvalNeeded
      ? [
          changedSince.length === 0
            ? 'The person looks at the git diff in the target repository.'
            : 'Show the person the lines that changed without approval (changedSince).',
          ...yesTo('uploadChecks', { reviewId }, reviewId, ports.settings.approval),
        ]
      : [`uploadChecks with reviewId ${reviewId}.`];
    return {
      summary: [
        `${target.load}x: ${differing(review, unexpected.length)}.`,
        approved
          ? 'The person approved these bytes.'
          : approvalNeeded
            ? 'These bytes are not approved yet.'
            : 'No approval is needed.',
      ].join(' '),
      nextSteps,
      reviewId,
      load: target.load,
      approved,
      approvalNeeded,
      filesChanged: review.changed.length,
      changedSince: fitting(changedSince, 2400),
      changedSinceTotal: changedSince.length,
      fixes: fitting(
        review.files.flatMap((one) => (one.fix === undefined ? [] : [one.path])),
        800,
      ),
      unexpected: fitting(unexpected, 2400),
      unexpectedTotal: unexpected.length,
    };
  },
  render: (output) =>
    textOf(output, {
      changedSince: (rows, { changedSinceTotal }) => [
        `Changed without approval (${count(changedSinceTotal, 'line')}):`,
        ...rows.flatMap(lineChange),
      ],
      changedSinceTotal: () => [],
      unexpected: (rows, { unexpectedTotal, changedSince }) => [
        `Neither baseline × load nor a known fix (${count(unexpectedTotal, 'line')}):`,
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
    }),
});

function differing({ changed, changedOutside, target }: Review, unexpectedLines: number): string {
  const files = changed.length;
  const only = target.scope === 'schedule' ? ` of ${target.schedule}` : '';
  const others =
    changedOutside === 0
      ? ''
      : `; ${count(changedOutside, 'file')} of other schedules ${changedOutside === 1 ? 'differs' : 'differ'}, and ${changedOutside === 1 ? 'is' : 'are'} no part of this`;
  if (files === 0) return `every file${only} holds its baseline${others}`;
  const differ = `${count(files, 'file')} ${files === 1 ? 'differs' : 'differ'} from the baseline`;
  if (unexpectedLines === 0) return `${differ}, by baseline × load or a known fix alone${others}`;
  return `${differ}, and ${count(unexpectedLines, 'line')} ${unexpectedLines === 1 ? 'is' : 'are'} neither baseline × load nor a known fix${others}`;
}

function lineChange(row: { file: string; line: number; before: string; after: string }): string[] {
  return [`  ${row.file}:${row.line}`, `    - ${row.before.trim()}`, `    + ${row.after.trim()}`];
}
