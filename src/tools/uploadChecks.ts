import * as z from 'zod';
import { fitting } from '../checks/fitting.ts';
import type { Review } from '../checks/review.ts';
import { planTableMetrics, planUploads, prefixesOf, staleIn } from '../checks/uploadPlan.ts';
import { isApproved } from '../facts/approvals.ts';
import { changedSinceApproval, keepReview, readReview } from '../facts/checks.ts';
import { requireNoRoundUnderWay } from '../facts/rounds.ts';
import { clean } from '../foreignText.ts';
import type { Ports, Watch } from '../ports.ts';
import type { Session } from '../state/session.ts';
import { count, textOf } from './text.ts';
import {
  callAgain,
  defineTool,
  loadOutput,
  result,
  reviewIdInput,
  scheduleInput,
  type ToolCall,
} from './tool.ts';
import { awaitingApproval, uploadedWords } from './words/uploading.ts';

const change = z.object({ file: z.string(), line: z.int(), before: z.string(), after: z.string() });

type Wanted = Pick<Ports, 'store' | 'target' | 'sessions' | 'blobs' | 'settings' | 'clusters' | 'dags'>;

export const uploadChecks = defineTool({
  name: 'uploadChecks',
  title: 'Upload the reviewed configs to S3',
  description:
    'Uploads the configs that the person approved (reviewId from scaleConfigs, fixInterval or reviewConfigs) to the load-test prefixes of S3, and copies the table metrics from production. Only bytes whose review was approved are sent; set approved only when the person said so. Unchanged objects are not sent again.',
  effect: 'write',
  idempotent: true,
  openWorld: true,
  asksEveryTime: true,
  input: z.strictObject({
    reviewId: reviewIdInput.describe('the review that the person saw'),
    approved: z.boolean().optional().describe('true when the person approved this review in their own words'),
    removeStale: z
      .boolean()
      .default(false)
      .describe('remove objects of this level that are no longer in the repository'),
  }),
  output: z.object({
    ...result,
    status: z.enum(['uploaded', 'unchanged', 'awaiting_approval']),
    load: loadOutput,
    reviewId: z.string(),
    reason: z.string().optional(),
    changedSince: z.array(change).optional(),
    uploaded: z.int(),
    unchanged: z.int(),
    removed: z.int(),
    removedKeys: z.array(z.string()),
    stale: z.array(z.string()),
    prefixes: z.array(z.object({ schedule: scheduleInput, uri: z.string(), files: z.int() })),
    tableMetrics: z.object({ copied: z.int(), unchanged: z.int(), prefixes: z.array(z.string()) }),
    unrecognised: z.array(z.string()),
    untracked: z.array(z.string()),
    warnings: z.array(z.string()),
    callAgain: callAgain.optional(),
  }),
  async run(input, ports: Wanted, call) {
    const { session, review } = await readReview(ports, { forWriting: true }, call);
    if (input.reviewId !== review.reviewId)
      return askAgain(
        ports,
        session,
        review,
        'The files on disk are not those of this reviewId, so no yes to it counts.',
      );
    await requireNoRoundUnderWay(ports, session, call);
    if (!(await isApproved(ports, session, review, input.approved, call)))
      return askAgain(ports, session, review, 'The person has not approved these bytes yet.');
    // A person may take minutes to answer, and a round may have begun meanwhile.
    if (input.approved === undefined) await requireNoRoundUnderWay(ports, await ports.sessions.load(), call);

    const production = await productionOf(ports, review, call);
    await ports.sessions.record(() => [{ type: 'begun', tool: 'uploadChecks', arguments: { ...input } }]);
    const uploads = planUploads(review, ports.settings);
    const sent = await ports.store.upload(
      uploads.map(({ key, bytes }) => ({ key, body: async () => bytes })),
      call,
    );
    const afterUpload = { ...call, already: alreadySent(sent.sent.length) };
    const metrics = await copyTableMetrics(ports, review, production, afterUpload);
    const delivered = sent.sent.length + metrics.told.copied;
    const afterCopies = { ...call, already: alreadySent(delivered) };
    const prefixes = prefixesOf(review, ports.settings);
    const fresh = new Set<string>([...uploads.map((upload) => upload.key), ...metrics.keys]);
    const { load } = review.target;
    const found = await Promise.all(
      prefixes.map(async ({ schedule, prefix }) =>
        staleIn(await ports.store.list(prefix, afterCopies), fresh, { schedule, load }, ports.settings),
      ),
    );
    const stale = found.flatMap(({ keys }) => keys);
    const odd = found.flatMap((one) => one.odd);
    await ports.sessions.record(() => [
      {
        type: 'checksUploaded',
        load,
        schedules: prefixes.map(({ schedule }) => schedule),
        reviewId: review.reviewId,
        files: uploads.length,
      },
    ]);
    // After the upload is known to be whole: a removal that fails is another matter.
    if (input.removeStale && stale.length > 0) await ports.store.remove(stale, afterCopies);
    const removed = input.removeStale ? stale.length : 0;
    const told = {
      load,
      reviewId: review.reviewId,
      uploaded: sent.sent.length,
      unchanged: sent.unchanged.length,
      removed,
      removedKeys: input.removeStale ? fitting(stale, 1200) : [],
      stale: fitting([...(input.removeStale ? [] : stale), ...odd.map((key) => clean(key, 300))], 1200),
      prefixes: prefixes.map(({ schedule, prefix }) => ({
        schedule,
        uri: `s3://${ports.settings.bucket}/${prefix}`,
        files: uploads.filter((upload) => upload.schedule === schedule).length,
      })),
      tableMetrics: metrics.told,
      unrecognised: fitting(review.unrecognised, 600),
      untracked: fitting(review.untracked, 600),
      warnings: [
        ...(production !== undefined && metrics.keys.length === 0
          ? [
              `Production holds no table metrics under ${ports.settings.prodHourlyChecks}: nothing was copied, and those of earlier uploads stay. checkSetup looks at the source.`,
            ]
          : []),
        ...(odd.length === 0
          ? []
          : [
              `${count(odd.length, 'object')} of this level ${odd.length === 1 ? 'has a key' : 'have keys'} that only the person can remove, in the S3 console (listed under stale).`,
            ]),
      ],
    };
    return { ...told, ...uploadedWords(told, { removable: stale.length - removed, odd: odd.length }) };
  },
  render: (output) =>
    textOf(output, {
      unrecognised: (paths) => [
        `Not named like a 15m, hourly or daily check, so never uploaded: ${paths.join(', ')}`,
      ],
      prefixes: (rows) => rows.map((row) => `  - ${count(row.files, 'file')} → ${row.uri}`),
      tableMetrics: ({ copied, unchanged, prefixes }) => [
        `Table metrics: ${copied} copied, ${unchanged} unchanged`,
        ...prefixes.map((uri) => `  → ${uri}`),
      ],
      changedSince: (rows) => [
        'Changed without approval:',
        ...rows.map((row) => `  ${row.file}:${row.line}: ${row.before.trim()} → ${row.after.trim()}`),
      ],
      ...(output.status === 'awaiting_approval' ? nothingSent : {}),
    }),
});

