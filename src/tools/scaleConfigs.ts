import * as z from 'zod';
import { schedulesInScope } from '../checks/expected.ts';
import { changesText, remarksOn, summariseSchedules } from '../checks/levelSummary.ts';
import { manifestOf, type Review, type ReviewTarget, reviewFiles } from '../checks/review.ts';
import { sampleChanges } from '../checks/sample.ts';
import { afterWrites, planScaling, type ScalePlan } from '../checks/scalePlan.ts';
import { keepManifest, readManifest, reviewOf } from '../facts/checks.ts';
import { roundUnderWay } from '../facts/rounds.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../state/session.ts';
import {
  callAgain,
  defineTool,
  loadInput,
  loadOutput,
  result,
  scheduleInput,
  type ToolCall,
} from './tool.ts';
import { decisionWords, dryRunWords, scaledWords } from './words/scaling.ts';
import { count, textOf } from './words/text.ts';

const input = z.strictObject({
  load: loadInput.describe('2, "2" or "2x"'),
  schedule: scheduleInput.optional().describe("the schedule under test (the session's, else 15m)"),
  scope: z
    .enum(['all', 'schedule'])
    .optional()
    .describe('all files, or only those of the schedule (hourly: schedule)'),
  dryRun: z.boolean().default(false),
  overwriteEdits: z.boolean().default(false).describe("replace somebody's edits; a patch is saved first"),
  abandon: z.boolean().default(false).describe('leave a round that hangs'),
});

const output = z.object({
  ...result,
  status: z.enum(['scaled', 'unchanged', 'dry_run', 'needs_decision']),
  load: loadOutput,
  schedule: scheduleInput,
  scheduleFrom: z.enum(['given', 'session', 'default']),
  reviewId: z.string(),
  approvalNeeded: z.boolean(),
  filesChanged: z.int(),
  intervalsChanged: z.int(),
  written: z.int(),
  bySchedule: z.array(
    z.object({
      schedule: scheduleInput,
      pattern: z.string(),
      files: z.int(),
      changed: z.int(),
      intervals: z.int(),
      note: z.string().optional(),
    }),
  ),
  sample: z.array(
    z.object({
      file: z.string(),
      line: z.int(),
      baseline: z.string(),
      before: z.string(),
      after: z.string(),
    }),
  ),
  remarks: z.array(z.string()),
  notScaled: z.array(z.object({ file: z.string(), line: z.int(), text: z.string(), reason: z.string() })),
  notScaledTotal: z.int(),
  edited: z.array(z.string()),
  fixesApplied: z.array(z.string()),
  fixesNotCarried: z.array(z.string()),
  changesFile: z.string(),
  location: z.string(),
  backup: z.string().optional(),
  callAgain: callAgain.optional(),
});

type Wanted = Pick<Ports, 'sessions' | 'target' | 'blobs' | 'settings' | 'notes' | 'clusters' | 'dags'>;

export const scaleConfigs = defineTool({
  name: 'scaleConfigs',
  title: 'Scale the check configs to a load level',
  description:
    'Widens the time window of every check to baseline × load, in place in the target repository, for the person to review. Always computed from the git baseline, so loads never compound; load 1 gives the baseline back. Starts a load test, and goes one level up. dryRun shows the change without writing.',
  effect: 'write',
  idempotent: true,
  openWorld: false,
  input,
  output,
  async run(input, ports: Wanted, call) {
    const session = await ports.sessions.load();
    const { target, scheduleFrom } = targetOf(input, session);
    const warnings = await leaveOrWarn(input.abandon && !input.dryRun, ports, session, call);

    const snapshot = await ports.target.snapshot({ forWriting: true }, call);
    const before = await reviewOf(ports, session, snapshot, target);
    const written = await Promise.all(
      session.writtenManifests.map((digest) => readManifest(ports.blobs, digest)),
    );
    const plan = planScaling(before, session, written);
    const review = reviewFiles(snapshot, afterWrites(before.files, plan.writes), target, ports.settings);

    const level = describeLevel(before, review, plan, target);
    const approvalNeeded = review.approvalNeeded && !session.approved.has(review.reviewId);
    const words = { target, plan, approvalNeeded, reviewId: review.reviewId, ...level };
    const told = {
      load: target.load,
      schedule: target.schedule,
      scheduleFrom,
      reviewId: review.reviewId,
      approvalNeeded,
      ...level,
      remarks: [...warnings, ...level.remarks],
      written: 0,
      changesFile: await ports.notes.write(`${review.reviewId}.txt`, changesText(review, `${target.load}x`)),
      location: `${ports.settings.targetRepo}/${ports.settings.checksPath}`,
    };
    if (plan.edited.length > 0 && !input.overwriteEdits) return { ...told, ...decisionWords(words) };
    if (input.dryRun) return { ...told, ...dryRunWords(words) };

    const manifest = await keepManifest(
      ports.blobs,
      manifestOf(review.files, (one) => one.file.diskDigest),
    );
    const backup = await backUp(ports, plan);
    if (plan.writes.length > 0) {
      await ports.sessions.record(() => [
        { type: 'begun', tool: 'scaleConfigs', arguments: { ...input }, manifest },
      ]);
      await ports.target.write(plan.writes, call);
    }
    const { filesChanged, intervalsChanged } = level;
    const { reviewId, baseCommit } = review;
    const facts = {
      reviewId,
      approvalNeeded: review.approvalNeeded,
      baseCommit,
      manifest,
      filesChanged,
      intervalsChanged,
    };
    await ports.sessions.record(() => [{ type: 'scaled', ...target, ...facts }]);
    return { ...told, ...backup, written: plan.writes.length, ...scaledWords(words) };
  },
  render: (output) =>
    textOf(output, {
      bySchedule: (rows) =>
        rows.map((row) => {
          const note = row.note === undefined ? '' : ` (${row.note})`;
          return `  - ${row.changed} of ${count(row.files, 'file')} in ${row.pattern}, ${count(row.intervals, 'interval')}${note}`;
        }),
      sample: (rows) => [
        'Sample:',
        ...rows.map((row) => {
          const baseline = row.before === row.baseline ? '' : ` (baseline ${row.baseline})`;
          return `  ${row.file}:${row.line}: ${row.before} → ${row.after}${baseline}`;
        }),
      ],
      notScaled: (rows, { notScaledTotal }) => [
        `Not scaled (${notScaledTotal} in all):`,
        ...rows.map((row) => `  ${row.file}:${row.line}: ${row.text} (${row.reason})`),
      ],
      notScaledTotal: (total) => (total === 0 ? ['Not scaled: nothing was left out.'] : []),
    }),
});

