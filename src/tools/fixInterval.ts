import * as z from 'zod';
import { sha256 } from '../domain/digest.ts';
import { ToolError } from '../domain/errors.ts';
import { takeWithinBudget } from '../domain/text.ts';
import { fixIntervals, intervalNumbers } from '../intervals/scale.ts';
import type { Ports } from '../ports/ports.ts';
import { findCheck } from '../review/checkSearch.ts';
import type { ExpectedFile } from '../review/expected.ts';
import { type Review, reviewFiles } from '../review/review.ts';
import { withDisk } from '../review/scalePlan.ts';
import type { Fix } from '../state/session.ts';
import { type ReviewFacts, type ReviewPorts, readReview, writeReviewFile } from '../workflow/checks.ts';
import {
  alreadyFixedText,
  byHand,
  fixedText,
  fixIntervalLines,
  fixIntervalResult,
  invalidYaml,
  noSuchInterval,
  oneOf,
  unreadable,
} from './fixInterval.text.ts';
import { defineTool, type ToolCall } from './tool.ts';

const intervalValue = z.int().min(0).max(1_000_000);

const input = z.strictObject({
  check: z.string().min(1).max(300).describe('file name or path'),
  from: intervalValue.describe('on disk now'),
  to: intervalValue,
  unit: z.enum(['minute', 'hour', 'day', 'week', 'month']).optional(),
  line: z.int().min(1).max(1_000_000).optional().describe('when several lines match'),
});

type Input = z.output<typeof input>;
type Output = z.input<typeof fixIntervalResult>;

export const fixInterval = defineTool({
  name: 'fixInterval',
  title: 'Correct an interval in one check',
  description:
    'Corrects an interval in one check file ("check_events_15m should be 4 hours, not 6": from 6, to 4). The fix is kept for this load. The new review needs approval.',
  effect: 'write',
  needsBaseline: true,
  writesInTarget: true,
  input,
  output: fixIntervalResult,
  run: runFixInterval,
  lines: fixIntervalLines,
});

async function runFixInterval(
  given: Input,
  ports: ReviewPorts & Pick<Ports, 'notes'>,
  call: ToolCall,
): Promise<Output> {
  const facts = await readReview(ports, { forWriting: true }, call);
  const { session, review } = facts;
  const { load } = review.target;
  const one = findCheck(review.files, given.check);
  const fixed = fixedFile(one, given);
  if (fixed.changes.length === 0) {
    const { reviewId } = review;
    const changesFile = await writeReviewFile(ports, review);
    const fields = { file: one.path, changes: [], load, reviewId, changesFile };
    return { ...fields, status: 'unchanged', ...alreadyFixedText(given.to, reviewId) };
  }

  const { bytes } = fixed;
  const digest = await keepFix(ports, one, bytes, { ...given, load });
  await ports.target.write([{ path: one.path, bytes, replaces: one.replaces }], call);
  const after = reviewWith(ports, facts, one, bytes);
  const { reviewId } = after;
  const restored = digest === one.scaledDigest;
  await ports.sessions.record(() => [{ type: 'fixed', load, fix: fixOf(one, digest), reviewId, restored }]);

  const changes = fixed.changes.map((change) => ({ ...change, ...scaledAt(one, change.line) }));
  const changesFile = await writeReviewFile(ports, after);
  const isRestored = restored ? { restored } : {};
  const fields = { file: one.path, load, ...isRestored, reviewId, changesFile };
  const approved = session.approved.has(reviewId);
  const text = fixedText(given, { ...fields, changes }, approved, ports.settings.approval);
  return { ...fields, changes: takeWithinBudget(changes, 4000), status: 'fixed', ...text };
}

/**
 * Stores the bytes that become the known fix, and records the call as begun; returns their digest. If the user also
 * edited the file, the known fix is this change alone, so that their edit stays unexpected.
 */
async function keepFix(
  ports: ReviewPorts,
  one: ExpectedFile,
  bytes: Uint8Array,
  { load, ...given }: Input & { readonly load: number },
): Promise<string> {
  const isEdited = one.file.diskDigest !== one.digest;
  const digest = await ports.blobs.put(isEdited ? fixedExpectation(one, given) : bytes);
  const manifest = await ports.blobs.put(Buffer.from(JSON.stringify({ [one.path]: sha256(bytes) })));
  const isOurs = isEdited ? {} : { manifest };
  await ports.sessions.record(() => [
    {
      type: 'begun',
      tool: 'fixInterval',
      arguments: { ...given },
      ...isOurs,
      loaded: { load, manifest },
    },
  ]);
  return digest;
}

/** The review once `one` has these bytes, which are then its known fix. */
function reviewWith(
  { settings }: ReviewPorts,
  { snapshot, review }: ReviewFacts,
  one: ExpectedFile,
  bytes: Uint8Array,
): Review {
  const digest = sha256(bytes);
  const file = withDisk(one.file, { digest, bytes });
  const fix = digest === one.scaledDigest ? undefined : fixOf(one, digest);
  const files = review.files.map((other) => (other === one ? one.with(file, { fix }) : other));
  return reviewFiles(snapshot, files, review.target, settings);
}

function fixOf({ path, rule, file }: ExpectedFile, digest: string): Fix {
  const baselineDigest = file.baselineDigest ?? '';
  return { path, schedule: rule.schedule, baselineDigest, digest, origin: 'fixInterval' };
}

/** The baseline and scaled interval of a line; unknown when the line has several. */
function scaledAt(one: ExpectedFile, line: number): { baseline?: string; scaled?: string } {
  const [change, other] = one.changes.filter((candidate) => candidate.line === line);
  if (change === undefined || other !== undefined) return {};
  return { baseline: change.before, scaled: change.after };
}

/** The expected bytes with this fix applied, without other edits on disk. */
function fixedExpectation(one: ExpectedFile, given: Input): Uint8Array {
  return fixIntervals(one.bytes, given).bytes;
}

/** @throws ToolError BAD_INPUT when the file is not text or not YAML, or has no such interval */
function fixedFile(one: ExpectedFile, given: Input) {
  const { disk } = one.file;
  const fixed = disk && fixIntervals(disk, given);
  if (disk === undefined || fixed === undefined || fixed.invalid?.kind === 'bytes')
    throw new ToolError('BAD_INPUT', unreadable(one.path, fixed?.invalid?.message), { next: byHand });
  if (fixed.invalid !== undefined)
    throw new ToolError('BAD_INPUT', invalidYaml(one.path, fixed.invalid), { next: byHand });
  if (fixed.changes.length > 0 || given.from === given.to) return fixed;
  // In a repeated call the fix is already on disk.
  const done = fixIntervals(disk, { ...given, from: given.to, to: given.to + 1 });
  if (done.changes.length > 0) return fixed;
  throw new ToolError('BAD_INPUT', noSuchInterval(one.path, given), { next: oneOf(intervalNumbers(disk)) });
}
