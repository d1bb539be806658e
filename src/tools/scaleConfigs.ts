import * as z from 'zod';
import { type Coverage, carrying } from '../domain/coverage.ts';
import { ToolError } from '../domain/errors.ts';
import { takeWithinBudget } from '../domain/text.ts';
import type { Ports } from '../ports/ports.ts';
import type { ChecksSnapshot } from '../ports/repository.ts';
import { editsOfLevel, fixedLines } from '../review/edits.ts';
import { describeLevel } from '../review/levelSummary.ts';
import { manifestJson, plannedCoverage, type ReviewTarget, reviewFiles } from '../review/review.ts';
import { afterWrites, planScaling } from '../review/scalePlan.ts';
import type { Session } from '../state/session.ts';
import { baselineQuestion, loadedBaselines } from '../workflow/baseline/loadedBaselines.ts';
import { readManifest } from '../workflow/baseline/manifests.ts';
import { keepScalings, readScalings } from '../workflow/baseline/scalings.ts';
import { locationOf, readEdits, scaleInTurns, writeReviewFile } from '../workflow/checks.ts';
import { leavingWarnings, roundsToLeave, roundWarnings, uncommittedWarning } from '../workflow/rounds.ts';
import {
  bothAnswers,
  decisionText,
  dryRunText,
  nothingScaledText,
  scaleConfigsLines,
  scaleConfigsResult,
  scaledText,
} from './scaleConfigs.text.ts';
import { lagText } from './text.ts';
import { defineTool, givenIn, loadInput, scheduleInput, type ToolCall } from './tool.ts';

const input = z.strictObject({
  load: loadInput,
  schedule: scheduleInput.optional(),
  scope: z.enum(['all', 'schedule']).optional(),
  dryRun: z.boolean().default(false),
  overwriteEdits: z.boolean().default(false),
  keepEdits: z.boolean().default(false),
  fixes: z.enum(['scale', 'keep']).optional(),
  acceptBaseline: z.boolean().default(false),
  acceptUnscaled: z.boolean().default(false),
  abandon: z.boolean().default(false).describe('give up a hanging round'),
});

type Input = z.output<typeof input>;
type Output = z.input<typeof scaleConfigsResult>;
type ScaleConfigsPorts = Pick<
  Ports,
  'sessions' | 'target' | 'blobs' | 'settings' | 'notes' | 'clusters' | 'dags' | 'clock' | 'store'
>;

export const scaleConfigs = defineTool({
  name: 'scaleConfigs',
  title: 'Scale the check configs to a load level',
  description:
    'Scales the check intervals on disk to git baseline × load, for the user to review; 1 restores it. Edits, fixes, accept: only as the user answers.',
  effect: 'write',
  writesInTarget: true,
  input,
  output: scaleConfigsResult,
  run: runScaleConfigs,
  lines: scaleConfigsLines,
});

async function runScaleConfigs(given: Input, ports: ScaleConfigsPorts, call: ToolCall): Promise<Output> {
  requireOneAnswer(given);
  const session = await ports.sessions.load();
  const { target, scheduleFrom } = targetOf(given, session);
  // Call AWS before reading the disk; the user may keep editing meanwhile.
  const rounds = await roundsBefore(ports, session, given.abandon, call);
  const { snapshot, scalings } = await readLevel(ports, session, target.load, call);
  const loaded = await askAboutBaseline(ports, session, { ...target, scheduleFrom, snapshot }, given, call);
  if (loaded !== undefined) return loaded;
  const planned = await planLevel(ports, session, { ...target, snapshot, scalings }, given, call);
  const { plan, level, reviewId, approvalNeeded } = planned;

  const { load, schedule } = target;
  const fields = { load, schedule, scheduleFrom, ...level, ...(await detailsOf(ports, planned)), written: 0 };
  const { isRunning: isRoundRunning } = rounds;
  const scaling = { ...planned, given, isRoundRunning, mode: ports.settings.approval };
  if (plan.edited.length > 0 && !given.overwriteEdits && !given.keepEdits) {
    // Unwritten files have no changes to show.
    const nothing = { bySchedule: [], sample: [], notScaled: [], notScaledTotal: 0 };
    const question = { ...fields, ...nothing, remarks: rounds.warnings };
    return { ...question, status: 'needs_decision', ...decisionText(scaling) };
  }
  const warnings = [...rounds.warnings, ...uncommittedWarning(session, load), ...planned.lag];
  const remarks = (isDone: boolean) => [
    ...leavingWarnings(rounds.abandoned, isDone),
    ...warnings,
    ...level.remarks,
  ];
  const reviewed = { ...fields, reviewId, approvalNeeded };
  if (given.dryRun)
    return { ...reviewed, remarks: remarks(false), status: 'dry_run', ...dryRunText(scaling) };
  if (isNothingScaled(target, planned.coverage) && !given.acceptUnscaled)
    return { ...fields, remarks: warnings, status: 'needs_decision', ...nothingScaledText(scaling) };
  const backup = await applyLevel(ports, planned, given, rounds.abandoned, call);
  const written = plan.writes.length;
  const status = written === 0 ? 'unchanged' : 'scaled';
  return { ...reviewed, ...backup, written, status, remarks: remarks(true), ...scaledText(scaling) };
}

