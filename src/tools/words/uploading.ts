/** What uploadChecks says. */
import type { Review } from '../../checks/review.ts';
import { count } from '../text.ts';
import { stepsToYes, type Yes } from './approving.ts';

export function awaitingApproval(review: Review, reason: string, changedLines: number, yes: Yes) {
  const { reviewId, target, changed, unexpected } = review;
  const parts = [
    `${target.load}x with ${count(changed.length, 'changed file')}`,
    ...(unexpected.length === 0
      ? []
      : [`${unexpected.length} of them not as expected (reviewConfigs shows the lines)`]),
    ...(changedLines === 0
      ? []
      : [`${count(changedLines, 'line')} changed since the last approved or scaled ones`]),
  ];
  return {
    status: 'awaiting_approval' as const,
    summary: `Nothing was uploaded. ${reason} Under review: ${parts.join(', ')}.`,
    ...stepsToYes('uploadChecks', { reviewId }, reviewId, yes, changedLines > 0),
  };
}

interface Told {
  readonly load: number;
  readonly uploaded: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly prefixes: readonly { readonly files: number }[];
  readonly tableMetrics: { readonly copied: number };
}

export function uploadedWords(told: Told, left: { readonly removable: number; readonly odd: number }) {
  const staleLeft = left.removable + left.odd;
  const sent = told.uploaded + told.tableMetrics.copied + told.removed;
  const files = told.prefixes.reduce((sum, prefix) => sum + prefix.files, 0);
  const metrics =
    told.tableMetrics.copied === 0
      ? ''
      : `, and copied ${count(told.tableMetrics.copied, 'table-metrics object')} from production`;
  const removed = told.removed === 0 ? '' : ` Removed ${count(told.removed, 'stale object')}.`;
  const stale =
    staleLeft === 0
      ? ''
      : ` ${count(staleLeft, 'stale object')} of this level ${staleLeft === 1 ? 'is' : 'are'} still in the bucket and would run, too.`;
  return {
    status: sent === 0 ? ('unchanged' as const) : ('uploaded' as const),
    summary:
      sent === 0
        ? `All ${files} configs of ${told.load}x were in the bucket already; nothing was sent.${stale}`
        : `Uploaded ${count(told.uploaded, 'config')} for ${told.load}x (${told.unchanged} unchanged)${metrics}.${removed}${stale}`,
    nextSteps: [
      `uploadDags, so that the DAG reads ${told.load}x.`,
      ...(left.removable === 0
        ? []
        : ['Ask the person about the stale objects: uploadChecks with removeStale: true removes them.']),
    ],
  };
}
