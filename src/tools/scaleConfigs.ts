import * as z from 'zod';
import { type Coverage, carrying } from '../domain/coverage.ts';
import { takeWithinBudget } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import { describeLevel } from '../review/levelSummary.ts';
import { manifestOf, plannedCoverage, type ReviewTarget, reviewFiles } from '../review/review.ts';
import { afterWrites, planScaling } from '../review/scalePlan.ts';
import type { Session } from '../state/session.ts';
import {
  fileChanges,
  keepManifest,
  locationOf,
  readManifest,
  reviewOf,
  valuesNotCarried,
  writeReviewFile,
} from '../workflow/checks.ts';
import { leavingWarnings, roundsToLeave, roundWarnings, uncommittedWarning } from '../workflow/rounds.ts';
import {
  decisionText,
  dryRunText,
  nothingScaledText,
  scaleConfigsLines,
  scaleConfigsResult,
  scaledText,
} from './scaleConfigs.text.ts';
import { defineTool, loadInput, scheduleInput, type ToolCall } from './tool.ts';

const input = z.strictObject({
  load: loadInput,
  schedule: scheduleInput.optional().describe("else the session's, or 15m"),
  scope: z.enum(['all', 'schedule']).optional(),
  dryRun: z.boolean().default(false),
  overwriteEdits: z.boolean().default(false).describe('if the user agrees'),
  acceptUnscaled: z.boolean().default(false).describe('if the user agrees'),
  abandon: z.boolean().default(false).describe('give up a hanging round'),
});

type Input = z.output<typeof input>;
type Output = z.input<typeof scaleConfigsResult>;
type ScaleConfigsPorts = Pick<
  Ports,
  'sessions' | 'target' | 'blobs' | 'settings' | 'notes' | 'clusters' | 'dags'
>;

export const scaleConfigs = defineTool({
  name: 'scaleConfigs',
  title: 'Scale the check configs to a load level',
  description:
    'Scales the check intervals on disk to git baseline × load, for the user to review. Loads never compound; 1 restores the baseline.',
  effect: 'write',
  writesInTarget: true,
  input,
  output: scaleConfigsResult,
  run: runScaleConfigs,
  lines: scaleConfigsLines,
});

async function runScaleConfigs(given: Input, ports: ScaleConfigsPorts, call: ToolCall): Promise<Output> {
  const session = await ports.sessions.load();
  const { target, scheduleFrom } = targetOf(given, session);
  // Call AWS before reading the disk; the user may keep editing meanwhile.
  const rounds = await roundsBefore(ports, session, given.abandon, call);
  const planned = await planLevel(ports, session, target, call);
  const { plan, level, reviewId, approvalNeeded } = planned;

  const { load, schedule } = target;
  const details = await detailsOf(ports, session, planned);
  const fields = { load, schedule, scheduleFrom, ...level, ...details, written: 0 };
  const scaling = {
    ...planned,
    abandon: given.abandon,
    isRoundRunning: rounds.warnings.length > 0,
    mode: ports.settings.approval,
  };
  if (plan.edited.length > 0 && !given.overwriteEdits) {
    const question = { ...fields, ...noChanges, remarks: rounds.warnings };
    return { ...question, status: 'needs_decision', ...decisionText(scaling) };
  }
  const reviewed = { ...fields, reviewId, approvalNeeded };
  const remarks = [...rounds.warnings, ...uncommittedWarning(session, load), ...level.remarks];
  if (given.dryRun) {
    const leaving = leavingWarnings(rounds.abandoned, false);
    return { ...reviewed, remarks: [...leaving, ...remarks], status: 'dry_run', ...dryRunText(scaling) };
  }
  if (isNothingScaled(target, planned.coverage) && !given.acceptUnscaled)
    return { ...fields, remarks, status: 'needs_decision', ...nothingScaledText(scaling) };
  const backup = await applyLevel(ports, planned, given, rounds.abandoned, call);
  const written = plan.writes.length;
  return {
    ...reviewed,
    ...backup,
    written,
    status: written === 0 ? 'unchanged' : 'scaled',
    remarks: [...leavingWarnings(rounds.abandoned, true), ...remarks],
    ...scaledText(scaling),
  };
}