/** A question when the baseline is a level of this session, unless the user accepts it as a baseline. */
async function askAboutBaseline(
  ports: ScaleConfigsPorts,
  session: Session,
  { snapshot, ...target }: ReviewTarget & Pick<Output, 'scheduleFrom'> & { snapshot: ChecksSnapshot },
  given: Input,
  call: ToolCall,
): Promise<Output | undefined> {
  const loaded = await loadedBaselines(ports, session, snapshot, call);
  if (loaded.length === 0) return undefined;
  const files = Object.fromEntries(loaded.map(({ file, digest }) => [file, digest]));
  if (given.acceptBaseline && given.dryRun) return undefined;
  if (given.acceptBaseline)
    return void (await ports.sessions.record(() => [{ type: 'baselineAccepted', files }]));
  const { load, schedule, scheduleFrom, scope } = target;
  const list = loaded.map((one) => `${one.file} (${one.load}x)\n`).join('');
  return {
    load,
    schedule,
    scheduleFrom,
    filesChanged: 0,
    intervalsChanged: 0,
    written: 0,
    changesFile: await ports.notes.write(`baseline-${snapshot.baseCommit.slice(0, 12)}.txt`, list),
    location: locationOf(ports.settings),
    ...baselineQuestion(loaded, ports.settings, givenIn({ ...given, schedule, scope })),
  };
}

/** Rounds that may still run: given up with `abandon`, otherwise only warned about. */
async function roundsBefore(ports: ScaleConfigsPorts, session: Session, abandon: boolean, call: ToolCall) {
  return abandon
    ? { isRunning: false, ...(await roundsToLeave(ports, session, call)) }
    : { abandoned: [], ...(await roundWarnings(ports, session, call)) };
}

/** Only scaleConfigs sets the session's schedule; the first test is a 15m one. */
function targetOf(given: Input, session: Session) {
  const schedule = given.schedule ?? session.schedule ?? '15m';
  const scope = given.scope ?? (schedule === 'hourly' ? 'schedule' : 'all');
  const target: ReviewTarget = { load: given.load, schedule, scope };
  const known: Output['scheduleFrom'] = session.schedule === undefined ? 'default' : 'session';
  return { target, scheduleFrom: given.schedule === undefined ? known : ('given' as const) };
}

/** @throws ToolError BAD_INPUT */
function requireOneAnswer({ keepEdits, overwriteEdits }: Input): void {
  if (keepEdits && overwriteEdits)
    throw new ToolError('BAD_INPUT', bothAnswers, { next: 'ask the user which of the two, and call again.' });
}

type ReadLevel = Awaited<ReturnType<typeof readLevel>>;

/** The files, and what this load is known to make of their baselines: the latter is read while git works. */
async function readLevel(ports: ScaleConfigsPorts, session: Session, load: number, call: ToolCall) {
  const remembered = readScalings(ports.blobs, session.level, load);
  // Awaited later: until then its failure is nobody's.
  remembered.catch(() => undefined);
  const snapshot = await ports.target.snapshot({ forWriting: true }, call);
  return { snapshot, scalings: await remembered };
}

type PlannedLevel = Awaited<ReturnType<typeof planLevel>>;