interface Asked {
  readonly load: number;
  readonly schedule?: ReviewTarget['schedule'] | undefined;
  readonly scope?: ReviewTarget['scope'] | undefined;
}

/** Only scaleConfigs sets the session's schedule; a first test is a 15m one. */
function targetOf(asked: Asked, session: Session) {
  const schedule = asked.schedule ?? session.schedule ?? '15m';
  const scheduleFrom =
    asked.schedule !== undefined
      ? ('given' as const)
      : session.schedule !== undefined
        ? ('session' as const)
        : ('default' as const);
  const scope = asked.scope ?? (schedule === 'hourly' ? ('schedule' as const) : ('all' as const));
  return { target: { load: asked.load, schedule, scope }, scheduleFrom };
}

/** A running round is only warned about here: files on disk do not disturb it. */
async function leaveOrWarn(
  abandon: boolean,
  ports: Wanted,
  session: Session,
  call: ToolCall,
): Promise<string[]> {
  const open = session.rounds.filter((round) => round.finished === undefined && !round.abandoned);
  if (open.length === 0) return [];
  if (abandon) {
    await ports.sessions.record(() => [{ type: 'abandoned', rounds: open.map((round) => round.round) }]);
    return [
      `Left ${count(open.length, 'open round')} (${open.map((round) => round.round).join(', ')}) behind.`,
    ];
  }
  // Scaling works offline, too: an AWS that does not answer is no reason not to scale.
  const running = await roundUnderWay(ports, session, call).catch(() => undefined);
  if (running === undefined) return [];
  return [
    `Round ${running.round.round} (${running.load}x ${running.round.schedule}) is still running on ${running.cluster.id}; uploads wait until it is done.`,
  ];
}

function describeLevel(before: Review, review: Review, plan: ScalePlan, target: ReviewTarget) {
  const { remarks, notScaled } = remarksOn(review);
  const sampled = plan.writes.length > 0 ? plan.writes : before.changed;
  return {
    filesChanged: review.changed.length,
    intervalsChanged: review.changed.reduce((sum, one) => sum + one.changes.length, 0),
    bySchedule: summariseSchedules(
      review.files,
      target.load,
      schedulesInScope(target.scope, target.schedule),
    ),
    sample: sampleChanges(sampled, 5),
    remarks: remarks.slice(0, 8),
    notScaled: notScaled.slice(0, 8),
    notScaledTotal: notScaled.length,
    edited: plan.edited.map((one) => one.path).slice(0, 20),
    fixesApplied: plan.fixesApplied.slice(0, 20),
    fixesNotCarried: plan.fixesNotCarried.slice(0, 20),
  };
}

async function backUp(ports: Wanted, plan: ScalePlan): Promise<{ backup?: string }> {
  if (plan.edited.length === 0) return {};
  const files = plan.edited.map((one) => ({ path: one.path, before: one.file.disk, after: one.bytes }));
  return { backup: await ports.target.backup(files) };
}