/** Rounds that may still run: given up with `abandon`, otherwise only warned about. */
async function roundsBefore(ports: ScaleConfigsPorts, session: Session, abandon: boolean, call: ToolCall) {
  return abandon
    ? { abandoned: await roundsToLeave(ports, session, call), warnings: [] }
    : { abandoned: [], warnings: await roundWarnings(ports, session, call) };
}

/** Only scaleConfigs sets the session's schedule; the first test is a 15m one. */
function targetOf(given: Input, session: Session) {
  const schedule = given.schedule ?? session.schedule ?? '15m';
  const scope = given.scope ?? (schedule === 'hourly' ? 'schedule' : 'all');
  const target: ReviewTarget = { load: given.load, schedule, scope };
  const known: Output['scheduleFrom'] = session.schedule === undefined ? 'default' : 'session';
  return { target, scheduleFrom: given.schedule === undefined ? known : ('given' as const) };
}

type PlannedLevel = Awaited<ReturnType<typeof planLevel>>;

/** `before`: the review of the files on disk now; `review`: of the files as they are once the plan is written. */
async function planLevel(ports: ScaleConfigsPorts, session: Session, target: ReviewTarget, call: ToolCall) {
  const snapshot = await ports.target.snapshot({ forWriting: true }, call);
  const before = await reviewOf(ports, session, snapshot, target);
  const written = await Promise.all(
    session.writtenManifests.map((digest) => readManifest(ports.blobs, digest)),
  );
  const plan = planScaling(before, session, written);
  const review = reviewFiles(snapshot, afterWrites(before.files, plan.writes), target, ports.settings);
  const { reviewId } = review;
  const approvalNeeded = review.approvalNeeded && !session.approved.has(reviewId);
  const coverage = plannedCoverage(review);
  const level = describeLevel(before, review, plan, coverage);
  return { target, plan, before, review, reviewId, approvalNeeded, coverage, level };
}

/** A level in which nothing of the schedule under test carries the load; an hourly one is widened by its DAG run. */
function isNothingScaled({ load, schedule }: ReviewTarget, coverage: Coverage): boolean {
  return load > 1 && schedule !== 'hourly' && carrying(coverage) === 0;
}

/** In a question about edits: unwritten files have no review and no changes to show. */
const noChanges = { bySchedule: [], sample: [], notScaled: [] };

async function detailsOf(ports: ScaleConfigsPorts, session: Session, { plan, before, review }: PlannedLevel) {
  const edits = plan.edited.flatMap((one) =>
    fileChanges(one.path, one.file.disk, one.bytes).map((change) => ({
      file: change.file,
      line: change.line,
      found: change.before,
      scaled: change.after,
    })),
  );
  return {
    edits: takeWithinBudget(edits, 900),
    notCarried: takeWithinBudget(await valuesNotCarried(ports, session, plan.fixesNotCarried, before), 900),
    changesFile: await writeReviewFile(ports, review),
    location: locationOf(ports.settings),
  };
}

/** Saves edits as a patch, writes the files and records the level. An interrupted call stays recorded as begun. */
async function applyLevel(
  ports: ScaleConfigsPorts,
  { target, plan, review, level }: PlannedLevel,
  given: Input,
  abandoned: readonly number[],
  call: ToolCall,
): Promise<{ backup?: string }> {
  const after = manifestOf(review.files, (one) => one.file.diskDigest);
  const manifest = await keepManifest(ports.blobs, after);
  const edits = plan.edited.map(({ path, file, bytes }) => ({ path, before: file.disk, after: bytes }));
  const backup = edits.length === 0 ? {} : { backup: await ports.target.backup(edits) };
  if (plan.writes.length > 0) {
    await ports.sessions.record(() => [
      { type: 'begun', tool: 'scaleConfigs', arguments: { ...given }, manifest },
    ]);
    await ports.target.write(
      plan.writes.map(({ path, bytes, file }) => ({ path, bytes, expected: file.diskDigest })),
      call,
    );
  }
  const { reviewId, approvalNeeded, baseCommit } = review;
  const { filesChanged, intervalsChanged } = level;
  const scaled = { reviewId, approvalNeeded, baseCommit, manifest, filesChanged, intervalsChanged };
  await ports.sessions.record(() => [
    ...(abandoned.length > 0 ? [{ type: 'abandoned' as const, rounds: [...abandoned] }] : []),
    { type: 'scaled', ...target, ...scaled },
  ]);
  return backup;
}