/** `review` is that of the files as they are once the plan is written. */
async function planLevel(
  ports: ScaleConfigsPorts,
  session: Session,
  { snapshot, scalings, ...target }: ReviewTarget & ReadLevel,
  { keepEdits, overwriteEdits, fixes: choice }: Input,
  call: ToolCall,
) {
  const stored = await readEdits(ports.blobs, session);
  const written = await Promise.all(
    session.writtenManifests.map(async (digest) => (await readManifest(ports.blobs, digest)) ?? {}),
  );
  const merging = { session, stored, written, target, choice, keepEdits, scalings };
  const edits = await editsOfLevel(snapshot, merging, (files) => scaleInTurns(files, ports.clock, call));
  const plan = planScaling({ ...edits, overwrite: overwriteEdits });
  const review = reviewFiles(snapshot, afterWrites(edits.files, plan.writes), target, ports.settings);
  const { reviewId } = review;
  const approvalNeeded = review.approvalNeeded && !session.approved.has(reviewId);
  const coverage = plannedCoverage(review);
  const level = describeLevel(edits.files, review, plan, coverage);
  const lag = await lagRemarks(ports, snapshot, call);
  return { lag, scalings, target, plan, review, reviewId, approvalNeeded, coverage, level, edits };
}

/** A level in which nothing of the schedule under test carries the load; an hourly one is widened by its DAG run. */
function isNothingScaled({ load, schedule }: ReviewTarget, coverage: Coverage): boolean {
  return load > 1 && schedule !== 'hourly' && carrying(coverage) === 0;
}

async function lagRemarks(
  { target, settings }: ScaleConfigsPorts,
  snapshot: ChecksSnapshot,
  call: ToolCall,
): Promise<string[]> {
  const lag = await target.baselineLag(snapshot, call);
  if (lag === undefined) return [];
  const { what, fix } = lagText(lag, settings);
  return [`${what} To branch anew: ${fix}`];
}

async function detailsOf(ports: ScaleConfigsPorts, { review, edits }: PlannedLevel) {
  const fixed = fixedLines(edits.files, review.target.load);
  const lines = edits.lines.map(({ before: scaled, after: found, ...place }) => ({
    ...place,
    found,
    scaled,
  }));
  return {
    edits: takeWithinBudget(lines, 900),
    fixedLines: takeWithinBudget(fixed, 900),
    fixedLinesTotal: fixed.length,
    notCarried: takeWithinBudget(edits.carried.notCarried, 900),
    changesFile: await writeReviewFile(ports, review),
    location: locationOf(ports.settings),
  };
}

/** Saves edits as a patch, writes the files and records the level. An interrupted call stays recorded as begun. */
async function applyLevel(
  ports: ScaleConfigsPorts,
  { target, plan, review, level, scalings: known, edits: { carried, kept } }: PlannedLevel,
  given: Input,
  abandoned: readonly number[],
  call: ToolCall,
): Promise<{ backup?: string }> {
  const manifest = await ports.blobs.put(manifestJson(review.files));
  const scalings = await keepScalings(ports.blobs, review.files, target.load, known);
  for (const bytes of [...carried.bytes.values(), ...kept.bytes.values()]) await ports.blobs.put(bytes);
  const edits = plan.edited.map(({ path, file, bytes }) => ({ path, before: file.disk, after: bytes }));
  const isReplaced = edits.length > 0 && !given.keepEdits;
  const backup = isReplaced ? { backup: await ports.target.backup(edits) } : {};
  if (plan.writes.length > 0) {
    await ports.sessions.record(() => [
      {
        type: 'begun',
        tool: 'scaleConfigs',
        arguments: { ...given },
        manifest,
        ...(kept.fixes.length === 0 ? {} : { kept: [...kept.fixes] }),
      },
    ]);
    await ports.target.write(plan.writes, call);
  }
  const { reviewId, approvalNeeded, baseCommit } = review;
  const { filesChanged, intervalsChanged } = level;
  const scaled = { reviewId, approvalNeeded, baseCommit, manifest, filesChanged, intervalsChanged, scalings };
  await ports.sessions.record(() => [
    ...(abandoned.length > 0 ? [{ type: 'abandoned' as const, rounds: [...abandoned] }] : []),
    {
      type: 'scaled',
      ...target,
      ...scaled,
      ...(carried.fixes.length === 0 ? {} : { carried: [...carried.fixes] }),
      ...(kept.fixes.length === 0 ? {} : { kept: [...kept.fixes] }),
    },
  ]);
  return backup;
}
