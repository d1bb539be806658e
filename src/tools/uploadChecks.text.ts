/** What uploadChecks says. */

import * as z from 'zod';
import { coverageSchema, coverageText, exceptionsSchema } from '../domain/coverage.ts';
import { plural } from '../domain/text.ts';
import { exceptionsText } from '../review/exceptions.ts';
import type { Review } from '../review/review.ts';
import type { Stale } from '../review/uploadPlan.ts';
import type { Settings } from '../settings.ts';
import { stepsToYes, type Yes } from '../workflow/approvals.ts';
import { retriedText, type Wording } from './text.ts';
import {
  callAgain,
  changedLine,
  declined,
  givenIn,
  listOf,
  loadOutput,
  result,
  rowsOf,
  scheduleInput,
} from './tool.ts';

/** The result of uploadChecks. */
export const uploadChecksResult = z.object({
  ...result,
  status: z.enum(['uploaded', 'unchanged', 'awaiting_approval']),
  load: loadOutput,
  /** Of the files on disk, in a question: an upload has the one that was given. */
  reviewId: z.string().optional(),
  reason: z.string().optional(),
  declined,
  changedSince: listOf(changedLine),
  uploaded: z.int(),
  unchanged: z.int(),
  /** Of the uploaded: the first request failed. */
  retried: z.int().optional(),
  removed: z.int(),
  removedKeys: listOf(z.string()),
  stale: rowsOf(z.string()),
  prefixes: rowsOf(z.object({ schedule: scheduleInput, uri: z.string(), files: z.int() })),
  /** `prefixes` are below CONFIGS_PREFIX. */
  tableMetrics: z.object({ copied: z.int(), unchanged: z.int(), prefixes: rowsOf(z.string()) }),
  /** Of the schedule under test: from the bucket after an upload, planned in a question. */
  coverage: coverageSchema.optional(),
  exceptions: rowsOf(exceptionsSchema),
  changesFile: z.string().optional(),
  warnings: listOf(z.string()),
  callAgain: callAgain.optional(),
});

export const reasons = {
  otherBytes: 'The files on disk do not match this reviewId, so an approval of it does not count.',
  notApproved: 'The user has not approved these bytes yet.',
  declined: "The client's question about these bytes was declined.",
} as const;

export function awaitingText(
  review: Review,
  { removeStale }: { readonly removeStale: boolean },
  reason: string,
  changedLines: number,
  yes: Yes,
) {
  const { reviewId, target, changed, unexpected } = review;
  const parts = [
    `${target.load}x with ${plural(changed.length, 'changed file')}`,
    ...(unexpected.length === 0
      ? []
      : [`${unexpected.length} of them unexpected (reviewConfigs shows the lines)`]),
    ...(changedLines === 0
      ? []
      : [`${plural(changedLines, 'line')} changed since the last approval or scaling`]),
  ];
  return {
    summary: `Nothing was uploaded. ${reason} Under review: ${parts.join(', ')}.`,
    ...stepsToYes('uploadChecks', givenIn({ reviewId, removeStale }), reviewId, yes, changedLines > 0),
  };
}

type Delivery = Pick<
  Result,
  'load' | 'uploaded' | 'unchanged' | 'retried' | 'removed' | 'prefixes' | 'tableMetrics' | 'coverage'
>;

/** `left`: stale objects that are still in the bucket after this upload. */
export function deliveredText(delivery: Delivery, left: Stale) {
  const { load, uploaded, unchanged, retried, removed, prefixes = [], tableMetrics, coverage } = delivery;
  const carried = coverage === undefined || load === 1 ? '' : ` In the bucket: ${coverageText(coverage)}.`;
  const files = prefixes.reduce((sum, prefix) => sum + prefix.files, 0);
  const metrics =
    tableMetrics.copied === 0
      ? ''
      : ` and copied ${plural(tableMetrics.copied, 'table-metrics object')} from production`;
  const removal = removed === 0 ? '' : `, and removed ${plural(removed, 'stale object')}`;
  const stillThere = left.keys.length + left.unmanaged.length;
  const stale =
    stillThere === 0
      ? ''
      : ` Still in the bucket, and would also run: ${plural(stillThere, 'stale object')} of this level.`;
  const isUnchanged = uploaded + tableMetrics.copied + removed === 0;
  return {
    status: isUnchanged ? ('unchanged' as const) : ('uploaded' as const),
    summary: isUnchanged
      ? `All ${files} configs for ${load}x were already in the bucket; nothing was sent.${carried}${stale}`
      : `Uploaded ${plural(uploaded, 'config')} for ${load}x (${unchanged} unchanged)${metrics}${removal}.${retriedText(retried)}${carried}${stale}`,
    nextSteps: [
      `Call uploadDags, so that the DAG reads ${load}x.`,
      ...(left.keys.length === 0
        ? []
        : ['Ask the user about the stale objects: uploadChecks with removeStale: true removes them.']),
    ],
  };
}

export function uploadWarnings(
  isWithoutMetrics: boolean,
  { prodHourlyChecks }: Pick<Settings, 'prodHourlyChecks'>,
  { unmanaged }: Stale,
): string[] {
  return [
    ...(isWithoutMetrics
      ? [
          `Production has no table metrics under ${prodHourlyChecks}: nothing was copied, and earlier copies stay. checkSetup checks the source.`,
        ]
      : []),
    ...(unmanaged.length === 0
      ? []
      : [
          `${plural(unmanaged.length, 'object')} of this level can only be removed by the user, in the S3 console (listed in stale).`,
        ]),
  ];
}

/** For the message of a later failure: what this call has sent by then. */
export function alreadySent(objects: number): string | undefined {
  if (objects === 0) return undefined;
  return `${plural(objects, 'object')} had already been sent; the same call continues from there.`;
}

type Result = z.output<typeof uploadChecksResult>;

/** Left out of a question, where nothing was sent. */
function unlessAsked(title: string) {
  return (sent: number, { status }: Result) => (status === 'awaiting_approval' ? [] : [`${title}: ${sent}`]);
}

export const uploadChecksLines: Wording<Result> = {
  uploaded: unlessAsked('Uploaded'),
  unchanged: unlessAsked('Unchanged'),
  // The summary says it where there is any.
  retried: () => [],
  removed: unlessAsked('Removed'),
  // The summary of a question contains it.
  reason: () => [],
  // The summary has its numbers.
  coverage: (coverage, { load, status }) =>
    status === 'awaiting_approval' && load > 1 ? [`Load: ${coverageText(coverage)}`] : [],
  exceptions: (rows) => rows.map((one) => exceptionsText(one)),
  prefixes: (rows) => rows.map((row) => `  - ${plural(row.files, 'file')} → ${row.uri}`),
  tableMetrics: ({ copied, unchanged, prefixes = [] }, { status }) =>
    status === 'awaiting_approval'
      ? []
      : [`Table metrics: ${copied} copied, ${unchanged} unchanged → ${prefixes.join(', ')}`],
  changedSince: (rows) => [
    'Changed without approval:',
    ...rows.map((row) => `  ${row.file}:${row.line}: ${row.before.trim()} → ${row.after.trim()}`),
  ],
};
