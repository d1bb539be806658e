import * as z from 'zod';
import { findCheck } from '../checks/checkSearch.ts';
import { sha256 } from '../checks/digest.ts';
import type { ExpectedFile } from '../checks/expected.ts';
import { fitting } from '../checks/fitting.ts';
import { reviewFiles } from '../checks/review.ts';
import { fixIntervals, scanIntervals } from '../checks/scale.ts';
import { decodeCheck, encodeCheck } from '../checks/sourceText.ts';
import { ToolError } from '../errors.ts';
import { keepManifest, readReview } from '../facts/checks.ts';
import type { Ports } from '../ports.ts';
import { count, textOf } from './text.ts';
import { defineTool, loadOutput, result } from './tool.ts';
import { yesTo } from './words/approving.ts';

const amount = z.int().min(0).max(1_000_000);

export const fixInterval = defineTool({
  name: 'fixInterval',
  title: 'Mend an interval in one check',
  description:
    'Changes one amount in one check file ("check_events_15m should be 4 hours, not 6": from 6, to 4). The fix is kept for this load. The new review needs approval.',
  effect: 'write',
  idempotent: true,
  openWorld: false,
  input: z.strictObject({
    check: z.string().min(1).max(300).describe('file name or path'),
    from: amount.describe('on disk now'),
    to: amount,
    unit: z.enum(['hour', 'day']).optional(),
    line: z.int().min(1).max(1_000_000).optional().describe('when several lines match'),
  }),
  output: z.object({
    ...result,
    status: z.enum(['fixed', 'unchanged']),
    file: z.string(),
    changes: z.array(
      z.object({
        line: z.int(),
        before: z.string(),
        after: z.string(),
        baseline: z.string().optional(),
        scaled: z.string().optional(),
      }),
    ),
    load: loadOutput,
    restored: z.boolean(),
    reviewId: z.string(),
  }),
  async run(input, ports: Pick<Ports, 'target' | 'sessions' | 'blobs' | 'settings'>, call) {
    const { session, snapshot, review } = await readReview(ports, { forWriting: true }, call);
    const one = findCheck(review.files, input.check);
    const { source, fixed } = fixedText(one, input);
    const { load } = review.target;
    if (fixed.changes.length === 0 || fixed.text === source)
      return {
        status: 'unchanged' as const,
        summary: `The check already holds ${input.to} there; nothing was written.`,
        nextSteps: [`reviewConfigs shows the files under review (reviewId ${review.reviewId}).`],
        file: one.path,
        changes: [],
        load,
        restored: false,
        reviewId: review.reviewId,
      };

    const bytes = encodeCheck(fixed.text);
    // What becomes known is the fix alone. Where somebody edited the file besides, their bytes stay unexpected, and theirs.
    const edited = one.file.diskDigest !== one.digest;
    const digest = await ports.blobs.put(edited ? fixedExpectation(one, input) : bytes);
    const manifest = edited ? {} : { manifest: await keepManifest(ports.blobs, { [one.path]: digest }) };
    await ports.sessions.record(() => [
      { type: 'begun', tool: 'fixInterval', arguments: { ...input }, ...manifest },
    ]);
    await ports.target.write([{ path: one.path, bytes, expected: one.file.diskDigest }], call);
    const files = review.files.map((other) =>
      other === one
        ? { ...one, file: { ...one.file, disk: Buffer.from(bytes), diskDigest: sha256(bytes) } }
        : other,
    );
    const { reviewId } = reviewFiles(snapshot, files, review.target, ports.settings);
    const fix = {
      path: one.path,
      schedule: one.rule.schedule,
      baselineDigest: one.file.baselineDigest ?? '',
      digest,
      origin: 'fixInterval' as const,
    };
    const restored = digest === one.scaledDigest;
    const changes = fixed.changes.map((change) => ({ ...change, ...scaledAt(one, change.line) }));
    await ports.sessions.record(() => [{ type: 'fixed', load, fix, reviewId, restored }]);
    return {
      status: 'fixed' as const,
      summary: `Fixed ${count(fixed.changes.length, 'interval')} of one check file: ${input.from} → ${input.to}.${aboutLoad(changes, load, restored)}`,
      nextSteps: session.approved.has(reviewId)
        ? [`uploadChecks with reviewId ${reviewId}.`]
        : [
            'The person reviews the change and replies "approved", or names what else is wrong.',
            ...yesTo('uploadChecks', { reviewId }, reviewId, ports.settings.approval),
          ],
      file: one.path,
      changes: fitting(changes, 4000),
      load,
      restored,
      reviewId,
    };
  },
  render: (output) =>
    textOf(output, {
      changes: (rows, { load }) => [
        'Changes:',
        ...rows.map(({ line, before, after, baseline, scaled }) => {
          const made = baseline === undefined ? '' : ` (baseline ${baseline}, × ${load} is ${scaled})`;
          return `  ${line}: ${before} → ${after}${made}`;
        }),
      ],
      // The summary names both.
      load: () => [],
      restored: () => [],
    }),
});

