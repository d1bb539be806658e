import * as z from 'zod';
import { fitting } from '../checks/fitting.ts';
import { fixedAmounts } from '../checks/fixValues.ts';
import { changesText, describeLevel } from '../checks/levelSummary.ts';
import { manifestOf, type Review, type ReviewTarget, reviewFiles } from '../checks/review.ts';
import { afterWrites, planScaling, type ScalePlan } from '../checks/scalePlan.ts';
import { fileChanges, keepManifest, readManifest, reviewOf } from '../facts/checks.ts';
import { leavingWarnings, roundsToLeave, roundWarnings, uncommittedWarning } from '../facts/openRounds.ts';
import type { Ports } from '../ports.ts';
import type { Session } from '../state/session.ts';
import { textOf } from './text.ts';
import { callAgain, defineTool, loadInput, loadOutput, result, scheduleInput } from './tool.ts';
import { decisionWords, dryRunWords, scaledWords, scalingLines } from './words/scaling.ts';

const input = z.strictObject({
  load: loadInput,
  schedule: scheduleInput.optional().describe("else the session's, or 15m"),
  scope: z.enum(['all', 'schedule']).optional(),
  dryRun: z.boolean().default(false),
  overwriteEdits: z.boolean().default(false).describe('if the person agrees'),
  abandon: z.boolean().default(false).describe('a round that hangs'),
});

const output = z.object({
  ...result,
  status: z.enum(['scaled', 'unchanged', 'dry_run', 'needs_decision']),
  load: loadOutput,
  schedule: scheduleInput,
  scheduleFrom: z.enum(['given', 'session', 'default']),
  /** Of the bytes on disk after the call; left out while the person has to decide first. */
  reviewId: z.string().optional(),
  approvalNeeded: z.boolean().optional(),
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
  editedTotal: z.int(),
  edits: z.array(z.object({ file: z.string(), line: z.int(), found: z.string(), scaled: z.string() })),
  fixesApplied: z.array(z.string()),
  fixesNotCarried: z.array(z.string()),
  notCarried: z.array(
    z.object({
      file: z.string(),
      line: z.int(),
      unit: z.string(),
      baseline: z.number(),
      scaled: z.number(),
      fixed: z.number(),
      now: z.number(),
    }),
  ),
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
    'Widens the window of every check to git baseline × load, on disk, for the person to review. Loads never compound; 1 gives the baseline back.',
  effect: 'write',
  idempotent: true,
  openWorld: false,
  input,
  output,
  async run(input, ports: Wanted, call) {
    const session = await ports.sessions.load();
    const { target, scheduleFrom } = targetOf(input, session);
    // Whatever waits for AWS comes before the look at the disk: a person works on meanwhile.
    const left = input.abandon ? await roundsToLeave(ports, session, call) : [];
    const warnings = input.abandon ? [] : await roundWarnings(ports, session, call);
    const snapshot = await ports.target.snapshot({ forWriting: true }, call);
    const before = await reviewOf(ports, session, snapshot, target);
    const written = await Promise.all(
      session.writtenManifests.map((digest) => readManifest(ports.blobs, digest)),
    );
    const plan = planScaling(before, session, written);
    const review = reviewFiles(snapshot, afterWrites(before.files, plan.writes), target, ports.settings);

    const level = describeLevel(before, review, plan, target);
    const edits = plan.edited.flatMap((one) =>
      fileChanges(one.path, one.file.disk, one.bytes).map(({ file, line, before: found, after: scaled }) => {
        return { file, line, found, scaled };
      }),
    );
    const approvalNeeded = review.approvalNeeded && !session.approved.has(review.reviewId);
    const words = {
      target,
      plan,
      approvalNeeded,
      reviewId: review.reviewId,
      ...level,
      abandon: input.abandon,
      roundRuns: warnings.length > 0,
      mode: ports.settings.approval,
    };
    const remarks = [...warnings, ...uncommittedWarning(session, target.load), ...level.remarks];
    const told = {
      load: target.load,
      schedule: target.schedule,
      scheduleFrom,
      reviewId: review.reviewId,
      approvalNeeded,
      ...level,
      edits: fitting(edits, 900),
      notCarried: fitting(await amountsNotCarried(ports, session, plan.fixesNotCarried, before), 900),
      remarks: [...leavingWarnings(left, false), ...remarks],
      written: 0,
      changesFile: await ports.notes.write(`${review.reviewId}.txt`, changesText(review, `${target.load}x`)),
      location: `${ports.settings.targetRepo}/${ports.settings.checksPath}`,
    };
    if (plan.edited.length > 0 && !input.overwriteEdits) {
      // What was not written has no review, and what it would change is another question.
      const { reviewId: _, approvalNeeded: __, ...asked } = told;
      return {
        ...asked,
        bySchedule: [],
        sample: [],
        notScaled: [],
        remarks: warnings,
        ...decisionWords(words),
      };
    }
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
      await ports.target.write(
        plan.writes.map(({ path, bytes, file }) => ({ path, bytes, expected: file.diskDigest })),
        call,
      );
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
    await ports.sessions.record(() => [
      ...(left.length > 0 ? [{ type: 'abandoned' as const, rounds: left }] : []),
      { type: 'scaled', ...target, ...facts },
    ]);
    const said = { ...told, remarks: [...leavingWarnings(left, true), ...remarks] };
    return { ...said, ...backup, written: plan.writes.length, ...scaledWords(words) };
  },
  render: (output) => textOf(output, scalingLines),
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

/** The amounts that a person fixed at the level on disk, and what this level makes of the same windows. */
async function amountsNotCarried(
  ports: Pick<Ports, 'blobs'>,
  session: Session,
  paths: readonly string[],
  review: Review,
) {
  const load = session.level?.load ?? 1;
  const rows = [];
  for (const path of paths) {
    const one = review.files.find((file) => file.path === path);
    const fix = session.fixes.get(load)?.find((known) => known.path === path);
    const fixed = fix === undefined ? undefined : await ports.blobs.get(fix.digest);
    const baseline = one?.file.baseline;
    if (one?.rule.scales === undefined || fixed === undefined || baseline === undefined) continue;
    const amounts = fixedAmounts({ baseline, fixed, now: one.bytes }, one.rule.scales, load);
    rows.push(...amounts.map((amount) => ({ file: path, ...amount, scaled: amount.baseline * load })));
  }
  return rows;
}

async function backUp(ports: Wanted, plan: ScalePlan): Promise<{ backup?: string }> {
  if (plan.edited.length === 0) return {};
  const files = plan.edited.map((one) => ({ path: one.path, before: one.file.disk, after: one.bytes }));
  return { backup: await ports.target.backup(files) };
}
