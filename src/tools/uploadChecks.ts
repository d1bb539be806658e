import * as z from 'zod';
import type { Coverage } from '../domain/coverage.ts';
import { clean } from '../domain/foreignText.ts';
import { takeWithinBudget } from '../domain/text.ts';
import type { StoredObject } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import { byCause, type Exception } from '../review/exceptions.ts';
import { shownCoverage } from '../review/levelSummary.ts';
import { plannedCoverage, type Review } from '../review/review.ts';
import {
  type ListedPrefix,
  leftKeys,
  listedCoverage,
  type PlannedUpload,
  planTableMetrics,
  planUploads,
  prefixesOf,
  type Stale,
  staleAmong,
} from '../review/uploadPlan.ts';
import type { Session } from '../state/session.ts';
import { askApproval } from '../workflow/approvals.ts';
import { changedSinceApproval, keepReview, readReview, writeReviewFile } from '../workflow/checks.ts';
import { keepBytes } from '../workflow/commits/keptLevels.ts';
import { untoldRunsAndLoad, untoldText } from '../workflow/otherRuns.ts';
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
  'store' | 'target' | 'sessions' | 'blobs' | 'settings' | 'notes' | 'clusters' | 'dags' | 'clock'
>;

export const uploadChecks = defineTool({
  name: 'uploadChecks',
  title: 'Upload the reviewed configs to S3',
  description:
    'Uploads the configs that the user approved (reviewId from scaleConfigs, fixInterval or reviewConfigs) to the load-test prefixes in S3, and copies the table metrics from production. Sends only bytes of an approved review; set approved only when the user said so. Unchanged objects are not sent again.',
  effect: 'write',
  needsBaseline: true,
  openWorld: true,
  asksEveryTime: true,
  input,
  output: uploadChecksResult,
  run: runUploadChecks,
  lines: uploadChecksLines,
});

async function runUploadChecks(given: Input, ports: UploadChecksPorts, call: ToolCall): Promise<Output> {
  const { session, review } = await readReview(ports, { forWriting: true }, call);
  if (given.reviewId !== review.reviewId) return askAgain(given, ports, review, reasons.otherBytes);
  await requireNoRoundUnderWay(ports, session, call);
  const asked = await whyAskAgain(given, ports, session, review, call);
  if (asked.question !== undefined) return askAgain(given, ports, review, asked.question);
  // The user may take minutes to answer, and a round may have started meanwhile.
  if (given.approved === undefined) await requireNoRoundUnderWay(ports, await ports.sessions.load(), call);

  const production = await productionOf(ports, review, call);
  await ports.sessions.record(() => [{ type: 'begun', tool: 'uploadChecks', arguments: { ...given } }]);
  const sent = await sendConfigs(ports, review, call);
  const afterConfigs = { ...call, already: alreadySent(sent.fields.uploaded) };
  const metrics = await copyTableMetrics(ports, review, production, afterConfigs);
  const delivered = sent.fields.uploaded + metrics.fields.copied;
  const afterCopies = { ...call, already: alreadySent(delivered) };
  const fresh = new Set<string>([...sent.uploads.map(({ key }) => key), ...metrics.keys]);
  const before = new Map(delivered === 0 ? [...sent.listed, ...metrics.listed] : []);
  const listed = await listPrefixes(ports, review, { before, expected: [...fresh] }, afterCopies);
  const stale = staleAmong(listed, fresh, review.target.load, ports.settings);
  const removed = given.removeStale ? stale.keys : [];
  const result = { files: sent.uploads.length, listed, refused: metrics.refused };
  const coverage = await finishUpload(ports, session, review, result, removed, afterCopies);

  const left = { ...stale, keys: given.removeStale ? [] : stale.keys };
  const fields = {
    ...reviewFields(review, coverage, metrics.refused),
    ...sent.fields,
    removed: removed.length,
    removedKeys: takeWithinBudget(removed, 1200),
    stale: takeWithinBudget([...left.keys, ...left.unmanaged.map((key) => clean(key, 300))], 1200),
    prefixes: prefixFields(ports, review, sent.uploads),
    tableMetrics: metrics.fields,
    warnings: [
      ...asked.warnings,
      ...uploadWarnings(production !== undefined && metrics.keys.length === 0, ports.settings, stale),
    ],
  };
  return { ...fields, ...deliveredText(fields, left) };
}

/** Checks without a file that are read to see what they are; more of them count as unscaled. */
const mostRead = 40;

interface Delivered {
  readonly files: number;
  readonly listed: readonly ListedPrefix[];
  readonly refused: readonly Exception[];
}

/** Records the upload with what the bucket holds of each schedule, and again once the stale objects are removed. */
async function finishUpload(
  ports: UploadChecksPorts,
  session: Session,
  review: Review,
  { files, listed, refused }: Delivered,
  removed: Stale['keys'],
  watch: Watch,
): Promise<Coverage[]> {
  const { reviewId, target } = review;
  const schedules = listed.map(({ schedule }) => schedule);
  const keys = listed.flatMap((prefix) => leftKeys(review, prefix)).slice(0, mostRead);
  const bytes = await Promise.all(keys.map((key) => ports.store.read(key)));
  const kept = await keepBytes(ports.blobs, session, review);
  const left = new Map(keys.flatMap((key, index) => (bytes[index] ? [[key, bytes[index]] as const] : [])));
  const record = async (gone: ReadonlySet<string>) => {
    const coverage = listed.map(({ objects, ...prefix }) => {
      const there = objects.filter(({ key }) => !gone.has(key));
      return listedCoverage(review, { ...prefix, objects: there }, left, refused);
    });
    await ports.sessions.record(() => [
      { type: 'checksUploaded', load: target.load, schedules, reviewId, files, bytes: kept, coverage },
    ]);
    return coverage;
  };
  // Recorded before the removal: a failed removal must not make the upload look unfinished.
  const coverage = await record(new Set());
  if (removed.length === 0) return coverage;
  await ports.store.remove(removed, watch);
  return record(new Set(removed));
}