type Change = { readonly after: string; readonly scaled?: string };

function aboutLoad(changes: readonly Change[], load: number, restored: boolean): string {
  if (restored) return ` That is baseline × ${load} again, so no fix is kept.`;
  const isApart = changes.every(({ after, scaled }) => scaled !== undefined && scaled !== after);
  return isApart ? ` That is not baseline × ${load}.` : '';
}

/** What the load makes of the baseline on a line; unknown where several windows stand on it. */
function scaledAt(one: ExpectedFile, line: number): { baseline?: string; scaled?: string } {
  const [change, other] = one.changes.filter((candidate) => candidate.line === line);
  if (change === undefined || other !== undefined) return {};
  return { baseline: change.before, scaled: change.after };
}

interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly unit?: 'hour' | 'day' | undefined;
  readonly line?: number | undefined;
}

/** The bytes that the load and this fix make of the baseline, without what somebody changed on disk. */
function fixedExpectation(one: ExpectedFile, wanted: Wanted): Uint8Array {
  const text = decodeCheck(one.bytes);
  if ('invalid' in text) return one.bytes;
  const units = wanted.unit === undefined ? (['hour', 'day'] as const) : [wanted.unit];
  return encodeCheck(fixIntervals(text.source, units, wanted).text);
}

/** @throws ToolError BAD_INPUT for a file that is no text or no YAML, and when no such amount stands there */
function fixedText(one: ExpectedFile, wanted: Wanted) {
  const text = one.file.disk === undefined ? undefined : decodeCheck(one.file.disk);
  if (text === undefined || 'invalid' in text)
    throw new ToolError(
      'BAD_INPUT',
      `${one.path} ${text === undefined ? 'was deleted' : text.invalid.message}. Nothing was changed.`,
      {
        next: 'restore or mend the file by hand, then call reviewConfigs.',
      },
    );
  const units = wanted.unit === undefined ? (['hour', 'day'] as const) : [wanted.unit];
  const fixed = fixIntervals(text.source, units, wanted);
  if (fixed.invalid !== undefined)
    throw new ToolError(
      'BAD_INPUT',
      `${one.path}:${fixed.invalid.line} is not valid YAML (${fixed.invalid.message}). Nothing was changed.`,
      {
        next: 'mend the file by hand, then call reviewConfigs.',
      },
    );
  if (fixed.changes.length > 0 || wanted.from === wanted.to) return { source: text.source, fixed };
  // Called twice, the second call finds the work done.
  const done = fixIntervals(text.source, units, { ...wanted, from: wanted.to, to: wanted.to + 1 });
  if (done.changes.length > 0) return { source: text.source, fixed: { ...fixed, changes: [] } };
  const where = wanted.line === undefined ? '' : ` on line ${wanted.line}`;
  throw new ToolError(
    'BAD_INPUT',
    `${one.path} holds no interval of ${wanted.from}${wanted.unit ? ` ${wanted.unit}s` : ''}${where}. Nothing was changed.`,
    {
      next: `call fixInterval with an amount that stands there: ${amountsIn(text.source, units)}.`,
    },
  );
}

function amountsIn(source: string, units: readonly ('hour' | 'day')[]): string {
  const literals = units.flatMap((unit) => scanIntervals(source, unit).literals);
  return (
    literals
      .map((literal) => `${literal.head}${literal.digits}${literal.tail} (line ${literal.line})`)
      .join(', ') || 'there is none'
  );
}
