import * as z from 'zod';
import { clean } from '../domain/foreignText.ts';
import { takeWithinBudget } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import type { Review } from '../review/review.ts';
import {
  type PlannedUpload,
  planTableMetrics,
  planUploads,
  prefixesOf,
  type Stale,
  staleIn,
} from '../review/uploadPlan.ts';
import type { Session } from '../state/session.ts';
import { isApproved } from '../workflow/approvals.ts';
import { changedSinceApproval, keepReview, readReview } from '../workflow/checks.ts';
import { requireNoRoundUnderWay } from '../workflow/rounds.ts';
import { defineTool, reviewIdInput, type ToolCall } from './tool.ts';
import {
  alreadySent,
  awaitingText,
  deliveredText,
  reasons,
  uploadChecksLines,
  uploadChecksResult,
  uploadWarnings,
} from './uploadChecks.text.ts';

const input = z.strictObject({
  reviewId: reviewIdInput.describe('the review that the user saw'),
  approved: z.boolean().optional().describe('true when the user approved this review in their own words'),
  removeStale: z
    .boolean()
    .default(false)
    .describe('remove objects of this level that are no longer in the repository'),
});

type Input = z.output<typeof input>;
type Output = z.input<typeof uploadChecksResult>;
type UploadChecksPorts = Pick<
  Ports,
  'store' | 'target' | 'sessions' | 'blobs' | 'settings' | 'clusters' | 'dags'
>;

export const uploadChecks = defineTool({
  name: 'uploadChecks',
  title: 'Upload the reviewed configs to S3',
  description:
    'Uploads the configs that the user approved (reviewId from scaleConfigs, fixInterval or reviewConfigs) to the load-test prefixes in S3, and copies the table metrics from production. Sends only bytes of an approved review; set approved only when the user said so. Unchanged objects are not sent again.',
  effect: 'write',
  openWorld: true,
  asksEveryTime: true,
  input,
  output: uploadChecksResult,
  run: runUploadChecks,
  lines: uploadChecksLines,
});

async function runUploadChecks(given: Input, ports: UploadChecksPorts, call: ToolCall): Promise<Output> {
  const { session, review } = await readReview(ports, { forWriting: true }, call);
  if (given.reviewId !== review.reviewId) return askAgain(ports, session, review, reasons.otherBytes);
  await requireNoRoundUnderWay(ports, session, call);
  if (!(await isApproved(ports, session, review, given.approved, call)))
    return askAgain(ports, session, review, reasons.notApproved);
  // The user may take minutes to answer, and a round may have started meanwhile.
  if (given.approved === undefined) await requireNoRoundUnderWay(ports, await ports.sessions.load(), call);

  const production = await productionOf(ports, review, call);
  await ports.sessions.record(() => [{ type: 'begun', tool: 'uploadChecks', arguments: { ...given } }]);
  const sent = await sendConfigs(ports, review, call);
  const afterConfigs = { ...call, already: alreadySent(sent.uploaded) };
  const metrics = await copyTableMetrics(ports, review, production, afterConfigs);
  const afterCopies = { ...call, already: alreadySent(sent.uploaded + metrics.fields.copied) };
  const fresh = new Set<string>([...sent.uploads.map(({ key }) => key), ...metrics.keys]);
  const stale = await findStale(ports, review, fresh, afterCopies);
  const prefixes = prefixFields(ports, review, sent.uploads);
  const { reviewId, target } = review;
  const schedules = prefixes.map(({ schedule }) => schedule);
  const upload = { load: target.load, schedules, reviewId, files: sent.uploads.length };
  await ports.sessions.record(() => [{ type: 'checksUploaded', ...upload }]);
  // Only after the upload is recorded: a failed removal must not make it look unfinished.
  const removed = given.removeStale ? stale.keys : [];
  if (removed.length > 0) await ports.store.remove(removed, afterCopies);

  const left = { keys: given.removeStale ? [] : stale.keys, unmanaged: stale.unmanaged };
  const fields = {
    ...reviewFields(review),
    uploaded: sent.uploaded,
    unchanged: sent.unchanged,
    removed: removed.length,
    removedKeys: takeWithinBudget(removed, 1200),
    stale: takeWithinBudget([...left.keys, ...left.unmanaged.map((key) => clean(key, 300))], 1200),
    prefixes,
    tableMetrics: metrics.fields,
    warnings: uploadWarnings(production !== undefined && metrics.keys.length === 0, ports.settings, stale),
  };
  return { ...fields, ...deliveredText(fields, left) };
}