/** Why nothing is sent yet: the bytes are not approved, or somebody else's run is active and was not told yet. */
async function whyAskAgain(
  given: Input,
  ports: UploadChecksPorts,
  session: Session,
  review: Review,
  call: ToolCall,
): Promise<{ question?: string; warnings: readonly string[] }> {
  const approval = await askApproval(ports, session, review, given.approved, call);
  if (approval === 'declined') return { question: reasons.declined, warnings: [] };
  if (approval === 'missing') return { question: reasons.notApproved, warnings: [] };
  const { untold, warnings } = await untoldRunsAndLoad(ports, session, call);
  if (untold.length === 0) return { warnings };
  return { question: `${untoldText(untold)}; an upload changes what such a run reads.`, warnings };
}

/** Sends nothing: shows what changed, and the reviewId of the files on disk. */
async function askAgain(given: Input, ports: UploadChecksPorts, review: Review, reason: string) {
  const { reviewId } = review;
  const isSame = given.reviewId === reviewId;
  // With the approval that this very call may have recorded.
  const session = await ports.sessions.load();
  const changedSince = await changedSinceApproval(ports, session, review);
  const manifest = await keepReview(ports, review);
  await ports.sessions.record(() => [{ type: 'reviewed', reviewId, manifest }]);
  const approval = {
    mode: ports.settings.approval,
    needed: review.approvalNeeded && !session.approved.has(reviewId),
    declined: reason === reasons.declined,
  };
  return {
    ...reviewFields(review, [plannedCoverage(review)], []),
    reviewId,
    changesFile: await writeReviewFile(ports, review),
    status: 'awaiting_approval' as const,
    reason,
    ...(approval.declined && { declined: true as const }),
    changedSince: takeWithinBudget(changedSince, 3000),
    uploaded: 0,
    unchanged: 0,
    removed: 0,
    removedKeys: [],
    stale: [],
    prefixes: [],
    tableMetrics: { copied: 0, unchanged: 0, prefixes: [] },
    warnings: [],
    // The stale objects of another review are others.
    ...awaitingText(
      review,
      { removeStale: given.removeStale && isSame },
      reason,
      changedSince.length,
      approval,
    ),
  };
}

/** The coverage of the schedule under test in numbers, and the files of the scope that do not run by cause. */
function reviewFields(review: Review, coverages: readonly Coverage[], refused: readonly Exception[]) {
  const { target, exceptions } = review;
  const coverage = coverages.find(({ schedule }) => schedule === target.schedule) ?? coverages[0];
  return {
    load: target.load,
    // scaleConfigs and the changes file have the names.
    coverage: coverage && { ...shownCoverage(coverage), unscaled: [], longest: [] },
    exceptions: byCause([...exceptions, ...refused]).map((one) => ({
      ...one,
      files: takeWithinBudget(one.files, 300),
    })),
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
  const { sent, unchanged, retried, listed } = await ports.store.upload(
    uploads.map((one) => ({ key: one.key, digest: one.digest, body: async () => one.bytes })),
    call,
  );
  return { uploads, listed, fields: { uploaded: sent.length, unchanged: unchanged.length, retried } };
}

/** Table metrics are read from production and only written to the hourly load-test prefixes. */
async function copyTableMetrics(
  ports: UploadChecksPorts,
  review: Review,
  production: Production | undefined,
  watch: Watch,
) {
  if (production === undefined)
    return { keys: [], refused: [], listed: [], fields: { copied: 0, unchanged: 0, prefixes: [] } };
  const { copies, loads, refused } = planTableMetrics(production, review.target.load, ports.settings);
  const { bucket } = production;
  const { sent, unchanged, listed } = await ports.store.copy(
    copies.map(({ object, to }) => ({ from: { bucket, object }, to })),
    watch,
  );
  return {
    keys: copies.map(({ to }) => to),
    listed,
    refused: refused.map(
      (key): Exception => ({
        file: `s3://${bucket}/${clean(key, 300)}`,
        cause: 'not_uploadable',
        schedule: 'hourly',
      }),
    ),
    fields: {
      copied: sent.length,
      unchanged: unchanged.length,
      prefixes: loads.map((load) => `hourly/${load}x/`),
    },
  };
}

/** Every prefix of this upload as it is now: as listed `before`, unless something was sent since. */
function listPrefixes(
  ports: UploadChecksPorts,
  review: Review,
  { before, expected }: { before: ReadonlyMap<string, readonly StoredObject[]>; expected: string[] },
  watch: Watch,
): Promise<ListedPrefix[]> {
  return Promise.all(
    prefixesOf(review, ports.settings).map(async (one) => {
      const keys = expected.filter((key) => key.startsWith(one.prefix));
      return { ...one, objects: before.get(one.prefix) ?? (await ports.store.list(one.prefix, watch, keys)) };
    }),
  );
}

function prefixFields(ports: UploadChecksPorts, review: Review, uploads: readonly PlannedUpload[]) {
  return prefixesOf(review, ports.settings).map(({ schedule, prefix }) => ({
    schedule,
    uri: `s3://${ports.settings.bucket}/${prefix}`,
    files: uploads.filter((upload) => upload.schedule === schedule).length,
  }));
}
