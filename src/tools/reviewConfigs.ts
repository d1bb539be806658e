import * as z from 'zod';
import { takeWithinBudget } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import { fileChanges } from '../review/lineChanges.ts';
import type { Review } from '../review/review.ts';
import {
  changedSinceApproval,
  keepReview,
  type ReviewPorts,
  readReview,
  writeReviewFile,
} from '../workflow/checks.ts';
import {
  reviewConfigsLines,
  reviewConfigsResult,
  reviewText,
  withoutLevelText,
} from './reviewConfigs.text.ts';
import { defineTool, type ToolCall } from './tool.ts';

const input = z.strictObject({});

export const reviewConfigs = defineTool({
  name: 'reviewConfigs',
  title: 'Show what is under review',
  description:
    'Reviews the check files on disk: the reviewId that an upload must name, whether the user approved it, what changed on disk since the last approval, and every line that is neither baseline × load nor a known fix. Call it after the user edits files or reports a problem.',
  effect: 'read',
  needsBaseline: true,
  input,
  output: reviewConfigsResult,
  run: runReviewConfigs,
  lines: reviewConfigsLines,
});

/** Before the first level, what the user edited is what differs from the baseline. */
const baselineOf = { load: 1, schedule: '15m', scope: 'all' } as const;

async function runReviewConfigs(_: object, ports: ReviewPorts & Pick<Ports, 'notes'>, call: ToolCall) {
  const { session, review } = await readReview(ports, { forWriting: false, withoutLevel: baselineOf }, call);
  const isLevel = session.level !== undefined;
  const { reviewId, target } = review;
  const approved = session.approved.has(reviewId);
  const approvalNeeded = review.approvalNeeded && !approved;
  const changedSince = approved || !isLevel ? [] : await changedSinceApproval(ports, session, review);
  const unexpected = unexpectedLines(review);

  const manifest = await keepReview(ports, review);
  if (isLevel) await ports.sessions.record(() => [{ type: 'reviewed', reviewId, manifest }]);
  const fields = {
    reviewId,
    load: target.load,
    approved,
    approvalNeeded,
    filesChanged: review.changed.length,
    changedSince: takeWithinBudget(changedSince, 2400),
    changedSinceTotal: changedSince.length,
    fixes: takeWithinBudget(
      review.files.filter(({ fix }) => fix !== undefined).map(({ path }) => path),
      800,
    ),
    unexpected: takeWithinBudget(unexpected, 2400),
    unexpectedTotal: unexpected.length,
    changesFile: await writeReviewFile(ports, review),
  };
  const text = isLevel ? reviewText(review, fields, ports.settings.approval) : withoutLevelText(review);
  return { ...text, ...fields };
}

function unexpectedLines(review: Review) {
  return review.unexpected.flatMap((one) =>
    fileChanges(one.path, one.bytes, one.file.disk).map(({ file, line, before, after }) => ({
      file,
      line,
      expected: before,
      found: after,
    })),
  );
}