const nothingSent = {
  uploaded: () => [],
  unchanged: () => [],
  removed: () => [],
  tableMetrics: () => [],
  reason: () => [],
};

/** Nothing is sent. The person is shown what changed, and the new reviewId. */
async function askAgain(ports: Wanted, session: Session, review: Review, reason: string) {
  const changedSince = await changedSinceApproval(ports, session, review);
  const manifest = await keepReview(ports, review);
  await ports.sessions.record(() => [{ type: 'reviewed', reviewId: review.reviewId, manifest }]);
  return {
    ...awaitingApproval(review, reason, changedSince.length, {
      mode: ports.settings.approval,
      needed: review.approvalNeeded && !session.approved.has(review.reviewId),
    }),
    load: review.target.load,
    reviewId: review.reviewId,
    reason,
    changedSince: fitting(changedSince, 3000),
    uploaded: 0,
    unchanged: 0,
    removed: 0,
    removedKeys: [],
    stale: [],
    prefixes: [],
    tableMetrics: { copied: 0, unchanged: 0, prefixes: [] },
    unrecognised: fitting(review.unrecognised, 600),
    untracked: fitting(review.untracked, 600),
    warnings: [],
  };
}

/** For the message of a later failure: what this call has changed by then. */
function alreadySent(objects: number): string | undefined {
  if (objects === 0) return undefined;
  return `${count(objects, 'object')} had been sent before; the same call goes on from there.`;
}

type Production = Awaited<ReturnType<Ports['store']['listUri']>>;

/** Production's hourly configs, when table metrics are needed; read before anything is sent. */
async function productionOf(ports: Wanted, review: Review, call: ToolCall): Promise<Production | undefined> {
  const hourly = prefixesOf(review, ports.settings).some(({ schedule }) => schedule === 'hourly');
  return hourly ? ports.store.listUri(`${ports.settings.prodHourlyChecks}/`, call) : undefined;
}

/** Table metrics are read from production and only ever written to the hourly load-test prefixes. */
async function copyTableMetrics(
  ports: Wanted,
  review: Review,
  production: Production | undefined,
  watch: Watch,
) {
  if (production === undefined) return { keys: [], told: { copied: 0, unchanged: 0, prefixes: [] } };
  const { copies, loads } = planTableMetrics(production, review.target.load, ports.settings);
  const { bucket } = production;
  const done = await ports.store.copy(
    copies.map(({ object, to }) => ({ from: { bucket, object }, to })),
    watch,
  );
  const folder = `s3://${ports.settings.bucket}/${ports.settings.configsPrefix}/hourly`;
  return {
    keys: copies.map(({ to }) => to),
    told: {
      copied: done.sent.length,
      unchanged: done.unchanged.length,
      prefixes: loads.map((load) => `${folder}/${load}x/`),
    },
  };
}