/** Sends nothing: shows what changed, and the reviewId of the files on disk. */
async function askAgain(
  ports: UploadChecksPorts,
  session: Session,
  review: Review,
  reason: string,
): Promise<Output> {
  const { reviewId } = review;
  const changedSince = await changedSinceApproval(ports, session, review);
  const manifest = await keepReview(ports, review);
  await ports.sessions.record(() => [{ type: 'reviewed', reviewId, manifest }]);
  const approval = {
    mode: ports.settings.approval,
    needed: review.approvalNeeded && !session.approved.has(reviewId),
  };
  return {
    ...reviewFields(review),
    status: 'awaiting_approval',
    reason,
    changedSince: takeWithinBudget(changedSince, 3000),
    uploaded: 0,
    unchanged: 0,
    removed: 0,
    removedKeys: [],
    stale: [],
    prefixes: [],
    tableMetrics: { copied: 0, unchanged: 0, prefixes: [] },
    warnings: [],
    ...awaitingText(review, reason, changedSince.length, approval),
  };
}

function reviewFields({ target, reviewId, unrecognised, untracked }: Review) {
  return {
    load: target.load,
    reviewId,
    unrecognised: takeWithinBudget(unrecognised, 600),
    untracked: takeWithinBudget(untracked, 600),
  };
}

type Production = Awaited<ReturnType<Ports['store']['listUri']>>;

/** Production's hourly configs, where table metrics are needed; read before anything is sent. */
async function productionOf(
  ports: UploadChecksPorts,
  review: Review,
  call: ToolCall,
): Promise<Production | undefined> {
  const hourly = prefixesOf(review, ports.settings).some(({ schedule }) => schedule === 'hourly');
  return hourly ? ports.store.listUri(`${ports.settings.prodHourlyChecks}/`, call) : undefined;
}

async function sendConfigs(ports: UploadChecksPorts, review: Review, call: ToolCall) {
  const uploads = planUploads(review, ports.settings);
  const { sent, unchanged } = await ports.store.upload(
    uploads.map(({ key, bytes }) => ({ key, body: async () => bytes })),
    call,
  );
  return { uploads, uploaded: sent.length, unchanged: unchanged.length };
}

/** Table metrics are read from production and only written to the hourly load-test prefixes. */
async function copyTableMetrics(
  ports: UploadChecksPorts,
  review: Review,
  production: Production | undefined,
  watch: Watch,
) {
  if (production === undefined) return { keys: [], fields: { copied: 0, unchanged: 0, prefixes: [] } };
  const { copies, loads } = planTableMetrics(production, review.target.load, ports.settings);
  const { bucket } = production;
  const { sent, unchanged } = await ports.store.copy(
    copies.map(({ object, to }) => ({ from: { bucket, object }, to })),
    watch,
  );
  const folder = `s3://${ports.settings.bucket}/${ports.settings.configsPrefix}/hourly`;
  return {
    keys: copies.map(({ to }) => to),
    fields: {
      copied: sent.length,
      unchanged: unchanged.length,
      prefixes: loads.map((load) => `${folder}/${load}x/`),
    },
  };
}

async function findStale(
  ports: UploadChecksPorts,
  review: Review,
  fresh: ReadonlySet<string>,
  watch: Watch,
): Promise<Stale> {
  const { load } = review.target;
  const found = await Promise.all(
    prefixesOf(review, ports.settings).map(async ({ schedule, prefix }) =>
      staleIn(await ports.store.list(prefix, watch), fresh, { schedule, load }, ports.settings),
    ),
  );
  return {
    keys: found.flatMap(({ keys }) => keys),
    unmanaged: found.flatMap(({ unmanaged }) => unmanaged),
  };
}

function prefixFields(ports: UploadChecksPorts, review: Review, uploads: readonly PlannedUpload[]) {
  return prefixesOf(review, ports.settings).map(({ schedule, prefix }) => ({
    schedule,
    uri: `s3://${ports.settings.bucket}/${prefix}`,
    files: uploads.filter((upload) => upload.schedule === schedule).length,
  }));
}
